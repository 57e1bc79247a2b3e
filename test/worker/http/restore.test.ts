/** The drill: D1 is put back, and what was revoked meanwhile is good again there. */

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openHighWater } from '../../../worker/storage/high-water.ts'
import { stopClock } from '../support/clock.ts'
import {
  ADMIN,
  type Bot,
  type Call,
  createAdmin,
  createBot,
  createUser,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
  signIn,
} from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { accessTokenFor, giveBack } from '../support/oauth.ts'
import { bookmark } from '../support/time-travel.ts'

const BOUNDED = '/api/v1/main/namespaces/prod/files?path=/folder/'
const SETUP_TOKEN = 'set-anew-for-this-restore'
const PATH = '/api/v1/recovery/restore'

const later = stopClock()
let admin: Bot
let bot: Bot
let warm: Isolate
beforeEach(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { namespace: null, by: admin })
  warm = await openIsolate({ SETUP_TOKEN })
  await warm.call(BOUNDED, bot)
})

afterEach(() => {
  vi.restoreAllMocks()
})

const open = () => openIsolate({ SETUP_TOKEN })
const statusOf = async (by: Call, at: Isolate, path = BOUNDED) => (await at.call(path, by)).status
const strict = (by: Call): Call => ({ ...by, headers: { 'Postern-Consistency': 'strict' } })
const revoke = ({ id, tokenId }: Bot) =>
  warm.call(`/api/v1/main/service-accounts/${id}/api-tokens/${tokenId}`, { ...admin, method: 'DELETE' })
const confirm = (end: string, at: Isolate, setupToken = SETUP_TOKEN) =>
  at.call(PATH, { json: { setupToken, end } })

async function expectClosed(at: Isolate, path: string, request: Call): Promise<void> {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const answer = await at.call(path, request)
  log.mockRestore()
  expect([path, await expectJson(answer, 503)]).toMatchObject([path, { code: 'restore_pending' }])
}

