/** The change feed and the audit log: rows that are only ever added, in the transaction of what they are about. */

import { sql } from 'drizzle-orm'
import type { Database, Statement } from './database.ts'
import { auditLogs, type changes } from './schema.ts'

export type Change = typeof changes.$inferSelect
export type ChangeKind = Change['kind']
export type AuditLog = typeof auditLogs.$inferSelect

export const insertAuditLog = (db: Database, log: AuditLog): Statement => db.insert(auditLogs).values(log)

/** One statement for all of them, however many; none for none. */
export function insertChanges(ends: ReadonlyArray<Pick<Change, 'kind' | 'ref'>>, at: number): Statement[] {
  if (ends.length === 0) return []
  const rows = JSON.stringify(ends.map(({ kind, ref }) => [kind, ref]))
  return [
    sql`INSERT INTO changes (at, kind, ref) SELECT ${at}, value ->> 0, value ->> 1 FROM json_each(${rows})`,
  ]
}
