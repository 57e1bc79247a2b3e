/** Rows of tenants, and what goes with one. */

import { eq, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Tenant } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { type Fields, listPlainly } from './listing.ts'
import { tenants } from './schema.ts'

export async function findTenant(db: Database, id: string): Promise<Tenant | undefined> {
  return db.select().from(tenants).where(eq(tenants.id, id)).get()
}

export const updateTenant = (
  db: Database,
  id: string,
  changes: Pick<Tenant, 'name' | 'attributes'>,
): Statement => db.update(tenants).set(changes).where(eq(tenants.id, id))

/** Accounts and their tokens stay. What R2 holds of it is left to the sweep. */
export const deleteTenant = (db: Database, id: string): Statement =>
  db.delete(tenants).where(eq(tenants.id, id))

/** A guard: the batch it stands in goes through only while no file lies in the tenant. */
export const onlyWithoutFiles = (tenantId: string): Statement => sql`
  INSERT INTO guards (tenant_empty) SELECT 0 WHERE EXISTS (
    SELECT 1 FROM files WHERE tenant_id = ${tenantId} AND sha256 IS NOT NULL)`

const TENANT_FIELDS: Fields = { id: tenants.id, name: tenants.name }
export const tenantFields = Object.keys(TENANT_FIELDS)

export const listTenants = (db: Database, query: ListQuery): Promise<Page<Tenant>> =>
  listPlainly(db, query, {
    table: tenants,
    texts: [tenants.id, tenants.name],
    fields: TENANT_FIELDS,
    tieBreak: [tenants.id],
    total: 'tenants',
  })
