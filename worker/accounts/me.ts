/** What accounts see and change of themselves. It never touches what they may do. */

import { err, type Result } from '../../shared/result.ts'
import type { ChangePassword, PatchUser } from '../../shared/wire/user.ts'
import { refusePart } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import type { Database } from '../storage/database.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { changeUser } from './change-user.ts'
import type { AccountError } from './errors.ts'
import { readServiceAccount } from './service-accounts.ts'
import { signIn } from './sign-in.ts'
import { type AccountWithTenants, readUser, type UserInFull } from './users.ts'

export async function readMe(
  db: Database,
  { kind, accountId }: Principal,
): Promise<Result<AccountWithTenants, AccountError>> {
  return kind === 'USER' ? readUser(db, accountId) : readServiceAccount(db, accountId)
}

/** The e-mail address is what one signs in with: nobody changes it in somebody else's name. */
export async function changeMe(
  db: Database,
  keys: Keys,
  principal: Principal,
  { email, firstName, lastName }: PatchUser,
): Promise<Result<UserInFull, AccountError | TokenError>> {
  const refusal = refusePart(principal)
  if (refusal) return err(refusal)
  return changeUser(db, keys, principal, principal.accountId, {
    email: email ?? undefined,
    firstName,
    lastName,
  })
}

/** Guessing at the old password is counted like signing in: who found a session or a token cannot try for ever. */
export async function changeMyPassword(
  db: Database,
  keys: Keys,
  principal: Principal,
  { oldPassword, newPassword }: ChangePassword,
): Promise<Result<UserInFull, AccountError | TokenError>> {
  const refusal = refusePart(principal)
  if (refusal) return err(refusal)
  const { accountId } = principal
  const proved = await signIn(db, keys, principal.name, oldPassword, principal)
  if (!proved.ok && proved.error.code === 'too_many_attempts') return proved
  if (!proved.ok || proved.value.accountId !== accountId) return err({ code: 'old_password_wrong' })
  return changeUser(db, keys, principal, accountId, { password: newPassword })
}
