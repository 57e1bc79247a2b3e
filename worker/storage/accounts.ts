/** Rows of users, service accounts and the tenants they belong to. */

import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Database, Statement } from './database.ts'
import {
  accountsNamedLike,
  each,
  type Fields,
  isWhole,
  offsetOf,
  selectTotal,
  toCondition,
  toOrder,
} from './listing.ts'
import { accounts, tenantAccess, tenants } from './schema.ts'
import { compile, type Selection, toFlag } from './selection.ts'

export type Account = typeof accounts.$inferSelect
export type AccountKind = Account['kind']
export type Tenant = typeof tenants.$inferSelect

export const insertAccount = (db: Database, account: Account): Statement =>
  db.insert(accounts).values(account)

type ChangeableColumn = Exclude<keyof Account, 'id' | 'kind' | 'createdAt'>

/** Columns that are undefined stay as they are. */
export const updateAccount = (
  db: Database,
  id: string,
  changes: { [Column in ChangeableColumn]?: Account[Column] | undefined },
): Statement => db.update(accounts).set(changes).where(eq(accounts.id, id))

/** Its tokens, bindings and memberships go with it. */
export const deleteAccount = (db: Database, id: string): Statement =>
  db.delete(accounts).where(eq(accounts.id, id))

export const insertTenant = (db: Database, tenant: Tenant): Statement => db.insert(tenants).values(tenant)

/** Harmless to repeat. An account that is not there joins nothing. */
export const insertTenantAccess = (tenantId: string, ...accountIds: readonly string[]): Statement => sql`
  INSERT INTO tenant_access (tenant_id, account_id, account_kind, account_name)
  SELECT ${tenantId}, id, kind, name FROM accounts WHERE id IN ${each(accountIds)}
  ON CONFLICT DO NOTHING`

export const deleteTenantAccess = (db: Database, tenantId: string, accountId: string): Statement =>
  db
    .delete(tenantAccess)
    .where(and(eq(tenantAccess.tenantId, tenantId), eq(tenantAccess.accountId, accountId)))

export async function findAccount(db: Database, kind: AccountKind, id: string): Promise<Account | undefined> {
  return db
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.kind, kind)))
    .get()
}

/** Accounts of either kind, by id; those that are there. */
export async function findAccounts(db: Database, ids: readonly string[]): Promise<Account[]> {
  return db
    .select()
    .from(accounts)
    .where(inArray(accounts.id, each(ids)))
}

/** An account of either kind by its id, or a user by the e-mail address. */
export async function findAccountCalled(db: Database, idOrUsername: string): Promise<Account | undefined> {
  return db
    .select()
    .from(accounts)
    .where(eq(accounts.id, called(idOrUsername)))
    .get()
}

/** The same of several, by what each was asked for with; those that are there. */
export async function findAccountsCalled(
  db: Database,
  idsOrUsernames: readonly string[],
): Promise<Map<string, Account>> {
  const rows = await db
    .select({ asked: sql<string>`value`, account: accounts })
    .from(sql`json_each(${JSON.stringify(idsOrUsernames)})`)
    .innerJoin(accounts, eq(accounts.id, called(sql`value`)))
  return new Map(rows.map(({ asked, account }) => [asked, account]))
}

/**
 * As `findAccountCalled`, or a service account by a name that no other has. An id comes first: whoever makes accounts
 * could call one like another's id, and nobody chooses an id.
 */
export async function findAccountNamed(db: Database, text: string): Promise<Account | undefined> {
  const byName = sql`(SELECT min(id) FROM accounts
    WHERE kind = 'SERVICE_ACCOUNT' AND name COLLATE NOCASE = ${text} HAVING count(*) = 1)`
  return db
    .select()
    .from(accounts)
    .where(eq(accounts.id, sql`coalesce(${byId(text)}, ${byName}, ${called(text)})`))
    .get()
}

