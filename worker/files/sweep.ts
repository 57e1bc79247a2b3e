/**
 * Removes what nobody needs any more. An object is condemned in D1, removed from R2, and only then forgotten; whatever
 * breaks in between is taken up the next time. Contents go before the past that refers to them: what a plan found today
 * because of a file that was is there until the next sweep.
 */

import {
  condemnObjects,
  forgetContents,
  forgetDeployments,
  forgetObjects,
  forgetPast,
} from '../storage/sweep.ts'
import { GRACE_MS, HISTORY_MS, UNUSED_MS } from './retention.ts'
import type { FileStore } from './store.ts'

/** R2 removes a thousand objects with one call. */
const MAX_AT_ONCE = 1_000
/** D1 answers fifty statements for one event on the free plan: six a round. */
const MAX_ROUNDS = 8

/** Bounded: what is left over is for the next time. Cost: all rows of those tables are looked at. */
export async function sweepFiles({ db, contents }: FileStore, now: number): Promise<void> {
  const unused = now - UNUSED_MS
  await inRounds(async () => {
    const isContentLeft = await forgetContents(db, unused, MAX_AT_ONCE)
    const keys = await condemnObjects(db, unused, MAX_AT_ONCE, now)
    if (keys.length > 0) {
      await contents.remove(keys)
      await forgetObjects(db, keys)
    }
    return isContentLeft || keys.length === MAX_AT_ONCE
  })
  const past = now - HISTORY_MS - GRACE_MS
  await inRounds(async () => {
    const isDeploymentLeft = await forgetDeployments(db, past, MAX_AT_ONCE)
    return (await forgetPast(db, past, MAX_AT_ONCE)) || isDeploymentLeft
  })
}

/** @param round says whether there is more to do */
async function inRounds(round: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < MAX_ROUNDS && (await round()); count++);
}
