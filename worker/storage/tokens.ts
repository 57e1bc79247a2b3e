/** Rows of tokens and signing keys, and all that one verification needs to know, read in one round trip. */

import { and, asc, desc, eq, getTableColumns, gt, inArray, type SQL, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Account } from './accounts.ts'
import type { Selection } from './changes.ts'
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

/** What several queries select, in their order. */
type Rows = ReadonlyArray<readonly unknown[]>

/** An account with everything it was given, in every tenant. */
export interface Holder {
  readonly account: Omit<Account, 'password'>
  readonly grants: readonly GrantRow[]
  /** Of every tenant. What a record says holds until one of these, its roles or its account change. */
  readonly groupIds: readonly string[]
}

export interface TokenHolder extends Holder {
  readonly token: Token
  /** Who really acts, of an impersonation. */
  readonly impersonator: Holder['account'] | undefined
}

/** As long as it takes to prove a password, and not longer. */
export interface UserHolder extends Holder {
  readonly account: Account
}

export const insertToken = (db: Database, token: Token): Statement => db.insert(tokens).values(token)

/** The row goes: what is not there can neither authenticate nor be revived. */
export const deleteToken = (db: Database, id: string): Statement => db.delete(tokens).where(eq(tokens.id, id))

/** Of any kind; those that are there. */
export async function findTokens(db: Database, ids: readonly string[]): Promise<Token[]> {
  return db
    .select()
    .from(tokens)
    .where(inArray(tokens.id, each(ids)))
}

export const deleteTokens = (ids: readonly string[]): Statement =>
  sql`DELETE FROM tokens WHERE id IN ${each(ids)}`
/** Ends then at the latest, and use prolongs it no more. */
export const shortenToken = (db: Database, id: string, end: number): Statement =>
  db
    .update(tokens)
    .set({ extendsBy: null, expiresAt: sql`min(coalesce(${tokens.expiresAt}, ${end}), ${end})` })
    .where(eq(tokens.id, id))

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

/** Of what a browser has, by its public id: a session, or an impersonation. No API token is found. */
export async function findSession(db: Database, id: string): Promise<Token | undefined> {
  return db
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), inArray(tokens.kind, ['SESSION', 'IMPERSONATION'])))
    .get()
}

