/** The audit log, read back. Who may see which record is decided above. */

import type { AuditDiff, FindAuditLog } from '../../shared/wire/audit-log.ts'
import {
  type AuditLog,
  type AuditRow,
  findAuditLog,
  listAuditLogs,
  listHistory,
  readAuditLogs,
} from '../storage/audit-logs.ts'
import type { Database } from '../storage/database.ts'

export { type AuditLog, type AuditRow, findAuditLog, listAuditLogs, readAuditLogs }

/** The newest record that fits. */
export async function findNewest(
  db: Database,
  { resource, type, detail }: FindAuditLog,
  tenant?: string,
): Promise<AuditRow | undefined> {
  const wanted = { resources: resource, type, details: detail?.id, namespace: detail?.namespace }
  const filters = Object.entries(wanted).flatMap(([field, value]) =>
    value ? [{ field, operator: 'EQUALS' as const, value }] : [],
  )
  const { results } = await listAuditLogs(db, { page: 1, size: 1, sort: [], q: undefined, filters }, tenant)
  return results[0]
}

/** More than anybody reads at once; the search has pages. */
const MAX_HISTORY = 1_000

export const historyOf = (db: Database, resourceId: string, tenant?: string): Promise<AuditLog[]> =>
  listHistory(db, resourceId, tenant, MAX_HISTORY)

/** @param previous another record of the same object: what lies between the two is then what differs */
export const diffOf = (log: AuditLog, previous?: AuditLog): AuditDiff => ({
  before: toText(previous ? previous.after : log.before),
  after: toText(log.after),
})

const toText = (state: AuditLog['before']): string => (state === null ? '' : JSON.stringify(state, null, 2))
