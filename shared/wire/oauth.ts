/** What both halves know of the token endpoint (RFC 8693) and of giving a token back (RFC 7009). */

import * as v from 'valibot'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** To OAuth an API token is an opaque access token (RFC 8693 §3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
/** An assertion of somebody else: GitHub's identity token goes by either name. */
export const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'
export const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token'

const IdAndName = v.object({ id: v.string(), name: v.string() })

export const ExchangeResponse = v.object({
  access_token: v.string(),
  issued_token_type: v.literal(ACCESS_TOKEN_TYPE),
  token_type: v.literal('Bearer'),
  /** Seconds. */
  expires_in: v.number(),
  /** What is left of what was asked, where the token carries less than its account holds. */
  scope: v.optional(v.string()),
  account: v.optional(IdAndName),
  /** The federated credential that admitted an assertion. */
  policy: v.optional(IdAndName),
})
export type ExchangeResponse = v.InferOutput<typeof ExchangeResponse>

export const RevokeRequest = v.object({ token: v.string() })
