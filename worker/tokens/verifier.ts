/** What verifying takes: everything that an isolate remembers for it, and one request's view of that. */

import { readFeed } from '../storage/changes.ts'
import type { Copies } from '../storage/copies.ts'
import { type Database, RestorePending } from '../storage/database.ts'
import type { HighWater } from '../storage/high-water.ts'
import type { Limiter } from '../storage/limiter.ts'
import type { Token } from '../storage/tokens.ts'
import { createGuesses } from './guesses.ts'
import type { Keys } from './keys.ts'
import { openRecordCopies } from './record-copies.ts'
import { createRecords, type Reader, type ReaderOptions } from './records.ts'
import { createRenewals } from './renewals.ts'
import { createUses } from './uses.ts'

export interface VerifierOptions {
  readonly db: Database
  readonly copies: Copies
  readonly keys: Keys
  readonly highWater: Pick<HighWater, 'read'>
  /** How old what is known of changes may be where a route allows it: the bound on every revocation. */
  readonly maxStalenessMs: number
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
  readonly ipAddress?: string | undefined
}

/** One request's. */
export interface Verification {
  readonly keys: Keys
  readonly records: Reader
  readonly guesses: { areSpent(): boolean; count(): Promise<void> }
  /** For `lastUsed`, and for the expiry of tokens that use prolongs. */
  noteUse(tokenId: string): void
  /** For a token whose stored form hangs on the MASTER_KEY before, once its text was proved. */
  renewMac(token: Token, text: string): void
}

/** D1 is not put back within so short a time of a change that somebody wants undone. */
const AWAKE_MS = 30_000

export function createVerifier(options: VerifierOptions): Verifier {
  const { db, copies, keys, highWater, maxStalenessMs, limiter, clock = () => Date.now(), traffic } = options
  let foundGoodAt = Number.NEGATIVE_INFINITY
  const records = createRecords({
    async ask(after, questions) {
      traffic.feedReads++
      const read = () =>
        readFeed(
          db,
          after,
          questions.map((question) => question.select(db)),
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
    clock,
  })
  const guesses = createGuesses(limiter, clock)
  const noteUse = createUses(db, clock)
  const renewMac = createRenewals(db, keys, clock)
  return {
    begin: ({ ipAddress, ...reader }) => ({
      keys,
      records: records.reader(reader),
      guesses: {
        areSpent: () => guesses.areSpent(ipAddress),
        count: () => guesses.count(ipAddress),
      },
      noteUse: (tokenId) => noteUse(tokenId, reader.waitUntil),
      renewMac: (token, text) => renewMac(token, text, reader.waitUntil),
    }),
  }
}
