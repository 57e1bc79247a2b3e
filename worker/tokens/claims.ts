/**
 * What an access token says (RFC 9068 §2.2), and the principal that comes of it: never more than its parent holds at
 * that moment, because the claims only narrow what is looked up.
 */

import * as v from 'valibot'
import { isPermission } from '../../shared/permissions.ts'
import type { Narrowing } from '../../shared/wire/narrowing.ts'
import type { Workload } from '../../shared/wire/workload.ts'
import { narrowPrincipal } from '../access/narrow.ts'
import type { Principal, RequestContext, Standing } from '../access/principal.ts'
import type { CredentialHolder, TokenHolder } from '../storage/holders.ts'
import { standingOf } from './principal-of.ts'

/** RFC 9068 §2.1: the type that tells an access token from every other JWT. */
export const TYP = 'at+jwt'

const Text = v.optional(v.string())

/** The verified run, under the names that GitHub's identity token has for it (RFC 7519 §4.2: a public name we coin). */
const WorkloadClaim = v.object({
  repository: Text,
  repository_id: Text,
  ref: Text,
  sha: Text,
  workflow_ref: Text,
  run_id: Text,
  run_number: Text,
  run_attempt: Text,
  actor: Text,
  event_name: Text,
})
export type WorkloadClaim = v.InferOutput<typeof WorkloadClaim>
export const WORKLOAD_CLAIMS = Object.keys(WorkloadClaim.entries) as Array<keyof WorkloadClaim>

export const AccessTokenClaims = v.pipe(
  v.object({
    iss: v.string(),
    aud: v.string(),
    sub: v.string(),
    jti: v.string(),
    iat: v.number(),
    exp: v.number(),
    /** Permissions with spaces between (RFC 6749 §3.3); absent: all that the parent has. */
    scope: Text,
    /** Namespaces, each with its descendants; absent: everywhere. */
    ns: v.optional(v.array(v.string())),
    /** Absent: every tenant. */
    tenant: Text,
    /** The id of the opaque token it was made from: when that goes, so does this. */
    ptk: Text,
    /** Instead: the federated credential that admitted it, and the version of it that did. */
    fc: Text,
    fcv: v.optional(v.number()),
    /** How far the change feed had come when it was issued: only a later change can have given it back. */
    pos: v.optional(v.pipe(v.number(), v.safeInteger())),
    /** Who really acts (RFC 8693 §4.1). Informs others; Postern itself asks the parent. */
    act: v.optional(v.object({ sub: v.string() })),
    wl: v.optional(WorkloadClaim),
  }),
  v.check(({ ptk, fc }) => (ptk === undefined) !== (fc === undefined)),
)
export type AccessTokenClaims = v.InferOutput<typeof AccessTokenClaims>

/** What an access token hangs on, looked up. */
export type Parent = TokenHolder | CredentialHolder

/** The account must be the one it was made for, and a federated credential as it was then. */
export const isParentOf = (parent: Parent, { sub, fcv }: AccessTokenClaims): boolean =>
  parent.account.id === sub && (!('credential' in parent) || parent.credential.version === fcv)

export const principalFromClaims = (
  parent: Parent,
  claims: AccessTokenClaims,
  context: RequestContext,
): Principal => ({ ...standingFromClaims(parent, claims), ...context })

/** Claims that were verified are kept as they are; what they leave of their parent's record holds as long as that. */
const standings = new WeakMap<AccessTokenClaims, { readonly parent: Parent; readonly standing: Standing }>()

function standingFromClaims(parent: Parent, claims: AccessTokenClaims): Standing {
  const known = standings.get(claims)
  if (known?.parent === parent) return known.standing
  const workload = claims.wl && toWorkload(claims.wl)
  const standing = {
    ...narrowPrincipal(standingOf(parent), narrowingOf(claims)),
    // Of one that no stored token stands behind, the record of its exchange has this id.
    tokenId: claims.ptk ?? claims.jti,
    viaAccessToken: true,
    ...(workload ? { workload } : {}),
  }
  standings.set(claims, { parent, standing })
  return standing
}

/** A word that is no permission of ours any more grants nothing; it does not lift the limit. */
export const narrowingOf = ({ scope, ns, tenant }: AccessTokenClaims): Narrowing => ({
  tenant,
  namespaces: ns,
  permissions: scope?.split(' ').filter(isPermission),
})

function toWorkload(claim: WorkloadClaim): Workload {
  const { repository, ref, sha, actor } = claim
  const all = {
    repository,
    repositoryId: claim.repository_id,
    ref,
    sha,
    workflowRef: claim.workflow_ref,
    runId: claim.run_id,
    runNumber: toNumber(claim.run_number),
    runAttempt: toNumber(claim.run_attempt),
    actor,
    eventName: claim.event_name,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Workload
}

const toNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
