/** Everything a request may touch, opened once for each isolate. */

import type { Basic } from './accounts/basic.ts'
import type { SetupPolicy } from './accounts/setup.ts'
import type { IssuerKeys } from './federation/issuer-keys.ts'
import type { PartnerKeys } from './federation/partner-signature.ts'
import type { Kestra } from './gateway/kestra.ts'
import type { Contents } from './storage/contents.ts'
import type { Copies } from './storage/copies.ts'
import type { Database } from './storage/database.ts'
import type { HighWater } from './storage/high-water.ts'
import type { Seals } from './storage/seals.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { Keys } from './tokens/keys.ts'
import type { Verifier } from './tokens/verifier.ts'

export interface Edge {
  readonly db: Database
  readonly contents: Contents
  readonly copies: Copies
  readonly highWater: HighWater
  readonly seals: Seals
  readonly keys: Keys
  readonly issuerKeys: IssuerKeys
  readonly partnerKeys: PartnerKeys
  readonly verifier: Verifier
  readonly basic: Basic
  readonly setupPolicy: SetupPolicy
  /** How long a revocation may take at most to be felt, where a route allows it. */
  readonly maxStalenessMs: number
  /** Where Postern's own pages are, without a slash at its end. */
  readonly consolePath: string
  /** The one behind this Postern; undefined where it stands alone. */
  readonly kestra: Kestra | undefined
  readonly setupToken: string | undefined
  readonly telemetry: Telemetry
  /** 0: for ever. */
  readonly auditKeptMs: number
}
