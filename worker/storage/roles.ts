/** Rows of roles and bindings. */

import { and, eq, sql } from 'drizzle-orm'
import type { Database, Statement } from './database.ts'
import { accounts, bindings, groups, roles } from './schema.ts'

export type Role = typeof roles.$inferSelect
export type Binding = typeof bindings.$inferSelect

/** A binding with what its answer names. */
export interface BindingInFull {
  readonly binding: Binding
  readonly role: Pick<Role, 'id' | 'name' | 'permissions'>
  /** One of the two. */
  readonly account: Pick<
    typeof accounts.$inferSelect,
    'id' | 'kind' | 'name' | 'firstName' | 'lastName'
  > | null
  readonly group: Pick<typeof groups.$inferSelect, 'id' | 'name'> | null
}

export const insertRole = (db: Database, role: Role): Statement => db.insert(roles).values(role)

export const updateRole = (
  db: Database,
  id: string,
  changes: Pick<Role, 'name' | 'description' | 'permissions'>,
): Statement => db.update(roles).set(changes).where(eq(roles.id, id))

/** Its bindings go with it. */
export const deleteRole = (db: Database, id: string): Statement => db.delete(roles).where(eq(roles.id, id))

export async function findRole(db: Database, tenantId: string, id: string): Promise<Role | undefined> {
  return db
    .select()
    .from(roles)
    .where(and(eq(roles.id, id), eq(roles.tenantId, tenantId)))
    .get()
}

export const insertBinding = (db: Database, binding: Binding): Statement =>
  db.insert(bindings).values(binding)

export const deleteBinding = (db: Database, id: string): Statement =>
  db.delete(bindings).where(eq(bindings.id, id))

/** Binds an account that is not in the tenant yet to the tenant's default role; to nothing where there is none. */
export const insertDefaultBinding = (
  id: string,
  tenantId: string,
  accountId: string,
  now: number,
): Statement => sql`
  INSERT INTO bindings (id, tenant_id, account_id, role_id, created_at)
  SELECT ${id}, tenant_id, ${accountId}, id, ${now} FROM roles
  WHERE tenant_id = ${tenantId} AND is_default = 1 AND NOT EXISTS (
    SELECT 1 FROM tenant_access WHERE tenant_id = ${tenantId} AND account_id = ${accountId})`

/** Everything an account holds in a tenant, by itself or through a group. */
export const deleteBindingsIn = (tenantId: string, accountId: string): Statement[] => [
  sql`DELETE FROM bindings WHERE tenant_id = ${tenantId} AND account_id = ${accountId}`,
  sql`DELETE FROM group_members WHERE account_id = ${accountId}
    AND group_id IN (SELECT id FROM groups WHERE tenant_id = ${tenantId})`,
]

export async function findBinding(
  db: Database,
  tenantId: string,
  id: string,
): Promise<BindingInFull | undefined> {
  return db
    .select({
      binding: bindings,
      role: { id: roles.id, name: roles.name, permissions: roles.permissions },
      account: {
        id: accounts.id,
        kind: accounts.kind,
        name: accounts.name,
        firstName: accounts.firstName,
        lastName: accounts.lastName,
      },
      group: { id: groups.id, name: groups.name },
    })
    .from(bindings)
    .innerJoin(roles, eq(roles.id, bindings.roleId))
    .leftJoin(accounts, eq(accounts.id, bindings.accountId))
    .leftJoin(groups, eq(groups.id, bindings.groupId))
    .where(and(eq(bindings.id, id), eq(bindings.tenantId, tenantId)))
    .get()
}
