/** Rows of users, service accounts and the tenants they belong to. */

import { and, asc, count, eq, inArray, sql } from 'drizzle-orm'
import type { Page, Paging } from '../../shared/wire/common.ts'
import type { Database, Statement } from './database.ts'
import { accounts, tenantAccess, tenants } from './schema.ts'

export type Account = typeof accounts.$inferSelect
export type AccountKind = Account['kind']
export type Tenant = typeof tenants.$inferSelect

export const insertAccount = (db: Database, account: Account): Statement =>
  db.insert(accounts).values(account)

/** Columns that are undefined stay as they are. */
export const updateAccount = (
  db: Database,
  id: string,
  changes: {
    [Column in 'name' | 'description' | 'isSuperadmin' | 'password']?: Account[Column] | undefined
  },
): Statement => db.update(accounts).set(changes).where(eq(accounts.id, id))

/** Its tokens, bindings and memberships go with it. */
export const deleteAccount = (db: Database, id: string): Statement =>
  db.delete(accounts).where(eq(accounts.id, id))

export const insertTenant = (db: Database, tenant: Tenant): Statement => db.insert(tenants).values(tenant)

export const insertTenantAccess = (db: Database, tenantId: string, accountId: string): Statement =>
  db.insert(tenantAccess).values({ tenantId, accountId }).onConflictDoNothing()

export async function findAccount(db: Database, kind: AccountKind, id: string): Promise<Account | undefined> {
  return db
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.kind, kind)))
    .get()
}

export async function tenantExists(db: Database, id: string): Promise<boolean> {
  return (await db.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, id)).get()) !== undefined
}

/** The tenants of each account, by account id. */
export async function tenantsOf(db: Database, accountIds: readonly string[]): Promise<Map<string, Tenant[]>> {
  const rows = await db
    .select({ accountId: tenantAccess.accountId, tenant: tenants })
    .from(tenantAccess)
    .innerJoin(tenants, eq(tenants.id, tenantAccess.tenantId))
    .where(inArray(tenantAccess.accountId, sql`(SELECT value FROM json_each(${JSON.stringify(accountIds)}))`))
    .orderBy(asc(tenants.id))
  const byAccount = new Map<string, Tenant[]>(accountIds.map((id) => [id, []]))
  for (const { accountId, tenant } of rows) byAccount.get(accountId)?.push(tenant)
  return byAccount
}

/** One page of an instance's accounts of a kind, or of a tenant's, by name. */
export async function listAccounts(
  db: Database,
  kind: AccountKind,
  { page, size }: Paging,
  tenantId?: string,
): Promise<Page<Account>> {
  const condition = and(
    eq(accounts.kind, kind),
    tenantId === undefined
      ? undefined
      : sql`${accounts.id} IN (SELECT account_id FROM tenant_access WHERE tenant_id = ${tenantId})`,
  )
  const [results, totals] = await db.batch([
    db
      .select()
      .from(accounts)
      .where(condition)
      .orderBy(asc(accounts.name), asc(accounts.id))
      .limit(size)
      .offset((page - 1) * size),
    db.select({ total: count() }).from(accounts).where(condition),
  ])
  return { results, total: totals[0]?.total ?? 0 }
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
export async function tenantIdsOf(db: Database, accountId: string): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    SELECT tenant_id AS id FROM tenant_access WHERE account_id = ${accountId}
    UNION SELECT tenant_id FROM bindings WHERE account_id = ${accountId}`)
  return rows.map(({ id }) => id)
}
