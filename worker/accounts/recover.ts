/** A superadmin when nobody can sign in as one any more: made by whoever holds the Cloudflare account. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { RecoverAdministrator } from '../../shared/wire/recovery.ts'
import type { RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import {
  type Account,
  anyAccountExists,
  findAccountCalled,
  insertAccount,
  updateAccount,
} from '../storage/accounts.ts'
import { type Database, write } from '../storage/database.ts'
import { forgetSignIns } from '../storage/sign-ins.ts'
import { deleteSessions } from '../storage/tokens.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { newAccount } from './new-account.ts'
import { hashPassword } from './passwords.ts'
import { inProofSlot } from './proof-slots.ts'
import { isSameSecret, markOf, spend } from './setup-token.ts'
import { subjectsOf } from './sign-in-limits.ts'

/** Who does it, in the audit log: nobody that Postern knows. */
export const RECOVERY = { accountId: 'recovery', name: 'whoever set SETUP_TOKEN' }

/**
 * A user of this name gets the password and the flag, is enabled, and all sessions end; without such a user one is made.
 * API tokens stay, for somebody to look at: see docs/operations.md.
 *
 * @param setupToken the secret as it is set now; unset, nobody can do this
 */
export async function recoverAdministrator(
  db: Database,
  keys: Keys,
  setupToken: string | undefined,
  request: RecoverAdministrator,
  context: RequestContext,
): Promise<Result<Account, AccountError | TokenError>> {
  if (!(await isSameSecret(request.setupToken, setupToken))) return refused
  return inProofSlot(context.now, () => recover(db, keys, request, context))
}

const refused = err({ code: 'setup_refused' } as const)

async function recover(
  db: Database,
  keys: Keys,
  request: RecoverAdministrator,
  context: RequestContext,
): Promise<Result<Account, AccountError>> {
  // Before the set-up there is nothing to recover, and set-up has its own door.
  if (!(await anyAccountExists(db))) return refused
  const changes = {
    password: await hashPassword(keys, request.password),
    isSuperadmin: true,
    disabledAt: null,
  }
  const before = await findAccountCalled(db, request.username)
  const account = before
    ? { ...before, ...changes }
    : newAccount('USER', request.username, context.now, changes)
  const [user] = await subjectsOf(keys, account.name, undefined)
  const written = await write(db, [
    ...spend(await markOf(keys, request.setupToken)),
    ...(before
      ? [updateAccount(db, before.id, changes), deleteSessions(before.id), forgetSignIns([user.subject])]
      : [insertAccount(db, account)]),
    ...record(
      db,
      { ...RECOVERY, ...context },
      before ? { ...deedOn('UPDATE', account), before } : deedOn('CREATE', account),
    ),
  ])
  // Used up; or a user of this name was made a moment ago, and then the next try finds one.
  return written.ok ? ok(account) : refused
}
