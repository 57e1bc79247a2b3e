/** The users of a tenant: let in, shown out, and read with all that they hold there. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { AccessError } from '../access/errors.ts'
import type { Principal } from '../access/principal.ts'
import {
  type Account,
  belongsTo,
  findAccount,
  findAccountCalled,
  findAccounts,
  listAccounts,
} from '../storage/accounts.ts'
import { type BindingInFull, listBindingsOf } from '../storage/bindings.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { type GroupOfAccount, groupsOf } from '../storage/groups.ts'
import { joinTenant, leaveTenant } from './tenant-access.ts'

export interface TenantUser {
  readonly account: Account
  readonly groups: readonly GroupOfAccount[]
}

export interface AccessInFull extends TenantUser {
  readonly bindings: readonly BindingInFull[]
}

/** As those see it who administer users. */
export interface UserSeen extends TenantUser {
  /** Whether the user belongs to the tenant; of others only the instance's administrators know. */
  readonly isMember: boolean
}

export async function listTenantUsers(
  db: Database,
  tenant: string,
  query: ListQuery,
): Promise<Page<TenantUser>> {
  const { results, total } = await listAccounts(db, 'USER', query, tenant)
  return { results: await withGroups(db, tenant, results), total }
}

/** Those of these ids who are users of the tenant. */
export async function findTenantUsers(
  db: Database,
  tenant: string,
  ids: readonly string[],
): Promise<TenantUser[]> {
  const members = []
  for (const account of await findAccounts(db, ids)) {
    if (account.kind === 'USER' && (await belongsTo(db, tenant, account.id))) members.push(account)
  }
  return withGroups(db, tenant, members)
}

/** Of users outside the tenant one is found only by who knows the whole e-mail address. */
export async function findUserByEmail(
  db: Database,
  tenant: string,
  email: string,
): Promise<TenantUser | undefined> {
  const account = await findAccountCalled(db, email)
  const isMeant = account?.kind === 'USER' && account.name.toLowerCase() === email.toLowerCase()
  return isMeant ? (await withGroups(db, tenant, [account]))[0] : undefined
}

export async function readSeenUser(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<UserSeen, AccessError>> {
  const account = await findAccount(db, 'USER', id)
  const isMember = account !== undefined && (await belongsTo(db, tenant, id))
  const [user] =
    account && (isMember || principal.isSuperadmin) ? await withGroups(db, tenant, [account]) : []
  return user ? ok({ ...user, isMember }) : err({ code: 'not_found', what: 'account', id })
}

async function withGroups(db: Database, tenant: string, accounts: readonly Account[]): Promise<TenantUser[]> {
  const groups = await groupsOf(
    db,
    tenant,
    accounts.map(({ id }) => id),
  )
  return accounts.map((account) => ({ account, groups: groups.get(account.id) ?? [] }))
}

/** @param who an id or an e-mail address */
export async function grantTenantAccess(
  db: Database,
  principal: Principal,
  tenant: string,
  who: string,
): Promise<Result<void, AccessError>> {
  const account = await findAccountCalled(db, who)
  if (account?.kind !== 'USER') return err({ code: 'not_found', what: 'account', id: who })
  if (await belongsTo(db, tenant, account.id)) return err({ code: 'tenant_access_already' })
  await writeOrThrow(db, joinTenant(principal, tenant, account))
  return ok(undefined)
}

/** Of a service account only it itself reads this: others see it among the tenant's service accounts. */
export async function readTenantAccess(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<AccessInFull, AccessError>> {
  const found = await findMember(db, tenant, id)
  if (!found.ok) return found
  const account = found.value
  if (account.kind !== 'USER' && account.id !== principal.accountId) {
    return err({ code: 'not_found', what: 'account', id })
  }
  const [user] = await withGroups(db, tenant, [account])
  return ok({ account, groups: user?.groups ?? [], bindings: await listBindingsOf(db, tenant, id) })
}

export async function revokeTenantAccess(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const found = await findMember(db, tenant, id)
  if (!found.ok) return found
  if (found.value.kind !== 'USER') return err({ code: 'not_found', what: 'account', id })
  await writeOrThrow(db, leaveTenant(db, principal, tenant, found.value))
  return ok(undefined)
}

async function findMember(db: Database, tenant: string, id: string): Promise<Result<Account, AccessError>> {
  const [account] = await findAccounts(db, [id])
  return account && (await belongsTo(db, tenant, id))
    ? ok(account)
    : err({ code: 'not_found', what: 'account', id })
}
