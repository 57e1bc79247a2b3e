/**
 * One run: isolates in many locations, each with the worker's own verifier, over one D1 and one KV; tokens that are used,
 * and at times revoked. What is real here is all of `worker/tokens`; what is simulated is the platform below it.
 */

import { insertChanges } from '../../worker/storage/changes.ts'
import { openCopies } from '../../worker/storage/copies.ts'
import {
  type Database,
  openDatabase,
  StorageUnavailable,
  writeOrThrow,
} from '../../worker/storage/database.ts'
import { deleteToken } from '../../worker/storage/tokens.ts'
import { deriveKeys, type Keys } from '../../worker/tokens/keys.ts'
import { createVerifier, type Verifier } from '../../worker/tokens/verifier.ts'
import { verifyToken } from '../../worker/tokens/verify.ts'
import { openCopiesMadeBefore } from './copies-made-before.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import { makeCryptoImmediate } from './immediate-crypto.ts'
import { populate, type SimulatedToken } from './population.ts'
import { createRandom } from './random.ts'
import { createSimulatedD1, openTables, type SimulatedD1 } from './simulated-d1.ts'
import { createSimulatedKv, type SimulatedKv } from './simulated-kv.ts'
import { createVirtualTime } from './virtual-time.ts'

export interface Scenario {
  readonly name: string
  /**
   * Only one in so many of all locations, isolates, tokens and requests is simulated, on a D1 that is so many times as
   * slow: it gives the others as much of its time. Answers then take longer than they would, the busier it is.
   */
  readonly sample?: number
  readonly locations: number
  readonly isolates: number
  readonly tokens: number
  readonly verificationsPerSecond: number
  /** `MAX_STALENESS_SECONDS` */
  readonly boundSeconds: number
  /** Isolates come one after the other in this time, and traffic with them; D1 answers at once. Then it is measured. */
  readonly warmUpSeconds: number
  readonly seconds: number
  /** A deployment: when the measuring begins, all isolates are new. */
  readonly isDeployed?: boolean
  /** Reads go to a replica that lags so much, which Postern never does: the bound has to break. */
  readonly replicaLagSeconds?: number
}

export interface Outcome {
  readonly scenario: Scenario
  readonly accepted: number
  readonly refused: number
  /** Answered 503. */
  readonly unavailable: number
  /** Answered in no time: from memory. */
  readonly atOnce: number
  readonly d1: SimulatedD1['counts']
  readonly kv: SimulatedKv['counts']
  readonly waitMs: Histogram
  readonly revoked: number
  /** How long after its end was committed each revoked token was accepted last; zero for one that never was. */
  readonly lateMs: Histogram
}

/** Isolates do not live for ever. */
const LIFE_SECONDS = 1_200
const REVOCATIONS_PER_SECOND = 2
/** Of the tokens of a location, so that those are revoked which are in use there. */
const REVOKED_RANKS = 100
/** How often a token is used elsewhere than where it usually is. */
const ROAMING = 0.05
const MAX_CLOCK_SKEW_MS = 500

interface Isolate {
  readonly verifier: Verifier
  readonly clock: () => number
}

