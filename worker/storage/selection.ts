/**
 * Questions that are asked all day long, such as who is behind a token: each one statement, whose text is made once. To
 * build a statement takes longer than D1 takes to answer it, and so does each statement more.
 */

import { fillPlaceholders, type Query, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { isBlob } from './bulk.ts'
import { type Database, dialect, prepare } from './database.ts'

/** A question, and what to make of the answer. */
export interface Selection<T> {
  readonly query: Query
  /** By the names of the placeholders. */
  readonly values: Readonly<Record<string, string | number>>
  /**
   * @param found what the query has made, read from its JSON; null or 0 where there is no such thing
   * @throws when that is not what was asked for
   */
  readonly toFound: (found: unknown) => T | undefined
}

/** @param found makes JSON, or NULL. What changes from one time to the next is a placeholder in it. */
export const compile = (found: SQL): Query => dialect.sqlToQuery(sql`SELECT ${found} AS found`)

export const bind = (db: Database, { query, values }: Selection<unknown>): D1PreparedStatement =>
  prepare(db, { toSQL: () => ({ ...query, params: fillPlaceholders(query.params, { ...values }) }) })

/** @throws when D1 did not answer what it was asked: each selection has one row, whatever is in it */
export function read<T>({ toFound }: Selection<T>, { results: [row] }: D1Result): T | undefined {
  const { found } = row as { readonly found: string | number | null }
  return toFound(typeof found === 'string' ? JSON.parse(found) : found)
}

export async function select<T>(db: Database, selection: Selection<T>): Promise<T | undefined> {
  return read(selection, await bind(db, selection).all())
}

/** Of a query for whether something is there. @throws when it did not say */
export function toFlag(found: unknown): boolean {
  if (found !== 0 && found !== 1) throw new Error('Neither yes nor no')
  return found === 1
}

/** The columns of a row as JSON: values in the order of `columns`. */
export const rowJson = (columns: Columns): SQL =>
  sql`json_array(${sql.join(
    Object.values(columns).map((column) =>
      isBlob(column)
        ? sql`hex(${column})`
        : column.dataType === 'json'
          ? sql`json(${column})`
          : sql`${column}`,
    ),
    sql`, `,
  )})`

/** The row that `rowJson` has made JSON of. @throws when it is none */
export function toRow<Row>(columns: Columns, values: unknown): Row {
  const entries = Object.entries(columns)
  if (!Array.isArray(values) || values.length !== entries.length) throw new Error('No row')
  return Object.fromEntries(entries.map(([name, column], at) => [name, toValue(column, values[at])])) as Row
}

function toValue(column: SQLiteColumn, value: unknown): unknown {
  if (value === null || column.dataType === 'json') return value
  return isBlob(column) ? fromHex(value as string) : column.mapFromDriverValue(value)
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export type Columns = Readonly<Record<string, SQLiteColumn>>
