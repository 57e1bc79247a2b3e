/** Rows that put accounts into groups, as seen from the account. */

import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { Database, Statement } from './database.ts'
import { bindings, groupMembers, groups, roles } from './schema.ts'
import type { GrantRow } from './tokens.ts'

export type Group = typeof groups.$inferSelect
type Membership = Pick<Group, 'id' | 'tenantId' | 'name'>

const idsIn = (ids: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`

/** Those that are there, of whatever tenant. */
export async function findGroups(db: Database, ids: readonly string[]): Promise<Group[]> {
  return db
    .select()
    .from(groups)
    .where(inArray(groups.id, idsIn(ids)))
}

/** The groups of one account in all tenants. */
export async function groupsOf(db: Database, accountId: string): Promise<Membership[]> {
  return db
    .select({ id: groups.id, tenantId: groups.tenantId, name: groups.name })
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(eq(groupMembers.accountId, accountId))
    .orderBy(asc(groups.id))
}

/** Harmless to repeat, and does not change what kind of member somebody is. */
export const insertMembership = (groupId: string, accountId: string, now: number): Statement => sql`
  INSERT INTO group_members (group_id, account_id, membership, account_name, created_at)
  SELECT ${groupId}, id, 'MEMBER', name, ${now} FROM accounts WHERE id = ${accountId}
  ON CONFLICT DO NOTHING`

export const deleteMemberships = (db: Database, accountId: string, groupIds: readonly string[]): Statement =>
  db
    .delete(groupMembers)
    .where(sql`${groupMembers.accountId} = ${accountId} AND ${groupMembers.groupId} IN ${idsIn(groupIds)}`)

/** What somebody would hold by being in these groups. */
export async function listGroupGrants(db: Database, groupIds: readonly string[]): Promise<GrantRow[]> {
  return db
    .select({
      roleId: bindings.roleId,
      tenantId: bindings.tenantId,
      namespace: bindings.namespace,
      permissions: roles.permissions,
    })
    .from(bindings)
    .innerJoin(roles, eq(roles.id, bindings.roleId))
    .where(inArray(bindings.groupId, idsIn(groupIds)))
}
