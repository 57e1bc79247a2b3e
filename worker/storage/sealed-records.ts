/**
 * Records of the audit log as SQLite keeps them, in the order in which they were committed. That order is the rowid's: a
 * later commit has a higher one, whatever time the record bears. A backup that is imported renumbers rows and keeps their
 * order, so positions are good for one look at the database, and ids for ever.
 */

import { type SQL, sql } from 'drizzle-orm'
import { columnsOf } from './bulk.ts'
import type { Database } from './database.ts'
import { auditLogs } from './schema.ts'

export interface KeptRecord {
  readonly id: string
  readonly at: number
  readonly position: number
  /** All of its columns, by their names. */
  readonly columns: Readonly<Record<string, unknown>>
}

/** Before all positions there are. */
export const START = Number.MIN_SAFE_INTEGER

/** A record may have a quarter of a megabyte. */
const ROWS_AT_ONCE = 100

/** Cost: one statement for a hundred records. */
export async function readRecordsAfter(db: Database, position: number, max: number): Promise<KeptRecord[]> {
  const records: KeptRecord[] = []
  for (let isMore = true; isMore; ) {
    const after = records.at(-1)?.position ?? position
    const limit = Math.min(ROWS_AT_ONCE, max - records.length)
    const page = await select(db, sql`rowid > ${after} ORDER BY rowid LIMIT ${limit}`)
    records.push(...page)
    isMore = page.length === limit && records.length < max
  }
  return records
}

/** Those of them that are there, in no order. Cost: one statement for a hundred ids. */
export async function readRecords(db: Database, ids: readonly string[]): Promise<KeptRecord[]> {
  const records: KeptRecord[] = []
  for (let offset = 0; offset < ids.length; offset += ROWS_AT_ONCE) {
    records.push(...(await select(db, among(ids.slice(offset, offset + ROWS_AT_ONCE)))))
  }
  return records
}

/** The last of these records that is there. */
export async function findLastOf(
  db: Database,
  ids: readonly string[],
): Promise<Pick<KeptRecord, 'id' | 'position'> | undefined> {
  const last = sql`SELECT id, rowid AS position FROM audit_logs WHERE ${among(ids)} ORDER BY rowid DESC LIMIT 1`
  return (await db.all<{ id: string; position: number }>(last))[0]
}

/** Positions from after the first up to the second. */
export type Stretch = readonly [number, number]

/** More of them would say no more. */
const MAX_STRANGERS = 100

/** Records in these stretches that are none of those, and are not so old that the sweep may take them any day. */
export const listStrangers = (
  db: Database,
  stretches: readonly Stretch[],
  ids: readonly string[],
  sweptBefore: number,
): Promise<Array<Pick<KeptRecord, 'id' | 'at' | 'position'>>> =>
  db.all(sql`
    SELECT DISTINCT audit_logs.id, at, audit_logs.rowid AS position FROM json_each(${JSON.stringify(stretches)}) AS stretch
    CROSS JOIN audit_logs ON audit_logs.rowid > stretch.value ->> 0 AND audit_logs.rowid <= stretch.value ->> 1
    WHERE NOT ${among(ids)} AND at >= ${sweptBefore} ORDER BY audit_logs.rowid LIMIT ${MAX_STRANGERS}`)

/** When the first record after a position says that it was made. */
export async function findTimeAfter(db: Database, position: number): Promise<number | undefined> {
  const rows = await db.all<{ at: number }>(
    sql`SELECT at FROM audit_logs WHERE rowid > ${position} ORDER BY rowid LIMIT 1`,
  )
  return rows[0]?.at
}

const among = (ids: readonly string[]): SQL =>
  sql`audit_logs.id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`

const COLUMNS = columnsOf(auditLogs).map(({ name }) => name)

async function select(db: Database, condition: SQL): Promise<KeptRecord[]> {
  const names = sql.join(
    COLUMNS.map((name) => sql.identifier(name)),
    sql`, `,
  )
  const rows = await db.all<Record<string, unknown>>(
    sql`SELECT rowid AS position, ${names} FROM audit_logs WHERE ${condition}`,
  )
  return rows.map(({ position, ...columns }) => ({
    id: String(columns.id),
    at: Number(columns.at),
    position: Number(position),
    columns,
  }))
}
