/** A new MASTER_KEY while the old one is still there: nobody is locked out, and in the end nothing needs the old one. */

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { resealSigningKeys } from '../../../worker/accounts/master-key.ts'
import { createApp } from '../../../worker/app.ts'
import { createIssuerKeys } from '../../../worker/federation/issuer-keys.ts'
import { openContents } from '../../../worker/storage/contents.ts'
import { openCopies } from '../../../worker/storage/copies.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import {
  ADMIN,
  asAdmin,
  type Bot,
  type Call,
  call,
  createAdmin,
  dumpTables,
  expectJson,
  freshEdge,
  ORIGIN,
} from '../support/edge.ts'
import { accessTokenFor } from '../support/oauth.ts'

const OLD = Uint8Array.from(atob(env.MASTER_KEY), (character) => character.charCodeAt(0))
const NEW = new Uint8Array(32).fill(7)
const PATH = '/api/v1/main/roles/viewer_main'

interface State {
  readonly version: string
  readonly previous?: string
  readonly remaining: { tokens: number; passwords: number; signingKeys: number }
}

/** The same database behind a worker that was deployed with other secrets. */
async function deploy(masterKey: Uint8Array, previous?: Uint8Array) {
  const copies = openCopies(env.COPIES)
  const edge = {
    db: openDatabase(env.DB),
    contents: openContents(env.CONTENTS),
    copies,
    keys: await deriveKeys(masterKey, previous),
    issuerKeys: createIssuerKeys(fetch, copies),
    setupPolicy: { kind: 'open' } as const,
  }
  const app = createApp()
  return {
    edge,
    async call(path: string, { token, authorization, method, json, body }: Call = {}) {
      const context = createExecutionContext()
      const credential = token === undefined ? authorization : `Bearer ${token}`
      const sent = json === undefined ? body : JSON.stringify(json)
      const request = new Request(`${ORIGIN}${path}`, {
        method: method ?? (sent === undefined ? 'GET' : 'POST'),
        ...(sent === undefined ? {} : { body: sent }),
        headers: {
          ...(credential === undefined ? {} : { Authorization: credential }),
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
      })
      const answer = await app.fetch(request, edge, context)
      await waitOnExecutionContext(context)
      return answer
    },
  }
}

let admin: Bot
beforeEach(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const stateOf = async (worker: Awaited<ReturnType<typeof deploy>>) =>
  expectJson<State>(worker.call('/api/v1/master-key', admin))

describe('a new MASTER_KEY', () => {
  it('with the old one beside it lets everybody in who was let in before', async () => {
    const accessToken = await accessTokenFor(admin.token)
    const worker = await deploy(NEW, OLD)
    expect((await worker.call(PATH, admin)).status).toBe(200)
    expect((await worker.call(PATH, { token: accessToken })).status).toBe(200)
    expect((await worker.call(PATH, asAdmin)).status).toBe(200)
  })

  it('takes over signing keys by one call, tokens and passwords by their next use, and then stands alone', async () => {
    const unused = await createAdmin()
    const accessToken = await accessTokenFor(admin.token)
    const both = await deploy(NEW, OLD)
    // Asking is a use of the token that asks.
    expect(await stateOf(both)).toEqual({
      version: both.edge.keys.version,
      previous: both.edge.keys.previous?.version,
      remaining: { tokens: 1, passwords: 1, signingKeys: 1 },
    })
    await both.call(PATH, asAdmin)
    const resealed = await expectJson<State>(
      both.call('/api/v1/master-key/reseal', { ...admin, method: 'POST' }),
    )
    expect(resealed.remaining).toEqual({ tokens: 1, passwords: 0, signingKeys: 0 })

    const alone = await deploy(NEW)
    expect((await alone.call(PATH, admin)).status).toBe(200)
    expect((await alone.call(PATH, asAdmin)).status).toBe(200)
    expect((await alone.call(PATH, { token: accessToken })).status).toBe(200)
    // What nobody used in time has to be made again.
    expect((await alone.call(PATH, unused)).status).toBe(401)
    // The old worker, if somebody still ran it, is of no use any more.
    expect((await call(PATH, admin)).status).toBe(401)
  })

  it('leaves a feed row for every token that moves: who keeps the old form must drop it', async () => {
    const both = await deploy(NEW, OLD)
    await both.call(PATH, admin)
    const { results } = await env.DB.prepare('SELECT kind, ref FROM changes ORDER BY seq DESC LIMIT 1').all()
    expect(results).toEqual([{ kind: 'token', ref: admin.tokenId }])
    await both.call(PATH, admin)
    const again = await env.DB.prepare("SELECT count(*) AS n FROM changes WHERE kind = 'token' AND ref = ?")
      .bind(admin.tokenId)
      .first('n')
    // Once when it was made, once when it moved.
    expect(again).toBe(2)
  })

  it('without the old one lets nobody in, until the old one is given again', async () => {
    const alone = await deploy(NEW)
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await alone.call(PATH, admin)).status).toBe(401)
    expect((await alone.call(PATH, asAdmin)).status).toBe(401)
    log.mockRestore()
    expect((await call(PATH, admin)).status).toBe(200)
  })

  it('makes everything new under itself', async () => {
    const both = await deploy(NEW, OLD)
    await resealSigningKeys(both.edge.db, both.edge.keys, {
      accountId: 'cron',
      name: 'cron',
      requestId: 'r',
      now: Date.now(),
    })
    const user = { email: 'new@example.com', password: 'Some!Password1' }
    await expectJson(both.call('/api/v1/users', { ...admin, json: user }), 201)
    await both.call(PATH, asAdmin)
    expect((await stateOf(both)).remaining).toEqual({ tokens: 0, passwords: 0, signingKeys: 0 })
    expect(await dumpTables()).not.toContain(ADMIN.password)
  })

  it('counts no row as moved that is not', async () => {
    const { previous, remaining } = await stateOf(await deploy(OLD))
    expect(previous).toBeUndefined()
    expect(remaining).toEqual({ tokens: 0, passwords: 0, signingKeys: 0 })
  })

  it('does not take a row whose version was changed by hand', async () => {
    await env.DB.prepare("UPDATE tokens SET key_version = 'x'").run()
    expect((await call(PATH, admin)).status).toBe(401)
  })
})
