/** An account that is not stored yet, with nothing but what is said of it. */

import type { Account, AccountKind } from '../storage/accounts.ts'
import { newId } from '../storage/ids.ts'

export function newAccount(
  kind: AccountKind,
  name: string,
  now: number,
  rest: Partial<Omit<Account, 'id' | 'kind' | 'name' | 'createdAt'>>,
): Account {
  return {
    id: newId(),
    kind,
    name,
    description: null,
    firstName: null,
    lastName: null,
    password: null,
    isSuperadmin: false,
    disabledAt: null,
    createdAt: now,
    ...rest,
  }
}
