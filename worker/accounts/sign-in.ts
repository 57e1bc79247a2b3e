/** A user's e-mail address and password, turned into a principal. Service accounts have neither and never get in here. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { updateAccount } from '../storage/accounts.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { findUserHolder } from '../storage/tokens.ts'
import type { Keys } from '../tokens/keys.ts'
import { principalOf } from '../tokens/principal-of.ts'
import type { AccountError } from './errors.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'

/**
 * Cost: one round trip to D1 and one scrypt, whether or not the user exists; once more of both when the password is to
 * be stored otherwise from now on.
 */
export async function signIn(
  db: Database,
  keys: Keys,
  username: string,
  password: string,
  context: RequestContext,
): Promise<Result<Principal, AccountError>> {
  const holder = await findUserHolder(db, username)
  const isRight = await verifyPassword(keys, password, holder?.account.password)
  if (!holder || !isRight || holder.account.disabledAt !== null) return err({ code: 'credentials_wrong' })
  if (isOutdated(keys, holder.account.password ?? '')) {
    const renewed = { password: await hashPassword(keys, password) }
    await writeOrThrow(db, [updateAccount(db, holder.account.id, renewed)])
  }
  return ok(principalOf(holder, context))
}
