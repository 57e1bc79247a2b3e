import type { NotFound } from '../access/errors.ts'

/** Why an account cannot be had, made, or signed in to. */
export type AccountError =
  | NotFound
  | { readonly code: 'email_taken' }
  | { readonly code: 'superadmin_required' }
  /** Without one nobody could administer the instance any more, and set-up is over. */
  | { readonly code: 'last_superadmin' }
  | { readonly code: 'setup_done' }
  | { readonly code: 'setup_refused' }
  /** No such user, no password, a wrong one, or disabled: not told apart. */
  | { readonly code: 'credentials_wrong' }
