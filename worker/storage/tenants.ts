/** Rows of tenants, and what goes with one. */

import { and, eq, or, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Tenant } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { contains, type Fields, offsetOf, selectTotal, toCondition, toOrder } from './listing.ts'
import { tenants } from './schema.ts'

export async function findTenant(db: Database, id: string): Promise<Tenant | undefined> {
  return db.select().from(tenants).where(eq(tenants.id, id)).get()
}

export const updateTenant = (
  db: Database,
  id: string,
  changes: Pick<Tenant, 'name' | 'attributes'>,
): Statement => db.update(tenants).set(changes).where(eq(tenants.id, id))

/** Accounts and their tokens stay. A trigger remembers which contents R2 is to give up. */
export const deleteTenant = (db: Database, id: string): Statement =>
  db.delete(tenants).where(eq(tenants.id, id))

/** A guard: the batch it stands in goes through only while no file lies in the tenant. */
export const onlyWithoutFiles = (tenantId: string): Statement => sql`
  INSERT INTO guards (tenant_empty) SELECT 0 WHERE EXISTS (
    SELECT 1 FROM files WHERE tenant_id = ${tenantId} AND sha256 IS NOT NULL)`

const TENANT_FIELDS: Fields = { id: tenants.id, name: tenants.name }
export const tenantFields = Object.keys(TENANT_FIELDS)

/** One page by id. A filter reads all tenants, and so does any other order: there are not many. */
export async function listTenants(db: Database, query: ListQuery): Promise<Page<Tenant>> {
  const { q } = query
  const where = and(
    toCondition(query, TENANT_FIELDS),
    q === undefined ? undefined : or(contains(tenants.id, q), contains(tenants.name, q)),
  )
  const [results, totals] = await db.batch([
    db
      .select()
      .from(tenants)
      .where(where)
      .orderBy(...toOrder(query, TENANT_FIELDS, [tenants.id]))
      .limit(query.size)
      .offset(offsetOf(query)),
    where === undefined
      ? selectTotal(db, 'tenants')
      : db.select({ total: sql<number>`count(*)` }).from(tenants).where(where),
  ])
  return { results, total: totals[0]?.total ?? 0 }
}
