/** Holds the audit log against its seals, a stretch at a time, from the newest back to the oldest. */

import { base64url } from 'jose'
import * as v from 'valibot'
import type { Database } from '../storage/database.ts'
import {
  findTimeAfter,
  type KeptRecord,
  listStrangers,
  readRecords,
  START,
  type Stretch,
} from '../storage/sealed-records.ts'
import type { Seals } from '../storage/seals.ts'
import { digestOf, findNewestSeal, knownOf, type OpenedSeal, openSeal, type SealKeys } from './seal.ts'

export interface Named {
  readonly id: string
  readonly at: number
}

export interface Finding {
  readonly seal: OpenedSeal
  readonly edited: readonly Named[]
  readonly missing: readonly Named[]
  readonly added: readonly Named[]
  readonly backdated: readonly Named[]
  readonly swept: number
  readonly takenBack: number
}

export type Checked =
  | { readonly number: number; readonly state: 'INTACT' | 'ALTERED'; readonly finding: Finding }
  | { readonly number: number; readonly state: 'MISSING' | 'FOREIGN' }

export interface Integrity {
  readonly checked: readonly Checked[]
  /** These two on the first page alone. */
  readonly sealedUntil?: number
  readonly unsealedSince?: number
  /** The way to older seals. */
  readonly next?: string
}

/** How far one has come, and what newer seals say of older ones. Who makes one up deceives only themselves. */
const Way = v.object({
  number: v.number(),
  first: v.number(),
  sweptBefore: v.number(),
  /** The digest of the next seal. */
  digest: v.nullable(v.string()),
  /** After which record D1 was put back, null for the beginning; undefined when no restore is passed. */
  cut: v.optional(v.nullable(v.string())),
})
type Way = v.InferOutput<typeof Way>

function readWay(cursor: string): Way | undefined {
  try {
    return v.parse(Way, JSON.parse(new TextDecoder().decode(base64url.decode(cursor))))
  } catch {
    return undefined
  }
}

/** As it stands in an address. */
export const IntegrityCursor = v.pipe(
  v.string(),
  v.maxLength(1000, 'must have at most 1000 characters'),
  v.check((text) => readWay(text) !== undefined, 'must be the next of an answer'),
  v.transform(readWay),
)

/** For one request: seals read from R2, and records after which no other seal is begun. */
const MAX_SEALS = 30
const MAX_RECORDS = 1_000

/**
 * Cost: a list of R2 and a read for each of thirty seals; a statement for each hundred of their records, two thousand at
 * most, and two.
 *
 * @param begun `next` of an earlier answer
 */
export async function checkIntegrity(
  db: Database,
  seals: Seals,
  keys: SealKeys,
  begun?: Way,
): Promise<Integrity> {
  const newest = begun ? undefined : await findNewestSeal(seals, keys)
  const start = begun ?? toWay(newest?.number ?? 0, newest?.seal)
  const { steps, way } = await walk(seals, keys, start)
  const opened = steps.flatMap(({ seal }) => (seal ? [seal] : []))
  const rows = await readRecords(db, [...new Set(opened.flatMap(knownOf))])
  const kept = new Map(rows.map((row) => [row.id, row]))
  const strangers = await findStrangers(db, opened, kept, start)
  const checked = await Promise.all(
    steps.map(async ({ number, seal, takenBack, state }): Promise<Checked> => {
      if (!seal) return { number, state }
      const finding = await compare(seal, kept, takenBack, strangers, start.sweptBefore)
      const { edited, missing, added, backdated } = finding
      const isIntact = [edited, missing, added, backdated].every(({ length }) => length === 0)
      return { number, state: isIntact ? 'INTACT' : 'ALTERED', finding }
    }),
  )
  return {
    checked,
    ...(newest ? await newestTimes(db, newest.seal, kept) : {}),
    ...(way.number >= way.first ? { next: writeWay(way) } : {}),
  }
}

interface Step {
  readonly number: number
  /** Undefined: then the state says why. */
  readonly seal: OpenedSeal | undefined
  readonly state: 'MISSING' | 'FOREIGN'
  /** Those of its records that a restore took back. */
  readonly takenBack: ReadonlySet<string>
}

const toWay = (number: number, seal: OpenedSeal | undefined): Way => ({
  number,
  first: seal?.first ?? Math.max(1, number),
  sweptBefore: seal?.sweptBefore ?? 0,
  digest: null,
})

