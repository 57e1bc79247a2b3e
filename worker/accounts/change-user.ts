/** Changes of a user, whoever makes them: what is not mentioned stays as it is, and what is replaces what was there. */

import { err, ok, type Result } from '../../shared/result.ts'
import { refuseFlagged } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Account, onlyWithSuperadminLeft, updateAccount } from '../storage/accounts.ts'
import { type Conflict, type Database, type Statement, write } from '../storage/database.ts'
import type { Group } from '../storage/groups.ts'
import { forgetSignIns } from '../storage/sign-ins.ts'
import { deleteSessions } from '../storage/tokens.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { regroup } from './memberships.ts'
import { withoutUndefined } from './new-account.ts'
import { hashPassword } from './passwords.ts'
import { inProofSlotFor } from './proof-slots.ts'
import { subjectsOf } from './sign-in-limits.ts'
import { joinTenant, leaveTenant } from './tenant-access.ts'
import { findAllGroups, readUser, type UserInFull } from './users.ts'

export interface UserChanges {
  readonly email?: string | undefined
  readonly firstName?: string | null | undefined
  readonly lastName?: string | null | undefined
  /** Null takes it away. */
  readonly password?: string | null | undefined
  readonly isSuperadmin?: boolean | undefined
  readonly isRestricted?: boolean | undefined
  readonly isDisabled?: boolean | undefined
  readonly tenants?: readonly string[] | undefined
  readonly groups?: readonly string[] | undefined
}

/** A changed password and a disabled account end all sessions of the user; API tokens are revoked one by one. */
export const changeUser = (
  db: Database,
  keys: Keys,
  principal: Principal,
  id: string,
  changes: UserChanges,
): Promise<Result<UserInFull, AccountError | TokenError>> =>
  inProofSlotFor(changes.password, principal.now, () => change(db, keys, principal, id, changes))

async function change(
  db: Database,
  keys: Keys,
  principal: Principal,
  id: string,
  changes: UserChanges,
): Promise<Result<UserInFull, AccountError>> {
  // A password opens the account for as long as it is kept: not for who acts as somebody else.
  if (changes.password !== undefined && principal.impersonator) return err({ code: 'impersonating' })
  const found = await readUser(db, id)
  if (!found.ok) return found
  const refusal = refuseFlagged(principal, found.value.account.isSuperadmin, changes.isSuperadmin)
  if (refusal) return err(refusal)
  const groups = changes.groups && (await findAllGroups(db, changes.groups))
  if (groups && !groups.ok) return groups
  const before = found.value.account
  const regrouped = groups
    ? await regroup(db, principal, before, found.value.groups, groups.value)
    : ok<Statement[]>([])
  if (!regrouped.ok) return regrouped
  const columns = await toColumns(keys, changes, before, principal.now)
  const after = { ...before, ...columns }
  const isNewPassword = columns.password !== undefined
  const [user] = await subjectsOf(keys, after.name, undefined)
  const written = await write(db, [
    // Only what changes: what somebody else changes meanwhile stays changed.
    ...(Object.keys(columns).length > 0 ? [updateAccount(db, id, columns)] : []),
    ...(isNewPassword || changes.isDisabled ? [deleteSessions(id)] : []),
    // Nobody has guessed at a new password yet.
    ...(isNewPassword ? [forgetSignIns([user.subject])] : []),
    ...(canAdminister(before) && !canAdminister(after) ? [onlyWithSuperadminLeft] : []),
    ...move(db, principal, found.value, changes.tenants, groups?.value),
    ...regrouped.value,
    ...record(db, principal, {
      ...deedOn('UPDATE', after),
      // Two passwords look alike in a record; one that was not there before does not.
      before: { ...before, ...(isNewPassword ? { password: null } : {}) },
    }),
  ])
  return written.ok ? readUser(db, id) : err(toError(written.error, changes))
}

async function toColumns(
  keys: Keys,
  { email, password, isDisabled, ...changes }: UserChanges,
  before: Account,
  now: number,
) {
  const { firstName, lastName, isSuperadmin, isRestricted } = changes
  return withoutUndefined({
    name: email,
    firstName,
    lastName,
    isSuperadmin,
    isRestricted,
    password: password ? await hashPassword(keys, password) : password,
    ...(isDisabled === undefined ? {} : { disabledAt: isDisabled ? (before.disabledAt ?? now) : null }),
  })
}

const canAdminister = (account: Account): boolean =>
  account.isSuperadmin && account.disabledAt === null && account.password !== null

function move(
  db: Database,
  principal: Principal,
  { account, tenants }: UserInFull,
  wantedTenants: readonly string[] | undefined,
  wantedGroups: readonly Group[] | undefined,
): Statement[] {
  const before = tenants.map((tenant) => tenant.id)
  const after = new Set([
    ...(wantedTenants ?? before),
    ...(wantedGroups ?? []).map((group) => group.tenantId),
  ])
  const left = before.filter((tenant) => !after.has(tenant))
  const joined = [...after].filter((tenant) => !before.includes(tenant))
  return [
    ...left.flatMap((tenant) => leaveTenant(db, principal, tenant, account)),
    ...joined.flatMap((tenant) => joinTenant(principal, tenant, account)),
  ]
}

function toError(conflict: Conflict, { tenants = [] }: UserChanges): AccountError {
  if (conflict.on === 'superadmin_left') return { code: 'last_superadmin' }
  if (conflict.kind === 'unique') return { code: 'email_taken' }
  return { code: 'not_found', what: 'tenant', id: tenants.join() }
}
