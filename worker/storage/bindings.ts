/** Rows of bindings. */

import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Database, Statement } from './database.ts'
import {
  accountsNamedLike,
  contains,
  each,
  type Fields,
  isWhole,
  offsetOf,
  selectTotal,
  toCondition,
  toOrder,
} from './listing.ts'
import { accounts, bindings, groups, roles } from './schema.ts'

export type Binding = typeof bindings.$inferSelect

/** A binding with what its answer names. */
export interface BindingInFull {
  readonly binding: Binding
  readonly role: Pick<typeof roles.$inferSelect, 'id' | 'name' | 'permissions'>
  /** One of the two. */
  readonly account: Pick<
    typeof accounts.$inferSelect,
    'id' | 'kind' | 'name' | 'firstName' | 'lastName'
  > | null
  readonly group: Pick<typeof groups.$inferSelect, 'id' | 'name'> | null
}

export const insertBinding = (db: Database, binding: Binding): Statement =>
  db.insert(bindings).values(binding)

export const deleteBinding = (db: Database, id: string): Statement =>
  db.delete(bindings).where(eq(bindings.id, id))

/** Binds accounts that are not in the tenant yet to the tenant's default role; to nothing where there is none. */
export const insertDefaultBindings = (
  tenantId: string,
  rows: ReadonlyArray<{ readonly id: string; readonly accountId: string }>,
  now: number,
): Statement => sql`
  INSERT INTO bindings (id, tenant_id, account_id, role_id, created_at)
  SELECT value ->> 'id', tenant_id, value ->> 'accountId', roles.id, ${now}
  FROM roles, json_each(${JSON.stringify(rows)})
  WHERE tenant_id = ${tenantId} AND is_default = 1 AND NOT EXISTS (
    SELECT 1 FROM tenant_access WHERE tenant_id = ${tenantId} AND account_id = value ->> 'accountId')`

/** Everything an account holds in a tenant, by itself or through a group. */
export const deleteBindingsIn = (tenantId: string, accountId: string): Statement[] => [
  sql`DELETE FROM bindings WHERE tenant_id = ${tenantId} AND account_id = ${accountId}`,
  sql`DELETE FROM group_members WHERE account_id = ${accountId}
    AND group_id IN (SELECT id FROM groups WHERE tenant_id = ${tenantId})`,
]

/** Those that are there, in the order they are asked for. */
export async function findBindings(
  db: Database,
  tenantId: string,
  ids: readonly string[],
): Promise<BindingInFull[]> {
  const rows = await selectBindings(db, and(eq(bindings.tenantId, tenantId), inArray(bindings.id, each(ids))))
  return rows.sort((a, b) => ids.indexOf(a.binding.id) - ids.indexOf(b.binding.id))
}

/** What an account holds in a tenant: bindings of its own, and those of the groups it is in. */
export async function listBindingsOf(
  db: Database,
  tenantId: string,
  accountId: string,
): Promise<BindingInFull[]> {
  const groupsOf = sql`(SELECT group_id FROM group_members WHERE account_id = ${accountId})`
  const isOf = sql`(${bindings.accountId} = ${accountId} OR ${bindings.groupId} IN ${groupsOf})`
  return selectBindings(db, and(alsoIn(tenantId), isOf)).orderBy(bindings.id)
}

/** What each of these groups holds in a tenant. */
export async function listBindingsOfGroups(
  db: Database,
  tenantId: string,
  groupIds: readonly string[],
): Promise<BindingInFull[]> {
  const isOf = and(alsoIn(tenantId), inArray(bindings.groupId, each(groupIds)))
  return selectBindings(db, isOf).orderBy(bindings.id)
}

/** For who is found by another index: the plus keeps SQLite from walking the whole tenant in the order of ids instead. */
const alsoIn = (tenantId: string): SQL => sql`+${bindings.tenantId} = ${tenantId}`

/** So many bindings of one role are counted; nobody tells more apart. */
export const MAX_HOLDERS = 1_000

/** The bindings of a role, newest first. Cost: the page and what comes before it, and `MAX_HOLDERS` for the total. */
export async function listHolders(
  db: Database,
  tenantId: string,
  roleId: string,
  query: Pick<ListQuery, 'page' | 'size'>,
): Promise<Page<BindingInFull>> {
  const isOfRole = and(eq(bindings.roleId, roleId), eq(bindings.tenantId, tenantId))
  const [results, totals] = await Promise.all([
    // An index of one column has its rows in the order of their numbers.
    selectBindings(db, isOfRole)
      .orderBy(sql`${bindings}.rowid DESC`)
      .limit(query.size)
      .offset(offsetOf(query)),
    db
      .select({ total: sql<number>`count(*)` })
      .from(db.select({ id: bindings.id }).from(bindings).where(isOfRole).limit(MAX_HOLDERS).as('counted')),
  ])
  return { results, total: totals[0]?.total ?? 0 }
}

/** `id` is that of the account or group: so the clients mean it. */
const BINDING_FIELDS: Fields = {
  type: sql`CASE WHEN ${bindings.groupId} IS NULL THEN 'USER' ELSE 'GROUP' END`,
  id: sql`coalesce(${bindings.accountId}, ${bindings.groupId})`,
  namespace: bindings.namespace,
  roleId: bindings.roleId,
}
export const bindingFields = Object.keys(BINDING_FIELDS)

/** Cost: the page and what comes before it; of one account or group its own; of other filters all of the tenant. */
export async function listBindings(
  db: Database,
  tenantId: string,
  query: ListQuery,
): Promise<Page<BindingInFull>> {
  const subject = ofSubject(query)
  const where = and(
    subject ? alsoIn(tenantId) : eq(bindings.tenantId, tenantId),
    query.q === undefined ? undefined : namesLike(tenantId, query.q),
    toCondition(query, BINDING_FIELDS),
    subject,
  )
  const [results, totals] = await Promise.all([
    selectBindings(db, where)
      .orderBy(...toOrder(query, BINDING_FIELDS, [bindings.id]))
      .limit(query.size)
      .offset(offsetOf(query)),
    isWhole(query)
      ? selectTotal(db, `bindings ${tenantId}`)
      : db.select({ total: sql<number>`count(*)` }).from(bindings).where(where),
  ])
  return { results, total: totals[0]?.total ?? 0 }
}

/** By index, whatever else there is in the tenant. */
function ofSubject({ filters }: ListQuery): SQL | undefined {
  const subject = filters.find(({ field, operator }) => field === 'id' && operator === 'EQUALS')?.value
  return subject === undefined
    ? undefined
    : sql`(${bindings.accountId} = ${subject} OR ${bindings.groupId} = ${subject})`
}

/** Of the role, the group or the account. */
const namesLike = (tenantId: string, text: string): SQL => sql`(
  ${bindings.roleId} IN (SELECT id FROM ${roles} WHERE tenant_id = ${tenantId} AND ${contains(sql`name`, text)})
  OR ${bindings.groupId} IN (SELECT id FROM ${groups} WHERE tenant_id = ${tenantId} AND ${contains(sql`name`, text)})
  OR ${bindings.accountId} IN ${accountsNamedLike('USER', text)}
  OR ${bindings.accountId} IN ${accountsNamedLike('SERVICE_ACCOUNT', text)})`

const selectBindings = (db: Database, condition: SQL | undefined) =>
  db
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
    .where(condition)
