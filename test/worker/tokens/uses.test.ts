/** How often an isolate writes down which tokens were used. */

import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { openDatabase } from '../../../worker/storage/database.ts'
import { createUses } from '../../../worker/tokens/uses.ts'
import { MINUTE } from '../support/clock.ts'
import { asAdmin, call, expectJson, freshEdge, mintToken } from '../support/edge.ts'

const SECOND = 1_000
const TOKENS = 30
let ids: string[]
let start: number
beforeAll(async () => {
  await freshEdge()
  const { id } = await expectJson<{ id: string }>(
    call('/api/v1/main/service-accounts', { ...asAdmin, json: { name: 'bot' } }),
  )
  ids = []
  while (ids.length < TOKENS) ids.push((await mintToken(id)).id)
})
beforeEach(async () => {
  await env.DB.prepare('UPDATE tokens SET last_used_at = NULL').run()
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  start = Date.now()
})
afterEach(() => {
  vi.useRealTimers()
})

/** An isolate that only notes uses. */
function openIsolate() {
  const writes: Array<Promise<unknown>> = []
  let statements = 0
  const counting = new Proxy(env.DB, {
    get(target, name) {
      if (name === 'prepare') statements++
      const member = Reflect.get(target, name) as unknown
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const note = createUses(openDatabase(counting), () => Date.now())
  return {
    use: (id: string | undefined) => note(id ?? '', (work) => void writes.push(work)),
    /** Statements until everything is written that waits. */
    async settle() {
      await vi.advanceTimersByTimeAsync(25 * SECOND)
      await Promise.all(writes)
      return statements
    },
    written: () => statements,
  }
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const lastUses = async () => {
  const { results } = await env.DB.prepare(
    "SELECT last_used_at - ? AS at FROM tokens WHERE kind = 'API' ORDER BY last_used_at",
  )
    .bind(start)
    .all<{ at: number | null }>()
  return results.map(({ at }) => at)
}

it('writes the first use at once', async () => {
  const isolate = openIsolate()
  isolate.use(ids[0])
  expect(isolate.written()).toBe(1)
})

it('writes what comes soon after another together, and loses none of it when no more comes', async () => {
  const isolate = openIsolate()
  for (const id of ids) {
    isolate.use(id)
    await pass(SECOND)
  }
  expect(await isolate.settle()).toBe(2)
  expect(await lastUses()).toEqual(ids.map((_, index) => index * SECOND))
})

it('writes once a minute while it is busy, however many tokens it sees', async () => {
  const isolate = openIsolate()
  for (let second = 0; second <= 610; second += 2) {
    isolate.use(ids[(second / 2) % TOKENS])
    await pass(2 * SECOND)
  }
  expect(isolate.written()).toBe(11)
  expect(await isolate.settle()).toBe(12)
  for (const at of await lastUses()) expect(at).toBeGreaterThan(500 * SECOND)
})

it('leaves alone what another isolate has noted in the same minute', async () => {
  const [first, second, third] = [openIsolate(), openIsolate(), openIsolate()]
  first.use(ids[0])
  await first.settle()
  second.use(ids[0])
  await second.settle()
  expect((await lastUses()).at(-1)).toBe(0)
  await pass(MINUTE)
  third.use(ids[0])
  await third.settle()
  expect((await lastUses()).at(-1)).toBe(2 * 25 * SECOND + MINUTE)
})
