/** API tokens of users and service accounts. The secret is in one answer only: the one that created it. */

import * as v from 'valibot'
import { parseDuration } from '../duration.ts'
import { DnsName, Label } from '../names.ts'
import { DateTime } from './common.ts'
import { narrowingFields } from './narrowing.ts'

/** ISO 8601, becomes milliseconds; absent, null or empty means that the token never expires. */
const MaxAge = v.pipe(
  v.nullish(v.string()),
  v.transform((text) => (text ? (parseDuration(text) ?? Number.NaN) : undefined)),
  v.check(
    (ms) => ms === undefined || !Number.isNaN(ms),
    'must be a positive ISO 8601 duration of days, hours, minutes and seconds, such as P30D or PT12H',
  ),
)

export const CreateApiToken = v.object({
  name: DnsName,
  description: v.nullish(Label),
  maxAge: MaxAge,
  /** Whether use moves the expiry forward by `maxAge`. */
  extended: v.nullish(v.boolean()),
  /** Postern's own: a token that carries less than its account holds. */
  ...narrowingFields,
})
export type CreateApiToken = v.InferOutput<typeof CreateApiToken>

export const CreatedApiToken = v.object({ id: v.string(), name: v.string(), fullToken: v.string() })
export type CreatedApiToken = v.InferOutput<typeof CreatedApiToken>

export const ApiToken = v.object({
  id: v.string(),
  name: v.string(),
  /** Always a string: Terraform's provider crashes without it. */
  description: v.string(),
  prefix: v.string(),
  iat: DateTime,
  exp: v.optional(DateTime),
  /** To the minute. */
  lastUsed: v.optional(DateTime),
  extended: v.boolean(),
  expired: v.boolean(),
  tenant: v.optional(v.string()),
  namespaces: v.optional(v.array(v.string())),
  permissions: v.optional(v.array(v.string())),
})
export type ApiToken = v.InferOutput<typeof ApiToken>

export const ApiTokenList = v.object({ results: v.array(ApiToken), total: v.number() })
