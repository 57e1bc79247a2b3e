/** What verifying takes: everything that an isolate remembers for it, and one request's view of that. */

import { readFeed } from '../storage/changes.ts'
import type { Copies } from '../storage/copies.ts'
import { type Database, RestorePending } from '../storage/database.ts'
import type { HighWater } from '../storage/high-water.ts'
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
  readonly highWater: Pick<HighWater, 'read'>
  /** How old what is known of changes may be where a route allows it: the bound on every revocation. */
  readonly maxStalenessMs: number
  /** How old it may be while D1 does not answer. */
  readonly staleIfErrorMs: number
  readonly limiter?: Limiter | undefined
  readonly clock?: () => number
  /** How often D1 was asked, added up as it happens. */
  readonly traffic: { feedReads: number }
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

/** D1 is not put back within so short a time of a change that somebody wants undone. */
const AWAKE_MS = 30_000

export function createVerifier(options: VerifierOptions): Verifier {
  const { db, copies, keys, highWater, limiter, clock = () => Date.now(), traffic } = options
  const { maxStalenessMs, staleIfErrorMs } = options
  let foundGoodAt = Number.NEGATIVE_INFINITY
  const records = createRecords({
    async ask(after, questions) {
      traffic.feedReads++
      const read = () =>
        readFeed(
          db,
          after,
          questions.map((question) => question.select()),
        )
      const now = clock()
      const wasAwake = now - foundGoodAt <= AWAKE_MS
      // Beside the question, so that it takes no time of its own. Who was awake knows itself how far the feed had come.
      const [first, highest] = await Promise.all([read(), wasAwake ? after : highWater.read()])
      let answer = first
      if (answer.feed.position < highest) {
        // Somebody may have changed something between the two: in this order D1 cannot be behind, unless it was put back.
        const mark = await highWater.read()
        answer = await read()
        if (answer.feed.position < mark) {
          throw new RestorePending('D1 was put back to an earlier state, which nobody has confirmed')
        }
      }
      foundGoodAt = now
      return answer
    },
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
