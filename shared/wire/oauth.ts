/**
 * The token endpoint: an API token or an assertion in, a short-lived access token out (RFC 8693); giving it back
 * (RFC 7009); asking about it (RFC 7662).
 */

import * as v from 'valibot'
import { TenantId } from '../names.ts'
import { Id } from './common.ts'
import { MAX_TTL } from './federation.ts'
import { Namespaces, Permissions } from './narrowing.ts'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** To OAuth an API token is an opaque access token (RFC 8693 §3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
/** An assertion of somebody else: GitHub's identity token goes by either name. */
export const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'
export const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token'

const SUBJECT_TOKEN_TYPES = [ACCESS_TOKEN_TYPE, JWT_TYPE, ID_TOKEN_TYPE] as const

const words = <T extends v.GenericSchema<unknown[], unknown>>(schema: T) =>
  v.optional(
    v.pipe(
      v.string(),
      v.maxLength(8_192, 'must have at most 8192 characters'),
      v.transform((text): unknown[] => text.split(' ').filter(Boolean)),
      schema,
    ),
  )

const Seconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}$/, 'must be whole seconds'),
  v.transform(Number),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(MAX_TTL, `must be at most ${MAX_TTL}`),
)

export const ExchangeRequest = v.object({
  grant_type: v.literal(TOKEN_EXCHANGE, `must be ${TOKEN_EXCHANGE}`),
  subject_token: v.pipe(v.string(), v.maxLength(16_384, 'must have at most 16384 characters')),
  subject_token_type: v.picklist(SUBJECT_TOKEN_TYPES, `must be one of ${SUBJECT_TOKEN_TYPES.join(', ')}`),
  requested_token_type: v.optional(v.literal(ACCESS_TOKEN_TYPE, `must be ${ACCESS_TOKEN_TYPE}`)),
  /** Permissions such as `NAMESPACE_FILE:CREATE`, with spaces between; absent: all there is. */
  scope: words(Permissions),
  /** With spaces between, each with its descendants. */
  namespace: words(Namespaces),
  tenant: v.optional(TenantId),
  /** Both can only be this Postern's own origin. */
  audience: v.optional(v.string()),
  resource: v.optional(v.string()),
  /** Id or name, where an assertion could stand for several accounts. */
  service_account: v.optional(Id),
  lifetime_seconds: v.optional(Seconds),
  // Who asks for what cannot be granted is refused, not passed over.
  actor_token: v.optional(v.never('is not supported')),
})
export type ExchangeRequest = v.InferOutput<typeof ExchangeRequest>

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
