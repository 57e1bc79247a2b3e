/** That a token was used, written down now and then. It comes after the answer, and nobody waits for it. */

import { type Database, writeOrThrow } from '../storage/database.ts'
import { touchToken } from '../storage/tokens.ts'
import { createMemory } from './memory.ts'

/** The accuracy of `lastUsed`, and the step in which an extended token's expiry moves. */
const STEP_MS = 60_000

export type NoteUse = (tokenId: string, waitUntil: (work: Promise<unknown>) => void) => void

/** At most one write a minute for each token and isolate. */
export function createUses(db: Database, clock: () => number): NoteUse {
  const notedAt = createMemory<number>()
  return (tokenId, waitUntil) => {
    const now = clock()
    const age = now - (notedAt.get(tokenId) ?? Number.NEGATIVE_INFINITY)
    if (age >= 0 && age < STEP_MS) return
    notedAt.set(tokenId, now)
    // A lost one costs a minute of accuracy.
    waitUntil(writeOrThrow(db, [touchToken(db, tokenId, now)]).catch(() => undefined))
  }
}
