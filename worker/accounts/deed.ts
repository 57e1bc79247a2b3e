/** What a change of an account leaves in the audit log and in the change feed. */

import type { Deed } from '../audit/record.ts'
import type { Account } from '../storage/accounts.ts'

/** @param tenant where it was done, when it was done in one */
export const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', account: Account, tenant?: string): Deed => ({
  type,
  resource: account.kind,
  id: account.id,
  tenant,
  [type === 'DELETE' ? 'before' : 'after']: account,
  ends: [{ kind: 'account', ref: account.id }],
})
