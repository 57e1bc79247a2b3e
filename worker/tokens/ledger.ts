/**
 * What an isolate knows of the change feed, and by it, whether a fact still holds. No I/O and no clock: how old this
 * knowledge is, `records.ts` knows.
 */

import type { Feed } from '../storage/changes.ts'

/** Something that was true of the database at one position of its feed. */
export interface Fact {
  /** Moves on as the fact is found to hold. */
  seq: number
  /** What it hangs on, as the feed names it: `role admin_main`. */
  readonly dependencies: readonly string[]
}

export interface Ledger {
  /** The position up to which every change is known; -1 while nothing is. */
  readonly position: number
  extend(feed: Feed): void
  /** Whether no change since has named what the fact hangs on. No, too, when the changes since are not all known. */
  holds(fact: Fact): boolean
}

/** @param maxEndings remembered at once; facts from before those that are forgotten hold no longer */
export function createLedger(maxEndings = 5_000): Ledger {
  /** Every change after `since` up to `position` is in `endings`, by what it named: the last one. */
  let since = -1
  let position = -1
  const endings = new Map<string, number>()

  return {
    get position() {
      return position
    },

    /** Answers may overtake one another: an older part of the feed adds nothing, and takes nothing away. */
    extend(feed) {
      if (feed.floor > position) {
        endings.clear()
        since = feed.floor
      }
      for (const { seq, kind, ref } of feed.changes) {
        const name = `${kind} ${ref}`
        if (seq <= (endings.get(name) ?? -1)) continue
        endings.delete(name)
        endings.set(name, seq)
      }
      position = Math.max(position, feed.position)
      for (const [name, seq] of endings) {
        if (endings.size <= maxEndings) break
        endings.delete(name)
        since = Math.max(since, seq)
      }
    },

    holds(fact) {
      if (fact.seq === position) return position >= 0
      if (fact.seq < since || fact.seq > position) return false
      if (fact.dependencies.some((name) => (endings.get(name) ?? -1) > fact.seq)) return false
      fact.seq = position
      return true
    },
  }
}