describe('a database that was put back (threat 40)', () => {
  it('lets nobody in, neither a revoked token nor a good one, wherever one asks, and changes nothing', async () => {
    const user = await createUser(admin)
    const session = await signIn(user.email)
    const putBack = await bookmark()
    expect((await revoke(bot)).status).toBe(200)
    expect(await statusOf(strict(bot), warm)).toBe(401)
    await putBack()
    const before = await inventory()
    // The other one remembers for a while that there was no such token, and says so.
    await expectClosed(await open(), BOUNDED, bot)
    for (const isolate of [warm, await open()]) {
      await expectClosed(isolate, BOUNDED, strict(admin))
      await expectClosed(isolate, '/api/v1/me', { headers: { Cookie: session } })
      await expectClosed(isolate, '/login', { json: ADMIN })
      await expectClosed(isolate, '/api/v1/setup', { json: { ...ADMIN, setupToken: SETUP_TOKEN } })
      await expectClosed(isolate, '/leaks', {
        json: [{ token: bot.token, type: 'postern_api_token' }],
      })
      const form = { username: ADMIN.username, password: 'Wrong!1234' }
      const page = await isolate.call('/ui/sign-in', { body: new URLSearchParams(form) })
      expect(page.status).toBe(503)
      await expectClosed(isolate, '/api/v1/recovery/administrator', {
        json: { ...ADMIN, setupToken: 'another-setup-token' },
      })
      await expectClosed(isolate, '/verify?permission=NAMESPACE_FILE:VIEW', strict(admin))
    }
    vi.resetModules()
    const { default: worker } = await import('../../../worker/index.ts')
    for (const cron of ['23 * * * *', '17 3 * * *']) {
      const event = { cron, scheduledTime: Date.now() } as ScheduledController
      await expect(worker.scheduled(event, env as never)).rejects.toThrow('earlier state')
    }
    expect(await inventory()).toBe(before)
  })

  it('stays closed for whoever has no new SETUP_TOKEN', async () => {
    const putBack = await bookmark()
    await revoke(bot)
    await putBack()
    for (const wrong of ['another-token-altogether', env.SETUP_TOKEN]) {
      expect((await confirm('nothing', warm, wrong)).status).toBe(403)
    }
    const asBefore = await openIsolate({ SETUP_TOKEN: env.SETUP_TOKEN })
    expect((await confirm('nothing', asBefore, env.SETUP_TOKEN)).status).toBe(403)
    await expectClosed(await open(), BOUNDED, bot)
  })

  it('opens without what the changes named that were taken back, and tells which these were', async () => {
    const other = await mintToken(bot.id, { by: admin })
    const disabled = await createUser(admin)
    const accessToken = await accessTokenFor(other.fullToken)
    const putBack = await bookmark()
    await revoke(bot)
    await giveBack(accessToken)
    await warm.call(`/api/v1/users/${disabled.id}/disabled`, {
      ...admin,
      method: 'PATCH',
      json: { disabled: true },
    })
    await putBack()
    await expectClosed(warm, BOUNDED, strict(bot))

    const confirmed = await expectJson<{ position: number; highest: number; lost: unknown[] }>(
      confirm('named', warm),
    )
    expect(confirmed.lost).toEqual(
      expect.arrayContaining([
        { kind: 'token', ref: bot.tokenId },
        { kind: 'account', ref: disabled.id },
        { kind: 'jwt', ref: expect.any(String) },
      ]),
    )
    expect(confirmed.highest).toBe(confirmed.position + confirmed.lost.length)
    for (const isolate of [warm, await open()]) {
      expect(await statusOf(bot, isolate)).toBe(401)
      expect(await statusOf({ token: accessToken }, isolate)).toBe(401)
      expect(await statusOf(disabled, isolate, '/api/v1/me')).toBe(401)
      expect(await statusOf({ token: other.fullToken }, isolate)).toBe(404)
      expect(await statusOf(admin, isolate, '/api/v1/me')).toBe(200)
    }
    const record = await env.DB.prepare("SELECT * FROM audit_logs WHERE resource_id = 'restore'").first()
    expect(record).toMatchObject({ actor_id: 'recovery', type: 'UPDATE' })
    expect((await confirm('nothing', warm)).status).toBe(409)
  })

  it('opens without any token, or with all of them, if that is what was wanted', async () => {
    const putBack = await bookmark()
    await revoke(bot)
    await putBack()
    await expectJson(confirm('nothing', warm))
    expect(await statusOf(bot, await open())).toBe(404)
    await revoke(bot)
    await putBack()
    const other = await openIsolate({ SETUP_TOKEN: 'set-anew-for-the-next-restore' })
    await expectJson(confirm('all', other, 'set-anew-for-the-next-restore'))
    for (const by of [bot, admin]) expect(await statusOf(by, await open())).toBe(401)
    // People get in, and what they exchange is signed by a key of now.
    const password = { authorization: `Basic ${btoa(`${ADMIN.username}:${ADMIN.password}`)}` }
    expect(await statusOf(password, other, '/api/v1/me')).toBe(200)
    expect((await other.call('/ready')).status).toBe(200)
  })

  it('takes no copy in KV from the time that was taken back, though positions come again', async () => {
    const putBack = await bookmark()
    const reader = await open()
    await reader.call(BOUNDED, bot)
    // The look that has the feed read ahead makes the copy.
    await later(6_000, () => reader.call(BOUNDED, bot))
    const keys = (await env.COPIES.list()).keys.map(({ name }) => name)
    expect(keys).toContain(`record:1:token ${bot.tokenId}`)
    await revoke(bot)
    await putBack()
    await expectJson(confirm('named', warm))
    for (let count = 0; count < 3; count++) await mintToken(admin.id, { by: admin })
    const cold = await open()
    await cold.call(BOUNDED, admin)
    expect(await statusOf(bot, cold)).toBe(401)
  })

  it('is not noticed where nothing was revoked since', async () => {
    const putBack = await bookmark()
    await putBack()
    expect(await statusOf(bot, await open())).toBe(404)
    expect((await confirm('all', warm)).status).toBe(409)
  })
})

