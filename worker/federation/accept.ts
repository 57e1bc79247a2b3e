/** From the text of an assertion to the federated credentials that it fits, read once and in a fixed order. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Database } from '../storage/database.ts'
import { findIssuerNamed, type Issuer, listCandidates } from '../storage/federation.ts'
import { type Claims, isPlainClaim, proveAssertion, readAssertion } from './assertion.ts'
import type { AssertionError } from './errors.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { type Choice, chooseCredential } from './match.ts'

export interface Accepted {
  readonly issuer: Issuer
  /** True: the issuer says so. */
  readonly claims: Claims
  readonly choice: Choice
}

/**
 * 1. Its text can be one (`readAssertion`, no I/O);
 * 2. its `iss` is, byte for byte, that of an issuer which is switched on: it picks a row and is not followed;
 * 3. it is genuine, in time, and for us (`proveAssertion`);
 * 4. the policies for its repository are held against it (`chooseCredential`).
 */
export async function acceptAssertion(
  db: Database,
  keys: IssuerKeys,
  text: string,
  { audience, serviceAccount, now }: { audience: string; serviceAccount: string | undefined; now: number },
): Promise<Result<Accepted, AssertionError>> {
  const assertion = readAssertion(text)
  if (!assertion) return err({ code: 'assertion_refused' })
  const { claims } = assertion
  const issuer = await findIssuerNamed(db, claims.iss)
  if (!issuer?.isEnabled) return err({ code: 'assertion_refused' })
  const proved = await proveAssertion(keys, issuer, assertion, audience, now)
  if (!proved.ok) return proved
  const { repository_id: repositoryId } = claims
  const candidates = isPlainClaim(repositoryId) ? await listCandidates(db, issuer.id, repositoryId) : []
  return ok({ issuer, claims, choice: chooseCredential(candidates, claims, serviceAccount, now) })
}
