/** The account a request acts as, once authenticated, with the request it acts in: all it needs to be judged by. */

import type { Workload } from '../../shared/wire/workload.ts'
import type { Actor } from '../audit/record.ts'
import type { AccountKind } from '../storage/accounts.ts'
import type { Grants } from './grants.ts'

export interface Principal extends Actor {
  readonly kind: AccountKind
  /** Administers accounts, roles and bindings of every tenant; it takes a role to see or change a tenant's data. */
  readonly isSuperadmin: boolean
  readonly grants: Grants
  /** Came with an access token, which is worth less than the API token it was made from. */
  readonly viaAccessToken?: boolean
  /** Carries less than its account holds, even where that is not a matter of grants. */
  readonly isNarrowed?: boolean
  /** The run that it is, where an identity token proved one. */
  readonly workload?: Workload
}

/** What its credential makes it, whatever the request. */
export type Standing = Omit<Principal, keyof RequestContext>

/** What a request says of itself, beside its credential. */
export type RequestContext = Pick<Actor, 'ipAddress' | 'requestId' | 'now'>
