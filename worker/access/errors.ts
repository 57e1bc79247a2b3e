/** How access can be refused, or a role or binding not be had. */

import type { Permission } from '../../shared/permissions.ts'

export type AccessError =
  | { readonly code: 'permission_missing'; readonly permission: Permission; readonly namespace?: string }
  | { readonly code: 'superadmin_required' }
  /** Somebody wanted to grant, bind or mint more than they hold. */
  | { readonly code: 'grant_exceeds_own' }
  /** What a person only does under their own name. */
  | { readonly code: 'impersonating' }
  | { readonly code: 'role_managed' }
  | { readonly code: 'group_name_taken' }
  | { readonly code: 'member_already' }
  | { readonly code: 'member_not' }
  | { readonly code: 'tenant_access_already' }
  | NotFound

export interface NotFound {
  readonly code: 'not_found'
  readonly what: 'tenant' | 'role' | 'binding' | 'group' | 'invitation' | 'account' | 'token'
  readonly id: string
}
