/** How access can be refused, or a role or binding not be had. */

import type { Permission } from '../../shared/permissions.ts'

export type AccessError =
  | { readonly code: 'permission_missing'; readonly permission: Permission; readonly namespace?: string }
  | { readonly code: 'superadmin_required' }
  /** Somebody wanted to grant, bind or mint more than they hold. */
  | { readonly code: 'grant_exceeds_own' }
  /** An access token is for the work at hand: nothing that outlives it can be had with it. */
  | { readonly code: 'access_token_insufficient' }
  | { readonly code: 'role_managed' }
  | NotFound

export interface NotFound {
  readonly code: 'not_found'
  readonly what: 'tenant' | 'role' | 'binding' | 'account' | 'token' | 'issuer' | 'credential'
  readonly id: string
}
