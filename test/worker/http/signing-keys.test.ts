/** Signing keys, one after another: what was signed goes on being good, or ends at once. */

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import worker from '../../../worker/index.ts'
import { later, MINUTE } from '../support/clock.ts'
import { type Bot, call, createAdmin, dumpTables, expectJson, freshEdge } from '../support/edge.ts'
import { accessTokenFor } from '../support/oauth.ts'

const DAY = 24 * 60 * MINUTE
const PATH = '/api/v1/main/roles/viewer_main'

interface Key {
  readonly kid: string
  readonly state: string
}

let admin: Bot
beforeEach(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const list = async () => (await expectJson<{ results: Key[] }>(call('/api/v1/signing-keys', admin))).results
const rotate = async (json: object = {}) =>
  (await expectJson<{ results: Key[] }>(call('/api/v1/signing-keys/rotate', { ...admin, json }))).results
const statesOf = (keys: readonly Key[]) => keys.map(({ state }) => state).sort()
const kidOf = (token: string) => decodeProtectedHeader(token).kid
const jwks = () => expectJson<JSONWebKeySet & Record<string, unknown>>(call('/.well-known/jwks.json'))
const isGood = async (token: string) => (await call(PATH, { token })).status === 200
const runCron = (at: number) =>
  worker.scheduled(createScheduledController({ scheduledTime: new Date(at) }), env)

describe('POST /api/v1/signing-keys/rotate', () => {
  it('publishes the new key, lets it sign when everybody can know it, and keeps the old one as long as it is needed', async () => {
    const old = await accessTokenFor(admin.token)
    expect(statesOf(await rotate())).toEqual(['active', 'next'])
    expect((await jwks()).keys).toHaveLength(2)
    expect(kidOf(await accessTokenFor(admin.token))).toBe(kidOf(old))
    // Too soon for another step.
    expect(statesOf(await rotate())).toEqual(['active', 'next'])

    await later(6 * MINUTE, async () => {
      expect(statesOf(await rotate())).toEqual(['active', 'retiring'])
      const young = await accessTokenFor(admin.token)
      expect(kidOf(young)).not.toBe(kidOf(old))
      expect(await isGood(young)).toBe(true)
      expect(await isGood(old)).toBe(true)
      await jwtVerify(old, createLocalJWKSet(await jwks()), { currentDate: new Date() })
    })

    await later(23 * MINUTE, async () => {
      await runCron(Date.now())
      expect(await list()).toEqual([expect.objectContaining({ state: 'active' })])
      expect((await jwks()).keys.map(({ kid }) => kid)).not.toContain(kidOf(old))
    })
  })

  it('drops a stolen key with everything it signed, at once (threat 32)', async () => {
    const old = await accessTokenFor(admin.token)
    const [before] = await list()
    const after = await rotate({ drop: true })
    expect(statesOf(after)).toEqual(['active'])
    expect(after[0]?.kid).not.toBe(before?.kid)
    expect(await expectJson(call(PATH, { token: old }), 401)).toMatchObject({ code: 'token_unknown' })
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([after[0]?.kid])
    expect(await isGood(await accessTokenFor(admin.token))).toBe(true)
    const { results } = await env.DB.prepare("SELECT ref FROM changes WHERE kind = 'key'").all()
    expect(results).toContainEqual({ ref: before?.kid })
  })

  it('signs with a new key at once when it has to, and what was signed before stays good', async () => {
    const old = await accessTokenFor(admin.token)
    expect(statesOf(await rotate({ now: true }))).toEqual(['active', 'retiring'])
    expect(kidOf(await accessTokenFor(admin.token))).not.toBe(kidOf(old))
    expect(await isGood(old)).toBe(true)
  })

  it('takes one step when two ask at once, and drops what is to be dropped whoever else asks', async () => {
    const [stolen] = await list()
    const asked = [{ now: true }, { drop: true }, { now: true }, { drop: true }, { now: true }]
    await Promise.all(asked.map(rotate))
    expect(statesOf(await list()).filter((state) => state === 'active')).toHaveLength(1)
    expect((await list()).map(({ kid }) => kid)).not.toContain(stolen?.kid)
    expect(await isGood(await accessTokenFor(admin.token))).toBe(true)
  })

  it('is recorded, without the keys', async () => {
    await rotate({ now: true })
    const row = await env.DB.prepare("SELECT * FROM audit_logs WHERE resource = 'SIGNING_KEY'").first()
    expect(row).toMatchObject({ type: 'UPDATE', actor_name: 'root' })
    const [{ kid } = { kid: '' }] = await list()
    expect(await dumpTables()).toContain(kid)
    expect(JSON.stringify(row)).not.toMatch(/"d"|wrapped/i)
  })
})

describe('GET /api/v1/signing-keys', () => {
  it('says what there is, and shows no key', async () => {
    expect(await list()).toEqual([
      {
        kid: expect.any(String),
        state: 'active',
        since: expect.stringMatching(/Z$/),
        createdAt: expect.stringMatching(/Z$/),
      },
    ])
  })
})

describe('cron', () => {
  it('replaces a key after ninety days by itself', async () => {
    const [before] = await list()
    const start = Date.now()
    await runCron(start + 88 * DAY)
    expect(await list()).toHaveLength(1)
    for (const day of [89.5, 90.5, 91.5]) await runCron(start + day * DAY)
    const [after] = await list()
    expect(after).toMatchObject({ state: 'active' })
    expect(after?.kid).not.toBe(before?.kid)
    expect(await list()).toHaveLength(1)
  })
})
