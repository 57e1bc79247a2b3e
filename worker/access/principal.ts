/** The account a request acts as, once authenticated, and all it needs to be judged by. */

import type { AccountKind } from '../storage/accounts.ts'
import type { Grants } from './grants.ts'

export interface Principal {
  readonly accountId: string
  readonly kind: AccountKind
  /** A service account's name or a user's e-mail address. */
  readonly name: string
  /** Administers accounts, roles and bindings of every tenant; it takes a role to see or change a tenant's data. */
  readonly isSuperadmin: boolean
  readonly grants: Grants
}
