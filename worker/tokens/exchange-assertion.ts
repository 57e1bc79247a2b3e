/**
 * RFC 8693 with somebody else's assertion: no secret is stored anywhere. An assertion has one answer. Accepted, or
 * refused by a policy for its repository, it is spent, in the transaction that records the answer. Strangers leave no
 * row behind: whoever can have assertions at all could make any number of rows.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import type { RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Accepted, acceptAssertion } from '../federation/accept.ts'
import { type Claims, isPlainClaim } from '../federation/assertion.ts'
import type { AssertionError } from '../federation/errors.ts'
import type { IssuerKeys } from '../federation/issuer-keys.ts'
import type { Known } from '../federation/match.ts'
import { type Database, write } from '../storage/database.ts'
import { type FederatedCredential, insertSpentAssertion } from '../storage/federation.ts'
import { findCredentialHolder } from '../storage/holders.ts'
import { WORKLOAD_CLAIMS } from './claims.ts'
import type { ExchangeError } from './errors.ts'
import { principalOf } from './principal-of.ts'
import { type AccessToken, signAccessToken, type Wish } from './sign.ts'
import type { Verification } from './verifier.ts'

export interface Admitted extends AccessToken {
  /** The federated credential that it fitted. */
  readonly policy: FederatedCredential
}

/** What an assertion may need beside it. */
export interface AssertionWish extends Wish {
  /** An id or a name. */
  readonly serviceAccount: string | undefined
}

type Outcome = Result<Admitted, AssertionError | ExchangeError>

export async function exchangeAssertion(
  db: Database,
  verification: Verification,
  issuerKeys: IssuerKeys,
  text: string,
  wish: AssertionWish,
  origin: string,
  context: RequestContext,
): Promise<Outcome> {
  const asked = { audience: origin, serviceAccount: wish.serviceAccount, now: context.now }
  const accepted = await acceptAssertion(db, issuerKeys, text, asked)
  if (!accepted.ok) return accepted
  const { claims, choice } = accepted.value
  if (choice.kind === 'stranger') return err({ code: 'assertion_refused' })
  const outcome = await admit(db, verification, claims, choice, wish, origin, context)
  const isFirst = await spend(db, accepted.value, choice, outcome, context)
  return isFirst ? outcome : err({ code: 'assertion_replayed' })
}

/** Of several policies of one account the first that gives anything of what is asked. */
async function admit(
  db: Database,
  verification: Verification,
  claims: Claims,
  choice: Known,
  wish: Wish,
  origin: string,
  context: RequestContext,
): Promise<Outcome> {
  if (choice.kind === 'refused') return err(refusalOf(choice))
  await verification.records.refresh()
  let outcome: Outcome = err({ code: 'assertion_refused' })
  for (const { credential } of choice.candidates) {
    const holder = await findCredentialHolder(db, credential.id)
    if (!holder) continue
    const mandate = {
      principal: principalOf(holder, context),
      narrowing: holder.credential.narrowing,
      // The version that was held against the claims: if it was changed just now, the token is worth nothing.
      parent: { fc: credential.id, fcv: credential.version },
      expiresAt: credential.expiresAt,
      maxLifetimeSeconds: credential.maxTtlSeconds,
      workload: pick(claims, WORKLOAD_CLAIMS),
    }
    const signed = await signAccessToken(verification, mandate, wish, origin)
    outcome = signed.ok ? ok({ ...signed.value, policy: credential }) : signed
    if (outcome.ok || outcome.error.code !== 'scope_empty') return outcome
  }
  return outcome
}

/** Why a policy is out of force, only the audit log tells. */
function refusalOf({ candidate, reason }: Extract<Known, { kind: 'refused' }>): AssertionError {
  const isClaim = reason === 'service_account' || reason in candidate.credential.match
  return { code: 'assertion_refused', ...(isClaim ? { failingClaim: reason } : {}) }
}

/** @returns false when it was spent before; that is recorded too, the first time */
async function spend(
  db: Database,
  { issuer, claims }: Accepted,
  choice: Known,
  outcome: Outcome,
  context: RequestContext,
): Promise<boolean> {
  const { account, credential } = choice.kind === 'refused' ? choice.candidate : choice.candidates[0]
  const policy = outcome.ok ? outcome.value.policy : credential
  const spendAs = (jti: string, answer: object, isAccepted: boolean) =>
    write(db, [
      ...insertSpentAssertion(db, issuer.id, jti, claims.exp * 1000, context.now),
      ...record(
        db,
        { accountId: account.id, name: account.name, ...context },
        {
          type: isAccepted ? 'LOGIN' : 'LOGIN_FAILURE',
          resource: 'SERVICE_ACCOUNT',
          id: account.id,
          tenant: policy.narrowing.tenant ?? undefined,
          after: {
            ...answer,
            policy: policy.name,
            policyVersion: policy.version,
            issuer: issuer.issuer,
            assertion: claims.jti,
            ...pick(claims, RECORDED_CLAIMS),
          },
        },
      ),
    ])
  const spent = await spendAs(claims.jti, answerOf(choice, outcome), outcome.ok)
  if (spent.ok) return true
  await spendAs(`replay of ${claims.jti}`, { code: 'assertion_replayed' }, false)
  return false
}

function answerOf(choice: Known, outcome: Outcome): object {
  if (!outcome.ok)
    return { code: outcome.error.code, reason: choice.kind === 'refused' ? choice.reason : undefined }
  const { jti, scope, lifetimeSeconds } = outcome.value
  return { accessToken: jti, scope, lifetimeSeconds }
}

const RECORDED_CLAIMS = [
  ...WORKLOAD_CLAIMS,
  'repository_owner',
  'repository_owner_id',
  'job_workflow_ref',
  'environment',
  'actor_id',
  'check_run_id',
] as const

/** Of these claims the ones that are plain texts. */
const pick = <Name extends string>(claims: Claims, names: readonly Name[]) =>
  Object.fromEntries(names.flatMap((name) => (isPlainClaim(claims[name]) ? [[name, claims[name]]] : []))) as {
    [Key in Name]?: string
  }
