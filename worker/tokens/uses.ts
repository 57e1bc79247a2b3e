/** That a token was used, written down now and then. It comes after the answer, and nobody waits for it. */

import { type Database, writeOrThrow } from '../storage/database.ts'
import { touchTokens } from '../storage/tokens.ts'
import { createMemory } from './memory.ts'

/** The accuracy of `lastUsed`, and the step in which an extended token's expiry moves. */
const STEP_MS = 60_000

/** A busy isolate writes no more often, however many tokens it sees: else D1's load would grow with their use. */
const WRITES_APART_MS = 60_000

/** So long a use waits for others in an isolate to which no more come. Workers allow 30 s (`waitUntil`). */
const WATCH_MS = 25_000

export type NoteUse = (tokenId: string, waitUntil: (work: Promise<unknown>) => void) => void

/** At most one note a minute for each token and isolate; those that come soon after one another are written together. */
export function createUses(db: Database, clock: () => number): NoteUse {
  const notedAt = createMemory<number>()
  let gathered = new Map<string, number>()
  let writtenAt = Number.NEGATIVE_INFINITY
  let watchedSince = Number.NEGATIVE_INFINITY

  const isWithin = (ms: number, since: number, now: number) => now >= since && now - since < ms

  async function write(): Promise<void> {
    const uses = gathered
    gathered = new Map()
    writtenAt = clock()
    // A lost one costs a minute of accuracy.
    if (uses.size > 0) await writeOrThrow(db, [touchTokens(uses, STEP_MS)]).catch(() => undefined)
  }

  /** Until nobody has come for a while: whoever comes next takes over, so a busy isolate has little to watch. */
  async function watch(since: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
    if (watchedSince === since) await write()
  }

  return (tokenId, waitUntil) => {
    const now = clock()
    if (isWithin(STEP_MS, notedAt.get(tokenId) ?? Number.NEGATIVE_INFINITY, now)) return
    notedAt.set(tokenId, now)
    gathered.set(tokenId, now)
    if (!isWithin(WRITES_APART_MS, writtenAt, now)) return waitUntil(write())
    if (isWithin(WATCH_MS / 2, watchedSince, now)) return
    watchedSince = now
    waitUntil(watch(now))
  }
}
