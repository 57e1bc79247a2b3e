/** Accounts entering and leaving a tenant, with what that brings them and takes from them. */

import { err, ok, type Result } from '../../shared/result.ts'
import { decide } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import type { Principal } from '../access/principal.ts'
import { type Actor, type Deed, record, recordAll } from '../audit/record.ts'
import {
  type Account,
  deleteTenantAccess,
  insertTenantAccess,
  tenantIdsOfEach,
  thoseIn,
} from '../storage/accounts.ts'
import { deleteBindingsIn, insertDefaultBindings } from '../storage/bindings.ts'
import type { Database, Statement } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'

/**
 * For accounts that do not belong to the tenant yet, in as many statements as for one. A user who joins is bound to the tenant's default role, if it
 * has one; a service account gets what it is given and nothing else.
 */
export function joinTenant(principal: Actor, tenantId: string, ...accounts: readonly Account[]): Statement[] {
  const bound = accounts
    .filter(({ kind }) => kind === 'USER')
    .map((user) => ({ id: newId(), accountId: user.id }))
  return [
    insertDefaultBindings(tenantId, bound, principal.now),
    insertTenantAccess(tenantId, ...accounts.map(({ id }) => id)),
    ...recordAll(
      principal,
      accounts.map((account) => deedOn('CREATE', tenantId, account)),
    ),
  ]
}

/**
 * What lets accounts into a tenant where it is needed: nothing for those that are there. Who may not add accounts to the
 * tenant gets to know of none outside; and a service account that works elsewhere is that tenant's business.
 */
export async function admit(
  db: Database,
  principal: Principal,
  tenant: string,
  accounts: readonly Account[],
): Promise<Result<Statement[], AccessError>> {
  const idsOf = (some: readonly Account[]) => some.map(({ id }) => id)
  const inside = await thoseIn(db, tenant, idsOf(accounts))
  const outside = accounts.filter(({ id }) => !inside.has(id))
  if (outside.length === 0) return ok([])
  const places = await tenantIdsOfEach(db, idsOf(outside))
  const isFree = ({ kind, id }: Account) =>
    kind === 'USER' || (places.get(id) ?? []).every((one) => one === tenant)
  const refused = outside.find(
    (one) => !(isFree(one) && decide(principal, { tenant, permission: `${one.kind}:CREATE` })),
  )
  return principal.isSuperadmin || refused === undefined
    ? ok(joinTenant(principal, tenant, ...outside))
    : err({ code: 'not_found', what: 'account', id: refused.id })
}

/** The account's bindings and memberships in the tenant go too: without them nothing of it is left there. */
export function leaveTenant(
  db: Database,
  principal: Principal,
  tenantId: string,
  account: Account,
): Statement[] {
  return [
    deleteTenantAccess(db, tenantId, account.id),
    ...deleteBindingsIn(tenantId, account.id),
    ...record(db, principal, deedOn('DELETE', tenantId, account)),
  ]
}

const deedOn = (type: 'CREATE' | 'DELETE', tenantId: string, account: Account): Deed => ({
  type,
  resource: 'TENANT_ACCESS',
  id: account.id,
  tenant: tenantId,
  [type === 'CREATE' ? 'after' : 'before']: { accountId: account.id, name: account.name },
  ends: [{ kind: 'account', ref: account.id }],
})
