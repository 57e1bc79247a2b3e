/**
 * How many credentials that do not exist somebody may try before D1 is spared their next ones. Only failures count, so
 * that a busy address with good tokens is never in the way of itself.
 */

import type { Limiter } from '../storage/limiter.ts'
import { createMemory } from './memory.ts'
import { networkOf } from './network-of.ts'

/** As in wrangler.jsonc, `ratelimits`; there for each location, here for each isolate. */
const MAX_GUESSES = 20
export const GUESSES_PERIOD_SECONDS = 60

export interface Guesses {
  /** @param ipAddress absent on this machine, where nobody is limited */
  areSpent(ipAddress: string | undefined): boolean
  count(ipAddress: string | undefined): Promise<void>
}

/** @param limiter of the platform, which counts for all isolates of a location; without it each counts for itself */
export function createGuesses(limiter: Limiter | undefined, clock: () => number): Guesses {
  const periods = createMemory<{ readonly since: number; readonly count: number }>()
  const periodOf = (network: string) => {
    const period = periods.get(network)
    const age = clock() - (period?.since ?? 0)
    return period && age >= 0 && age < GUESSES_PERIOD_SECONDS * 1000 ? period : { since: clock(), count: 0 }
  }
  return {
    areSpent: (ipAddress) => ipAddress !== undefined && periodOf(networkOf(ipAddress)).count >= MAX_GUESSES,
    async count(ipAddress) {
      if (ipAddress === undefined) return
      const network = networkOf(ipAddress)
      const { since, count } = periodOf(network)
      const mayGoOn = (await limiter?.allows(network)) ?? true
      periods.set(network, { since, count: mayGoOn ? count + 1 : MAX_GUESSES })
    },
  }
}
