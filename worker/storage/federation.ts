/** Rows of issuers, federated credentials and spent assertions. */

import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Account } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { federatedCredentials, issuers } from './schema.ts'
import {
  type GrantRow,
  type Holder,
  type SigningKey,
  selectAccount,
  selectGrants,
  selectGroups,
  selectProof,
} from './tokens.ts'

export type Issuer = typeof issuers.$inferSelect
export type FederatedCredential = typeof federatedCredentials.$inferSelect

/** A federated credential with the account it stands for: what an access token made by it hangs on. */
export interface CredentialHolder extends Holder {
  readonly credential: FederatedCredential
  readonly issuer: Issuer
}

export const insertIssuer = (db: Database, issuer: Issuer): Statement => db.insert(issuers).values(issuer)

export const updateIssuer = (db: Database, { id, ...columns }: Issuer): Statement =>
  db.update(issuers).set(columns).where(eq(issuers.id, id))

export const deleteIssuer = (db: Database, id: string): Statement =>
  db.delete(issuers).where(eq(issuers.id, id))

export async function findIssuer(db: Database, id: string): Promise<Issuer | undefined> {
  return db.select().from(issuers).where(eq(issuers.id, id)).get()
}

export async function findIssuerNamed(db: Database, issuer: string): Promise<Issuer | undefined> {
  return db.select().from(issuers).where(eq(issuers.issuer, issuer)).get()
}

/** All: an instance trusts a handful. */
export async function listIssuers(db: Database): Promise<Issuer[]> {
  return db.select().from(issuers).orderBy(asc(issuers.issuer))
}

/** For an access token that names a federated credential as its parent. Nothing here says that its claims are true. */
export async function findFederatedTokenHolder(
  db: Database,
  claims: { readonly kid: string; readonly jti: string; readonly credentialId: string },
): Promise<{
  readonly key: SigningKey | undefined
  readonly isRevoked: boolean
  readonly holder: CredentialHolder | undefined
}> {
  const { kid, jti, credentialId } = claims
  const [[key], revoked, ...holder] = await db.batch([
    ...selectProof(db, kid, jti),
    ...selectCredentialHolder(db, credentialId),
  ])
  return { key, isRevoked: revoked.length > 0, holder: toCredentialHolder(holder) }
}

type CredentialHolderRows = readonly [
  FederatedCredential[],
  Issuer[],
  Account[],
  GrantRow[],
  Array<{ id: string }>,
]

function selectCredentialHolder(db: Database, id: string) {
  const of = (column: SQL): SQL => sql`(SELECT ${column} FROM federated_credentials WHERE id = ${id})`
  const accountId = of(sql`account_id`)
  return [
    db.select().from(federatedCredentials).where(eq(federatedCredentials.id, id)),
    db
      .select()
      .from(issuers)
      .where(eq(issuers.id, of(sql`issuer_id`))),
    selectAccount(db, accountId),
    selectGrants(db, accountId),
    selectGroups(db, accountId),
  ] as const
}

function toCredentialHolder([[credential], [issuer], [account], grants, groups]: CredentialHolderRows):
  | CredentialHolder
  | undefined {
  if (!credential || !issuer || !account) return undefined
  return { credential, issuer, account, grants, groupIds: groups.map((group) => group.id) }
}
