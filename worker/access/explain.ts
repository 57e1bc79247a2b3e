/** Why an account may do something and why not: the same rules as `decide`, held against each binding by itself. */

import { type Permission, permissions } from '../../shared/permissions.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { ExplainQuery } from '../../shared/wire/explain.ts'
import { type Account, findAccountNamedIn, tenantIdsOf } from '../storage/accounts.ts'
import { type BindingInFull, listBindingsOf } from '../storage/bindings.ts'
import type { Database } from '../storage/database.ts'
import { decide, type Question } from './decide.ts'
import type { AccessError } from './errors.ts'
import { compileGrants, isGranted, isGrantedAnywhere } from './grants.ts'
import type { Principal } from './principal.ts'

export interface Explanation {
  readonly isAllowed: boolean
  /** Every binding that would be enough by itself. */
  readonly because: readonly BindingInFull[]
  /** Bindings that give the permission in other places than the one asked about. */
  readonly elsewhere: readonly BindingInFull[]
  /** Whether it is the superadmin's flag that allows it. */
  readonly isBySuperadmin: boolean
}

/** @param held all bindings of the account and its groups in the tenant of the question */
export function explain(
  { isSuperadmin, disabledAt }: Pick<Account, 'isSuperadmin' | 'disabledAt'>,
  held: readonly BindingInFull[],
  question: Question,
): Explanation {
  const { tenant, permission, namespace } = question
  const because = held.filter((one) => isGranted(grantsOf([one]), tenant, permission, namespace))
  return {
    isAllowed: disabledAt === null && decide({ isSuperadmin, grants: grantsOf(held) }, question),
    because,
    elsewhere: held.filter(
      (one) => !because.includes(one) && isGrantedAnywhere(grantsOf([one]), tenant, permission),
    ),
    isBySuperadmin: decide({ isSuperadmin, grants: new Map() }, question),
  }
}

const grantsOf = (held: readonly BindingInFull[]) =>
  compileGrants(
    held.map(({ binding, role }) => ({
      tenantId: binding.tenantId,
      namespace: binding.namespace,
      permissions: role.permissions,
    })),
  )

/** All that an account may do in a namespace, or in the whole tenant where none is named. */
export function allowedIn(
  { isSuperadmin, disabledAt }: Pick<Account, 'isSuperadmin' | 'disabledAt'>,
  held: readonly BindingInFull[],
  place: Omit<Question, 'permission'>,
): ReadonlySet<Permission> {
  const grants = grantsOf(held)
  const isAllowed = (permission: Permission) => decide({ isSuperadmin, grants }, { ...place, permission })
  return new Set(disabledAt === null ? permissions.filter(isAllowed) : [])
}

/**
 * Everyone may ask about themselves; about others who may list bindings, since that is what the answer shows. It is
 * about the account: a token of it may be narrower.
 */
export async function explainAccess(
  db: Database,
  principal: Principal,
  tenant: string,
  { account: who, permission, namespace }: ExplainQuery,
): Promise<Result<{ account: Account; explanation: Explanation }, AccessError>> {
  const found = await readHeld(db, principal, tenant, who)
  if (!found.ok) return found
  const { account, held } = found.value
  const question = { tenant, permission, ...(namespace === undefined ? {} : { namespace }) }
  return ok({ account, explanation: explain(account, held, question) })
}

/**
 * What an account holds in a tenant, to be explained: under the same rule.
 *
 * @param who an id, a user's e-mail address, or a service account's name that no other of the tenant has; oneself when absent
 */
export async function readHeld(
  db: Database,
  principal: Principal,
  tenant: string,
  who = principal.accountId,
): Promise<Result<{ account: Account; held: readonly BindingInFull[] }, AccessError>> {
  const mayList = decide(principal, { tenant, permission: 'BINDING:LIST' })
  const isOwn = who === principal.accountId || who === principal.name
  if (!isOwn && !mayList) return err({ code: 'permission_missing', permission: 'BINDING:LIST' })
  const account = await findAccountNamedIn(db, tenant, isOwn ? principal.accountId : who)
  const isKnown =
    account && (isOwn || principal.isSuperadmin || (await tenantIdsOf(db, account.id)).includes(tenant))
  return isKnown
    ? ok({ account, held: await listBindingsOf(db, tenant, account.id) })
    : err({ code: 'not_found', what: 'account', id: who })
}
