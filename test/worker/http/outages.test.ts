/** D1, KV and R2 failing, hanging, or talking nonsense: nobody gets in who should not, and no good token is called bad. */

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { getTableColumns } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { tokens } from '../../../worker/storage/schema.ts'
import { stopClock } from '../support/clock.ts'
import {
  asAdmin,
  type Bot,
  type Call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
} from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { accessTokenFor } from '../support/oauth.ts'

/** Bounded, and answered without a look at anything but the credential. */
const BOUNDED = '/api/v1/main/namespaces/prod/files?path=/folder/'
const STRICT = '/api/v1/main/service-accounts'
/** Bounded, and answered with 200 from the credential alone. */
const VERIFY = '/verify?permission=NAMESPACE_FILE:VIEW'

const later = stopClock()
let admin: Bot
let bot: Bot
let isolate: Isolate
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { namespace: null, by: admin })
})
const log = vi.spyOn(console, 'error')
beforeEach(async () => {
  log.mockImplementation(() => undefined)
  isolate = await openIsolate()
})
afterEach(() => {
  log.mockReset()
})

type Outage = (run: () => Promise<D1Result[]>) => Promise<D1Result[]>
const never = new Promise<never>(() => {})
/** Each result of the batch, changed. */
const spoilt =
  (spoil: (results: unknown[], index: number) => unknown): Outage =>
  async (run) =>
    (await run()).map((result, index) => ({
      ...result,
      results: spoil(result.results, index) as Record<string, unknown>[],
    }))
interface Found {
  readonly token: unknown[]
  readonly roles: Array<[string, unknown]>
}
/** What is found of the token, the second of the batch, with some of it another way. */
const found = (spoil: (found: Found) => object): Outage =>
  spoilt((rows, index) => {
    if (index !== 1) return rows
    const [row] = rows as Array<{ found: string }>
    const told = JSON.parse(row?.found ?? '') as Found
    return [{ found: JSON.stringify({ ...told, ...spoil(told) }) }]
  })
/** The same of the value at one place of its row, as the table has its columns. */
const column = (name: keyof typeof tokens.$inferSelect, value: unknown): Outage =>
  found(({ token }) => ({ token: token.with(Object.keys(getTableColumns(tokens)).indexOf(name), value) }))

const OUTAGES: Array<[string, Outage]> = [
  ['fails', () => Promise.reject(new Error('D1_ERROR: Network connection lost.'))],
  ['fails without saying that it was D1', () => Promise.reject(new Error('internal error'))],
  ['has spent its quota', () => Promise.reject(new Error('D1_ERROR: Exceeded maximum DB size'))],
  ['never answers', () => never],
  ['answers no rows at all', spoilt(() => [])],
  ['answers no results', async () => []],
  ['answers nothing', async () => undefined as never],
  ['answers rows without columns', spoilt((rows) => rows.map(() => ({})))],
  ['answers a feed without an end', spoilt((rows, index) => (index === 0 ? [] : rows))],
  ['answers a token without its account', found(() => ({ account: null }))],
  ['answers an account without its token', found(() => ({ token: null }))],
  ['answers no row for a token', spoilt((rows, index) => (index === 1 ? [] : rows))],
  ['answers what is no JSON', spoilt((rows) => rows.map(() => ({ found: '{' })))],
  [
    'answers numbers where there are texts',
    spoilt((rows) =>
      rows.map((row) => Object.fromEntries(Object.keys(row as object).map((key) => [key, 7]))),
    ),
  ],
  [
    'answers permissions that are a text',
    found(({ roles }) => ({ roles: roles.map(([id]) => [id, 'all']) })),
  ],
  ['answers a binding without its role', found(() => ({ roles: [] }))],
  ['answers no bindings', found(() => ({ bindings: undefined }))],
  ['answers a secret’s code that is a text', column('mac', null)],
  ['answers an expiry that is a text', column('expiresAt', 'never')],
]

async function expectUnavailable(request: Call, path = BOUNDED): Promise<void> {
  const answer = await isolate.call(path, request)
  expect(await expectJson(answer, 503)).toMatchObject({ code: 'storage_unavailable' })
  expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/)
}

describe.each(OUTAGES)('when D1 %s (threat 37)', (_, outage) => {
  it('puts everybody off, and is itself again when D1 is', async () => {
    isolate.onBatch = outage
    await expectUnavailable(bot)
    isolate.onBatch = undefined
    await expectJson(isolate.call(BOUNDED, bot), 404)
  })
})