export async function simulate(whole: Scenario, seed: number): Promise<Outcome> {
  makeCryptoImmediate()
  const { sample = 1 } = whole
  const scenario = {
    ...whole,
    locations: whole.locations / sample,
    isolates: whole.isolates / sample,
    tokens: whole.tokens / sample,
    verificationsPerSecond: whole.verificationsPerSecond / sample,
  }
  const random = createRandom(seed)
  const time = createVirtualTime()
  const keys = await deriveKeys(random.bytes(32))
  const tables = openTables()
  const tokens = await populate(tables, keys, random, scenario.tokens)
  const d1 = createSimulatedD1(time, tables, await replicaOf(scenario, seed))
  const instant = createSimulatedD1({ ...time, sleep: async () => {} }, tables)
  const madeBefore = await openCopiesMadeBefore(
    keys,
    instant.bind(() => 0),
    tokens,
  )
  const kv = createSimulatedKv(time, random, madeBefore)

  const locations = Array.from({ length: scenario.locations }, () => {
    // From the same city to the other side of the earth.
    const nearestMs = 4 * 40 ** random.next()
    const db = openDatabase(d1.bind(() => Math.round(nearestMs * (1 + random.next() / 2))))
    return { db, copies: openCopies(kv.bind()) }
  })
  // D1 is never put back here, and what R2 says of it comes beside the first question.
  const highWater = { read: async () => 0 }
  const isolates: Isolate[] = []
  /** Those of a location are every so many. */
  const openIsolate = (index: number): Isolate => {
    const { db, copies } = locations[index % locations.length] as (typeof locations)[number]
    const skew = random.below(2 * MAX_CLOCK_SKEW_MS) - MAX_CLOCK_SKEW_MS
    const clock = () => EPOCH + time.now() + skew
    const maxStalenessMs = scenario.boundSeconds * 1000
    return {
      clock,
      verifier: createVerifier({
        db,
        copies,
        keys,
        highWater,
        maxStalenessMs,
        staleIfErrorMs: 0,
        traffic: { feedReads: 0 },
        clock,
      }),
    }
  }

  const measuredFrom = scenario.warmUpSeconds * 1000
  const end = measuredFrom + scenario.seconds * 1000
  let counters = newCounters()
  const lastAccepted = new Map<SimulatedToken, number>()

  async function verify(isolate: Isolate, token: SimulatedToken): Promise<void> {
    const startedAt = time.now()
    const context = { requestId: 'simulated', now: isolate.clock() }
    const verification = isolate.verifier.begin({
      isStrict: false,
      waitUntil: () => {},
      ipAddress: undefined,
    })
    let verdict: 'accepted' | 'refused' | 'unavailable'
    try {
      const verified = await verifyToken(verification, token.text, ['API'], context)
      // As `http/authenticate.ts` does.
      if (verified.ok) verification.noteUse(token.id, verification.waitUntil)
      verdict = verified.ok ? 'accepted' : 'refused'
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
      verdict = 'unavailable'
    }
    const waited = time.now() - startedAt
    counters[verdict]++
    counters.waitMs.add(waited)
    if (waited === 0) counters.atOnce++
    if (token.endedAt === undefined) return
    const late = verdict === 'accepted' ? time.now() - token.endedAt : 0
    lastAccepted.set(token, Math.max(late, lastAccepted.get(token) ?? 0))
  }

  function chooseToken(location: number): SimulatedToken {
    const home = random.next() < ROAMING ? random.below(locations.length) : location
    return tokenOf(home, random.rank(Math.floor(tokens.length / locations.length)))
  }
  const tokenOf = (location: number, rank: number) =>
    tokens[rank * locations.length + location] as SimulatedToken

  async function revoke(token: SimulatedToken): Promise<void> {
    const ended = d1.bind(
      () => 40,
      () => {
        token.endedAt = time.now()
      },
    )
    const db = openDatabase(ended)
    await writeOrThrow(db, revocationOf(db, token, EPOCH + time.now()))
  }

  function tick(): void {
    const now = time.now()
    if (now === measuredFrom) {
      counters = newCounters()
      reset(d1.counts)
      reset(kv.counts)
      d1.slowness = sample
      if (scenario.isDeployed) isolates.length = 0
    }
    const share = Math.min(1, (now + 1) / measuredFrom)
    while (isolates.length < share * scenario.isolates) isolates.push(openIsolate(isolates.length))
    for (let dead = random.count(scenario.isolates / LIFE_SECONDS / 1000); dead > 0; dead--) {
      const index = random.below(isolates.length)
      isolates[index] = openIsolate(index)
    }
    for (let left = random.count((share * scenario.verificationsPerSecond) / 1000); left > 0; left--) {
      const index = random.below(isolates.length)
      void verify(isolates[index] as Isolate, chooseToken(index % locations.length))
    }
    if (now < measuredFrom || now > end - scenario.boundSeconds * 1000) return
    for (let left = random.count(REVOCATIONS_PER_SECOND / 1000); left > 0; left--) {
      const token = tokenOf(random.below(locations.length), random.below(REVOKED_RANKS))
      if (token.endedAt === undefined) void revoke(token).catch(() => undefined)
    }
  }
  await time.run(end, tick)

  const lateMs = createHistogram()
  for (const late of lastAccepted.values()) lateMs.add(late)
  const revoked = lastAccepted.size
  return { scenario: whole, ...counters, d1: d1.counts, kv: kv.counts, revoked, lateMs }
}

/** Some day. */
const EPOCH = Date.UTC(2026, 0, 1)

const newCounters = () => ({ accepted: 0, refused: 0, unavailable: 0, atOnce: 0, waitMs: createHistogram() })

/** As the worker does it, but for the audit log. */
const revocationOf = (db: Database, { id }: SimulatedToken, now: number) => [
  deleteToken(db, id),
  ...insertChanges([{ kind: 'token', ref: id }], now),
]

async function replicaOf({ replicaLagSeconds, tokens }: Scenario, seed: number) {
  if (replicaLagSeconds === undefined) return undefined
  const random = createRandom(seed)
  const keys: Keys = await deriveKeys(random.bytes(32))
  const tables = openTables()
  await populate(tables, keys, random, tokens)
  return { tables, lagMs: replicaLagSeconds * 1000 }
}

function reset(counts: Record<string, number>): void {
  for (const name of Object.keys(counts)) counts[name] = 0
}
