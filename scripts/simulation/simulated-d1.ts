/**
 * D1 as its documents describe it: one SQLite database that does one thing after the other, far away. The SQL is really
 * run; how long it takes is said here.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { VirtualTime } from './virtual-time.ts'

/**
 * How long the database is busy with each kind of batch, in milliseconds. A thousand queries a second of a millisecond
 * each, several milliseconds for a write: https://developers.cloudflare.com/d1/platform/limits/
 */
export const BUSY_MS = { feed: 1, record: 2, write: 5 } as const
export type BatchKind = keyof typeof BUSY_MS

/** A request that would wait longer is turned away, as overloaded. */
const MAX_QUEUE_MS = 5_000

const SCHEMA = resolve(import.meta.dirname, '../../worker/storage/migrations/0000_foundation.sql')

export interface SimulatedD1 {
  /** What is counted since the start. */
  readonly counts: Record<BatchKind, number> & { overloaded: number; busyMs: number; usesNoted: number }
  /** How many times as long as said above everything keeps it busy. Until it is told, nothing does. */
  slowness: number
  /**
   * A binding, in a place from which a question and its answer travel so long.
   *
   * @param onExecuted called at the instant at which a batch is done in the database
   */
  bind(roundTripMs: () => number, onExecuted?: () => void): D1Database
}

interface Prepared {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

export function openTables(): DatabaseSync {
  const tables = new DatabaseSync(':memory:')
  tables.exec(readFileSync(SCHEMA, 'utf8'))
  // Rows are made in bulk, and right; what goes with them is not what is simulated.
  tables.exec('PRAGMA foreign_keys = OFF')
  return tables
}

/**
 * @param replica what is read from instead of the primary, so much later than written: to see the bound break. Postern
 * itself never asks one.
 */
export function createSimulatedD1(
  time: VirtualTime,
  tables: DatabaseSync,
  replica?: { readonly tables: DatabaseSync; readonly lagMs: number },
): SimulatedD1 {
  const counts = { feed: 0, record: 0, write: 0, overloaded: 0, busyMs: 0, usesNoted: 0 }
  const statements = new Map<DatabaseSync, Map<string, StatementSync>>()
  let freeAt = 0

  function run(database: DatabaseSync, batch: readonly Prepared[]): unknown[] {
    const known = statements.get(database) ?? new Map<string, StatementSync>()
    statements.set(database, known)
    return batch.map(({ sql, values }) => {
      const statement = known.get(sql) ?? database.prepare(sql)
      known.set(sql, statement)
      if (isWrite(sql)) {
        const { changes } = statement.run(...values)
        if (database === tables && /^\s*update\W+tokens\b/i.test(sql)) counts.usesNoted += Number(changes)
        return { results: [], success: true, meta: { changes } }
      }
      return { results: statement.all(...values).map(asD1Row), success: true, meta: {} }
    })
  }

  const kindOf = (batch: readonly Prepared[]): BatchKind =>
    batch.some(({ sql }) => isWrite(sql)) ? 'write' : batch.length > 1 ? 'record' : 'feed'

  function execute(batch: readonly Prepared[], kind: BatchKind): unknown[] {
    if (kind !== 'write') return run(replica?.tables ?? tables, batch)
    if (replica) time.at(time.now() + replica.lagMs, () => void run(replica.tables, batch))
    tables.exec('BEGIN')
    const results = run(tables, batch)
    tables.exec('COMMIT')
    return results
  }

  const d1: SimulatedD1 = {
    counts,
    slowness: 0,
    bind(roundTripMs, onExecuted) {
      async function batch(batch: readonly Prepared[]): Promise<unknown[]> {
        const kind = kindOf(batch)
        const travelMs = roundTripMs() / 2
        await time.sleep(travelMs)
        const waitMs = Math.max(0, freeAt - time.now())
        if (waitMs > MAX_QUEUE_MS) {
          counts.overloaded++
          await time.sleep(travelMs)
          throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
        }
        counts[kind]++
        const busyMs = BUSY_MS[kind] * d1.slowness
        counts.busyMs += busyMs
        freeAt = time.now() + waitMs + busyMs
        await time.sleep(waitMs + busyMs)
        const results = execute(batch, kind)
        onExecuted?.()
        await time.sleep(travelMs)
        return results
      }
      const prepare = (sql: string, values: readonly SQLInputValue[] = []): unknown => ({
        sql,
        values,
        bind: (...bound: SQLInputValue[]) => prepare(sql, bound),
      })
      return { prepare, batch } as unknown as D1Database
    },
  }
  return d1
}

const isWrite = (sql: string): boolean => /^\s*(insert|update|delete)\b/i.test(sql)

/** D1 answers with bytes as numbers. */
const asD1Row = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  )
