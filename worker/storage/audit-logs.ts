/** Reading the audit log. Its rows are written with what they are about: see `audit/record.ts`. */

import { and, asc, desc, eq, lt, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { AUDIT_FIELDS } from '../../shared/wire/audit-log.ts'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { AuditLog } from './changes.ts'
import type { Database } from './database.ts'
import { contains, offsetOf, selectTotal, toCondition } from './listing.ts'
import { accounts, auditLogs } from './schema.ts'

export type { AuditLog }

/** A record, and of what kind the account is that acted, if it is still there. */
export interface AuditRow {
  readonly log: AuditLog
  readonly actorKind: (typeof accounts.$inferSelect)['kind'] | null
}

const COLUMNS: Record<(typeof AUDIT_FIELDS)[number], SQLWrapper> = {
  id: auditLogs.id,
  date: auditLogs.at,
  startDate: auditLogs.at,
  endDate: auditLogs.at,
  userId: auditLogs.actorId,
  namespace: auditLogs.namespace,
  resources: auditLogs.resource,
  type: auditLogs.type,
  action: auditLogs.type,
  details: auditLogs.resourceId,
  flowId: auditLogs.resourceId,
  executionId: auditLogs.resourceId,
}

/**
 * One page, the newest first unless `date:asc` is asked for.
 *
 * Cost: the rows of the page and those before it; filtered by one object or account, their records. Of any other filter
 * all records of the tenant between the dates asked for, since its total must be counted.
 */
export async function listAuditLogs(
  db: Database,
  query: ListQuery,
  tenantId?: string,
): Promise<Page<AuditRow>> {
  const where = conditionOf(query, tenantId)
  const isWhole = query.q === undefined && query.filters.length === 0
  const [rows, totals] = await Promise.all([
    selectRows(db)
      .where(where)
      .orderBy(...(isOldestFirst(query) ? OLDEST_FIRST : NEWEST_FIRST))
      .limit(query.size)
      .offset(offsetOf(query)),
    isWhole
      ? selectTotal(db, tenantId === undefined ? 'audit_logs' : `audit_logs ${tenantId}`)
      : db.select({ total: sql<number>`count(*)` }).from(auditLogs).where(where),
  ])
  return { results: rows, total: totals[0]?.total ?? 0 }
}

/**
 * All records that a query asks for, the newest first, read a few at a time: how many there are does not matter to
 * memory.
 */
export async function* readAuditLogs(
  db: Database,
  query: ListQuery,
  tenantId?: string,
): AsyncGenerator<readonly AuditRow[]> {
  const where = conditionOf(query, tenantId)
  let after: AuditLog | undefined
  do {
    const rows: AuditRow[] = await selectRows(db)
      .where(and(where, after && olderThan(after)))
      .orderBy(...NEWEST_FIRST)
      .limit(ROWS_AT_ONCE)
    yield rows
    after = rows.length === ROWS_AT_ONCE ? rows.at(-1)?.log : undefined
  } while (after)
}

/** A record may have a quarter of a megabyte. */
const ROWS_AT_ONCE = 100

export async function findAuditLog(
  db: Database,
  id: string,
  tenantId?: string,
): Promise<AuditLog | undefined> {
  return db
    .select()
    .from(auditLogs)
    .where(and(eq(auditLogs.id, id), inTenant(tenantId, true)))
    .get()
}

/** What happened to one object, the newest first. */
export async function listHistory(
  db: Database,
  resourceId: string,
  tenantId: string | undefined,
  limit: number,
): Promise<AuditLog[]> {
  return db
    .select()
    .from(auditLogs)
    .where(and(eq(auditLogs.resourceId, resourceId), inTenant(tenantId, true)))
    .orderBy(...NEWEST_FIRST)
    .limit(limit)
}

const NEWEST_FIRST = [desc(auditLogs.at), desc(auditLogs.id)]
const OLDEST_FIRST = [asc(auditLogs.at), asc(auditLogs.id)]
const isOldestFirst = ({ sort }: ListQuery): boolean =>
  sort.some(({ field, isDescending }) => field === 'date' && !isDescending)

const selectRows = (db: Database) =>
  db
    .select({ log: auditLogs, actorKind: accounts.kind })
    .from(auditLogs)
    .leftJoin(accounts, eq(accounts.id, auditLogs.actorId))
    .$dynamic()

/**
 * @param isPointed whether a single object or account is asked for: then it is their index that finds few rows, and the
 *   plus keeps SQLite from going through the tenant's
 */
function inTenant(tenantId: string | undefined, isPointed: boolean): SQL | undefined {
  if (tenantId === undefined) return undefined
  return isPointed ? sql`+${auditLogs.tenantId} = ${tenantId}` : eq(auditLogs.tenantId, tenantId)
}

const POINTING: readonly string[] = ['id', 'userId', 'details', 'flowId', 'executionId']
const isPointed = ({ filters }: ListQuery): boolean =>
  filters.some(({ field, operator }) => operator === 'EQUALS' && POINTING.includes(field))

const olderThan = ({ at, id }: AuditLog): SQL | undefined =>
  or(lt(auditLogs.at, at), and(eq(auditLogs.at, at), lt(auditLogs.id, id)))

/** A text is looked for in what was acted upon and in who acted. */
function conditionOf(query: ListQuery, tenantId: string | undefined): SQL | undefined {
  const { q } = query
  const isNamed =
    q === undefined
      ? undefined
      : or(
          ...[auditLogs.resourceId, auditLogs.resource, auditLogs.actorName].map((column) =>
            contains(column, q),
          ),
        )
  return and(inTenant(tenantId, isPointed(query)), isNamed, toCondition(query, COLUMNS))
}

/**
 * When each of these users last signed in with a browser, as far as the log goes back.
 *
 * Cost: of each user the records about them, the newest first, until one tells of a sign-in.
 */
export async function lastSignInsOf(db: Database, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.all<{ id: string; at: number | null }>(sql`
    SELECT value AS id, (
      SELECT at FROM audit_logs WHERE resource_id = value AND type = 'LOGIN' ORDER BY at DESC, id DESC LIMIT 1
    ) AS at FROM json_each(${JSON.stringify(ids)})`)
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, at] as const])))
}