describe('when D1 is down', () => {
  const down: Outage = () => Promise.reject(new Error('D1_ERROR: down'))

  it('goes on reading for whom it knows until the bound is over, and not a moment longer', async () => {
    await expectJson(isolate.call(BOUNDED, bot), 404)
    isolate.onBatch = down
    for (const ms of [0, 4_000, 6_000, 10_000]) {
      expect((await later(ms, () => isolate.call(BOUNDED, bot))).status).toBe(404)
    }
    await later(10_001, () => expectUnavailable(bot))
  })

  it.each([
    ['a token', async () => admin],
    ['an access token', async () => ({ token: await accessTokenFor(admin.token) })],
    ['a password', async () => asAdmin],
  ] as const)('decides nothing strictly, whoever is known: by %s', async (_, credentialOf) => {
    const credential = await credentialOf()
    await expectJson(isolate.call(STRICT, credential))
    isolate.onBatch = down
    await expectUnavailable(credential, STRICT)
    await expectUnavailable({ ...credential, headers: { 'Postern-Consistency': 'strict' } })
    await expectUnavailable({ ...credential, json: { name: 'new' } }, STRICT)
  })

  it('goes on reading for longer where that was asked for, says so, and lets nobody else in', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    isolate = await openIsolate({ STALE_IF_ERROR_SECONDS: '60' })
    expect((await isolate.call(VERIFY, bot)).status).toBe(200)
    isolate.onBatch = down
    const answer = await later(30_000, () => isolate.call(VERIFY, bot))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Postern-Staleness')).toBe('30')
    expect(answer.headers.get('Postern-Stale-If-Error')).toBe('storage_unavailable')
    expect(warn.mock.calls.join()).toContain('"code":"stale_if_error","stalenessMs":30000')
    warn.mockRestore()
    await later(30_000, async () => {
      await expectUnavailable(admin)
      await expectUnavailable(bot, STRICT)
      await expectUnavailable({ ...bot, headers: { 'Postern-Consistency': 'strict' } })
    })
    await later(60_001, () => expectUnavailable(bot))
    isolate.onBatch = undefined
    const healed = await later(60_001, () => isolate.call(VERIFY, bot))
    expect(healed.headers.get('Postern-Stale-If-Error')).toBe(null)
  })

  it.each(['301', '-1', '3.5', ''])('cannot be told to go on for %j seconds', async (seconds) => {
    isolate = await openIsolate({ STALE_IF_ERROR_SECONDS: seconds })
    expect(await expectJson(isolate.call(BOUNDED, bot), 503)).toMatchObject({ code: 'not_configured' })
  })

  it('waits for the feed no longer than it would wait for anything', async () => {
    await expectJson(isolate.call(BOUNDED, bot), 404)
    isolate.onBatch = () => never
    const startedAt = performance.now()
    await expectUnavailable(admin, STRICT)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_900)
  })
})

describe('when KV does not answer', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['fails', () => Promise.reject(new Error('KV GET failed: 500 Internal Server Error'))],
    ['never answers', () => never],
  ])('asks D1: it %s (threat 37)', async (_, outage) => {
    await expectJson(isolate.call(BOUNDED, admin), 404)
    isolate.onGet = outage
    await expectJson(isolate.call(BOUNDED, bot), 404)
    expect(isolate.traffic.gets).toBe(1)
  })
})

describe('a hundred requests at once in an isolate that knows nothing', () => {
  it('are all answered when the first of them is given up (threat 39)', async () => {
    vi.resetModules()
    const { default: worker } = await import('../../../worker/index.ts')
    const visit = (signal?: AbortSignal) =>
      worker.fetch(
        new Request(`https://postern.test${BOUNDED}`, {
          headers: { Authorization: `Bearer ${bot.token}` },
          ...(signal ? { signal } : {}),
        }) as never,
        env,
        createExecutionContext(),
      )
    const first = new AbortController()
    const given = visit(first.signal).catch(() => undefined)
    const others = Array.from({ length: 99 }, () => visit())
    first.abort()
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array(99).fill(404))
    await given
  })

  it('are all answered when the first of them never hears from D1 (threat 39)', async () => {
    let isFirst = true
    isolate.onBatch = (run) => {
      const answer = isFirst ? never : run()
      isFirst = false
      return answer
    }
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await isolate.call(BOUNDED, bot)).status),
    )
    expect(statuses.toSorted()).toEqual([...Array(99).fill(404), 503])
  })
})
