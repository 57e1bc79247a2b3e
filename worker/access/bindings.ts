/** Bindings: an account holding a role in a namespace or the whole tenant. They are made and removed, never changed. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { CreateBinding } from '../../shared/wire/binding.ts'
import { type Deed, record } from '../audit/record.ts'
import { tenantIdsOf } from '../storage/accounts.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import {
  type Binding,
  type BindingInFull,
  deleteBinding,
  findBinding,
  findRole,
  insertBinding,
} from '../storage/roles.ts'
import { mayGrant } from './decide.ts'
import type { AccessError } from './errors.ts'
import type { Principal } from './principal.ts'

export type { BindingInFull }

export async function bindRole(
  db: Database,
  principal: Principal,
  tenant: string,
  { externalId, roleId, namespaceId }: CreateBinding,
): Promise<Result<BindingInFull, AccessError>> {
  const role = await findRole(db, tenant, roleId)
  if (!role) return err({ code: 'not_found', what: 'role', id: roleId })
  const namespace = namespaceId || null
  if (!mayGrant(principal, { tenant, permissions: role.permissions, namespace })) {
    return err({ code: 'grant_exceeds_own' })
  }
  if (!principal.isSuperadmin && !(await mayBeBound(db, tenant, externalId))) {
    return err({ code: 'not_found', what: 'account', id: externalId })
  }
  const binding: Binding = {
    id: newId(),
    tenantId: tenant,
    accountId: externalId,
    groupId: null,
    roleId,
    namespace,
    createdAt: principal.now,
  }
  const written = await write(db, [
    insertBinding(db, binding),
    ...record(db, principal, deedOn('CREATE', binding)),
  ])
  return written.ok
    ? readBinding(db, tenant, binding.id)
    : err({ code: 'not_found', what: 'account', id: externalId })
}

/** Accounts of other tenants alone are as good as none: a binding would show their names, and tie their hands. */
async function mayBeBound(db: Database, tenant: string, accountId: string): Promise<boolean> {
  const tenants = await tenantIdsOf(db, accountId)
  return tenants.length === 0 || tenants.includes(tenant)
}

export async function readBinding(
  db: Database,
  tenant: string,
  id: string,
): Promise<Result<BindingInFull, AccessError>> {
  const binding = await findBinding(db, tenant, id)
  return binding ? ok(binding) : err({ code: 'not_found', what: 'binding', id })
}

export async function unbindRole(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const found = await readBinding(db, tenant, id)
  if (!found.ok) return found
  await writeOrThrow(db, [
    deleteBinding(db, id),
    ...record(db, principal, deedOn('DELETE', found.value.binding)),
  ])
  return ok(undefined)
}

/** It ends what is known of its subject: who holds a record of that knows nothing of this binding. */
const deedOn = (type: 'CREATE' | 'DELETE', binding: Binding): Deed => ({
  type,
  resource: 'BINDING',
  id: binding.id,
  tenant: binding.tenantId,
  namespace: binding.namespace,
  [type === 'CREATE' ? 'after' : 'before']: binding,
  ends: [
    binding.groupId === null
      ? { kind: 'account', ref: binding.accountId ?? '' }
      : { kind: 'group', ref: binding.groupId },
  ],
})
