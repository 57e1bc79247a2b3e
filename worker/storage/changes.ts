/** The change feed and the audit log: rows that are only ever added, in the transaction of what they are about. */

import { sql } from 'drizzle-orm'
import * as v from 'valibot'
import { insertRows, toRawRow } from './bulk.ts'
import { type Database, RestorePending, type Statement, StorageUnavailable } from './database.ts'
import { auditLogs, type changes } from './schema.ts'
import { bind, compile, read, type Selection } from './selection.ts'

export type Change = typeof changes.$inferSelect
export type ChangeKind = Change['kind']
export type AuditLog = typeof auditLogs.$inferSelect

/** A part of the feed: every change after `floor` up to `position`. */
export interface Feed {
  readonly floor: number
  readonly position: number
  readonly changes: ReadonlyArray<Pick<Change, 'seq' | 'kind' | 'ref'>>
}

/** So much of the feed is read at once; whoever is further behind starts again with nothing. */
const MAX_CHANGES = 500

export const insertAuditLog = (db: Database, log: AuditLog): Statement => db.insert(auditLogs).values(log)

export const insertAuditLogs = (logs: readonly AuditLog[]): Statement[] =>
  insertRows(
    auditLogs,
    logs.map((log) => toRawRow(auditLogs, log)),
  )

/** One statement for all of them, however many; none for none. */
export function insertChanges(ends: ReadonlyArray<Pick<Change, 'kind' | 'ref'>>, at: number): Statement[] {
  if (ends.length === 0) return []
  const rows = JSON.stringify(ends.map(({ kind, ref }) => [kind, ref]))
  return [
    sql`INSERT INTO changes (at, kind, ref) SELECT ${at}, value ->> 0, value ->> 1 FROM json_each(${rows})
      RETURNING seq, kind, ref`,
  ]
}

/** The feed goes on from there; that there is nothing between makes everybody forget what they knew before. */
export const insertChangeAt = (
  seq: number,
  { kind, ref }: Pick<Change, 'kind' | 'ref'>,
  at: number,
): Statement =>
  sql`INSERT INTO changes (seq, at, kind, ref) VALUES (${seq}, ${at}, ${kind}, ${ref}) RETURNING seq, kind, ref`

export async function readPosition(db: Database): Promise<number> {
  const row = await db.get<{ seq: number | null }>(sql`SELECT max(seq) AS seq FROM changes`)
  return Math.max(row?.seq ?? 0, 0)
}

/**
 * Before all positions there are: while it is there, the rows around it are being filled in from a backup, or have been
 * and nobody has confirmed it. Who reads the feed meets it at no cost, and lets nobody in.
 */
const IMPORTING = -1

/** Nothing is kept of it outside of D1: it is no position. */
export const startImport = (id: string, now: number): Statement =>
  sql`INSERT INTO changes (seq, at, kind, ref) VALUES (${IMPORTING}, ${now}, 'restore', ${id})`

/** A guard: the import of this id is still the one under way. */
export const onlyDuringImport = (id: string): Statement => sql`
  INSERT INTO guards (setup_open)
  SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM changes WHERE seq = ${IMPORTING} AND ref = ${id})`

export const endImport: Statement = sql`DELETE FROM changes WHERE seq = ${IMPORTING}`

/** Whether one is under way, or over and not confirmed. */
export async function isImporting(db: Database): Promise<boolean> {
  return (await db.get(sql`SELECT 1 FROM changes WHERE seq = ${IMPORTING}`)) !== undefined
}

/** The last change stays: the feed's position must never fall back. */
export const deleteChangesBefore = (at: number): Statement =>
  sql`DELETE FROM changes WHERE at < ${at} AND seq < (SELECT max(seq) FROM changes)`

/**
 * The feed after `after`, and what `selections` select, as they are at one moment: one transaction, one round trip.
 *
 * Cost: a few rows, whatever the length of the feed, and those of the changes since.
 *
 * @param after the position that is known; -1 when none is
 * @throws {StorageUnavailable} when D1 does not answer what it was asked
 * @throws {RestorePending} between an import and its confirmation
 */
export async function readFeed(
  db: Database,
  after: number,
  selections: ReadonlyArray<Selection<unknown>>,
): Promise<{ readonly feed: Feed; readonly found: unknown[] }> {
  const asked = [selectFeed(after), ...selections]
  try {
    const answers = await db.$client.batch(asked.map((selection) => bind(db, selection)))
    const [feed, ...found] = asked.map((selection, index) => read(selection, answers[index] as D1Result))
    return { feed: feed as Feed, found }
  } catch (error) {
    if (error instanceof RestorePending) throw error
    // A request that cannot be judged is put off, whatever the reason.
    throw new StorageUnavailable('D1 did not say what it was asked', { cause: error })
  }
}

const selectFeed = (after: number): Selection<Feed> => ({
  query: FEED,
  values: { after },
  toFound: (found) => toFeed(after, v.parse(FoundFeed, found)),
})

/** One look-up by key for each end: SQLite would walk the table for both at once. */
const FEED = compile(sql`json_array(
  coalesce((SELECT min(seq) FROM changes), 1),
  coalesce((SELECT max(seq) FROM changes), 0),
  json((SELECT json_group_array(json_array(seq, kind, ref)) FROM (
    SELECT seq, kind, ref FROM changes
    WHERE seq > max(${sql.placeholder('after')}, (SELECT max(seq) FROM changes) - ${MAX_CHANGES})
    ORDER BY seq))))`)

const Seq = v.pipe(v.number(), v.safeInteger())
const FoundFeed = v.tuple([Seq, Seq, v.array(v.tuple([Seq, v.string(), v.string()]))])

function toFeed(after: number, [oldest, position, rows]: v.InferOutput<typeof FoundFeed>): Feed {
  if (oldest === IMPORTING) throw new RestorePending('A backup was imported, which nobody has confirmed')
  const floor = Math.max(after, position - MAX_CHANGES, oldest - 1)
  // A feed with a hole in it is as good as none: all that was known before its end is to be forgotten.
  const isWhole = rows.every(([seq], index) => seq === floor + 1 + index) && rows.length === position - floor
  if (!isWhole) return { floor: position, position, changes: [] }
  return {
    floor,
    position,
    changes: rows.map(([seq, kind, ref]) => ({ seq, kind: kind as ChangeKind, ref })),
  }
}