describe('an isolate that slept through both, the change and its loss', () => {
  it('lets nobody in', async () => {
    const asleep = await open()
    await asleep.call(BOUNDED, bot)
    const putBack = await bookmark()
    await revoke(bot)
    await putBack()
    await later(31_000, () => expectClosed(asleep, BOUNDED, bot))
  })
})

describe('an isolate that knows nothing', () => {
  it('lets nobody in while R2 does not say how far the feed had come (threats 37, 40)', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const list = vi.spyOn(env.CONTENTS, 'list').mockRejectedValue(new Error('list: no (10001)'))
    const cold = await open()
    expect(await statusOf(bot, cold)).toBe(503)
    list.mockRestore()
    expect(await statusOf(bot, cold)).toBe(404)
    log.mockRestore()
  })

  it('is not misled by a change between its two questions', async () => {
    const cold = await open()
    cold.onBatch = async (run) => {
      const answer = await run()
      cold.onBatch = undefined
      await mintToken(admin.id, { by: admin })
      return answer
    }
    expect(await statusOf(bot, cold)).toBe(404)
  })
})

describe('confirming a restore', () => {
  it('asks R2 no more for many changes than for few: a request may not ask it for each', async () => {
    const highWater = openHighWater(env.CONTENTS)
    const since = (await highWater.read()) + 1
    const asked = [vi.spyOn(env.CONTENTS, 'get'), vi.spyOn(env.CONTENTS, 'list')]
    const said = (seq: number, ref = `changed-${seq}`) => ({ seq, kind: 'role' as const, ref })
    // Each a transaction of its own, and one that says a thousand things at once.
    for (let seq = since; seq < since + 60; seq++) await highWater.rise([said(seq)])
    const longest = 'r'.repeat(80)
    await highWater.rise(Array.from({ length: 1_000 }, (_, index) => said(since + 60 + index, longest)))
    const confirmed = await expectJson<{ lost: Array<{ ref: string }> }>(confirm('nothing', warm))
    expect(confirmed.lost).toHaveLength(1_060)
    expect(confirmed.lost.filter(({ ref }) => ref === longest)).toHaveLength(1_000)
    expect(asked.map(({ mock }) => mock.calls.length)).toEqual([0, expect.toBeOneOf([1, 2, 3])])
  })

  it('knows what a copy of the bucket says whose metadata was lost', async () => {
    const highWater = openHighWater(env.CONTENTS)
    const before = await highWater.since(0)
    const { objects } = await env.CONTENTS.list({ prefix: '.postern/feed/' })
    for (const { key } of objects) {
      const body = await (await env.CONTENTS.get(key))?.text()
      await env.CONTENTS.put(key, body ?? '')
    }
    expect([objects.length > 0, await highWater.since(0)]).toEqual([true, before])
  })
})

describe('a change', () => {
  it('is carried out when R2 does not keep that it was, and says so in the log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const put = vi.spyOn(env.CONTENTS, 'put').mockRejectedValue(new Error('put: no (10001)'))
    expect((await revoke(bot)).status).toBe(200)
    expect(String(log.mock.calls[0]?.[0])).toContain('high_water_not_kept')
    put.mockRestore()
    log.mockRestore()
    expect(await statusOf(strict(bot), warm)).toBe(401)
  })

  it('is kept outside of D1 until no restore can reach back to it', async () => {
    const highWater = openHighWater(env.CONTENTS)
    const said = await highWater.since(0)
    expect(said.length).toBeGreaterThan(3)
    expect(new Set(said.map(({ seq }) => seq)).size).toBe(said.length)
    const position = await env.DB.prepare('SELECT max(seq) AS seq FROM changes').first('seq')
    expect(await highWater.read()).toBe(position)
    await highWater.forget(Date.now() - 60_000)
    expect(await highWater.since(0)).toEqual(said)
    await highWater.forget(Date.now() + 60_000)
    // The highest stays: what D1 is held against.
    expect(await highWater.read()).toBe(position)
    expect((await highWater.since(0)).length).toBeLessThan(said.length)
  })
})
