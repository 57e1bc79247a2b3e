/** A user's e-mail address and password, turned into a principal. Service accounts have neither and never get in here. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { updateAccount } from '../storage/accounts.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import type { Holder } from '../storage/holders.ts'
import {
  type Attempt,
  claimSignIn,
  forgetOldSignIns,
  giveBackSignIn,
  holdSignIns,
  type Subject,
} from '../storage/sign-ins.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { principalOf } from '../tokens/principal-of.ts'
import type { AccountError } from './errors.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'
import { inProofSlot } from './proof-slots.ts'
import { HOLD_MS, subjectsOf, WINDOW_MS } from './sign-in-limits.ts'

/**
 * Cost: two round trips to D1 and one scrypt, whether or not the user exists, and one scrypt more when the password is
 * to be stored otherwise from now on; one and none for who has tried too often, which is answered like a wrong password;
 * nothing while too many are under way at once.
 */
export const signIn = (
  db: Database,
  keys: Keys,
  username: string,
  password: string,
  context: RequestContext,
): Promise<Result<Principal, AccountError | TokenError>> =>
  inProofSlot(context.now, () => prove(db, keys, username, password, context))

async function prove(
  db: Database,
  keys: Keys,
  username: string,
  password: string,
  context: RequestContext,
): Promise<Result<Principal, AccountError>> {
  const subjects = await subjectsOf(keys, username, context.ipAddress)
  const { attempts, holder } = await claimSignIn(db, username, subjects, context.now, WINDOW_MS)
  if (attempts.length === 0) return err({ code: 'credentials_wrong' })
  const isRight = await verifyPassword(keys, password, holder?.account.password)
  if (!holder || !isRight || holder.account.disabledAt !== null) {
    await recordFailure(db, subjects, attempts, holder, context)
    return err({ code: 'credentials_wrong' })
  }
  const renewed = isOutdated(keys, holder.account.password ?? '')
    ? [updateAccount(db, holder.account.id, { password: await hashPassword(keys, password) })]
    : []
  await writeOrThrow(db, [...giveBackSignIn(subjects.map(({ subject }) => subject)), ...renewed])
  return ok(principalOf(holder, context))
}

/**
 * Of a user who is not there no name is kept: people type passwords into the wrong field. Attempts beyond a limit are
 * not recorded, so that nobody can fill the audit log.
 */
async function recordFailure(
  db: Database,
  subjects: readonly Subject[],
  attempts: readonly Attempt[],
  holder: Holder | undefined,
  context: RequestContext,
): Promise<void> {
  const { id: accountId = '', name = '' } = holder?.account ?? {}
  const actor = { accountId, name, ...context }
  const full = subjects.filter(({ subject, max }) =>
    attempts.some((attempt) => attempt.subject === subject && attempt.count >= max),
  )
  const until = context.now + HOLD_MS
  const [user] = subjects
  await writeOrThrow(db, [
    forgetOldSignIns(context.now),
    holdSignIns(
      full.map(({ subject }) => subject),
      until,
    ),
    ...record(db, actor, { type: 'LOGIN_FAILURE', resource: 'USER', id: accountId }),
    ...full.flatMap((one) =>
      record(db, actor, {
        type: 'ACCOUNT_LOCKED',
        resource: 'USER',
        id: accountId,
        after: { by: one === user ? 'username' : 'address', until },
        // That the password was proved is remembered nowhere any more: who guesses on could tell the right one by it.
        ends: one === user && holder ? [{ kind: 'account', ref: accountId }] : [],
      }),
    ),
  ])
}
