/** Users: people. They may have a password, and API tokens of their own. */

import { err, ok, type Result } from '../../shared/result.ts'
import { readSuperAdmin } from '../../shared/wire/common.ts'
import type { CreateUser } from '../../shared/wire/user.ts'
import {
  type Account,
  deleteAccount,
  findAccount,
  insertAccount,
  insertTenantAccess,
  type Tenant,
  tenantsOf,
  updateAccount,
} from '../storage/accounts.ts'
import { type Database, write } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import type { AccountError } from './errors.ts'
import { hashPassword } from './passwords.ts'

export interface UserInFull {
  readonly account: Account
  readonly tenants: readonly Tenant[]
}

export async function createUser(
  db: Database,
  request: CreateUser,
  now: number,
): Promise<Result<UserInFull, AccountError>> {
  const account: Account = {
    id: newId(),
    kind: 'USER',
    name: request.email,
    description: null,
    firstName: request.firstName ?? null,
    lastName: request.lastName ?? null,
    password: request.password ? await hashPassword(request.password) : null,
    isSuperadmin: readSuperAdmin(request) ?? false,
    disabledAt: null,
    createdAt: now,
  }
  const written = await write(db, [
    insertAccount(db, account),
    ...(request.tenants ?? []).map((tenant) => insertTenantAccess(db, tenant, account.id)),
  ])
  if (written.ok) return readUser(db, account.id)
  return err(written.error.kind === 'reference' ? { code: 'tenant_not_found' } : { code: 'email_taken' })
}

export async function readUser(db: Database, id: string): Promise<Result<UserInFull, AccountError>> {
  const account = await findAccount(db, 'USER', id)
  if (!account) return err({ code: 'account_not_found', id })
  return ok({ account, tenants: (await tenantsOf(db, [id])).get(id) ?? [] })
}

export async function setPassword(
  db: Database,
  id: string,
  password: string,
): Promise<Result<UserInFull, AccountError>> {
  const found = await readUser(db, id)
  if (!found.ok) return found
  await write(db, [updateAccount(db, id, { password: await hashPassword(password) })])
  return found
}

export async function removeUser(db: Database, id: string): Promise<Result<void, AccountError>> {
  const found = await readUser(db, id)
  if (!found.ok) return found
  await write(db, [deleteAccount(db, id)])
  return ok(undefined)
}
