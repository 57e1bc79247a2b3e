/** Bindings: an account or a group holding a role in a namespace or the whole tenant. They are made and removed, never changed. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { CreateBinding } from '../../shared/wire/binding.ts'
import { type Deed, record } from '../audit/record.ts'
import { findAccounts, tenantIdsOf } from '../storage/accounts.ts'
import {
  type Binding,
  type BindingInFull,
  bindingFields,
  deleteBinding,
  findBindings,
  insertBinding,
  listBindings,
  listBindingsOf,
  listBindingsOfGroups,
  listHolders,
  MAX_HOLDERS,
} from '../storage/bindings.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import { findGroups } from '../storage/groups.ts'
import { newId } from '../storage/ids.ts'
import { findRoles } from '../storage/roles.ts'
import { mayGrant } from './decide.ts'
import type { AccessError } from './errors.ts'
import type { Principal } from './principal.ts'

export {
  type BindingInFull,
  bindingFields,
  listBindings,
  listBindingsOf,
  listBindingsOfGroups,
  listHolders,
  MAX_HOLDERS,
}

export async function bindRole(
  db: Database,
  principal: Principal,
  tenant: string,
  request: CreateBinding,
): Promise<Result<BindingInFull, AccessError>> {
  const bound = await bindRoles(db, principal, tenant, [request])
  if (!bound.ok) return bound
  const [binding] = bound.value
  return binding ? ok(binding) : err({ code: 'not_found', what: 'binding', id: request.externalId })
}

/** All of them or none. */
export async function bindRoles(
  db: Database,
  principal: Principal,
  tenant: string,
  requests: readonly CreateBinding[],
): Promise<Result<BindingInFull[], AccessError>> {
  return bindInstead(db, principal, tenant, requests, [])
}

/** A binding cannot be changed: another takes its place, and there is no moment without either. */
export async function replaceBinding(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
  request: CreateBinding,
): Promise<Result<BindingInFull, AccessError>> {
  const found = await readBinding(db, tenant, id)
  if (!found.ok) return found
  const bound = await bindInstead(
    db,
    principal,
    tenant,
    [request],
    unbind(db, principal, found.value.binding),
  )
  if (!bound.ok) return bound
  const [binding] = bound.value
  return binding ? ok(binding) : err({ code: 'not_found', what: 'binding', id })
}

/** @param first what is done in the same transaction before */
async function bindInstead(
  db: Database,
  principal: Principal,
  tenant: string,
  requests: readonly CreateBinding[],
  first: readonly Statement[],
): Promise<Result<BindingInFull[], AccessError>> {
  if (requests.length === 0) return ok([])
  const refusal = await refuseBindings(db, principal, tenant, requests)
  if (refusal) return err(refusal)
  const bindings = requests.map(({ type, externalId, roleId, namespaceId }): Binding => {
    return {
      id: newId(),
      tenantId: tenant,
      accountId: type === 'USER' ? externalId : null,
      groupId: type === 'GROUP' ? externalId : null,
      roleId,
      namespace: namespaceId || null,
      createdAt: principal.now,
    }
  })
  const statements = bindings.flatMap((binding) => [
    insertBinding(db, binding),
    ...record(db, principal, deedOn('CREATE', binding)),
  ])
  const written = await write(db, [...first, ...statements])
  return written.ok
    ? ok(
        await findBindings(
          db,
          tenant,
          bindings.map(({ id }) => id),
        ),
      )
    : err({ code: 'not_found', what: 'account', id: requests.map((one) => one.externalId).join() })
}

async function refuseBindings(
  db: Database,
  principal: Principal,
  tenant: string,
  requests: readonly CreateBinding[],
): Promise<AccessError | undefined> {
  const idsOf = (type: CreateBinding['type']) =>
    requests.flatMap((one) => (one.type === type ? [one.externalId] : []))
  const roles = byId(
    await findRoles(
      db,
      tenant,
      requests.map(({ roleId }) => roleId),
    ),
  )
  const groups = byId(await findGroups(db, tenant, idsOf('GROUP')))
  const accounts = byId(await findAccounts(db, idsOf('USER')))
  for (const { type, externalId, roleId, namespaceId } of requests) {
    const role = roles.get(roleId)
    if (!role) return { code: 'not_found', what: 'role', id: roleId }
    if (!mayGrant(principal, { tenant, permissions: role.permissions, namespace: namespaceId || null })) {
      return { code: 'grant_exceeds_own' }
    }
    if (type === 'GROUP' && !groups.has(externalId)) {
      return { code: 'not_found', what: 'group', id: externalId }
    }
    if (
      type === 'USER' &&
      !(accounts.has(externalId) && (await mayBeBound(db, principal, tenant, externalId)))
    ) {
      return { code: 'not_found', what: 'account', id: externalId }
    }
  }
  return undefined
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]) =>
  new Map(rows.map((row) => [row.id, row]))

/** Accounts of other tenants alone are as good as none: a binding would show their names, and tie their hands. */
async function mayBeBound(
  db: Database,
  principal: Principal,
  tenant: string,
  accountId: string,
): Promise<boolean> {
  if (principal.isSuperadmin) return true
  const tenants = await tenantIdsOf(db, accountId)
  return tenants.length === 0 || tenants.includes(tenant)
}

export async function readBinding(
  db: Database,
  tenant: string,
  id: string,
): Promise<Result<BindingInFull, AccessError>> {
  const [binding] = await findBindings(db, tenant, [id])
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
  await writeOrThrow(db, unbind(db, principal, found.value.binding))
  return ok(undefined)
}

const unbind = (db: Database, principal: Principal, binding: Binding): Statement[] => [
  deleteBinding(db, binding.id),
  ...record(db, principal, deedOn('DELETE', binding)),
]

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
