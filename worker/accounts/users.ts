/** Users: people. They may have a password, and API tokens of their own. */

import { err, ok, type Result } from '../../shared/result.ts'
import { type Page, readSuperAdmin } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { CreateUser } from '../../shared/wire/user.ts'
import { refuseFlag } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import {
  type Account,
  accountFields,
  deleteAccount,
  findAccount,
  insertAccount,
  listAccounts,
  onlyWithSuperadminLeft,
  type Tenant,
  tenantsOf,
} from '../storage/accounts.ts'
import { type Database, write } from '../storage/database.ts'
import { findGroupsAnywhere, type Group, listGroupsOf, type MembershipIn } from '../storage/groups.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { enlist } from './memberships.ts'
import { newAccount } from './new-account.ts'
import { hashPassword } from './passwords.ts'
import { inProofSlotFor } from './proof-slots.ts'
import { joinTenant } from './tenant-access.ts'

export { accountFields as userFields }

const KIND = 'USER'

/** As in a list. */
export interface AccountWithTenants {
  readonly account: Account
  readonly tenants: readonly Tenant[]
}

export interface UserInFull extends AccountWithTenants {
  /** Of all tenants. */
  readonly groups: readonly MembershipIn[]
}

/** Being in a group of a tenant is being in the tenant. */
export const createUser = (
  db: Database,
  keys: Keys,
  principal: Principal,
  request: CreateUser,
): Promise<Result<UserInFull, AccountError | TokenError>> =>
  inProofSlotFor(request.password, principal.now, () => create(db, keys, principal, request))

async function create(
  db: Database,
  keys: Keys,
  principal: Principal,
  request: CreateUser,
): Promise<Result<UserInFull, AccountError>> {
  const isSuperadmin = readSuperAdmin(request) ?? false
  if (request.password && principal.impersonator) return err({ code: 'impersonating' })
  const refusal = isSuperadmin ? refuseFlag(principal) : undefined
  if (refusal) return err(refusal)
  const groups = await findAllGroups(db, request.groups ?? [])
  if (!groups.ok) return groups
  const account = newAccount(KIND, request.email, principal.now, {
    firstName: request.firstName ?? null,
    lastName: request.lastName ?? null,
    password: request.password ? await hashPassword(keys, request.password) : null,
    isSuperadmin,
    isRestricted: request.restricted ?? false,
  })
  const enlisted = await enlist(db, principal, account, groups.value)
  if (!enlisted.ok) return enlisted
  const tenants = new Set([...(request.tenants ?? []), ...groups.value.map((group) => group.tenantId)])
  const written = await write(db, [
    insertAccount(db, account),
    ...record(db, principal, deedOn('CREATE', account)),
    ...[...tenants].flatMap((tenant) => joinTenant(principal, tenant, account)),
    ...enlisted.value,
  ])
  if (written.ok) return readUser(db, account.id)
  if (written.error.kind === 'unique') return err({ code: 'email_taken' })
  return err({ code: 'not_found', what: 'tenant', id: [...tenants].join() })
}

export async function readUser(db: Database, id: string): Promise<Result<UserInFull, AccountError>> {
  const account = await findAccount(db, KIND, id)
  if (!account) return err({ code: 'not_found', what: 'account', id })
  const [tenants, groups] = await Promise.all([tenantsOf(db, [id]), listGroupsOf(db, id)])
  return ok({ account, tenants: tenants.get(id) ?? [], groups })
}

export async function listUsers(db: Database, query: ListQuery): Promise<Page<AccountWithTenants>> {
  const { results, total } = await listAccounts(db, KIND, query)
  const tenants = await tenantsOf(
    db,
    results.map(({ id }) => id),
  )
  return { total, results: results.map((account) => ({ account, tenants: tenants.get(account.id) ?? [] })) }
}

export async function removeUser(
  db: Database,
  principal: Principal,
  id: string,
): Promise<Result<void, AccountError>> {
  const found = await readUser(db, id)
  if (!found.ok) return found
  const written = await write(db, [
    deleteAccount(db, id),
    onlyWithSuperadminLeft,
    ...record(db, principal, deedOn('DELETE', found.value.account)),
  ])
  return written.ok ? ok(undefined) : err({ code: 'last_superadmin' })
}

/** All of them or none, of whatever tenant. */
export async function findAllGroups(
  db: Database,
  ids: readonly string[],
): Promise<Result<Group[], AccountError>> {
  const found = ids.length === 0 ? [] : await findGroupsAnywhere(db, ids)
  const missing = ids.find((id) => !found.some((group) => group.id === id))
  return missing === undefined ? ok(found) : err({ code: 'not_found', what: 'group', id: missing })
}
