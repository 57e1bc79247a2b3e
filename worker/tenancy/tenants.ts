/** Tenants: the instance makes, changes and removes them. What is in one is its own administrators' business. */

import { err, ok, type Result } from '../../shared/result.ts'
import { attributesOf } from '../../shared/wire/attributes.ts'
import type { CreateTenant, ReplaceTenant } from '../../shared/wire/tenant.ts'
import { insertManagedRoles, managedRoleId } from '../access/managed-roles.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import { insertTenant, insertTenantAccess, type Tenant } from '../storage/accounts.ts'
import { insertBinding } from '../storage/bindings.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import {
  deleteTenant,
  findTenant,
  listTenants,
  onlyWithoutFiles,
  tenantFields,
  updateTenant,
} from '../storage/tenants.ts'
import type { TenancyError } from './errors.ts'

export { listTenants, type Tenant as TenantRow, tenantFields }

/** With its managed roles; who creates it belongs to it and holds Admin there. */
export async function createTenant(
  db: Database,
  principal: Principal,
  request: CreateTenant,
): Promise<Result<Tenant, TenancyError>> {
  const { id, name } = request
  const tenant: Tenant = { id, name, attributes: ownAttributes(request), createdAt: principal.now }
  const written = await write(db, [
    ...foundTenant(db, tenant, principal.accountId),
    ...record(db, principal, {
      ...deedOn('CREATE', tenant),
      ends: [{ kind: 'account', ref: principal.accountId }],
    }),
  ])
  return written.ok ? ok(tenant) : err({ code: 'tenant_taken' })
}

/** @param adminId an account that is there, or is made earlier in the same transaction */
export function foundTenant(db: Database, tenant: Tenant, adminId: string): Statement[] {
  return [
    insertTenant(db, tenant),
    ...insertManagedRoles(db, tenant.id, tenant.createdAt),
    insertTenantAccess(tenant.id, adminId),
    insertBinding(db, {
      id: newId(),
      tenantId: tenant.id,
      accountId: adminId,
      groupId: null,
      roleId: managedRoleId('Admin', tenant.id),
      namespace: null,
      createdAt: tenant.createdAt,
    }),
  ]
}

export async function readTenant(db: Database, id: string): Promise<Result<Tenant, TenancyError>> {
  const tenant = await findTenant(db, id)
  return tenant ? ok(tenant) : err({ code: 'not_found', what: 'tenant', id })
}

/** What the request leaves out is gone. */
export async function replaceTenant(
  db: Database,
  principal: Principal,
  id: string,
  request: ReplaceTenant,
): Promise<Result<Tenant, TenancyError>> {
  const found = await readTenant(db, id)
  if (!found.ok) return found
  const changes = { name: request.name, attributes: ownAttributes(request) }
  const after = { ...found.value, ...changes }
  await writeOrThrow(db, [
    updateTenant(db, id, changes),
    ...record(db, principal, { ...deedOn('UPDATE', after), before: stateOf(found.value) }),
  ])
  return ok(after)
}

/**
 * Roles, bindings, groups, memberships and namespaces go with it; accounts, their tokens and the audit log stay.
 * Refused while a file lies in one of its namespaces.
 */
export async function removeTenant(
  db: Database,
  principal: Principal,
  id: string,
): Promise<Result<void, TenancyError>> {
  const found = await readTenant(db, id)
  if (!found.ok) return found
  const written = await write(db, [
    onlyWithoutFiles(id),
    deleteTenant(db, id),
    ...record(db, principal, { ...deedOn('DELETE', found.value), ends: [{ kind: 'tenant', ref: id }] }),
  ])
  return written.ok ? ok(undefined) : err({ code: 'tenant_in_use' })
}

const ownAttributes = (request: CreateTenant | ReplaceTenant) =>
  attributesOf(request, ['id', 'name', 'deleted'])

const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', tenant: Tenant): Deed => ({
  type,
  resource: 'TENANT',
  id: tenant.id,
  tenant: tenant.id,
  [type === 'DELETE' ? 'before' : 'after']: stateOf(tenant),
})

const stateOf = ({ id, name, attributes }: Tenant) => ({ ...attributes, id, name })
