/** The sizes that are run. Isolates, tokens and requests grow apart, so that one sees what each of them costs. */

import type { Scenario } from './world.ts'

const SMALL: Scenario = {
  name: 'small',
  locations: 10,
  isolates: 100,
  tokens: 2_000,
  verificationsPerSecond: 1_000,
  boundSeconds: 10,
  warmUpSeconds: 20,
  seconds: 60,
}

const MEDIUM: Scenario = {
  ...SMALL,
  name: 'medium',
  sample: 5,
  locations: 50,
  isolates: 1_000,
  tokens: 100_000,
  verificationsPerSecond: 10_000,
}

const LARGE: Scenario = {
  ...MEDIUM,
  name: 'large',
  sample: 20,
  locations: 200,
  isolates: 10_000,
  tokens: 1_000_000,
  verificationsPerSecond: 100_000,
  boundSeconds: 60,
  seconds: 120,
}

export const SCENARIOS: readonly Scenario[] = [
  SMALL,
  MEDIUM,
  { ...MEDIUM, name: 'more tokens', tokens: 1_000_000 },
  { ...MEDIUM, name: 'more use', verificationsPerSecond: 30_000 },
  { ...MEDIUM, name: 'more isolates', isolates: 3_000 },
  LARGE,
  { ...LARGE, name: 'too large', sample: 50, boundSeconds: 10, seconds: 30 },
  { ...SMALL, name: 'deployed at once', isDeployed: true },
]

const TINY: Scenario = {
  name: 'tiny',
  locations: 4,
  isolates: 20,
  tokens: 2_000,
  verificationsPerSecond: 300,
  boundSeconds: 10,
  warmUpSeconds: 10,
  seconds: 40,
}

export const QUICK: readonly Scenario[] = [
  TINY,
  { ...TINY, name: 'more tokens', tokens: 8_000 },
  { ...TINY, name: 'more use', verificationsPerSecond: 1_200 },
  { ...TINY, name: 'more isolates', isolates: 60 },
]

/** Reads of a replica: what Postern never does. */
export const BROKEN: Scenario = { ...TINY, name: 'by a replica', replicaLagSeconds: 15 }
