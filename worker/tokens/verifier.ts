/** What verifying takes: everything that an isolate remembers for it, and one request's view of that. */

import { readFeed } from '../storage/changes.ts'
import type { Copies } from '../storage/copies.ts'
import type { Database } from '../storage/database.ts'
import type { Limiter } from '../storage/limiter.ts'
import { createGuesses, type Guesses } from './guesses.ts'
import type { Keys } from './keys.ts'
import { openRecordCopies } from './record-copies.ts'
import { createRecords, type Reader, type ReaderOptions } from './records.ts'
import { createRenewals, type RenewMac } from './renewals.ts'
import { createUses, type NoteUse } from './uses.ts'

export interface VerifierOptions {
  readonly db: Database
  readonly copies: Copies
  readonly keys: Keys
  /** How old what is known of changes may be where a route allows it: the bound on every revocation. */
  readonly maxStalenessMs: number
  /** How old it may be while D1 does not answer. */
  readonly staleIfErrorMs: number
  readonly limiter?: Limiter | undefined
  readonly clock?: () => number
}

/** Lives as long as the isolate. */
export interface Verifier {
  begin(request: RequestOptions): Verification
}

export interface RequestOptions extends ReaderOptions {
  /** Whose guesses are counted; without one nobody is limited. */
  readonly ipAddress: string | undefined
}

/** One request's: what the isolate has, with what belongs to this request alone beside it. */
export interface Verification extends Pick<RequestOptions, 'ipAddress' | 'waitUntil'> {
  readonly keys: Keys
  readonly records: Reader
  readonly guesses: Guesses
  /** For `lastUsed`, and for the expiry of tokens that use prolongs. */
  readonly noteUse: NoteUse
  /** For a token whose stored form hangs on the MASTER_KEY before, once its text was proved. */
  readonly renewMac: RenewMac
}

export function createVerifier(options: VerifierOptions): Verifier {
  const { db, copies, keys, maxStalenessMs, staleIfErrorMs, limiter, clock = () => Date.now() } = options
  const records = createRecords({
    ask: (after, questions) =>
      readFeed(
        db,
        after,
        questions.map((question) => question.select(db)),
      ),
    copies: openRecordCopies(copies, keys.copySeal),
    maxStalenessMs,
    staleIfErrorMs,
    clock,
  })
  const guesses = createGuesses(limiter, clock)
  const noteUse = createUses(db, clock)
  const renewMac = createRenewals(db, keys, clock)
  return {
    begin: ({ isStrict, waitUntil, ipAddress }) => ({
      keys,
      records: records.reader({ isStrict, waitUntil }),
      guesses,
      noteUse,
      renewMac,
      waitUntil,
      ipAddress,
    }),
  }
}
