/** Service accounts: applications. The instance manages all of them, a tenant those that belong to it. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import { refuseFlag, refuseFlagged } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import {
  type Account,
  accountFields,
  deleteAccount,
  findAccount,
  insertAccount,
  insertTenantAccess,
  listAccounts,
  type Tenant,
  tenantIdsOf,
  tenantsOf,
  updateAccount,
} from '../storage/accounts.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { type GroupOfAccount, groupsOf, replaceGroups } from './memberships.ts'
import { newAccount, withoutUndefined } from './new-account.ts'

export { accountFields }

const KIND = 'SERVICE_ACCOUNT'

export interface ServiceAccountInFull {
  readonly account: Account
  readonly tenants: readonly Tenant[]
  /** Of the tenant that asks; none at the instance. */
  readonly groups: readonly GroupOfAccount[]
}

/** What callers say of an account. What they leave out stays as it is. */
export interface ServiceAccountProfile {
  readonly name: string
  readonly description?: string | null | undefined
  readonly isSuperadmin?: boolean | undefined
}

/** Where an account is managed, and the groups it is to be in there. */
export interface Placement {
  readonly tenant: string
  readonly groupIds: readonly string[]
}

/** @param tenants that it belongs to from the start, or one with the groups it is in there */
export async function createServiceAccount(
  db: Database,
  principal: Principal,
  profile: ServiceAccountProfile,
  tenants: readonly string[] | Placement,
): Promise<Result<ServiceAccountInFull, AccountError>> {
  const isSuperadmin = profile.isSuperadmin ?? false
  const refusal = isSuperadmin ? refuseFlag(principal) : undefined
  if (refusal) return err(refusal)
  const account = newAccount(KIND, profile.name, principal.now, {
    description: profile.description ?? null,
    isSuperadmin,
  })
  const place = 'tenant' in tenants ? tenants : undefined
  const ids = place ? [place.tenant] : (tenants as readonly string[])
  const groups = await placeInGroups(db, principal, account, place)
  if (!groups.ok) return groups
  const written = await write(db, [
    insertAccount(db, account),
    ...ids.map((tenant) => insertTenantAccess(tenant, account.id)),
    ...record(db, principal, deedOn('CREATE', account, ids[0])),
    ...groups.value,
  ])
  return written.ok
    ? readServiceAccount(db, account.id, place?.tenant)
    : err({ code: 'not_found', what: 'tenant', id: ids.join() })
}

/** @param tenant when given, an account of another tenant is as good as none */
export async function readServiceAccount(
  db: Database,
  id: string,
  tenant?: string,
): Promise<Result<ServiceAccountInFull, AccountError>> {
  const account = await findAccount(db, KIND, id)
  if (!account) return err({ code: 'not_found', what: 'account', id })
  const tenants = (await tenantsOf(db, [id])).get(id) ?? []
  const groups = tenant === undefined ? [] : ((await groupsOf(db, tenant, [id])).get(id) ?? [])
  const found = { account, tenants, groups }
  return tenant === undefined || belongsTo(found, tenant)
    ? ok(found)
    : err({ code: 'not_found', what: 'account', id })
}

export async function listServiceAccounts(
  db: Database,
  query: ListQuery,
  tenant?: string,
): Promise<Page<ServiceAccountInFull>> {
  const page = await listAccounts(db, KIND, query, tenant)
  const ids = page.results.map((account) => account.id)
  const tenants = await tenantsOf(db, ids)
  const groups = tenant === undefined ? new Map() : await groupsOf(db, tenant, ids)
  return {
    total: page.total,
    results: page.results.map((account) => ({
      account,
      tenants: tenants.get(account.id) ?? [],
      groups: groups.get(account.id) ?? [],
    })),
  }
}

/**
 * @param place when given, an account that belongs to no tenant yet and works in no other joins this one: Kestra's
 *   clients create accounts at the instance and go on with them in a tenant
 */
export async function changeServiceAccount(
  db: Database,
  principal: Principal,
  id: string,
  profile: ServiceAccountProfile,
  place?: Placement,
): Promise<Result<ServiceAccountInFull, AccountError>> {
  const tenant = place?.tenant
  const found = await readManagedServiceAccount(db, principal, id, tenant, { isJoining: true })
  if (!found.ok) return found
  const before = found.value.account
  const refusal = refuseFlagged(principal, before.isSuperadmin, profile.isSuperadmin)
  if (refusal) return err(refusal)
  const after = { ...before, ...withoutUndefined(profile) }
  const groups = await placeInGroups(db, principal, before, place)
  if (!groups.ok) return groups
  await writeOrThrow(db, [
    updateAccount(db, id, profile),
    ...(tenant === undefined ? [] : [insertTenantAccess(tenant, id)]),
    ...record(db, principal, { ...deedOn('UPDATE', after, tenant), before, after }),
    ...groups.value,
  ])
  return readServiceAccount(db, id, tenant)
}

const placeInGroups = async (
  db: Database,
  principal: Principal,
  account: Account,
  place: Placement | undefined,
): Promise<Result<Statement[], AccountError>> =>
  place ? replaceGroups(db, principal, place.tenant, account, place.groupIds) : ok([])

/** Disabled, none of its tokens is accepted; enabled again, they are what they were. */
export async function setServiceAccountDisabled(
  db: Database,
  principal: Principal,
  id: string,
  isDisabled: boolean,
): Promise<Result<void, AccountError>> {
  const found = await readServiceAccount(db, id)
  if (!found.ok) return found
  const before = found.value.account
  const after = { ...before, disabledAt: isDisabled ? (before.disabledAt ?? principal.now) : null }
  await writeOrThrow(db, [
    updateAccount(db, id, { disabledAt: after.disabledAt }),
    ...record(db, principal, { ...deedOn('UPDATE', after), before }),
  ])
  return ok(undefined)
}

/** Its tokens and bindings go with it. */
export async function removeServiceAccount(
  db: Database,
  principal: Principal,
  id: string,
  tenant?: string,
): Promise<Result<void, AccountError>> {
  const found = await readManagedServiceAccount(db, principal, id, tenant)
  if (!found.ok) return found
  await writeOrThrow(db, [
    deleteAccount(db, id),
    ...record(db, principal, deedOn('DELETE', found.value.account, tenant)),
  ])
  return ok(undefined)
}

/**
 * For those who act on the account itself or on its tokens: a tenant's administrator manages neither superadmins nor
 * what another tenant depends on.
 */
export async function readManagedServiceAccount(
  db: Database,
  principal: Principal,
  id: string,
  tenant?: string,
  { isJoining = false } = {},
): Promise<Result<ServiceAccountInFull, AccountError>> {
  const found = await readServiceAccount(db, id)
  if (!found.ok || tenant === undefined) return found
  const isElsewhere = (await tenantIdsOf(db, id)).some((one) => one !== tenant)
  if (!belongsTo(found.value, tenant) && (!isJoining || isElsewhere)) {
    return err({ code: 'not_found', what: 'account', id })
  }
  const mayManage = principal.isSuperadmin || (!found.value.account.isSuperadmin && !isElsewhere)
  return mayManage ? found : err({ code: 'superadmin_required' })
}

const belongsTo = ({ tenants }: ServiceAccountInFull, tenant: string): boolean =>
  tenants.some((one) => one.id === tenant)
