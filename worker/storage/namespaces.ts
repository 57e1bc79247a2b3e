/**
 * Rows of namespaces. Kestra's `system` is always there, whether somebody created it or not, and files may lie in
 * namespaces that nobody created.
 */

import { and, eq, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Attributes } from '../../shared/wire/attributes.ts'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Database, Statement } from './database.ts'
import { contains, offsetOf, toCondition } from './listing.ts'
import { namespaces } from './schema.ts'

export type Namespace = typeof namespaces.$inferSelect

export const SYSTEM = 'system'

export const insertNamespace = (db: Database, namespace: Namespace): Statement =>
  db.insert(namespaces).values(namespace)

/** Also where there is none: `system` can be changed before anybody created it. */
export const upsertNamespace = (db: Database, namespace: Namespace): Statement =>
  db
    .insert(namespaces)
    .values(namespace)
    .onConflictDoUpdate({
      target: [namespaces.tenantId, namespaces.id],
      set: { attributes: namespace.attributes },
    })

/** Its files stay: they may lie in a namespace that nobody created. */
export const deleteNamespace = (db: Database, tenantId: string, id: string): Statement =>
  db.delete(namespaces).where(and(eq(namespaces.tenantId, tenantId), eq(namespaces.id, id)))

/** Those of the ids that somebody created. */
export async function findNamespaces(
  db: Database,
  tenantId: string,
  ids: readonly string[],
): Promise<Namespace[]> {
  return db
    .select()
    .from(namespaces)
    .where(
      and(
        eq(namespaces.tenantId, tenantId),
        sql`${namespaces.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
      ),
    )
}

/** What lists of namespaces can be filtered and sorted by. `existingOnly` is the query parameter by another name. */
export const namespaceFields = ['id', 'namespace', 'existingOnly']

export interface NamespaceQuery extends ListQuery {
  /** Only what somebody created, and `system`; otherwise also where files lie. */
  readonly existing: boolean
  /** Namespaces with all below them, none in another; undefined shows the whole tenant. */
  readonly within?: readonly string[] | undefined
  /** Found as well as what `q` finds; with neither, all are. */
  readonly ids?: readonly string[] | undefined
}

export type NamespaceRow = Pick<Namespace, 'id' | 'attributes'>

/**
 * One page, `system` first unless another order is asked for.
 *
 * Cost: of all that somebody created, the rows of the page and those before it. A filter, a search or a reader who
 * sees a part of the tenant takes as many rows as the tenant has namespaces, and so do those that hold files alone.
 */
export async function listNamespaces(
  db: Database,
  tenantId: string,
  query: NamespaceQuery,
): Promise<Page<NamespaceRow>> {
  const source = sourcesOf(tenantId, query)
  const order = orderOf(query)
  const [page, totals] = await Promise.all([
    db.all<{ id: string; attributes: string }>(sql`
      ${source} ORDER BY ${order} LIMIT ${query.size} OFFSET ${offsetOf(query)}`),
    db.all<{ total: number }>(
      isWhole(query) ? wholeTotal(tenantId) : sql`SELECT count(*) AS total FROM (${source})`,
    ),
  ])
  const results = page.map(({ id, attributes }) => ({ id, attributes: JSON.parse(attributes) as Attributes }))
  return { results, total: totals[0]?.total ?? 0 }
}

/** By id whichever field is named. Unasked, `system` has the first place of all. */
function orderOf({ sort: [first] }: NamespaceQuery): SQL {
  if (first === undefined) return sql`place`
  return first.isDescending ? sql`id DESC` : sql`id`
}

/** Each arm comes out of its index in order, so that SQLite merges them and stops when the page is full. */
function sourcesOf(tenantId: string, query: NamespaceQuery): SQL {
  const created = sql`
    SELECT id AS place, id, attributes FROM namespaces
    WHERE tenant_id = ${tenantId} AND id <> ${SYSTEM} AND ${matches(query, namespaces.id)}`
  const system = sql`
    SELECT '' AS place, id, coalesce((
      SELECT attributes FROM namespaces AS n WHERE n.tenant_id = ${tenantId} AND n.id = ${SYSTEM}), '{}')
    FROM (SELECT ${SYSTEM} AS id) WHERE ${matches(query, sql`id`)}`
  const holdingFiles = sql`
    SELECT namespace AS place, namespace AS id, '{}' FROM file_sequences AS s
    WHERE tenant_id = ${tenantId} AND namespace <> ${SYSTEM} AND ${matches(query, sql`namespace`)}
      AND NOT EXISTS (SELECT 1 FROM namespaces AS n WHERE n.tenant_id = s.tenant_id AND n.id = s.namespace)
      AND EXISTS (SELECT 1 FROM files AS f
        WHERE f.tenant_id = s.tenant_id AND f.namespace = s.namespace AND f.sha256 IS NOT NULL)`
  return sql.join(query.existing ? [created, system] : [created, system, holdingFiles], sql` UNION ALL `)
}

function matches(query: NamespaceQuery, id: SQLWrapper): SQL {
  const { q, ids, within } = query
  const asked = or(q === undefined ? undefined : contains(id, q), ids && sql`${id} IN ${listOf(ids)}`)
  const isWithin =
    within &&
    sql`EXISTS (SELECT 1 FROM ${listOf(within)} AS r WHERE ${id} = r.value OR
      (${id} > r.value || '.' AND ${id} < r.value || '/'))`
  return and(asked, isWithin, toCondition(query, { id, namespace: id })) ?? sql`true`
}

const listOf = (texts: readonly string[]): SQL => sql`(SELECT value FROM json_each(${JSON.stringify(texts)}))`

const isWhole = ({ existing, within, ids, q, filters }: NamespaceQuery): boolean =>
  existing && within === undefined && ids === undefined && q === undefined && filters.length === 0

/** Kept by triggers; `system` counts whether it was created or not. */
const wholeTotal = (tenantId: string): SQL => sql`
  SELECT coalesce((SELECT total FROM totals WHERE list = ${`namespaces ${tenantId}`}), 0)
    + NOT EXISTS (SELECT 1 FROM namespaces WHERE tenant_id = ${tenantId} AND id = ${SYSTEM}) AS total`
