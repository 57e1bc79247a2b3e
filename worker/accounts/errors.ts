/** Why an account cannot be had, made, or signed in to. */
export type AccountError =
  | { readonly code: 'account_not_found'; readonly id: string }
  | { readonly code: 'tenant_not_found' }
  | { readonly code: 'email_taken' }
  | { readonly code: 'superadmin_required' }
  | { readonly code: 'setup_done' }
  | { readonly code: 'setup_refused' }
  /** No such user, no password, a wrong one, or disabled: not told apart. */
  | { readonly code: 'credentials_wrong' }
