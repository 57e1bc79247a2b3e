/** The flag that makes an account an administrator of the instance. Only those who have it give it and take it. */

import { err, ok, type Result } from '../../shared/result.ts'
import { refuseFlag } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type AccountKind, findAccount, onlyWithSuperadminLeft, updateAccount } from '../storage/accounts.ts'
import { type Database, write } from '../storage/database.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'

export async function setSuperadmin(
  db: Database,
  principal: Principal,
  kind: AccountKind,
  id: string,
  isSuperadmin: boolean,
): Promise<Result<void, AccountError>> {
  const refusal = refuseFlag(principal)
  if (refusal) return err(refusal)
  const before = await findAccount(db, kind, id)
  if (!before) return err({ code: 'not_found', what: 'account', id })
  const written = await write(db, [
    updateAccount(db, id, { isSuperadmin }),
    onlyWithSuperadminLeft,
    ...record(db, principal, { ...deedOn('UPDATE', { ...before, isSuperadmin }), before }),
  ])
  return written.ok ? ok(undefined) : err({ code: 'last_superadmin' })
}
