/** Roles of a tenant: made, changed and removed under the rule that nobody grants more than they hold. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { WriteRole } from '../../shared/wire/role.ts'
import { type Deed, record } from '../audit/record.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import {
  clearDefaultRole,
  deleteRole,
  findRole,
  findRoles,
  insertRole,
  listRoles,
  type Role,
  roleFields,
  updateRole,
} from '../storage/roles.ts'
import { mayGrant } from './decide.ts'
import type { AccessError } from './errors.ts'
import type { Principal } from './principal.ts'

export { findRoles, listRoles, type Role as RoleRow, roleFields }

export async function createRole(
  db: Database,
  principal: Principal,
  tenant: string,
  { name, description, permissions, isDefault }: WriteRole,
): Promise<Result<Role, AccessError>> {
  if (!mayGrant(principal, { tenant, permissions, namespace: null }))
    return err({ code: 'grant_exceeds_own' })
  const role: Role = {
    id: newId(),
    tenantId: tenant,
    name,
    description: description ?? null,
    permissions,
    isManaged: false,
    isDefault: isDefault ?? false,
    createdAt: principal.now,
  }
  const written = await write(db, [
    ...makeRoomFor(db, role),
    insertRole(db, role),
    ...record(db, principal, deedOn('CREATE', role)),
  ])
  return written.ok ? ok(role) : err({ code: 'not_found', what: 'tenant', id: tenant })
}

export async function readRole(db: Database, tenant: string, id: string): Promise<Result<Role, AccessError>> {
  const role = await findRole(db, tenant, id)
  return role ? ok(role) : err({ code: 'not_found', what: 'role', id })
}

/** Replaces all there is of it; who is bound to the role feels it at once. */
export async function replaceRole(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
  { name, description, permissions, isDefault }: WriteRole,
): Promise<Result<Role, AccessError>> {
  const found = await readChangeableRole(db, tenant, id)
  if (!found.ok) return found
  if (!mayGrant(principal, { tenant, permissions, namespace: null }))
    return err({ code: 'grant_exceeds_own' })
  const changes = { name, description: description ?? null, permissions, isDefault: isDefault ?? false }
  const after = { ...found.value, ...changes }
  await writeOrThrow(db, [
    ...makeRoomFor(db, after),
    updateRole(db, id, changes),
    ...record(db, principal, { ...deedOn('UPDATE', after), before: found.value, after }),
  ])
  return ok(after)
}

export async function removeRole(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const found = await readChangeableRole(db, tenant, id)
  if (!found.ok) return found
  await writeOrThrow(db, [deleteRole(db, id), ...record(db, principal, deedOn('DELETE', found.value))])
  return ok(undefined)
}

const makeRoomFor = (db: Database, role: Role) => (role.isDefault ? [clearDefaultRole(db, role)] : [])

async function readChangeableRole(
  db: Database,
  tenant: string,
  id: string,
): Promise<Result<Role, AccessError>> {
  const found = await readRole(db, tenant, id)
  return found.ok && found.value.isManaged ? err({ code: 'role_managed' }) : found
}

const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', role: Role): Deed => ({
  type,
  resource: 'ROLE',
  id: role.id,
  tenant: role.tenantId,
  [type === 'DELETE' ? 'before' : 'after']: role,
  ends: [{ kind: 'role', ref: role.id }],
})
