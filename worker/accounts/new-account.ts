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
    isRestricted: false,
    disabledAt: null,
    createdAt: now,
    ...rest,
  }
}

/** What was said, and nothing of what was left out. */
export const withoutUndefined = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
