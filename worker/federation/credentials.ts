/**
 * Federated credentials: which workflow runs may act as a service account, and for how much. Making one hands the
 * account over just as minting a token does, so it takes the same: to hold all that it would give.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import { MAX_CREDENTIALS, MAX_TTL, type WriteFederatedCredential } from '../../shared/wire/federation.ts'
import { mayHandOver, refuseStandIn } from '../access/decide.ts'
import { compileGrants } from '../access/grants.ts'
import { narrowGrants } from '../access/narrow.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import type { Account } from '../storage/accounts.ts'
import { type Conflict, type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import {
  type CredentialInFull,
  deleteCredential,
  type FederatedCredential,
  findIssuerNamed,
  insertCredential,
  listCredentials,
  onlyWithFewCredentials,
  updateCredential,
} from '../storage/federation.ts'
import { listGrants } from '../storage/holders.ts'
import { newId } from '../storage/ids.ts'
import type { FederationError } from './errors.ts'

export { type CredentialInFull, listCredentials }

type Outcome = Promise<Result<CredentialInFull, FederationError>>

export async function createCredential(
  db: Database,
  principal: Principal,
  account: Account,
  written: WriteFederatedCredential,
): Outcome {
  return put(db, principal, account, written, undefined)
}

export async function readCredential(db: Database, accountId: string, id: string): Outcome {
  const found = (await listCredentials(db, accountId)).find(({ credential }) => credential.id === id)
  return found ? ok(found) : err({ code: 'not_found', what: 'credential', id })
}

/** Access tokens made under what it was before end with this. */
export async function replaceCredential(
  db: Database,
  principal: Principal,
  account: Account,
  id: string,
  written: WriteFederatedCredential,
): Outcome {
  const before = await readCredential(db, account.id, id)
  return before.ok ? put(db, principal, account, written, before.value.credential) : before
}

export async function removeCredential(
  db: Database,
  principal: Principal,
  accountId: string,
  id: string,
): Promise<Result<void, FederationError>> {
  const found = await readCredential(db, accountId, id)
  if (!found.ok) return found
  const { credential } = found.value
  const deed: Deed = { ...deedOn('DELETE', credential), before: credential }
  await writeOrThrow(db, [deleteCredential(db, id), ...record(db, principal, deed)])
  return ok(undefined)
}

async function put(
  db: Database,
  principal: Principal,
  account: Account,
  { name, issuer: iss, match, tenant, namespaces, permissions, ...rest }: WriteFederatedCredential,
  before: FederatedCredential | undefined,
): Outcome {
  const refusal = refuseStandIn(principal)
  if (refusal) return err(refusal)
  const issuer = await findIssuerNamed(db, iss)
  if (!issuer) return err({ code: 'not_found', what: 'issuer', id: iss })
  const narrowing = { tenant, namespaces, permissions }
  if (!mayHandOver(principal, narrowGrants(compileGrants(await listGrants(db, account.id)), narrowing))) {
    return err({ code: 'grant_exceeds_own' })
  }
  const after: FederatedCredential = {
    id: before?.id ?? newId(),
    accountId: account.id,
    issuerId: issuer.id,
    name,
    repositoryId: match.repository_id,
    match,
    narrowing,
    maxTtlSeconds: rest.maxTtl ?? MAX_TTL,
    expiresAt: rest.expiresAt ? Date.parse(rest.expiresAt) : null,
    isEnabled: rest.enabled ?? true,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? principal.now,
  }
  const changed: Statement[] = before
    ? [updateCredential(db, after)]
    : [insertCredential(db, after), onlyWithFewCredentials(account.id, MAX_CREDENTIALS)]
  const deed: Deed = { ...deedOn(before ? 'UPDATE' : 'CREATE', after), before, after }
  const done = await write(db, [...changed, ...record(db, principal, deed)])
  return done.ok ? ok({ credential: after, issuer }) : err(toError(done.error, account.id))
}

/** An account or issuer that went away in between is not found. */
function toError({ kind }: Conflict, accountId: string): FederationError {
  if (kind === 'unique') return { code: 'credential_name_taken' }
  if (kind === 'check') return { code: 'credentials_too_many' }
  return { code: 'not_found', what: 'account', id: accountId }
}

const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', credential: FederatedCredential): Deed => ({
  type,
  resource: 'FEDERATED_CREDENTIAL',
  id: credential.id,
  ends: [{ kind: 'credential', ref: credential.id }],
})
