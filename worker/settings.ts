/** The worker's secrets and settings, read once. A bad one stops the worker with a message that names it. */

import * as v from 'valibot'
import type { SetupPolicy } from './accounts/setup.ts'

const MasterKey = v.pipe(
  v.string('is not set'),
  v.regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64'),
  v.transform((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))),
)

const Settings = v.object({
  /** 32 random bytes in base64: `openssl rand -base64 32`. All that is stored of credentials hangs on it. */
  MASTER_KEY: MasterKey,
  /** The MASTER_KEY before this one, for as long as anything hangs on it: see docs/operations.md. */
  MASTER_KEY_PREVIOUS: v.optional(MasterKey),
  /** One-time secret that the first set-up must present. Without it nobody can set up a deployed worker. */
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
  /** `open` lets anyone set up who reaches the worker. `npm start` says so, on the loopback address. */
  SETUP: v.optional(v.picklist(['open'], 'can only be "open"')),
})

export interface Settings {
  /** 32 bytes. */
  readonly masterKey: Uint8Array
  readonly previousMasterKey: Uint8Array | undefined
  readonly setupPolicy: SetupPolicy
  readonly maxStalenessMs: number
  readonly staleIfErrorMs: number
}

/** @throws {Error} when a setting is missing or wrong; the message names it and never shows its value */
export function readSettings(env: unknown): Settings {
  const parsed = v.safeParse(Settings, env)
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`)
    throw new Error(`Postern is not configured: ${problems.join('; ')}`)
  }
  const { MASTER_KEY, MASTER_KEY_PREVIOUS, SETUP_TOKEN, SETUP } = parsed.output
  return {
    masterKey: MASTER_KEY,
    previousMasterKey: MASTER_KEY_PREVIOUS,
    maxStalenessMs: parsed.output.MAX_STALENESS_SECONDS * 1000,
    staleIfErrorMs: parsed.output.STALE_IF_ERROR_SECONDS * 1000,
    setupPolicy: SETUP === 'open' ? { kind: 'open' } : { kind: 'token', token: SETUP_TOKEN },
  }
}
