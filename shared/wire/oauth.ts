/** The token endpoint: an API token in, a short-lived access token out (RFC 8693); and revocation (RFC 7009). */

import * as v from 'valibot'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** To OAuth an API token is an opaque access token (RFC 8693 §3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

const notSupported = v.optional(v.never('is not supported'))

export const ExchangeRequest = v.object({
  grant_type: v.literal(TOKEN_EXCHANGE, `must be ${TOKEN_EXCHANGE}`),
  subject_token: v.string(),
  subject_token_type: v.literal(ACCESS_TOKEN_TYPE, `must be ${ACCESS_TOKEN_TYPE}`),
  requested_token_type: v.optional(v.literal(ACCESS_TOKEN_TYPE, `must be ${ACCESS_TOKEN_TYPE}`)),
  // Who asks for less must not be given more: what cannot be granted as asked is refused, not passed over.
  scope: notSupported,
  audience: notSupported,
  resource: notSupported,
  actor_token: notSupported,
})
export type ExchangeRequest = v.InferOutput<typeof ExchangeRequest>

export const ExchangeResponse = v.object({
  access_token: v.string(),
  issued_token_type: v.literal(ACCESS_TOKEN_TYPE),
  token_type: v.literal('Bearer'),
  /** Seconds. */
  expires_in: v.number(),
})
export type ExchangeResponse = v.InferOutput<typeof ExchangeResponse>

export const RevokeRequest = v.object({ token: v.string() })

export const Jwks = v.object({ keys: v.array(v.record(v.string(), v.unknown())) })
