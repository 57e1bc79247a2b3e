/** Less than an account holds: in one tenant, in some namespaces, for some permissions. What is left out stays whole. */

import * as v from 'valibot'
import { NamespaceId, TenantId } from '../names.ts'
import { isPermission, type Permission } from '../permissions.ts'

export const MAX_NAMESPACES = 32
export const MAX_PERMISSIONS = 100

/** An empty list would read as nothing to one and as everything to another, so it is refused. */
const listOf = <T extends v.GenericSchema>(schema: T, max: number, what: string) =>
  v.pipe(
    v.array(v.unknown()),
    v.minLength(1, 'must not be empty'),
    v.maxLength(max, `must name at most ${max} ${what}`),
    v.array(schema),
  )

/** As routes ask for them, such as `NAMESPACE_FILE:CREATE`. */
export const Permissions = listOf(
  v.custom<Permission>(
    (word) => typeof word === 'string' && isPermission(word),
    'must be permissions such as NAMESPACE_FILE:CREATE',
  ),
  MAX_PERMISSIONS,
  'permissions',
)

/** Each with its descendants. */
export const Namespaces = listOf(NamespaceId, MAX_NAMESPACES, 'namespaces')

export const narrowingFields = {
  tenant: v.nullish(TenantId),
  namespaces: v.nullish(Namespaces),
  permissions: v.nullish(Permissions),
}

export interface Narrowing {
  readonly tenant?: string | null | undefined
  readonly namespaces?: readonly string[] | null | undefined
  readonly permissions?: readonly Permission[] | null | undefined
}
