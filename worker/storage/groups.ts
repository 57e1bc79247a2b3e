/** Rows of groups, and of who is in them. */

import { and, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Account } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import {
  accountsNamedLike,
  each,
  type Fields,
  isWhole,
  listPlainly,
  offsetOf,
  selectTotal,
  toCondition,
  toOrder,
} from './listing.ts'
import { accounts, groupMembers, groups } from './schema.ts'

export type Group = typeof groups.$inferSelect
export type Membership = (typeof groupMembers.$inferSelect)['membership']

export interface Member {
  readonly account: Account
  readonly membership: Membership
}

/** An account's membership, told by its group. */
export interface MembershipIn extends Pick<Group, 'id' | 'tenantId'> {
  readonly membership: Membership
}

/** A group that an account is in. */
export interface GroupOfAccount extends Pick<Group, 'id' | 'name'> {
  readonly membership: Membership
}

export const insertGroup = (db: Database, group: Group): Statement => db.insert(groups).values(group)

export const updateGroup = (
  db: Database,
  id: string,
  changes: Pick<Group, 'name' | 'description'>,
): Statement => db.update(groups).set(changes).where(eq(groups.id, id))

/** Its bindings and memberships go with it. */
export const deleteGroup = (db: Database, id: string): Statement => db.delete(groups).where(eq(groups.id, id))

export async function findGroup(db: Database, tenantId: string, id: string): Promise<Group | undefined> {
  return (await findGroups(db, tenantId, [id]))[0]
}

/** Those that are there. */
export async function findGroups(db: Database, tenantId: string, ids: readonly string[]): Promise<Group[]> {
  return db
    .select()
    .from(groups)
    .where(and(eq(groups.tenantId, tenantId), inArray(groups.id, each(ids))))
    .orderBy(...BY_NAME)
}

/** Those that are there, of whatever tenant. */
export async function findGroupsAnywhere(db: Database, ids: readonly string[]): Promise<Group[]> {
  return db
    .select()
    .from(groups)
    .where(inArray(groups.id, each(ids)))
}

const GROUP_FIELDS: Fields = { id: groups.id, name: groups.name }
export const groupFields = Object.keys(GROUP_FIELDS)
const BY_NAME = [sql`${groups.name} COLLATE NOCASE`, groups.id]

export const listGroups = (db: Database, tenantId: string, query: ListQuery): Promise<Page<Group>> =>
  listPlainly(db, query, {
    table: groups,
    within: eq(groups.tenantId, tenantId),
    texts: [groups.name],
    fields: GROUP_FIELDS,
    tieBreak: BY_NAME,
    total: `groups ${tenantId}`,
  })

/** An account that is gone joins nothing. */
export const insertMembers = (
  groupId: string,
  accountIds: readonly string[],
  membership: Membership,
  now: number,
): Statement => sql`
  INSERT INTO group_members (group_id, account_id, membership, account_name, created_at)
  SELECT ${groupId}, id, ${membership}, name, ${now} FROM accounts WHERE id IN ${each(accountIds)}`

export const updateMember = (
  db: Database,
  groupId: string,
  accountId: string,
  membership: Membership,
): Statement => db.update(groupMembers).set({ membership }).where(isMember(groupId, accountId))

export const deleteMember = (db: Database, groupId: string, accountId: string): Statement =>
  db.delete(groupMembers).where(isMember(groupId, accountId))

const isMember = (groupId: string, accountId: string) =>
  and(eq(groupMembers.groupId, groupId), eq(groupMembers.accountId, accountId))

export async function findMembership(
  db: Database,
  groupId: string,
  accountId: string,
): Promise<Membership | undefined> {
  const row = await db
    .select({ membership: groupMembers.membership })
    .from(groupMembers)
    .where(isMember(groupId, accountId))
    .get()
  return row?.membership
}

/** The groups of one account in all tenants. */
export async function listGroupsOf(db: Database, accountId: string): Promise<MembershipIn[]> {
  return db
    .select({ id: groups.id, tenantId: groups.tenantId, membership: groupMembers.membership })
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(eq(groupMembers.accountId, accountId))
    .orderBy(groups.id)
}

/** The groups of each account in a tenant, by account id. */
export async function groupsOf(
  db: Database,
  tenantId: string,
  accountIds: readonly string[],
): Promise<Map<string, GroupOfAccount[]>> {
  const rows = await db
    .select({
      accountId: groupMembers.accountId,
      id: groups.id,
      name: groups.name,
      membership: groupMembers.membership,
    })
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(and(eq(groups.tenantId, tenantId), inArray(groupMembers.accountId, each(accountIds))))
    .orderBy(...BY_NAME)
  const byAccount = new Map<string, GroupOfAccount[]>(accountIds.map((id) => [id, []]))
  for (const { accountId, ...group } of rows) byAccount.get(accountId)?.push(group)
  return byAccount
}

const MEMBER_FIELDS: Fields = {
  id: groupMembers.accountId,
  username: groupMembers.accountName,
  name: groupMembers.accountName,
  membership: groupMembers.membership,
}
export const memberFields = Object.keys(MEMBER_FIELDS)
const BY_MEMBER_NAME = [sql`${groupMembers.accountName} COLLATE NOCASE`, groupMembers.accountId]

/** Cost: as of lists of accounts. */
export async function listMembers(db: Database, groupId: string, query: ListQuery): Promise<Page<Member>> {
  const { q } = query
  // CROSS JOIN keeps SQLite from walking all members to look each up among the matches.
  const from =
    q === undefined
      ? sql`group_members`
      : sql`${named(q)} AS found CROSS JOIN group_members ON account_id = found.id`
  const where = and(eq(groupMembers.groupId, groupId), toCondition(query, MEMBER_FIELDS)) ?? sql`true`
  const order = toOrder(query, MEMBER_FIELDS, BY_MEMBER_NAME)
  const [rows, totals] = await db.batch([
    db
      .select({ ...getTableColumns(accounts), membership: groupMembers.membership })
      .from(groupMembers)
      .innerJoin(accounts, eq(accounts.id, groupMembers.accountId))
      .where(
        and(
          // The plus keeps SQLite from walking all members in their order instead of looking these up.
          sql`+${groupMembers.groupId} = ${groupId}`,
          sql`${groupMembers.accountId} IN (
            SELECT account_id FROM ${from} WHERE ${where}
            ORDER BY ${sql.join(order, sql`, `)} LIMIT ${query.size} OFFSET ${offsetOf(query)})`,
        ),
      )
      .orderBy(...order),
    isWhole(query)
      ? selectTotal(db, `group_members ${groupId}`)
      : db
          .select({ total: sql<number>`(SELECT count(*) FROM ${from} WHERE ${where})` })
          .from(sql`(SELECT 1)`),
  ])
  return {
    results: rows.map(({ membership, ...account }) => ({ account, membership })),
    total: totals[0]?.total ?? 0,
  }
}

/** Accounts of both kinds whose name holds a text. */
const named = (text: string): SQL => sql`(
  SELECT id FROM ${accountsNamedLike('USER', text)} UNION SELECT id FROM ${accountsNamedLike('SERVICE_ACCOUNT', text)})`