/** The same, of service accounts by a name that no other of the tenant has. */
export async function findAccountNamedIn(
  db: Database,
  tenantId: string,
  text: string,
): Promise<Account | undefined> {
  const byName = sql`(SELECT min(account_id) FROM tenant_access
    WHERE tenant_id = ${tenantId} AND account_kind = 'SERVICE_ACCOUNT' AND account_name COLLATE NOCASE = ${text}
    HAVING count(*) = 1)`
  return db
    .select()
    .from(accounts)
    .where(eq(accounts.id, sql`coalesce(${byId(text)}, ${byName}, ${called(text)})`))
    .get()
}

const byId = (text: string): SQL => sql`(SELECT id FROM accounts WHERE id = ${text})`

/** The id behind an id or a username. Nothing is both: an e-mail address has an `@`. */
const called = (idOrUsername: string | SQL): SQL => sql`coalesce(
  (SELECT id FROM accounts WHERE kind = 'USER' AND lower(name) = lower(${idOrUsername})), ${idOrUsername})`

export const selectTenant = (id: string): Selection<{ readonly id: string }> => ({
  query: TENANT,
  values: { id },
  toFound: (found) => (toFlag(found) ? { id } : undefined),
})

const TENANT = compile(sql`EXISTS (SELECT 1 FROM ${tenants} WHERE ${tenants.id} = ${sql.placeholder('id')})`)

export const belongsTo = async (db: Database, tenantId: string, accountId: string): Promise<boolean> =>
  (await thoseIn(db, tenantId, [accountId])).has(accountId)

/** Which of these accounts belong to a tenant. */
export async function thoseIn(
  db: Database,
  tenantId: string,
  accountIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .select({ id: tenantAccess.accountId })
    .from(tenantAccess)
    .where(and(eq(tenantAccess.tenantId, tenantId), inArray(tenantAccess.accountId, each(accountIds))))
  return new Set(rows.map(({ id }) => id))
}

/** The tenants of each account, by account id. */
export async function tenantsOf(db: Database, accountIds: readonly string[]): Promise<Map<string, Tenant[]>> {
  const rows = await db
    .select({ accountId: tenantAccess.accountId, tenant: tenants })
    .from(tenantAccess)
    .innerJoin(tenants, eq(tenants.id, tenantAccess.tenantId))
    .where(inArray(tenantAccess.accountId, each(accountIds)))
    .orderBy(asc(tenants.id))
  const byAccount = new Map<string, Tenant[]>(accountIds.map((id) => [id, []]))
  for (const { accountId, tenant } of rows) byAccount.get(accountId)?.push(tenant)
  return byAccount
}

/** What lists of accounts can be filtered and sorted by. */
const ACCOUNT_FIELDS: Fields = {
  id: accounts.id,
  name: accounts.name,
  username: accounts.name,
  email: accounts.name,
  super_admin: accounts.isSuperadmin,
  instance_owner: accounts.isSuperadmin,
}
export const accountFields = Object.keys(ACCOUNT_FIELDS)

/**
 * One page of an instance's accounts of a kind, or of a tenant's, by name.
 *
 * Cost: the rows of the page and those before it, whatever the number of accounts; of a search the rows that match,
 * `MAX_MATCHES` at most; of other filters all rows of the list, which is why its total is counted only then.
 */
