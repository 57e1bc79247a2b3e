/** What Postern says of a token (RFC 7662), and of itself to OAuth clients (RFC 8414, RFC 9728, RFC 7517). */

import * as v from 'valibot'

export const IntrospectRequest = v.object({ token: v.string() })

/** Instants are seconds since 1970. */
export const Introspection = v.variant('active', [
  v.object({ active: v.literal(false) }),
  v.object({
    active: v.literal(true),
    token_type: v.literal('Bearer'),
    iss: v.string(),
    aud: v.string(),
    sub: v.string(),
    client_id: v.string(),
    username: v.string(),
    jti: v.string(),
    iat: v.number(),
    /** Absent: it does not expire. */
    exp: v.optional(v.number()),
    /** Absent: all that its account holds. */
    scope: v.optional(v.string()),
    ns: v.optional(v.array(v.string())),
    tenant: v.optional(v.string()),
    act: v.optional(v.object({ sub: v.string() })),
    /** When this was true. */
    as_of: v.number(),
  }),
])
export type Introspection = v.InferOutput<typeof Introspection>

const Strings = v.array(v.string())

/** RFC 8414 §2. */
export const AuthorizationServer = v.object({
  issuer: v.string(),
  token_endpoint: v.string(),
  token_endpoint_auth_methods_supported: Strings,
  grant_types_supported: Strings,
  response_types_supported: Strings,
  revocation_endpoint: v.string(),
  revocation_endpoint_auth_methods_supported: Strings,
  introspection_endpoint: v.string(),
  introspection_endpoint_auth_methods_supported: Strings,
  jwks_uri: v.string(),
  scopes_supported: Strings,
})
export type AuthorizationServer = v.InferOutput<typeof AuthorizationServer>

/** RFC 9728 §2. */
export const ProtectedResource = v.object({
  resource: v.string(),
  authorization_servers: Strings,
  jwks_uri: v.string(),
  bearer_methods_supported: Strings,
  scopes_supported: Strings,
  resource_name: v.string(),
})
export type ProtectedResource = v.InferOutput<typeof ProtectedResource>

export const Jwks = v.object({ keys: v.array(v.record(v.string(), v.unknown())) })
