/** Accounts entering and leaving a tenant, with what that brings them and takes from them. */

import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import { type Account, deleteTenantAccess, insertTenantAccess } from '../storage/accounts.ts'
import type { Database, Statement } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { deleteBindingsIn, insertDefaultBinding } from '../storage/roles.ts'

/**
 * For an account that does not belong to the tenant yet. A user who joins is bound to the tenant's default role, if it
 * has one; a service account gets what it is given and nothing else.
 */
export function joinTenant(
  db: Database,
  principal: Principal,
  tenantId: string,
  account: Account,
): Statement[] {
  return [
    ...(account.kind === 'USER' ? [insertDefaultBinding(newId(), tenantId, account.id, principal.now)] : []),
    insertTenantAccess(tenantId, account.id),
    ...record(db, principal, deedOn('CREATE', tenantId, account)),
  ]
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
