/** The worker's secrets and settings, read once. A bad one stops the worker with a message that names it. */

import * as v from 'valibot'
import type { SetupPolicy } from './accounts/setup.ts'
import type { KestraSettings } from './gateway/kestra.ts'

const MasterKey = v.pipe(
  v.string('is not set'),
  v.regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64'),
  v.transform((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))),
)

/** One or more words, so that nothing else of Postern or Kestra can lie below it. */
const ConsolePath = v.pipe(
  v.string(),
  v.regex(/^(\/[a-z0-9][a-z0-9-]*)+$/, 'must be a path such as /console, without a slash at its end'),
  v.check((path) => !TAKEN.has(path.split('/')[1] ?? ''), 'must not lie where the API is'),
)
const TAKEN = new Set(['api', 'docs', 'login', 'logout', 'oauth', 'verify'])

/** Scheme, host and port, and no more: a path or a password in it would be lost or logged. */
const Origin = v.pipe(
  v.string(),
  v.check((text) => {
    const url = URL.parse(text)
    return url !== null && /^https?:$/.test(url.protocol) && [url.origin, `${url.origin}/`].includes(text)
  }, 'must be an origin such as https://kestra.example.com:8080'),
  v.transform((text) => new URL(text).origin),
)

const Settings = v.object({
  /** 32 random bytes in base64: `openssl rand -base64 32`. All that is stored of credentials hangs on it. */
  MASTER_KEY: MasterKey,
  /** The MASTER_KEY before this one, for as long as anything hangs on it: see docs/operations.md. */
  MASTER_KEY_PREVIOUS: v.optional(MasterKey),
  /**
   * One-time secret that the first set-up must present, and later whoever recovers access. Without it nobody can set
   * up a deployed worker; what was used once is used up.
   */
  SETUP_TOKEN: v.optional(v.pipe(v.string(), v.minLength(16, 'must have at least 16 characters'))),
  /** How long a revocation may take at most to be felt where a route allows it; 0 asks D1 before every decision. */
  MAX_STALENESS_SECONDS: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([0-5]?\d|60)$/, 'must be a whole number from 0 to 60'),
      v.transform(Number),
    ),
    '10',
  ),
  /** How long the audit log is kept; 0 keeps it for ever. */
  AUDIT_RETENTION_DAYS: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(0|9\d|[1-9]\d{2,4})$/, 'must be 0, or a whole number from 90'),
      v.transform(Number),
    ),
    '365',
  ),
  /** One in so many requests is logged of those that are let in by what is known and change nothing; all others are. */
  LOG_EVERY: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,5}$/, 'must be a whole number from 1 to 999999'),
      v.transform(Number),
    ),
    '100',
  ),
  /**
   * How old it may be while D1 does not answer, for who is known already: then a revocation may take as long as that to be
   * felt where a route allows it. 0, as is meant to be, refuses them all.
   */
  STALE_IF_ERROR_SECONDS: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([12]?\d?\d|300)$/, 'must be a whole number from 0 to 300'),
      v.transform(Number),
    ),
    '0',
  ),
  /** `open` lets anyone set up who reaches the worker by a name of the machine itself. `npm start` says so. */
  SETUP: v.optional(v.picklist(['open'], 'can only be "open"')),
  /** Where Postern's own pages are: `/ui`, or `/console` where a Kestra has its own pages there. */
  CONSOLE_PATH: v.optional(ConsolePath),
  /** The Kestra to stand in front of: see docs/gateway.md. */
  KESTRA_URL: v.optional(Origin),
  /** What that Kestra knows Postern by: `Basic …` or `Bearer …`, as the header has it. */
  KESTRA_AUTHORIZATION: v.optional(
    v.pipe(v.string(), v.regex(/^(Basic|Bearer) [\x21-\x7e]+$/, 'must be "Basic …" or "Bearer …"')),
  ),
  /** How long that Kestra may be silent before its answer begins. */
  KESTRA_TIMEOUT_SECONDS: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]\d?|[1-5]\d\d|600)$/, 'must be a whole number from 1 to 600'),
      v.transform(Number),
    ),
    '60',
  ),
})

export interface Settings {
  /** 32 bytes. */
  readonly masterKey: Uint8Array
  readonly previousMasterKey: Uint8Array | undefined
  readonly setupPolicy: SetupPolicy
  readonly setupToken: string | undefined
  readonly maxStalenessMs: number
  /** Without a slash at its end. */
  readonly consolePath: string
  /** Undefined where Postern stands alone. */
  readonly kestra: KestraSettings | undefined
  readonly logEvery: number
  /** 0: for ever. */
  readonly auditKeptMs: number
  readonly staleIfErrorMs: number
}

/** @throws {Error} when a setting is missing or wrong; the message names it and never shows its value */
export function readSettings(env: unknown): Settings {
  const parsed = v.safeParse(Settings, env)
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`)
    throw new Error(`Postern is not configured: ${problems.join('; ')}`)
  }
  const kestra = readKestra(parsed.output)
  const consolePath = parsed.output.CONSOLE_PATH ?? (kestra ? '/console' : KESTRA_PAGES)
  if (kestra && isBelow(consolePath, KESTRA_PAGES)) {
    throw new Error('Postern is not configured: CONSOLE_PATH must leave /ui to the Kestra of KESTRA_URL')
  }
  const {
    MASTER_KEY,
    MASTER_KEY_PREVIOUS,
    SETUP_TOKEN,
    SETUP,
    MAX_STALENESS_SECONDS,
    STALE_IF_ERROR_SECONDS,
    LOG_EVERY,
    AUDIT_RETENTION_DAYS,
  } = parsed.output
  return {
    masterKey: MASTER_KEY,
    previousMasterKey: MASTER_KEY_PREVIOUS,
    maxStalenessMs: MAX_STALENESS_SECONDS * 1000,
    staleIfErrorMs: STALE_IF_ERROR_SECONDS * 1000,
    logEvery: LOG_EVERY,
    auditKeptMs: AUDIT_RETENTION_DAYS * 86_400_000,
    setupToken: SETUP_TOKEN,
    setupPolicy: SETUP === 'open' ? { kind: 'open' } : { kind: 'token', token: SETUP_TOKEN },
    consolePath,
    kestra,
  }
}

const KESTRA_PAGES = '/ui'
const isBelow = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`)

function readKestra({
  KESTRA_URL,
  KESTRA_AUTHORIZATION,
  KESTRA_TIMEOUT_SECONDS,
}: v.InferOutput<typeof Settings>): KestraSettings | undefined {
  if (KESTRA_URL === undefined) return undefined
  return {
    origin: KESTRA_URL,
    authorization: KESTRA_AUTHORIZATION,
    timeoutMs: KESTRA_TIMEOUT_SECONDS * 1000,
  }
}
