/** Rows of API tokens and signing keys, and all that one verification needs to know, read in one round trip. */

import { asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { Account } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { accounts, apiTokens, bindings, revokedAccessTokens, roles, signingKeys } from './schema.ts'

export type ApiToken = typeof apiTokens.$inferSelect
export type SigningKey = typeof signingKeys.$inferSelect

/** One role of an account in one place; a null namespace is the whole tenant. */
export interface GrantRow {
  readonly tenantId: string
  readonly namespace: string | null
  readonly permissions: Readonly<Record<string, readonly string[]>>
}

/** An account with everything it was given, in every tenant. */
export interface Holder {
  readonly account: Account
  readonly grants: readonly GrantRow[]
}

export const insertApiToken = (db: Database, token: ApiToken): Statement => db.insert(apiTokens).values(token)

/** The row goes: what is not there can neither authenticate nor be revived. */
export const deleteApiToken = (db: Database, id: string): Statement =>
  db.delete(apiTokens).where(eq(apiTokens.id, id))

export async function listApiTokens(db: Database, accountId: string): Promise<ApiToken[]> {
  return db
    .select()
    .from(apiTokens)
    .where(eq(apiTokens.accountId, accountId))
    .orderBy(asc(apiTokens.createdAt), asc(apiTokens.id))
}

export const insertSigningKey = (db: Database, key: SigningKey): Statement =>
  db.insert(signingKeys).values(key)

export async function listSigningKeys(db: Database): Promise<SigningKey[]> {
  return db.select().from(signingKeys).orderBy(desc(signingKeys.createdAt))
}

/** Remembers that an access token was given back, and forgets those that have expired since. */
export function insertRevokedAccessToken(
  db: Database,
  jti: string,
  expiresAt: number,
  now: number,
): Statement[] {
  return [
    db.delete(revokedAccessTokens).where(sql`${revokedAccessTokens.expiresAt} < ${now}`),
    db.insert(revokedAccessTokens).values({ jti, expiresAt }).onConflictDoNothing(),
  ]
}

export async function findApiTokenHolder(
  db: Database,
  id: string,
): Promise<(Holder & { readonly token: ApiToken }) | undefined> {
  const [[token], [account], grants] = await db.batch([
    selectToken(db, id),
    selectAccount(db, ownerOf(id)),
    selectGrants(db, ownerOf(id)),
  ])
  return token && account && { token, account, grants }
}

export async function findUserHolder(db: Database, username: string): Promise<Holder | undefined> {
  const user = sql`(SELECT id FROM accounts WHERE kind = 'USER' AND lower(name) = lower(${username}))`
  const [[account], grants] = await db.batch([selectAccount(db, user), selectGrants(db, user)])
  return account && { account, grants }
}

/** What an access token claims, looked up. Nothing here says that the claims are true. */
export async function findAccessTokenHolder(
  db: Database,
  claims: { readonly kid: string; readonly jti: string; readonly apiTokenId: string },
): Promise<{
  readonly key: SigningKey | undefined
  readonly isRevoked: boolean
  readonly holder: (Holder & { readonly token: ApiToken }) | undefined
}> {
  const { kid, jti, apiTokenId } = claims
  const [[key], revoked, [token], [account], grants] = await db.batch([
    db.select().from(signingKeys).where(eq(signingKeys.kid, kid)),
    db.select().from(revokedAccessTokens).where(eq(revokedAccessTokens.jti, jti)),
    selectToken(db, apiTokenId),
    selectAccount(db, ownerOf(apiTokenId)),
    selectGrants(db, ownerOf(apiTokenId)),
  ])
  return { key, isRevoked: revoked.length > 0, holder: token && account && { token, account, grants } }
}

/** What an account was given, for those who want to grant no more than they hold. */
export async function listGrants(db: Database, accountId: string): Promise<GrantRow[]> {
  return selectGrants(db, sql`${accountId}`)
}

const ownerOf = (apiTokenId: string): SQL => sql`(SELECT account_id FROM api_tokens WHERE id = ${apiTokenId})`

const selectToken = (db: Database, id: string) => db.select().from(apiTokens).where(eq(apiTokens.id, id))

/** Not joined with the token: in a batch D1 answers by column name, and both tables have an `id` and a `name`. */
const selectAccount = (db: Database, id: SQL) => db.select().from(accounts).where(eq(accounts.id, id))

function selectGrants(db: Database, accountId: SQL) {
  return db
    .select({ tenantId: bindings.tenantId, namespace: bindings.namespace, permissions: roles.permissions })
    .from(bindings)
    .innerJoin(roles, eq(roles.id, bindings.roleId))
    .where(eq(bindings.accountId, accountId))
}
