/** What a principal lacks of what a route asks for. */

import { actionsOf, type Permission } from '../../shared/permissions.ts'
import { decide, placesOf } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import { tenant as tenantQuestion } from '../tokens/questions.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { EdgeError } from './refusal.ts'
import type { Access } from './route.ts'

export function refuseAccess(
  edge: Edge,
  verification: Verification,
  access: Exclude<Access, { kind: 'public' }>,
  principal: Principal,
  params: unknown,
): Refusal | Promise<Refusal> {
  switch (access.kind) {
    case 'signed-in':
      return undefined
    case 'user':
      return principal.kind === 'USER' ? undefined : { code: 'users_only' }
    case 'superadmin':
      return principal.isSuperadmin ? undefined : { code: 'superadmin_required' }
    case 'resource': {
      const { tenant } = params as { tenant: string }
      const { resource } = access
      const isHeld = actionsOf(resource).some((action) =>
        decide(principal, { tenant, permission: `${resource}:${action}` }),
      )
      return isHeld
        ? refuseTenant(verification, principal, tenant)
        : { code: 'permission_missing', permission: `${resource}:VIEW` }
    }
    case 'permission': {
      const { permission, where, or } = access
      const { tenant, namespace } = params as Place
      const refusal =
        where === 'path'
          ? refusePlace(principal, permission, { tenant, namespace })
          : refuseEverywhere(principal, permission, tenant)
      const refuseElse = () => refuseTenant(verification, principal, tenant)
      if (!refusal) return refuseElse()
      return or ? refuseUnless(or(edge, principal, params), refusal, refuseElse) : refusal
    }
  }
}

type Refusal = EdgeError | undefined

/** @param refuseElse also who is excepted may be refused for another reason */
const refuseUnless = async (
  isExcepted: boolean | Promise<boolean>,
  refusal: EdgeError,
  refuseElse: () => Refusal | Promise<Refusal>,
): Promise<Refusal> => ((await isExcepted) ? refuseElse() : refusal)

/** The second half of the question, where only the body says which namespace it is about. */
export function refuseBody(
  access: Access,
  principal: Principal,
  params: unknown,
  body: unknown,
): EdgeError | undefined {
  if (access.kind !== 'permission' || access.where !== 'body') return undefined
  const { tenant } = params as Place
  const { id } = body as { id: string }
  return refusePlace(principal, access.permission, { tenant, namespace: id })
}

/** A role in a tenant shows that it exists; a superadmin's flag shows nothing. */
function refuseTenant(verification: Verification, principal: Principal, tenant: string) {
  return principal.isSuperadmin ? refuseUnknownTenant(verification, tenant) : undefined
}

async function refuseUnknownTenant(
  { records }: Verification,
  tenant: string,
): Promise<EdgeError | undefined> {
  const [known] = await records.find([tenantQuestion(tenant)] as const)
  return known ? undefined : { code: 'not_found', what: 'tenant', id: tenant }
}

interface Place {
  readonly tenant: string
  readonly namespace?: string | undefined
}

function refusePlace(
  principal: Principal,
  permission: Permission,
  { tenant, namespace }: Place,
): EdgeError | undefined {
  const place = namespace === undefined ? {} : { namespace }
  return decide(principal, { tenant, permission, ...place })
    ? undefined
    : { code: 'permission_missing', permission, ...place }
}

/** Who holds it nowhere in the tenant is refused before anything else of the request is looked at. */
const refuseEverywhere = (
  principal: Principal,
  permission: Permission,
  tenant: string,
): EdgeError | undefined =>
  placesOf(principal, tenant, permission).length > 0 ? undefined : { code: 'permission_missing', permission }
