/** Rows of roles. */

import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Database, Statement } from './database.ts'
import { each, type Fields, listPlainly } from './listing.ts'
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

export const listRoles = (db: Database, tenantId: string, query: ListQuery): Promise<Page<Role>> =>
  listPlainly(db, query, {
    table: roles,
    within: eq(roles.tenantId, tenantId),
    texts: [roles.name],
    fields: ROLE_FIELDS,
    tieBreak: BY_NAME,
    total: `roles ${tenantId}`,
  })
