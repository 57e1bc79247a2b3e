import type { AccessError } from '../access/errors.ts'

/** Why an account cannot be had, made, or signed in to. */
export type AccountError =
  | AccessError
  | { readonly code: 'email_taken' }
  /** Without one nobody could administer the instance any more, and set-up is over. */
  | { readonly code: 'last_superadmin' }
  | { readonly code: 'invitation_pending' }
  /** No such link, or taken up, or its inviter may not give any more what it promises. */
  | { readonly code: 'invitation_unknown' }
  | { readonly code: 'invitation_expired' }
  | { readonly code: 'setup_done' }
  | { readonly code: 'setup_refused' }
  /** No such user, no password, a wrong one, or disabled: not told apart. */
  | { readonly code: 'credentials_wrong' }
