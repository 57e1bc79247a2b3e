/** Rows of tokens and signing keys, and all that one verification needs to know, read in one round trip. */

import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Account } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { each } from './listing.ts'
import {
  accounts,
  bindings,
  groupMembers,
  revokedAccessTokens,
  roles,
  signingKeys,
  tokens,
} from './schema.ts'

/** Of any kind. */
export type Token = typeof tokens.$inferSelect
export type SigningKey = typeof signingKeys.$inferSelect

/** One role in one place, held by an account itself or through a group; a null namespace is the whole tenant. */
export interface GrantRow {
  readonly roleId: string
  readonly tenantId: string
  readonly namespace: string | null
  readonly permissions: Readonly<Record<string, readonly string[]>>
}

/** An account with everything it was given, in every tenant. */
export interface Holder {
  readonly account: Account
  readonly grants: readonly GrantRow[]
  /** Of every tenant. What a record says holds until one of these, its roles or its account change. */
  readonly groupIds: readonly string[]
}

export interface TokenHolder extends Holder {
  readonly token: Token
  /** Who really acts, of an impersonation. */
  readonly impersonator: Account | undefined
}

export const insertToken = (db: Database, token: Token): Statement => db.insert(tokens).values(token)

/** The row goes: what is not there can neither authenticate nor be revived. */
export const deleteToken = (db: Database, id: string): Statement => db.delete(tokens).where(eq(tokens.id, id))

/** Those of one impersonator: a new one takes their place. */
export const deleteExpiredImpersonations = (impersonatorId: string, now: number): Statement => sql`
  DELETE FROM tokens WHERE impersonator_id = ${impersonatorId} AND expires_at <= ${now}`

export async function listApiTokens(db: Database, accountId: string): Promise<Token[]> {
  return db
    .select()
    .from(tokens)
    .where(and(eq(tokens.accountId, accountId), eq(tokens.kind, 'API')))
    .orderBy(asc(tokens.createdAt), asc(tokens.id))
}

/** Of a session, by its public id; no other kind of token is found. */
export async function findSession(db: Database, id: string): Promise<Token | undefined> {
  return db
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.kind, 'SESSION')))
    .get()
}

/** All sessions of a user, and what the user acts as somebody else with. API tokens stay. */
export const deleteSessions = (accountId: string): Statement => sql`
  DELETE FROM tokens WHERE (account_id = ${accountId} AND kind = 'SESSION') OR impersonator_id = ${accountId}`

export const deleteExpiredSessions = (accountId: string, now: number): Statement => sql`
  DELETE FROM tokens WHERE account_id = ${accountId} AND kind = 'SESSION' AND expires_at <= ${now}`

export const insertSigningKey = (db: Database, key: SigningKey): Statement =>
  db.insert(signingKeys).values(key)

export const deleteSigningKey = (db: Database, kid: string): Statement =>
  db.delete(signingKeys).where(eq(signingKeys.kid, kid))

/** Only while it is in that state: somebody else may have moved it. */
export const updateSigningKey = (
  db: Database,
  kid: string,
  state: SigningKey['state'],
  changes: Partial<Omit<SigningKey, 'kid'>>,
): Statement =>
  db
    .update(signingKeys)
    .set(changes)
    .where(and(eq(signingKeys.kid, kid), eq(signingKeys.state, state)))

export async function listSigningKeys(db: Database): Promise<SigningKey[]> {
  return db.select().from(signingKeys).orderBy(desc(signingKeys.createdAt))
}

/**
 * Rows that hang on another MASTER_KEY than that of this version. Tokens that have expired need none.
 *
 * @param passwordSuffix how passwords end that hang on it
 */
export async function countOtherKeyVersions(
  db: Database,
  version: string,
  passwordSuffix: string,
  now: number,
): Promise<{ tokens: number; passwords: number; signingKeys: number }> {
  const counted = await db.get<{ tokens: number; passwords: number; signingKeys: number }>(sql`
    SELECT
      (SELECT count(*) FROM tokens WHERE key_version <> ${version} AND (expires_at IS NULL OR expires_at > ${now}))
        AS tokens,
      (SELECT count(*) FROM accounts WHERE substr(password, ${-passwordSuffix.length}) <> ${passwordSuffix})
        AS passwords,
      (SELECT count(*) FROM signing_keys WHERE key_version <> ${version}) AS signingKeys`)
  return counted ?? { tokens: 0, passwords: 0, signingKeys: 0 }
}

