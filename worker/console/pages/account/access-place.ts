/** What the pages about access and groups need to know of where they stand, and of whom they are about. */

import type { Child } from 'hono/jsx'
import type * as v from 'valibot'
import type { Result } from '../../../../shared/result.ts'
import type { Principal } from '../../../access/principal.ts'
import type { GroupOfAccount } from '../../../accounts/memberships.ts'
import type { Edge } from '../../../edge.ts'
import type { EdgeError } from '../../../http/refusal.ts'
import type { Access } from '../../../http/route.ts'
import type { Account } from '../../../storage/accounts.ts'

export interface AccountInFull {
  readonly account: Account
  /** Of the tenant. */
  readonly groups: readonly GroupOfAccount[]
}

interface PlaceParams {
  readonly tenant?: string | undefined
  readonly id?: string | undefined
}

export interface AccessPlace<Found extends AccountInFull = AccountInFull> {
  /** Of the account's own page, in Hono's notation: `/:tenant/iam/service-accounts/:id`. */
  readonly path: string
  readonly params: v.GenericSchema<unknown, PlaceParams>
  readonly access: { readonly view: Exclude<Access, { kind: 'public' }> }
  /** As far as the account belongs to the tenant. */
  readonly find: (edge: Edge, principal: Principal, params: PlaceParams) => Promise<Result<Found, EdgeError>>
  /** What is around the page. */
  readonly Frame: (props: {
    readonly found: Found
    readonly tab: 'access' | 'groups'
    readonly deed?: string
    readonly children?: Child
  }) => Child
}
