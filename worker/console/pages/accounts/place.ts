/**
 * Where the pages about one account stand: service accounts and users have the same, each under its own address, permission
 * and frame.
 */

import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Permission } from '../../../../shared/permissions.ts'
import type { Result } from '../../../../shared/result.ts'
import type { GroupOfAccount } from '../../../accounts/memberships.ts'
import type { Subject } from '../../../accounts/subjects.ts'
import type { Edge } from '../../../edge.ts'
import type { EdgeError } from '../../../http/refusal.ts'
import type { Account } from '../../../storage/accounts.ts'

export interface AccountInFull {
  readonly account: Account
  /** Of the tenant. */
  readonly groups: readonly GroupOfAccount[]
}

export interface AccountPlace<Found extends AccountInFull = AccountInFull> {
  /** In Hono's notation, with `:tenant` and `:id`. */
  readonly path: string
  readonly kind: Exclude<Subject['kind'], 'GROUP'>
  readonly view: Permission
  /** As far as the account belongs to the tenant. */
  readonly read: (edge: Edge, tenant: string, id: string) => Promise<Result<Found, EdgeError>>
  readonly Frame: FC<PropsWithChildren<{ found: Found; tab: 'access' | 'groups'; deed?: string }>>
}
