/** Less of what somebody holds. Everything here is an intersection, so that nothing can come out wider than it went in. */

import type { Permission } from '../../shared/permissions.ts'
import type { Narrowing } from '../../shared/wire/narrowing.ts'
import { type Grants, type Reach, WHOLE_TENANT } from './grants.ts'
import type { Standing } from './principal.ts'

/** What of these grants lies within the narrowing; what that leaves out stays whole. */
export function narrowGrants(grants: Grants, { tenant, namespaces, permissions }: Narrowing): Grants {
  const narrowed = new Map<string, ReadonlySet<Reach>>()
  for (const [key, reaches] of grants) {
    const [grantedTenant, permission] = key.split(' ') as [string, Permission]
    if (tenant && tenant !== grantedTenant) continue
    if (permissions && !permissions.includes(permission)) continue
    const kept = namespaces ? intersect([...reaches], namespaces) : reaches
    if (kept.size > 0) narrowed.set(key, kept)
  }
  return narrowed
}

/** A superadmin's powers are of no place and no permission, so the first narrowing takes them away whole. */
export function narrowPrincipal<P extends Standing>(principal: P, narrowing: Narrowing): P {
  if (isWhole(narrowing)) return principal
  return {
    ...principal,
    isNarrowed: true,
    isSuperadmin: false,
    grants: narrowGrants(principal.grants, narrowing),
  }
}

export const isWhole = ({ tenant, namespaces, permissions }: Narrowing): boolean =>
  !tenant && !namespaces && !permissions

/** What grants that came out of these narrowings can say of themselves; nothing where nothing was narrowed. */
export function describeGrants(grants: Grants, narrowings: readonly Narrowing[]): Narrowing {
  const permissions = [...grants.keys()].map((key) => key.split(' ')[1] as Permission)
  const reaches = [...grants.values()].flatMap((some) => [...some])
  return {
    tenant: narrowings.find(({ tenant }) => tenant)?.tenant,
    permissions: narrowings.some((one) => one.permissions) ? [...new Set(permissions)].sort() : undefined,
    namespaces: narrowings.some((one) => one.namespaces) ? [...new Set(reaches)].sort() : undefined,
  }
}

/** Two subtrees are apart, or one lies in the other; then the inner one is what they share. */
function intersect(held: readonly Reach[], asked: readonly Reach[]): Set<Reach> {
  const shared = held.flatMap((one) =>
    asked.flatMap((other) => (contains(one, other) ? [other] : contains(other, one) ? [one] : [])),
  )
  return new Set(shared)
}

const contains = (outer: Reach, inner: Reach): boolean =>
  outer === WHOLE_TENANT || outer === inner || inner.startsWith(`${outer}.`)