/** The same token under another MASTER_KEY; of two at once the first. */
export const updateMac = (
  db: Database,
  { id, mac }: Token,
  renewed: Pick<Token, 'mac' | 'keyVersion'>,
): Statement =>
  db
    .update(tokens)
    .set(renewed)
    .where(and(eq(tokens.id, id), eq(tokens.mac, mac)))

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

export async function findTokenHolder(db: Database, id: string): Promise<TokenHolder | undefined> {
  return toTokenHolder(await db.batch(selectTokenHolder(db, id)))
}

export async function findAccountHolder(db: Database, accountId: string): Promise<Holder | undefined> {
  return toHolder(await db.batch(selectHolder(db, sql`${accountId}`)))
}

type HolderRows = readonly [Account[], GrantRow[], Array<{ id: string }>]

export const selectHolder = (db: Database, accountId: SQL) =>
  [selectAccount(db, accountId), selectGrants(db, accountId), selectGroups(db, accountId)] as const

export const toHolder = ([[account], grants, groups]: HolderRows): Holder | undefined =>
  account && { account, grants, groupIds: groups.map((group) => group.id) }

type TokenHolderRows = readonly [Token[], Account[], GrantRow[], Array<{ id: string }>, Account[]]

const selectTokenHolder = (db: Database, id: string) =>
  [
    selectToken(db, id),
    selectAccount(db, ownerOf(id)),
    selectGrants(db, ownerOf(id)),
    selectGroups(db, ownerOf(id)),
    selectAccount(db, sql`(SELECT impersonator_id FROM tokens WHERE id = ${id})`),
  ] as const

function toTokenHolder([[token], [account], grants, groups, [impersonator]]: TokenHolderRows):
  | TokenHolder
  | undefined {
  if (!token || !account) return undefined
  return { token, account, grants, groupIds: groups.map((group) => group.id), impersonator }
}

/** What an access token claims, looked up. Nothing here says that the claims are true. */
export async function findAccessTokenHolder(
  db: Database,
  claims: { readonly kid: string; readonly jti: string; readonly parentId: string },
): Promise<{
  readonly key: SigningKey | undefined
  readonly isRevoked: boolean
  readonly holder: TokenHolder | undefined
}> {
  const { kid, jti, parentId } = claims
  const [[key], revoked, ...holder] = await db.batch([
    ...selectProof(db, kid, jti),
    ...selectTokenHolder(db, parentId),
  ])
  return { key, isRevoked: revoked.length > 0, holder: toTokenHolder(holder) }
}

/** The key that should have signed it, and whether it was given back. */
export const selectProof = (db: Database, kid: string, jti: string) =>
  [
    db.select().from(signingKeys).where(eq(signingKeys.kid, kid)),
    db.select().from(revokedAccessTokens).where(eq(revokedAccessTokens.jti, jti)),
  ] as const

/** What an account was given, for those who want to grant no more than they hold. */
export async function listGrants(db: Database, accountId: string): Promise<GrantRow[]> {
  return selectGrants(db, sql`${accountId}`)
}

/** What being in these groups brings with it. */
export async function listGroupGrants(db: Database, groupIds: readonly string[]): Promise<GrantRow[]> {
  return selectGrantsWhere(db, inArray(bindings.groupId, each(groupIds)))
}

const ownerOf = (tokenId: string): SQL => sql`(SELECT account_id FROM tokens WHERE id = ${tokenId})`

const selectToken = (db: Database, id: string) => db.select().from(tokens).where(eq(tokens.id, id))

/** Not joined with the token: in a batch D1 answers by column name, and both tables have an `id` and a `name`. */
export const selectAccount = (db: Database, id: SQL) => db.select().from(accounts).where(eq(accounts.id, id))

export const selectGroups = (db: Database, accountId: SQL) =>
  db.select({ id: groupMembers.groupId }).from(groupMembers).where(eq(groupMembers.accountId, accountId))

/** By its own bindings and by those of its groups: two look-ups by index, whatever the number of members. */
export function selectGrants(db: Database, accountId: SQL) {
  const groupsOf = sql`(SELECT group_id FROM group_members WHERE account_id = ${accountId})`
  return selectGrantsWhere(
    db,
    sql`${bindings.accountId} = ${accountId} OR ${bindings.groupId} IN ${groupsOf}`,
  )
}

const selectGrantsWhere = (db: Database, condition: SQL) =>
  db
    .select({
      roleId: bindings.roleId,
      tenantId: bindings.tenantId,
      namespace: bindings.namespace,
      permissions: roles.permissions,
    })
    .from(bindings)
    .innerJoin(roles, eq(roles.id, bindings.roleId))
    .where(condition)