/** A user's sessions that have not ended, the newest first. */
export async function listSessions(db: Database, accountId: string, now: number): Promise<Token[]> {
  return db
    .select()
    .from(tokens)
    .where(and(eq(tokens.accountId, accountId), eq(tokens.kind, 'SESSION'), gt(tokens.expiresAt, now)))
    .orderBy(desc(tokens.createdAt), desc(tokens.id))
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

/** Nobody needs to know more exactly how far from done it is. */
export const MAX_COUNTED = 10_000

/**
 * Rows that hang on another MASTER_KEY than that of this version, `MAX_COUNTED` of a kind at most. Tokens that have
 * expired need none. Cost: those rows; none where all hang on this one.
 *
 * @param passwordSuffix how passwords end that hang on it; `accounts_by_key_version` has the length of it
 */
export async function countOtherKeyVersions(
  db: Database,
  version: string,
  passwordSuffix: string,
  now: number,
): Promise<{ tokens: number; passwords: number; signingKeys: number }> {
  const counted = await db.get<{ tokens: number; passwords: number; signingKeys: number }>(sql`
    SELECT
      (SELECT count(*) FROM (SELECT 1 FROM tokens WHERE (key_version < ${version} OR key_version > ${version})
        AND (expires_at IS NULL OR expires_at > ${now}) LIMIT ${MAX_COUNTED})) AS tokens,
      (SELECT count(*) FROM (
        SELECT 1 FROM accounts WHERE password IS NOT NULL AND substr(password, -17) < ${passwordSuffix} UNION ALL
        SELECT 1 FROM accounts WHERE password IS NOT NULL AND substr(password, -17) > ${passwordSuffix}
        LIMIT ${MAX_COUNTED})) AS passwords,
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

export async function findAccountHolder(db: Database, accountId: string): Promise<Holder | undefined> {
  return toHolder(await db.batch(selectHolder(db, sql`${accountId}`)))
}

/** With the password. */
export const selectUserHolder = (db: Database, accountId: SQL) =>
  [
    db.select().from(accounts).where(eq(accounts.id, accountId)),
    selectGrants(db, accountId),
    selectGroups(db, accountId),
  ] as const

export const toUserHolder = (rows: Rows): UserHolder | undefined => toHolder(rows) as UserHolder | undefined

export const selectAccountHolder = (db: Database, accountId: string): Selection<Holder> => ({
  queries: selectHolder(db, sql`${accountId}`),
  toFound: (rows) => toHolder(rows),
})

export const selectTokenHolder = (db: Database, id: string): Selection<TokenHolder> => ({
  queries: [
    ...selectHolder(db, sql`(SELECT account_id FROM tokens WHERE id = ${id})`),
    db.select().from(tokens).where(eq(tokens.id, id)),
    selectAccount(db, sql`(SELECT impersonator_id FROM tokens WHERE id = ${id})`),
  ],
  toFound(rows) {
    const holder = toHolder(rows)
    const token = rows[3]?.[0] as Token | undefined
    const impersonator = rows[4]?.[0] as Holder['account'] | undefined
    if (!token && !holder) return undefined
    const isOne =
      token?.accountId === holder?.account.id && (token?.impersonatorId ?? undefined) === impersonator?.id
    if (!token || !holder || !isOne) throw new Error('Rows that do not belong together')
    return {
      ...holder,
      token: sound(TokenRow, token),
      impersonator: impersonator && sound(AccountRow, impersonator),
    }
  },
})

export const selectHolder = (db: Database, accountId: SQL) =>
  [selectAccount(db, accountId), selectGrants(db, accountId), selectGroups(db, accountId)] as const

export function toHolder(rows: Rows): Holder | undefined {
  const [[account], grants, groups] = rows as unknown as [
    Array<Holder['account']>,
    GrantRow[],
    Array<{ id: string }>,
  ]
  if (!account) return undefined
  return {
    account: sound(AccountRow, account),
    grants: grants.map((grant) => sound(Grant, grant)),
    groupIds: groups.map((group) => group.id),
  }
}

/** The rows of one key, sealed as it is. */
export const selectSigningKey = (db: Database, kid: string): Selection<SigningKey> => ({
  queries: [db.select().from(signingKeys).where(eq(signingKeys.kid, kid))],
  toFound: ([keys]) => keys?.[0] as SigningKey | undefined,
})

/** The one that signs now: the table has one at most. */
export const selectActiveKey = (db: Database): Selection<SigningKey> => ({
  queries: [db.select().from(signingKeys).where(eq(signingKeys.state, 'active'))],
  toFound: ([keys]) => keys?.[0] as SigningKey | undefined,
})

/** Whether an access token was given back. */
export const selectRevocation = (db: Database, jti: string): Selection<boolean> => ({
  queries: [db.select().from(revokedAccessTokens).where(eq(revokedAccessTokens.jti, jti))],
  toFound: ([revocations]) => revocations?.length !== 0,
})

export const Instant = v.nullable(v.pipe(v.number(), v.safeInteger()))
export const Narrowing = v.record(v.string(), v.unknown())
const TokenRow = v.looseObject({
  mac: v.instance(Uint8Array),
  keyVersion: v.string(),
  narrowing: v.nullable(Narrowing),
  expiresAt: Instant,
  extendsBy: Instant,
})
const AccountRow = v.looseObject({ name: v.string(), isSuperadmin: v.boolean(), disabledAt: Instant })
const Grant = v.looseObject({
  roleId: v.string(),
  tenantId: v.string(),
  namespace: v.nullable(v.string()),
  permissions: v.record(v.string(), v.array(v.string())),
})

/** What others are judged by is looked at itself: an outage must not open the door, nor take a good token for a bad one. */
export function sound<T>(schema: v.GenericSchema, row: T): T {
  if (!v.is(schema, row)) throw new Error('A row that makes no sense')
  return row
}

/** What an account was given, for those who want to grant no more than they hold. */
export async function listGrants(db: Database, accountId: string): Promise<GrantRow[]> {
  return selectGrants(db, sql`${accountId}`)
}

/** What being in these groups brings with it. */
export async function listGroupGrants(db: Database, groupIds: readonly string[]): Promise<GrantRow[]> {
  return selectGrantsWhere(db, inArray(bindings.groupId, each(groupIds)))
}

/** All but the password, which nobody needs who has a token. */
const { password: _, ...columns } = getTableColumns(accounts)

/** Not joined with the token: in a batch D1 answers by column name, and both tables have an `id` and a `name`. */
const selectAccount = (db: Database, id: SQL) => db.select(columns).from(accounts).where(eq(accounts.id, id))

const selectGroups = (db: Database, accountId: SQL) =>
  db.select({ id: groupMembers.groupId }).from(groupMembers).where(eq(groupMembers.accountId, accountId))

/** By its own bindings and by those of its groups: two look-ups by index, whatever the number of members. */
function selectGrants(db: Database, accountId: SQL) {
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

/**
 * Tokens were used. Use may prolong them, where they were minted so: never shorten it, never revive one that has expired
 * or is gone. What another isolate has noted less than `stepMs` before is left as it is, and costs no write.
 *
 * @param uses when, by the token's id
 */
export const touchTokens = (uses: ReadonlyMap<string, number>, stepMs: number): Statement => sql`
  UPDATE tokens
  SET last_used_at = used.at,
    expires_at = CASE WHEN extends_by IS NULL THEN expires_at ELSE max(expires_at, used.at + extends_by) END
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS at FROM json_each(${JSON.stringify([...uses])})) AS used
  WHERE tokens.id = used.id AND used.at >= coalesce(last_used_at + ${stepMs}, 0)
    AND (expires_at IS NULL OR expires_at > used.at)`
