/** The record store by itself: what it forgets, and when it asks again. What it may say, `schedules.test.ts` holds. */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { readFeed } from '../../../worker/storage/changes.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { createLedger, type Fact } from '../../../worker/tokens/ledger.ts'
import { createMemory } from '../../../worker/tokens/memory.ts'
import { createRecords, type Question } from '../../../worker/tokens/records.ts'
import { freshEdge } from '../support/edge.ts'

const factAt = (seq: number, ...dependencies: string[]): Fact => ({ seq, dependencies })
const roles = (...refs: Array<[seq: number, ref: string]>) =>
  refs.map(([seq, ref]) => ({ seq, kind: 'role' as const, ref }))

describe('a ledger', () => {
  it('knows nothing at first', () => {
    expect(createLedger().holds(factAt(-1))).toBe(false)
    expect(createLedger().holds(factAt(0))).toBe(false)
  })

  it('ends what a later change names, and nothing else', () => {
    const ledger = createLedger()
    ledger.extend({ floor: 0, position: 3, changes: roles([1, 'a'], [2, 'b'], [3, 'c']) })
    expect(ledger.holds(factAt(1, 'role a'))).toBe(true)
    expect(ledger.holds(factAt(1, 'role a', 'role b'))).toBe(false)
    expect(ledger.holds(factAt(2, 'account b'))).toBe(true)
  })

  it('believes nothing from before what it knows, nor from after it', () => {
    const ledger = createLedger()
    ledger.extend({ floor: 5, position: 7, changes: roles([6, 'a'], [7, 'b']) })
    expect(ledger.holds(factAt(4, 'role c'))).toBe(false)
    expect(ledger.holds(factAt(5, 'role c'))).toBe(true)
    expect(ledger.holds(factAt(8, 'role c'))).toBe(false)
  })

  it('forgets all it knew when the feed no longer reaches back to that', () => {
    const ledger = createLedger()
    ledger.extend({ floor: 0, position: 3, changes: roles([1, 'a'], [2, 'b'], [3, 'c']) })
    ledger.extend({ floor: 9, position: 10, changes: roles([10, 'd']) })
    expect(ledger.holds(factAt(3, 'role x'))).toBe(false)
  })

  it('takes an answer that was overtaken for what it is', () => {
    const ledger = createLedger()
    ledger.extend({ floor: 0, position: 3, changes: roles([1, 'a'], [2, 'b'], [3, 'a']) })
    ledger.extend({ floor: 0, position: 1, changes: roles([1, 'a']) })
    expect(ledger.position).toBe(3)
    expect(ledger.holds(factAt(2, 'role a'))).toBe(false)
  })

  it('remembers so many endings, and believes nothing from before those it forgets', () => {
    const ledger = createLedger(2)
    ledger.extend({ floor: 0, position: 3, changes: roles([1, 'a'], [2, 'b'], [3, 'c']) })
    expect(ledger.holds(factAt(0, 'role x'))).toBe(false)
    expect(ledger.holds(factAt(1, 'role x'))).toBe(true)
    expect(ledger.holds(factAt(1, 'role b'))).toBe(false)
  })
})

describe('a memory', () => {
  it('holds no more than it may, and keeps what is asked for', () => {
    const memory = createMemory<number>(100)
    const isThere = (index: number) => memory.get(`${index}`) !== undefined
    for (let index = 0; index < 1_000; index++) {
      memory.set(`${index}`, index)
      expect(memory.get('0')).toBe(0)
    }
    expect(isThere(999)).toBe(true)
    const left = Array.from({ length: 1_000 }, (_, index) => index).filter(isThere)
    expect(left.length).toBeLessThanOrEqual(100)
  })
})

describe('records', () => {
  const role = (id: string): Question<string> => ({
    key: `role ${id}`,
    select: () => {
      throw new Error('Nobody asks D1 here')
    },
    dependenciesOf: () => [`role ${id}`],
  })

  function open() {
    const state = { now: 1_000_000, position: 5, value: 'first', asked: 0 }
    const records = createRecords({
      async ask(after, questions) {
        state.asked++
        const { position } = state
        return {
          feed: { floor: Math.max(after, 0), position, changes: [] },
          found: questions.map(() => state.value),
        }
      },
      copies: { get: async () => undefined, put: async () => undefined },
      maxStalenessMs: 10_000,
      staleIfErrorMs: 0,
      clock: () => state.now,
    })
    const find = async () => {
      const reader = records.reader({ isStrict: false, waitUntil: () => undefined })
      return (await reader.find([role('a')] as const))[0]
    }
    return { state, find }
  }

  it('are all forgotten when the database was put back to an earlier state', async () => {
    const { state, find } = open()
    expect(await find()).toBe('first')
    Object.assign(state, { now: state.now + 11_000, position: 2, value: 'restored' })
    expect(await find()).toBe('restored')
  })

  it('are asked about again when the clock was put back', async () => {
    const { state, find } = open()
    await find()
    await find()
    expect(state.asked).toBe(1)
    state.now -= 3_600_000
    await find()
    expect(state.asked).toBe(2)
    await find()
    expect(state.asked).toBe(2)
  })
})

describe('the feed of the real D1', () => {
  const db = openDatabase(env.DB)
  beforeAll(async () => {
    await freshEdge()
    await env.DB.prepare('DELETE FROM changes').run()
  })
  const append = (count: number) =>
    env.DB.prepare("INSERT INTO changes (at, kind, ref) SELECT 0, 'role', value FROM json_each(?)")
      .bind(JSON.stringify(Array(count).fill(1)))
      .run()
  const feedAfter = async (after: number) => (await readFeed(db, after, [])).feed

  it('is empty at first', async () => {
    expect(await feedAfter(-1)).toEqual({ floor: 0, position: 0, changes: [] })
  })

  it('has what came after a position, up to its end', async () => {
    await append(3)
    const { position } = await feedAfter(-1)
    const feed = await feedAfter(position - 1)
    expect(feed).toEqual({
      floor: position - 1,
      position,
      changes: [{ seq: position, kind: 'role', ref: '1' }],
    })
    expect(await feedAfter(position)).toEqual({ floor: position, position, changes: [] })
  })

  it('has the last five hundred, and says from where', async () => {
    await append(700)
    const { position, floor, changes } = await feedAfter(0)
    expect(floor).toBe(position - 500)
    expect(changes.length).toBe(500)
  })

  it('has nothing when there is a hole in it', async () => {
    const { position } = await feedAfter(-1)
    await env.DB.prepare('DELETE FROM changes WHERE seq = ?')
      .bind(position - 1)
      .run()
    expect(await feedAfter(position - 3)).toEqual({ floor: position, position, changes: [] })
  })

  it('is pruned by the clock, but for its last change', async () => {
    const { position } = await feedAfter(-1)
    const { default: worker } = await import('../../../worker/index.ts')
    await worker.scheduled({ scheduledTime: Date.now(), cron: '', noRetry() {} } as never, env)
    expect(await feedAfter(-1)).toEqual({
      floor: position - 1,
      position,
      changes: [{ seq: position, kind: 'role', ref: '1' }],
    })
  })
})
