/**
 * Federation: issuers whose assertions are believed, and the federated credentials of a service account, which say
 * which of them it accepts. Conditions are on single claims, exact; nothing parses `sub`, and there is no regular
 * expression.
 */

import * as v from 'valibot'
import { DnsName, Label } from '../names.ts'
import { DateTime, Id } from './common.ts'
import { narrowingFields } from './narrowing.ts'

/** Signatures that need no shared secret. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export const GITHUB = {
  name: 'GitHub Actions',
  issuer: 'https://token.actions.githubusercontent.com',
  jwksUri: 'https://token.actions.githubusercontent.com/.well-known/jwks',
  algorithms: ['RS256'],
} as const

/** Nothing that leads back inside: https, a name that is no number in disguise, the usual port. */
const HttpsUrl = v.pipe(
  v.string(),
  v.maxLength(400, 'must have at most 400 characters'),
  v.regex(
    /^https:\/\/([a-z0-9-]+\.)+[a-z][a-z0-9-]*(\/[\w./~%-]*)?$/,
    'must be an https URL of a public host, in lower case, without port, query or fragment',
  ),
)

/** Of GitHub's issuer everything but `issuer` is known. */
export const WriteIssuer = v.pipe(
  v.object({
    issuer: HttpsUrl,
    name: v.nullish(v.pipe(Label, v.minLength(1, 'must not be empty'))),
    jwksUri: v.nullish(HttpsUrl),
    algorithms: v.nullish(
      v.pipe(
        v.array(v.picklist(ALGORITHMS, `must be of ${ALGORITHMS.join(', ')}`)),
        v.minLength(1, 'must not be empty'),
        v.maxLength(ALGORITHMS.length, 'must not repeat'),
      ),
    ),
    enabled: v.nullish(v.boolean()),
  }),
  v.transform(({ issuer, name, jwksUri, algorithms, enabled }) => {
    const preset = issuer === GITHUB.issuer ? GITHUB : undefined
    return {
      issuer,
      name: name ?? preset?.name ?? issuer,
      jwksUri: jwksUri ?? preset?.jwksUri,
      algorithms: algorithms ?? preset?.algorithms ?? ['RS256' as const],
      isEnabled: enabled ?? true,
    }
  }),
  v.check(
    ({ jwksUri }) => jwksUri !== undefined,
    'jwksUri is required for every issuer but GitHub’s own: keys are never looked for',
  ),
  v.transform((written) => ({ ...written, jwksUri: written.jwksUri ?? '' })),
)
export type WriteIssuer = v.InferOutput<typeof WriteIssuer>

export const Issuer = v.object({
  id: v.string(),
  name: v.string(),
  issuer: v.string(),
  jwksUri: v.string(),
  algorithms: v.array(v.picklist(ALGORITHMS)),
  enabled: v.boolean(),
})
export type Issuer = v.InferOutput<typeof Issuer>

export const IssuerList = v.object({ results: v.array(Issuer), total: v.number() })

export const MAX_CREDENTIALS = 20
/** Seconds. */
export const MAX_TTL = 900
const DEFAULT_EVENTS = ['push', 'workflow_dispatch']

const Text = v.pipe(
  v.string(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(500, 'must have at most 500 characters'),
  v.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
)

/** Compared as it stands: what would look like a pattern elsewhere is refused, so that nobody relies on it. */
const Exact = v.pipe(Text, v.regex(/^[^*?]*$/, 'must be exact: only ref may have a pattern'))
const NumericId = v.pipe(Text, v.regex(/^\d{1,20}$/, 'must be a numeric id, as a string'))

/** `refs/tags/v*`: the star stands for the rest of the last segment. Runs for pull requests have their own form. */
const Ref = v.pipe(
  Text,
  v.regex(/^refs\//, 'must start with refs/'),
  v.regex(
    /^([^*?]*|[^*?]*\/[^*?/]*\*|refs\/pull\/\*\/merge)$/,
    'must be exact, or have one * at its very end, or be refs/pull/*/merge',
  ),
)

/** One, or a list of which one must be equal. */
const oneOf = <T extends v.GenericSchema<string>>(schema: T) =>
  v.union(
    [
      schema,
      v.pipe(
        v.array(v.string()),
        v.minLength(1, 'must not be empty'),
        v.maxLength(20, 'must have at most 20 values'),
        v.array(schema),
      ),
    ],
    (issue) => issue.issues?.[0]?.message ?? 'must be a text or a list of texts',
  )

/**
 * By claim; every one must hold, and a claim that is missing does not. The repository and its owner by their ids,
 * which are never used again, and where the workflow comes from are mandatory: without them a policy would let in
 * more than it seems to.
 */
export const Match = v.pipe(
  v.strictObject(
    {
      repository_id: NumericId,
      repository_owner_id: NumericId,
      ref: v.optional(oneOf(Ref)),
      job_workflow_ref: v.optional(oneOf(Exact)),
      event_name: v.optional(oneOf(Exact), DEFAULT_EVENTS),
      environment: v.optional(oneOf(Exact)),
      workflow_ref: v.optional(oneOf(Exact)),
      ref_type: v.optional(oneOf(Exact)),
      ref_protected: v.optional(oneOf(Exact)),
      runner_environment: v.optional(oneOf(Exact)),
      repository_visibility: v.optional(oneOf(Exact)),
      actor_id: v.optional(oneOf(NumericId)),
      enterprise_id: v.optional(oneOf(NumericId)),
    },
    'is not a claim that can be matched',
  ),
  v.check(
    ({ ref, job_workflow_ref }) => ref !== undefined || job_workflow_ref !== undefined,
    'must have ref or job_workflow_ref: an environment alone admits every branch',
  ),
)
export type Match = v.InferOutput<typeof Match>

const Ttl = v.pipe(
  v.number(),
  v.integer('must be whole seconds'),
  v.minValue(60, 'must be at least 60 seconds'),
  v.maxValue(MAX_TTL, `must be at most ${MAX_TTL} seconds`),
)

/** The same body creates and replaces. */
export const WriteFederatedCredential = v.object({
  name: DnsName,
  /** The `iss` of an issuer that an administrator has added. */
  issuer: v.pipe(v.string(), v.maxLength(500, 'must have at most 500 characters')),
  match: Match,
  ...narrowingFields,
  /** Seconds. */
  maxTtl: v.nullish(Ttl),
  expiresAt: v.nullish(DateTime),
  enabled: v.nullish(v.boolean()),
})
export type WriteFederatedCredential = v.InferOutput<typeof WriteFederatedCredential>

export const FederatedCredential = v.object({
  id: Id,
  name: v.string(),
  issuer: v.string(),
  match: v.record(v.string(), v.union([v.string(), v.array(v.string())])),
  tenant: v.optional(v.string()),
  namespaces: v.optional(v.array(v.string())),
  permissions: v.optional(v.array(v.string())),
  maxTtl: v.number(),
  expiresAt: v.optional(DateTime),
  enabled: v.boolean(),
  version: v.number(),
})
export type FederatedCredential = v.InferOutput<typeof FederatedCredential>

export const FederatedCredentialList = v.object({ results: v.array(FederatedCredential), total: v.number() })
