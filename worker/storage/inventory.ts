/** How much there is, told by what is kept as a number anyway. */

import { desc, inArray } from 'drizzle-orm'
import type { Database } from './database.ts'
import { changes, totals } from './schema.ts'

const LISTS = [
  'accounts USER',
  'accounts SERVICE_ACCOUNT',
  'tokens API',
  'tokens SESSION',
  'tokens IMPERSONATION',
  'tenants',
  'audit_logs',
]

/** Cost: one round trip and eight rows, however much there is. */
export async function readInventory(db: Database) {
  const [rows, [last]] = await db.batch([
    db.select().from(totals).where(inArray(totals.list, LISTS)),
    db.select({ seq: changes.seq, at: changes.at }).from(changes).orderBy(desc(changes.seq)).limit(1),
  ])
  return {
    totals: new Map(rows.map(({ list, total }) => [list, total])),
    feedPosition: last?.seq ?? 0,
    ...(last ? { changedAt: last.at } : {}),
  }
}
