/** The door to D1: one way to write, one reading of its errors. What is read and written stands beside this file. */

import { type Query, SQL } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'

export type Database = DrizzleD1Database & {
  readonly $client: D1Database
  /** Is told what each transaction says to the change feed; absent where nothing is kept of it. */
  readonly onChanges?: ((said: readonly Said[]) => Promise<void>) | undefined
}

/** A row of the change feed, as its insertion returns it. */
export interface Said {
  readonly seq: number
  readonly kind: string
  readonly ref: string
}

/** A change, built by Drizzle or written as SQL. It does nothing until `write` gets it. */
export type Statement = SQL | { toSQL(): Query }

/** What stopped a batch; nothing of it was written. */
export type Conflict =
  /** A unique index; `on` is its columns, such as `deployments.idempotency_key`, or its name. */
  | { readonly kind: 'unique'; readonly on: string }
  /** A foreign key: something that was referred to is not there. */
  | { readonly kind: 'reference'; readonly on: 'foreign key' }
  /** A check; `on` is its name, for instance that of a column of `guards`. */
  | { readonly kind: 'check'; readonly on: string }

export function openDatabase(binding: D1Database, onChanges?: Database['onChanges']): Database {
  return Object.assign(drizzle(binding), { onChanges })
}

/**
 * Runs the statements as one transaction, in order, in one round trip.
 *
 * @returns the constraint that stopped it, if one did
 * @throws whatever D1 throws when it is not a constraint: see `isStorageFailure`
 */
export async function write(db: Database, statements: readonly Statement[]): Promise<Result<void, Conflict>> {
  try {
    const results = await db.$client.batch(statements.map((statement) => prepare(db, statement)))
    const said = results.flatMap(({ results: rows = [] }) => rows as unknown[]).filter(isSaid)
    // Before the answer: what was answered to be revoked is never again as if it had not been.
    if (said.length > 0) await db.onChanges?.(said)
    return ok(undefined)
  } catch (error) {
    const conflict = readConflict(messagesOf(error).join('\n'))
    if (conflict === undefined) throw error
    return err(conflict)
  }
}

/** Nothing else that is written returns rows. */
const isSaid = (row: unknown): row is Said => v.is(SaidRow, row)
const SaidRow = v.object({ seq: v.number(), kind: v.string(), ref: v.string() })

/** For what no constraint can stop. @throws also on a conflict, which would be a defect of ours */
export async function writeOrThrow(db: Database, statements: readonly Statement[]): Promise<void> {
  const written = await write(db, statements)
  if (!written.ok) throw new Error(`A write that cannot conflict did: ${JSON.stringify(written.error)}`)
}

/** Storage gave no answer in time, or one that makes no sense. */
export class StorageUnavailable extends Error {}

/** D1 was put back to an earlier state, and nobody has said yet what is to become of what was revoked since. */
export class RestorePending extends StorageUnavailable {}

/** Whether an exception means that D1, KV or R2 could not do its work, so that trying again later may help. */
export function isStorageFailure(error: unknown): boolean {
  if (error instanceof StorageUnavailable) return true
  return messagesOf(error).some((message) => /^D1_\w*ERROR\b|^KV \w+ failed\b|^(get|put): /.test(message))
}

/** @throws {StorageUnavailable} when there is no answer after so many milliseconds; what comes later is thrown away */
export async function withDeadline<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new StorageUnavailable(`No answer in ${timeoutMs} ms`)), timeoutMs)
  return Promise.race([answer, deadline]).finally(() => clearTimeout(timer))
}

/** Not Drizzle's own `batch`: in it, SQL with parameters fails (0.45, `SQLiteRaw` has no prepared statement). */
export function prepare(db: Database, statement: Statement): D1PreparedStatement {
  const { sql, params } = statement instanceof SQL ? dialect.sqlToQuery(statement) : statement.toSQL()
  return db.$client.prepare(sql).bind(...params)
}

export const dialect = new SQLiteAsyncDialect()

function readConflict(message: string): Conflict | undefined {
  const unique = /UNIQUE constraint failed: (?:index ')?([^':]+?)'?(?::|$)/m.exec(message)?.[1]
  if (unique !== undefined) return { kind: 'unique', on: unique }
  if (message.includes('FOREIGN KEY constraint failed')) return { kind: 'reference', on: 'foreign key' }
  const check = /CHECK constraint failed: (\w+)/.exec(message)?.[1]
  return check === undefined ? undefined : { kind: 'check', on: check }
}

/** Drizzle wraps what D1 says, and D1 what SQLite says. */
function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : []
}

/** The innermost message, for the log. */
export const rootMessage = (error: unknown): string => messagesOf(error).at(-1) ?? String(error)
