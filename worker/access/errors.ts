/** How access can be refused, or a role or binding not be had. */

import type { Permission } from '../../shared/permissions.ts'

export type AccessError =
  | { readonly code: 'permission_missing'; readonly permission: Permission; readonly namespace?: string }
  | { readonly code: 'superadmin_required' }
  /** Somebody wanted to grant, bind or mint more than they hold. */
  | { readonly code: 'grant_exceeds_own' }
  /** Somebody who acts as somebody else wanted to have what is that one's alone. */
  | { readonly code: 'impersonating' }
  /** An access token is for the work at hand: nothing that outlives it can be had with it. */
  | { readonly code: 'access_token_insufficient' }
  /** A token that was made for less than its account may do, used on the account itself. */
  | { readonly code: 'token_narrowed' }
  /** A form that was sent again: its token was shown, and cannot be shown again. */
  | { readonly code: 'minted_already' }
  | { readonly code: 'role_managed' }
  | { readonly code: 'group_name_taken' }
  | { readonly code: 'member_already' }
  | { readonly code: 'member_not' }
  | { readonly code: 'tenant_access_already' }
  | RequestAmbiguous
  | KestraRouteUnknown
  | NotFound

/** A request to Kestra that could be read in more than one way. */
export interface RequestAmbiguous {
  readonly code: 'request_ambiguous'
  readonly reason: string
}

/** A request that no row of the table of Kestra's routes speaks of. */
export interface KestraRouteUnknown {
  readonly code: 'kestra_route_unknown'
  readonly method: string
  readonly path: string
}

export interface NotFound {
  readonly code: 'not_found'
  readonly what:
    | 'tenant'
    | 'namespace'
    | 'role'
    | 'binding'
    | 'group'
    | 'invitation'
    | 'account'
    | 'token'
    | 'auth'
    | 'audit record'
    | 'issuer'
    | 'credential'
  readonly id: string
}
