/** Accounts entering and leaving a tenant, with what that brings them and takes from them. */

import { err, ok, type Result } from '../../shared/result.ts'
import { decide } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import type { Principal } from '../access/principal.ts'
import { type Actor, type Deed, record } from '../audit/record.ts'
import {
  type Account,
  belongsTo,
  deleteTenantAccess,
  insertTenantAccess,
  tenantIdsOf,
} from '../storage/accounts.ts'
import { deleteBindingsIn, insertDefaultBinding } from '../storage/bindings.ts'
import type { Database, Statement } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'

/**
 * For an account that does not belong to the tenant yet. A user who joins is bound to the tenant's default role, if it
 * has one; a service account gets what it is given and nothing else.
 */
export function joinTenant(db: Database, principal: Actor, tenantId: string, account: Account): Statement[] {
  return [
    ...(account.kind === 'USER' ? [insertDefaultBinding(newId(), tenantId, account.id, principal.now)] : []),
    insertTenantAccess(tenantId, account.id),
    ...record(db, principal, deedOn('CREATE', tenantId, account)),
  ]
}

/**
 * What lets an account into a tenant where it is needed: nothing when it is there. Who may not add accounts to the
 * tenant gets to know of none outside; and a service account that works elsewhere is that tenant's business.
 */
export async function admit(
  db: Database,
  principal: Principal,
  tenant: string,
  account: Account,
): Promise<Result<Statement[], AccessError>> {
  if (await belongsTo(db, tenant, account.id)) return ok([])
  const isFree = account.kind === 'USER' || (await tenantIdsOf(db, account.id)).every((id) => id === tenant)
  const mayAdd = isFree && decide(principal, { tenant, permission: `${account.kind}:CREATE` })
  return principal.isSuperadmin || mayAdd
    ? ok(joinTenant(db, principal, tenant, account))
    : err({ code: 'not_found', what: 'account', id: account.id })
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
