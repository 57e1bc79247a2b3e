/** Rows of issuers, federated credentials and spent assertions. */

import { and, asc, eq, sql } from 'drizzle-orm'
import type { Account } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { accounts, federatedCredentials, issuers, spentAssertions } from './schema.ts'

export type Issuer = typeof issuers.$inferSelect
export type FederatedCredential = typeof federatedCredentials.$inferSelect

export const insertIssuer = (db: Database, issuer: Issuer): Statement => db.insert(issuers).values(issuer)

export const updateIssuer = (db: Database, { id, ...columns }: Issuer): Statement =>
  db.update(issuers).set(columns).where(eq(issuers.id, id))

export const deleteIssuer = (db: Database, id: string): Statement =>
  db.delete(issuers).where(eq(issuers.id, id))

export async function findIssuer(db: Database, id: string): Promise<Issuer | undefined> {
  return db.select().from(issuers).where(eq(issuers.id, id)).get()
}

/** By its `iss`. */
export async function findIssuerNamed(db: Database, issuer: string): Promise<Issuer | undefined> {
  return db.select().from(issuers).where(eq(issuers.issuer, issuer)).get()
}

/** All: an instance trusts a handful. */
export async function listIssuers(db: Database): Promise<Issuer[]> {
  return db.select().from(issuers).orderBy(asc(issuers.issuer))
}

/** A federated credential that an assertion might fit, with what is to be known of its account. */
export interface Candidate {
  readonly credential: FederatedCredential
  readonly account: Pick<Account, 'id' | 'name' | 'disabledAt'>
}

/** By index: what it costs does not grow with the number of credentials. */
export async function listCandidates(
  db: Database,
  issuerId: string,
  repositoryId: string,
): Promise<Candidate[]> {
  return db
    .select({
      credential: federatedCredentials,
      account: { id: accounts.id, name: accounts.name, disabledAt: accounts.disabledAt },
    })
    .from(federatedCredentials)
    .innerJoin(accounts, eq(accounts.id, federatedCredentials.accountId))
    .where(
      and(eq(federatedCredentials.issuerId, issuerId), eq(federatedCredentials.repositoryId, repositoryId)),
    )
    .orderBy(asc(federatedCredentials.createdAt), asc(federatedCredentials.id))
}

export const insertCredential = (db: Database, credential: FederatedCredential): Statement =>
  db.insert(federatedCredentials).values(credential)

export const updateCredential = (db: Database, { id, ...columns }: FederatedCredential): Statement =>
  db.update(federatedCredentials).set(columns).where(eq(federatedCredentials.id, id))

export const deleteCredential = (db: Database, id: string): Statement =>
  db.delete(federatedCredentials).where(eq(federatedCredentials.id, id))

/** With the `iss` that each names. */
export async function listCredentials(db: Database, accountId: string): Promise<CredentialInFull[]> {
  return db
    .select({ credential: federatedCredentials, issuer: issuers })
    .from(federatedCredentials)
    .innerJoin(issuers, eq(issuers.id, federatedCredentials.issuerId))
    .where(eq(federatedCredentials.accountId, accountId))
    .orderBy(asc(federatedCredentials.name))
}

export interface CredentialInFull {
  readonly credential: FederatedCredential
  readonly issuer: Issuer
}

/** A guard, to stand after the change. */
export const onlyWithFewCredentials = (accountId: string, max: number): Statement => sql`
  INSERT INTO guards (credentials_few) SELECT 0 WHERE (
    SELECT count(*) FROM federated_credentials WHERE account_id = ${accountId}) > ${max}`

/** A request may be under way when an assertion expires: until then nobody may forget that it is spent. */
const SPENT_GRACE_MS = 5 * 60_000

/** Spends it, or conflicts with whoever did before; and forgets those that nobody can present any more. */
export function insertSpentAssertion(
  db: Database,
  issuerId: string,
  jti: string,
  expiresAt: number,
  now: number,
): Statement[] {
  return [
    db.delete(spentAssertions).where(sql`${spentAssertions.expiresAt} < ${now - SPENT_GRACE_MS}`),
    db.insert(spentAssertions).values({ issuerId, jti, expiresAt }),
  ]
}
