import type { AccessError } from '../access/errors.ts'

/** Why an account cannot be had, made, or signed in to. */
export type AccountError =
  | AccessError
  | { readonly code: 'email_taken' }
  /** Without one nobody could administer the instance any more, and set-up is over. */
  | { readonly code: 'last_superadmin' }
  | { readonly code: 'invitation_pending' }
  /** No such link, or its inviter may not give any more what it promises. */
  | { readonly code: 'invitation_unknown' }
  /** Said to who has the whole link only. */
  | { readonly code: 'invitation_used' }
  | { readonly code: 'invitation_expired' }
  | { readonly code: 'setup_done' }
  | { readonly code: 'setup_refused' }
  /** There is nothing to confirm: the database is not behind what Postern has seen of it. */
  | { readonly code: 'restore_none' }
  /** An import broke off, so there is nothing whole to confirm. */
  | { readonly code: 'import_unfinished' }
  /** Somebody has set this instance up, or imported into it. */
  | { readonly code: 'import_not_empty' }
  /** Not a whole backup of this schema and MASTER_KEY, or another import has begun since. */
  | { readonly code: 'backup_refused'; readonly reason: string }
  /** No such user, no password, a wrong one, disabled, or tried too often: not told apart. */
  | { readonly code: 'credentials_wrong' }
  /** Somebody wanted into the console with what belongs to a service account. */
  | { readonly code: 'console_closed' }
  /** The old one, where somebody wants a new one; also when it was tried too often. */
  | { readonly code: 'old_password_wrong' }
  /** People do that; service accounts have nothing personal. */
  | { readonly code: 'users_only' }
  /** A request with a session's cookie alone could come from a page of somebody else. */
  | { readonly code: 'csrf_failed' }
  /** Postern sends no mail, so nobody has a token to set a forgotten password with. */
  | { readonly code: 'reset_unavailable' }
