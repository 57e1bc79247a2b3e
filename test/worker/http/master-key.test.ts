/** A new MASTER_KEY while the old one is still there: nobody is locked out, and in the end nothing needs the old one. */

import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { resealSigningKeys } from '../../../worker/accounts/master-key.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import {
  ADMIN,
  asAdmin,
  type Bot,
  call,
  createAdmin,
  dumpTables,
  expectJson,
  freshEdge,
} from '../support/edge.ts'
import { openIsolate } from '../support/isolates.ts'
import { accessTokenFor } from '../support/oauth.ts'
import { rowsReadBy } from '../support/rows-read.ts'

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
  const { call } = await openIsolate({
    MASTER_KEY: toBase64(masterKey),
    ...(previous ? { MASTER_KEY_PREVIOUS: toBase64(previous) } : {}),
  })
  return { call, keys: await deriveKeys(masterKey, previous) }
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

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
      version: both.keys.version,
      previous: both.keys.previous?.version,
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
    await resealSigningKeys(openDatabase(env.DB), both.keys, {
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

  it('counts what is left up to ten thousand of a kind, and reads no more for it', async () => {
    const range = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)'
    await env.DB.batch([
      env.DB.prepare(`INSERT INTO tokens (id, kind, account_id, name, description, mac, key_version, created_at)
        ${range} SELECT 'old' || i, 'API', '${admin.id}', 'old', '', randomblob(32), 'gone', i FROM n`),
      env.DB.prepare(`INSERT INTO accounts (id, kind, name, password, is_superadmin, created_at)
        ${range} SELECT 'old' || i, 'USER', 'old' || i || '@example.com', 'scrypt$1,1,1$x$x$AAAAAAAAAAAAAAAA', 0, 0 FROM n LIMIT 12`),
    ])
    const worker = await deploy(OLD)
    let state: State | undefined
    const rows = await rowsReadBy(async () => {
      state = await stateOf(worker)
    })
    expect(state?.remaining).toEqual({ tokens: 10_000, passwords: 12, signingKeys: 0 })
    expect(rows).toBeLessThan(10_100)
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
