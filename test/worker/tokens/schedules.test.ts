/** The bound on revocation, held against random schedules. `VITE_SEED=123 npx vitest run schedules` runs one again. */

import { expect, it } from 'vitest'
import { seedsOf } from '../support/random.ts'
import { runSchedule } from '../support/schedule.ts'

const seeds = seedsOf(10_000)

it('accepts nothing later than the bound after a change, and nothing at all where it is strict (threats 5, 6, 31, 38)', async () => {
  let accepted = 0
  for (const seed of seeds) {
    const outcome = await runSchedule(seed)
    // With all that happened in it, in order.
    if (outcome.wrong !== undefined) throw new Error(outcome.wrong)
    accepted += outcome.accepted
  }
  // It would be easy to hold the bound by refusing everybody.
  expect(accepted).toBeGreaterThanOrEqual(seeds.length > 1 ? seeds.length : 0)
}, 600_000)
