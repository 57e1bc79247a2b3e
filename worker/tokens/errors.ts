/** Why a token is not accepted. All are 401 outside; the code tells its holder what to do. */
export type TokenError =
  /** Not the text of a token: cut, mistyped, or something else. Known without looking anything up. */
  | { readonly code: 'token_malformed' }
  /** No such token, or not its secret: the two are not told apart. Revoked API tokens are unknown too. */
  | { readonly code: 'token_unknown' }
  /** An access token that was given back, or whose API token was revoked. Said only after its signature held. */
  | { readonly code: 'token_revoked' }
  /** Said only to who has the whole secret. `at` is milliseconds since 1970. */
  | { readonly code: 'token_expired'; readonly at: number }
  | { readonly code: 'account_disabled' }
  /** Too many before it were wrong, from the same place; nothing is said of this one. This one is 429. */
  | { readonly code: 'too_many_attempts'; readonly retryAfterSeconds: number }

/** Why there is no access token for a credential that is good. */
export type ExchangeError =
  /** Of what was asked the account holds nothing. */
  | { readonly code: 'scope_empty' }
  /** Postern issues access tokens for itself alone. */
  | { readonly code: 'target_unknown' }
  /** Never cut: a shorter list would say something else. */
  | { readonly code: 'access_token_too_large' }
