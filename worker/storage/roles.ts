/** Rows of roles. */

import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Database, Statement } from './database.ts'
import {
  contains,
  each,
  type Fields,
  isWhole,
  offsetOf,
  selectTotal,
  toCondition,
  toOrder,
} from './listing.ts'
import { roles } from './schema.ts'

export type Role = typeof roles.$inferSelect

export const insertRole = (db: Database, role: Role): Statement => db.insert(roles).values(role)

export const updateRole = (
  db: Database,
  id: string,
  changes: Pick<Role, 'name' | 'description' | 'permissions' | 'isDefault'>,
): Statement => db.update(roles).set(changes).where(eq(roles.id, id))

/** To stand before the change that makes a role its tenant's default: there is room for one. */
export const clearDefaultRole = (db: Database, { tenantId, id }: Role): Statement =>
  db
    .update(roles)
    .set({ isDefault: false })
    .where(and(eq(roles.tenantId, tenantId), eq(roles.isDefault, true), ne(roles.id, id)))

/** Its bindings go with it. */
export const deleteRole = (db: Database, id: string): Statement => db.delete(roles).where(eq(roles.id, id))

export async function findRole(db: Database, tenantId: string, id: string): Promise<Role | undefined> {
  return (await findRoles(db, tenantId, [id]))[0]
}

/** Those that are there. */
export async function findRoles(db: Database, tenantId: string, ids: readonly string[]): Promise<Role[]> {
  return db
    .select()
    .from(roles)
    .where(and(eq(roles.tenantId, tenantId), inArray(roles.id, each(ids))))
    .orderBy(...BY_NAME)
}

const ROLE_FIELDS: Fields = {
  id: roles.id,
  name: roles.name,
  isDefault: roles.isDefault,
  isManaged: roles.isManaged,
}
export const roleFields = Object.keys(ROLE_FIELDS)
const BY_NAME = [sql`${roles.name} COLLATE NOCASE`, roles.id]

/** Cost: the rows of the page and those before it; of a search or another filter all roles of the tenant. */
export async function listRoles(db: Database, tenantId: string, query: ListQuery): Promise<Page<Role>> {
  const where = and(
    eq(roles.tenantId, tenantId),
    query.q === undefined ? undefined : contains(roles.name, query.q),
    toCondition(query, ROLE_FIELDS),
  )
  const [results, totals] = await db.batch([
    db
      .select()
      .from(roles)
      .where(where)
      .orderBy(...toOrder(query, ROLE_FIELDS, BY_NAME))
      .limit(query.size)
      .offset(offsetOf(query)),
    isWhole(query)
      ? selectTotal(db, `roles ${tenantId}`)
      : db.select({ total: sql<number>`count(*)` }).from(roles).where(where),
  ])
  return { results, total: totals[0]?.total ?? 0 }
}
