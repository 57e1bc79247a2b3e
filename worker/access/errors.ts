/** How access can be refused, or a role or binding not be had. */

import type { Permission } from '../../shared/permissions.ts'

export type AccessError =
  | { readonly code: 'permission_missing'; readonly permission: Permission; readonly namespace?: string }
  | { readonly code: 'superadmin_required' }
  /** Somebody wanted to grant, bind or mint more than they hold. */
  | { readonly code: 'grant_exceeds_own' }
  | { readonly code: 'role_managed' }
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
  readonly what: 'tenant' | 'role' | 'binding' | 'account' | 'token'
  readonly id: string
}