export async function listAccounts(
  db: Database,
  kind: AccountKind,
  query: ListQuery,
  tenantId?: string,
): Promise<Page<Account>> {
  const { from, condition, fields, order } = sourceOf(kind, query, tenantId)
  const where = and(condition, toCondition(query, { ...ACCOUNT_FIELDS, ...fields })) ?? sql`true`
  const list = tenantId === undefined ? `accounts ${kind}` : `tenant_access ${tenantId} ${kind}`
  const [results, totals] = await db.batch([
    db
      .select()
      .from(accounts)
      .where(
        sql`${accounts.id} IN (
          SELECT accounts.id FROM ${from} WHERE ${where}
          ORDER BY ${sql.join(toOrder(query, { ...ACCOUNT_FIELDS, ...fields }, order), sql`, `)}
          LIMIT ${query.size} OFFSET ${offsetOf(query)})`,
      )
      .orderBy(...toOrder(query, ACCOUNT_FIELDS, BY_NAME)),
    isWhole(query)
      ? selectTotal(db, list)
      : db
          .select({ total: sql<number>`(SELECT count(*) FROM ${from} WHERE ${where})` })
          .from(sql`(SELECT 1)`),
  ])
  return { results, total: totals[0]?.total ?? 0 }
}

const BY_NAME = [sql`${accounts.name} COLLATE NOCASE`, accounts.id]

/** Where the rows come from, so that SQLite reads them in the order of an index and stops when the page is full. */
function sourceOf(kind: AccountKind, { q }: ListQuery, tenantId: string | undefined) {
  const isMember = sql`EXISTS (SELECT 1 FROM tenant_access WHERE tenant_id = ${tenantId} AND account_id = accounts.id)`
  if (q !== undefined) {
    return {
      // CROSS JOIN keeps SQLite from walking all accounts to look each up among the matches.
      from: sql`${accountsNamedLike(kind, q)} AS found CROSS JOIN accounts ON accounts.id = found.id`,
      condition: tenantId === undefined ? undefined : isMember,
      fields: {},
      order: BY_NAME,
    }
  }
  if (tenantId === undefined) {
    return { from: sql`accounts`, condition: eq(accounts.kind, kind), fields: {}, order: BY_NAME }
  }
  const name = tenantAccess.accountName
  return {
    from: sql`tenant_access CROSS JOIN accounts ON accounts.id = tenant_access.account_id`,
    condition: and(eq(tenantAccess.tenantId, tenantId), eq(tenantAccess.accountKind, kind)),
    fields: { id: tenantAccess.accountId, name, username: name, email: name },
    order: [sql`${name} COLLATE NOCASE`, tenantAccess.accountId],
  }
}

export async function anyAccountExists(db: Database): Promise<boolean> {
  return (await db.select({ id: accounts.id }).from(accounts).limit(1).get()) !== undefined
}

/** A guard: the batch it stands in goes through only while there is no account at all. */
export const onlyWithoutAccounts: Statement = sql`
  INSERT INTO guards (setup_open) SELECT 0 WHERE EXISTS (SELECT 1 FROM accounts)`

/** A guard, to stand after the change: a user who can sign in and is a superadmin must be left. */
export const onlyWithSuperadminLeft: Statement = sql`
  INSERT INTO guards (superadmin_left) SELECT 0 WHERE NOT EXISTS (
    SELECT 1 FROM accounts
    WHERE kind = 'USER' AND is_superadmin = 1 AND disabled_at IS NULL AND password IS NOT NULL)`

/** Every tenant that an account belongs to or holds a role in. */
export const tenantIdsOf = async (db: Database, accountId: string): Promise<string[]> =>
  (await tenantIdsOfEach(db, [accountId])).get(accountId) ?? []

/** The same of several; of those that are anywhere. */
export async function tenantIdsOfEach(
  db: Database,
  accountIds: readonly string[],
): Promise<Map<string, string[]>> {
  const ids = each(accountIds)
  const rows = await db.all<{ account: string; id: string }>(sql`
    SELECT account_id AS account, tenant_id AS id FROM tenant_access WHERE account_id IN ${ids}
    UNION SELECT account_id, tenant_id FROM bindings WHERE account_id IN ${ids}
    UNION SELECT account_id, tenant_id FROM groups JOIN group_members ON group_id = id WHERE account_id IN ${ids}`)
  const byAccount = new Map<string, string[]>()
  for (const { account, id } of rows) byAccount.set(account, [...(byAccount.get(account) ?? []), id])
  return byAccount
}
