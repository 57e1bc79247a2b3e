/** Rows of tokens, of signing keys, and of access tokens that were given back. */

import { and, asc, desc, eq, getTableColumns, gt, inArray, type SQL, sql } from 'drizzle-orm'
import type { Database, Statement } from './database.ts'
import { each } from './listing.ts'
import { revokedAccessTokens, signingKeys, tokens } from './schema.ts'
import { compile, rowJson, type Selection, toFlag, toRow } from './selection.ts'

/** Of any kind. */
export type Token = typeof tokens.$inferSelect
export type SigningKey = typeof signingKeys.$inferSelect

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

/** The same but for one of them. */
export const deleteOtherSessions = (accountId: string, keptId: string | undefined): Statement => sql`
  DELETE FROM tokens WHERE id IS NOT ${keptId ?? null}
  AND ((account_id = ${accountId} AND kind = 'SESSION') OR impersonator_id = ${accountId})`

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

/** One key, sealed as it is. */
export const selectSigningKey = (kid: string): Selection<SigningKey> => ({
  query: BY_KID,
  values: { kid },
  toFound: toSigningKey,
})

/** The one that signs now: the table has one at most. */
export const selectActiveKey = (): Selection<SigningKey> => ({
  query: ACTIVE,
  values: {},
  toFound: toSigningKey,
})

const keyWhere = (condition: SQL) =>
  compile(sql`(SELECT ${rowJson(getTableColumns(signingKeys))} FROM ${signingKeys} WHERE ${condition})`)

const BY_KID = keyWhere(eq(signingKeys.kid, sql.placeholder('kid')))
const ACTIVE = keyWhere(eq(signingKeys.state, 'active'))

const toSigningKey = (found: unknown) =>
  found === null ? undefined : toRow<SigningKey>(getTableColumns(signingKeys), found)

/** Whether an access token was given back. */
export const selectRevocation = (jti: string): Selection<boolean> => ({
  query: REVOCATION,
  values: { jti },
  toFound: toFlag,
})

const REVOCATION = compile(
  sql`EXISTS (SELECT 1 FROM ${revokedAccessTokens} WHERE ${revokedAccessTokens.jti} = ${sql.placeholder('jti')})`,
)

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
