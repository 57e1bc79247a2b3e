/** Users: people. They may have a password, and API tokens of their own. */

import { err, ok, type Result } from '../../shared/result.ts'
import { readSuperAdmin } from '../../shared/wire/common.ts'
import type { CreateUser } from '../../shared/wire/user.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import {
  type Account,
  deleteAccount,
  findAccount,
  insertAccount,
  onlyWithSuperadminLeft,
  type Tenant,
  tenantsOf,
  updateAccount,
} from '../storage/accounts.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import type { Keys } from '../tokens/keys.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { newAccount } from './new-account.ts'
import { hashPassword } from './passwords.ts'
import { joinTenant } from './tenant-access.ts'

export interface UserInFull {
  readonly account: Account
  readonly tenants: readonly Tenant[]
}

export async function createUser(
  db: Database,
  keys: Keys,
  principal: Principal,
  request: CreateUser,
): Promise<Result<UserInFull, AccountError>> {
  const account = newAccount('USER', request.email, principal.now, {
    firstName: request.firstName ?? null,
    lastName: request.lastName ?? null,
    password: request.password ? await hashPassword(keys, request.password) : null,
    isSuperadmin: readSuperAdmin(request) ?? false,
  })
  const written = await write(db, [
    insertAccount(db, account),
    ...record(db, principal, deedOn('CREATE', account)),
    ...(request.tenants ?? []).flatMap((tenant) => joinTenant(db, principal, tenant, account)),
  ])
  if (written.ok) return readUser(db, account.id)
  if (written.error.kind === 'unique') return err({ code: 'email_taken' })
  return err({ code: 'not_found', what: 'tenant', id: (request.tenants ?? []).join() })
}

export async function readUser(db: Database, id: string): Promise<Result<UserInFull, AccountError>> {
  const account = await findAccount(db, 'USER', id)
  if (!account) return err({ code: 'not_found', what: 'account', id })
  return ok({ account, tenants: (await tenantsOf(db, [id])).get(id) ?? [] })
}

export async function setPassword(
  db: Database,
  keys: Keys,
  principal: Principal,
  id: string,
  password: string,
): Promise<Result<UserInFull, AccountError>> {
  if (principal.impersonator) return err({ code: 'impersonating' })
  const found = await readUser(db, id)
  if (!found.ok) return found
  const before = found.value.account
  const after = { ...before, password: await hashPassword(keys, password) }
  await writeOrThrow(db, [
    updateAccount(db, id, { password: after.password }),
    ...record(db, principal, { ...deedOn('UPDATE', after), before: { ...before, password: null }, after }),
  ])
  return found
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
