/** What the token endpoint is asked: an API token or an assertion in, and how much of it is wanted. */

import * as v from 'valibot'
import { TenantId } from '../names.ts'
import { Id } from './common.ts'
import { MAX_TTL } from './federation.ts'
import { Namespaces, Permissions } from './narrowing.ts'
import { ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE, JWT_TYPE, TOKEN_EXCHANGE } from './oauth.ts'

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
