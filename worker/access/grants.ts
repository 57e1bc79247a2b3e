/**
 * What an account may do, compiled from its bindings: for each tenant and permission, the places where it holds.
 * Permissions add up; nothing subtracts.
 */

import { expandPermissions, type Permission } from '../../shared/permissions.ts'
import type { GrantRow } from '../storage/holders.ts'

/** A namespace with its descendants, or `WHOLE_TENANT`. */
export type Reach = string
export const WHOLE_TENANT: Reach = ''

/** By `tenant permission`, with the space between. */
export type Grants = ReadonlyMap<string, ReadonlySet<Reach>>

/** Cost grows with the permissions in all roles of the account. */
export function compileGrants(rows: ReadonlyArray<Omit<GrantRow, 'roleId'>>): Grants {
  const grants = new Map<string, Set<Reach>>()
  for (const { tenantId, namespace, permissions } of rows) {
    for (const permission of expandPermissions(permissions)) {
      const key = keyOf(tenantId, permission)
      const reaches = grants.get(key) ?? new Set()
      grants.set(key, reaches.add(namespace ?? WHOLE_TENANT))
    }
  }
  return grants
}

/** Whether a permission holds in a namespace; without one, only what holds in the whole tenant counts. */
export function isGranted(
  grants: Grants,
  tenant: string,
  permission: Permission,
  namespace?: string,
): boolean {
  const reaches = grants.get(keyOf(tenant, permission))
  if (reaches === undefined) return false
  if (reaches.has(WHOLE_TENANT)) return true
  return namespace !== undefined && namespaceAndAbove(namespace).some((one) => reaches.has(one))
}

/** Whether a permission holds in some place of a tenant, whichever. */
export const isGrantedAnywhere = (grants: Grants, tenant: string, permission: Permission): boolean =>
  grants.has(keyOf(tenant, permission))

/** The namespaces that a permission holds in with all below them, none of which lies in another. */
export function reachesOf(grants: Grants, tenant: string, permission: Permission): Reach[] {
  const reaches = grants.get(keyOf(tenant, permission)) ?? new Set<Reach>()
  const isCovered = (reach: Reach) =>
    namespaceAndAbove(reach)
      .slice(1)
      .some((one) => reaches.has(one))
  return [...reaches].filter((reach) => !isCovered(reach))
}

/** All namespaces of a tenant that something is held in by itself. */
export const placesHeld = (grants: Grants, tenant: string): Reach[] => {
  const held = [...grants].flatMap(([key, reaches]) =>
    key.startsWith(keyOf(tenant, '')) ? [...reaches] : [],
  )
  return [...new Set(held)].filter((reach) => reach !== WHOLE_TENANT)
}

/** Whether every single grant in `asked` is also in `held`. */
export function includesGrants(held: Grants, asked: Grants): boolean {
  for (const [key, reaches] of asked) {
    const [tenant, permission] = key.split(' ') as [string, Permission]
    for (const reach of reaches) {
      if (!isGranted(held, tenant, permission, reach === WHOLE_TENANT ? undefined : reach)) return false
    }
  }
  return true
}

const keyOf = (tenant: string, permission: Permission | ''): string => `${tenant} ${permission}`

/** `a.b.c` gives `a.b.c`, `a.b`, `a`: splitting at dots is what keeps `prod` apart from `production`. */
export function namespaceAndAbove(namespace: string): string[] {
  const parts = namespace.split('.')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'))
}