async function walk(seals: Seals, keys: SealKeys, start: Way): Promise<{ steps: Step[]; way: Way }> {
  const length = Math.max(0, Math.min(MAX_SEALS, start.number - start.first + 1))
  const numbers = Array.from({ length }, (_, index) => start.number - index)
  const stored = await Promise.all(numbers.map((number) => seals.get(number)))
  const steps: Step[] = []
  let way = start
  let records = 0
  for (const [index, number] of numbers.entries()) {
    if (records >= MAX_RECORDS) break
    const one = stored[index]
    const seal = one && (await openSeal(keys, one, way.digest))
    const state = one ? 'FOREIGN' : 'MISSING'
    steps.push({ number, seal, state, takenBack: seal ? takenBackOf(seal, way.cut) : new Set() })
    records += seal?.records.length ?? 0
    way = { ...way, number: number - 1, digest: seal?.previous ?? null, cut: cutBefore(seal, way.cut) }
  }
  return { steps, way }
}

function takenBackOf({ records }: OpenedSeal, cut: Way['cut']): Set<string> {
  if (cut === undefined) return new Set()
  // Not in this seal: then all of it came after that.
  const last = records.findIndex(([id]) => id === cut)
  return new Set(records.slice(last + 1).map(([id]) => id))
}

/** What a seal says of the older ones. */
function cutBefore(seal: OpenedSeal | undefined, cut: Way['cut']): Way['cut'] {
  const isReached = seal?.records.some(([id]) => id === cut)
  if (cut !== undefined && !isReached) return cut
  return seal && seal.restore !== null ? seal.after : undefined
}

/** By the seals in whose stretch they are. */
async function findStrangers(
  db: Database,
  opened: readonly OpenedSeal[],
  kept: ReadonlyMap<string, KeptRecord>,
  { first, sweptBefore }: Way,
): Promise<Map<number, Named[]>> {
  const stretches = opened.flatMap((seal) => {
    const stretch = stretchOf(seal, kept, first)
    return stretch ? [{ number: seal.number, stretch }] : []
  })
  if (stretches.length === 0) return new Map()
  const bounds = stretches.map(({ stretch }) => stretch)
  const found = await listStrangers(db, bounds, opened.flatMap(knownOf), sweptBefore)
  return new Map(
    stretches.map(({ number, stretch: [from, to] }) => [
      number,
      found.filter(({ position }) => position > from && position <= to),
    ]),
  )
}

/** Where its records lie today, from the one it goes on from. */
function stretchOf(
  seal: OpenedSeal,
  kept: ReadonlyMap<string, KeptRecord>,
  first: number,
): Stretch | undefined {
  const positions = seal.records.flatMap(([id]) => kept.get(id)?.position ?? [])
  if (positions.length === 0) return undefined
  // What is before the oldest seal was swept.
  const isFirst = seal.after === null || seal.number === first
  const after = seal.after === null ? undefined : kept.get(seal.after)?.position
  const from = after ?? (isFirst ? START : Math.min(...positions) - 1)
  return [from, Math.max(...positions)]
}

async function compare(
  seal: OpenedSeal,
  kept: ReadonlyMap<string, KeptRecord>,
  takenBack: ReadonlySet<string>,
  strangers: ReadonlyMap<number, readonly Named[]>,
  sweptBefore: number,
): Promise<Finding> {
  const sealed = await Promise.all(
    seal.records.map(async ([id, at, digest]) => {
      const row = kept.get(id)
      return { id, at, isThere: row !== undefined, isSame: row ? (await digestOf(row)) === digest : false }
    }),
  )
  const gone = sealed.filter(({ isThere }) => !isThere)
  const unexplained = gone.filter(({ id, at }) => at >= sweptBefore && !takenBack.has(id))
  return {
    seal,
    edited: sealed.filter(({ isThere, isSame }) => isThere && !isSame),
    missing: unexplained,
    added: strangers.get(seal.number) ?? [],
    backdated: sealed.filter(({ id }) => seal.backdated.includes(id)),
    swept: gone.filter(({ at }) => at < sweptBefore).length,
    takenBack: gone.filter(({ id, at }) => at >= sweptBefore && takenBack.has(id)).length,
  }
}

async function newestTimes(
  db: Database,
  seal: OpenedSeal | undefined,
  kept: ReadonlyMap<string, KeptRecord>,
): Promise<Pick<Integrity, 'sealedUntil' | 'unsealedSince'>> {
  const positions = seal ? knownOf(seal).flatMap((id) => kept.get(id)?.position ?? []) : []
  const unsealedSince = await findTimeAfter(db, Math.max(START, ...positions))
  return {
    ...(seal ? { sealedUntil: sealedUntil(seal) } : {}),
    ...(unsealedSince === undefined ? {} : { unsealedSince }),
  }
}

/** A seal that did not have all there was vouches for no more than its last record. */
const sealedUntil = ({ isComplete, sealedAt, records }: OpenedSeal): number =>
  isComplete ? sealedAt : (records.at(-1)?.[1] ?? sealedAt)

const writeWay = (way: Way): string => base64url.encode(JSON.stringify(way))
