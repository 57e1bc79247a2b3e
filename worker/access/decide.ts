/** The one place where it is decided whether a principal may do something. Deny by default. */

import type { Permission, ResourceName } from '../../shared/permissions.ts'
import type { AccessError } from './errors.ts'
import {
  compileGrants,
  type Grants,
  includesGrants,
  isGranted,
  placesHeld,
  type Reach,
  reachesOf,
  WHOLE_TENANT,
} from './grants.ts'
import type { Principal } from './principal.ts'

export interface Question {
  readonly tenant: string
  readonly permission: Permission
  /** Absent for what belongs to the tenant as a whole. */
  readonly namespace?: string
}

/** What a superadmin manages in every tenant without a role there: who may do what, never a tenant's data. */
const MANAGED_BY_SUPERADMINS = new Set<ResourceName>([
  'USER',
  'GROUP',
  'ROLE',
  'BINDING',
  'SERVICE_ACCOUNT',
  'INVITATION',
])

export function decide(
  principal: Pick<Principal, 'isSuperadmin' | 'grants'>,
  { tenant, permission, namespace }: Question,
): boolean {
  if (principal.isSuperadmin && MANAGED_BY_SUPERADMINS.has(resourceOf(permission))) return true
  return isGranted(principal.grants, tenant, permission, namespace)
}

const resourceOf = (permission: Permission) => permission.slice(0, permission.indexOf(':')) as ResourceName

/**
 * What outlives the request or opens the account, such as a token or a password, takes a credential of the account's own:
 * not somebody else's who acts as it, nor an access token, which is short-lived on purpose.
 */
export function refuseStandIn({ impersonator, viaAccessToken }: Principal): AccessError | undefined {
  if (impersonator) return { code: 'impersonating' }
  return viaAccessToken ? { code: 'access_token_insufficient' } : undefined
}

/** Superadmins are made by superadmins, in their own name. */
export function refuseFlag({ isSuperadmin, impersonator }: Principal): AccessError | undefined {
  if (!isSuperadmin) return { code: 'superadmin_required' }
  return impersonator ? { code: 'impersonating' } : undefined
}

/** The same of a change, which may leave the flag as it is. */
export const refuseFlagged = (
  principal: Principal,
  before: boolean,
  after = before,
): AccessError | undefined => (after === before ? undefined : refuseFlag(principal))

/** What is the account's own to say, such as its name and password, takes in addition a credential of all that it may do. */
export function refusePart(principal: Principal): AccessError | undefined {
  return refuseStandIn(principal) ?? (principal.isNarrowed ? { code: 'token_narrowed' } : undefined)
}

/** Where a permission holds in a tenant: namespaces with their descendants, or `WHOLE_TENANT` alone. */
export function placesOf(principal: Principal, tenant: string, permission: Permission): Reach[] {
  return decide(principal, { tenant, permission })
    ? [WHOLE_TENANT]
    : reachesOf(principal.grants, tenant, permission)
}

/** A role's permissions in one place, to be held against what somebody has. */
export interface Offer {
  readonly tenant: string
  readonly permissions: Readonly<Record<string, readonly string[]>>
  readonly namespace: string | null
}

/** Nobody may grant more than they hold, be it by a role, a binding or a token; superadmins manage all of that. */
export function mayGrant(principal: Principal, offer: Offer): boolean {
  const { tenant: tenantId, permissions, namespace } = offer
  return mayHandOver(principal, compileGrants([{ tenantId, permissions, namespace }]))
}

/** Whether there is any place in the tenant where they may grant it: what is worth offering before a place is named. */
export const mayGrantSomewhere = (principal: Principal, offer: Omit<Offer, 'namespace'>): boolean =>
  [null, ...placesHeld(principal.grants, offer.tenant)].some((namespace) =>
    mayGrant(principal, { ...offer, namespace }),
  )

/** The same for all that another account holds: who mints its token can act as it. */
export function mayHandOver(principal: Principal, grants: Grants): boolean {
  return principal.isSuperadmin || includesGrants(principal.grants, grants)
}
