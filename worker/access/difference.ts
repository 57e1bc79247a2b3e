/** What one grant matters beside others: before it is given, what it adds; before it is taken, what is lost. */

import { expandPermissions, type Permission } from '../../shared/permissions.ts'
import type { BindingInFull } from '../storage/bindings.ts'
import { decide, type Offer } from './decide.ts'
import { compileGrants, namespaceAndAbove } from './grants.ts'

export interface Difference {
  /** What the grant gives and nothing else does. */
  readonly alone: readonly Permission[]
  /** What is held in all of its place without it. */
  readonly anyway: readonly Permission[]
  /** The others that give some of `anyway`. */
  readonly through: readonly BindingInFull[]
  /** The others that give some of `alone`, but in a part of its place only. */
  readonly inPart: readonly BindingInFull[]
}

/** @param others what the same account or group holds beside it, in the same tenant */
export function differenceOf(
  { tenant, permissions, namespace }: Offer,
  others: readonly BindingInFull[],
  isSuperadmin: boolean,
): Difference {
  const place = { tenant, ...(namespace === null ? {} : { namespace }) }
  const held = (rows: readonly BindingInFull[], isFlagged: boolean) => {
    const grants = compileGrants(rows.map(toGrant))
    return (permission: Permission) => decide({ isSuperadmin: isFlagged, grants }, { ...place, permission })
  }
  const given = [...expandPermissions(permissions)]
  const isHeldAnyway = held(others, isSuperadmin)
  const alone = given.filter((permission) => !isHeldAnyway(permission))
  const anyway = given.filter(isHeldAnyway)
  return {
    alone,
    anyway,
    through: others.filter((one) => anyway.some(held([one], false))),
    inPart: others.filter((one) => liesIn(one, namespace) && gives(one, alone)),
  }
}

const toGrant = ({ binding, role }: BindingInFull) => ({
  tenantId: binding.tenantId,
  namespace: binding.namespace,
  permissions: role.permissions,
})

/** In a namespace below the place, which is the whole tenant where it names none. */
const liesIn = ({ binding }: BindingInFull, namespace: string | null): boolean =>
  binding.namespace !== null &&
  binding.namespace !== namespace &&
  (namespace === null || namespaceAndAbove(binding.namespace).includes(namespace))

function gives({ role }: BindingInFull, permissions: readonly Permission[]): boolean {
  const given = expandPermissions(role.permissions)
  return permissions.some((permission) => given.has(permission))
}
