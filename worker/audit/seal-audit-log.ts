/**
 * Seals what was recorded since the last seal. It runs beside the requests, so no change waits for it; ADR 13 says what
 * that leaves open.
 */

import type { Database } from '../storage/database.ts'
import { findLastOf, type KeptRecord, readRecordsAfter, START } from '../storage/sealed-records.ts'
import type { Seals } from '../storage/seals.ts'
import { findProvenRestore } from './restore-proof.ts'
import {
  closeSeal,
  digestOf,
  findNewestSeal,
  knownOf,
  lastOf,
  type Newest,
  type OpenedSeal,
  openSeal,
  type Seal,
  type SealKeys,
} from './seal.ts'

export interface Sealing {
  readonly db: Database
  readonly seals: Seals
  readonly keys: SealKeys
  /** 0: for ever. */
  readonly auditKeptMs: number
}

/** On the free plan D1 answers fifty statements for one event: these are twenty, and the cron has others. */
const MAX_RECORDS = 1_000
const MAX_SEALS = 2

/** Also when nothing happened: that nothing did is sealed too, and how far the sweep may go. */
const AT_LEAST_EVERY_MS = 86_400_000

/** No request takes as long from its arrival, which is the time of its records, to its commit. */
const GRACE_MS = 3_600_000

/** So many old seals are looked at. */
const MAX_DROPPED = 30

/**
 * Two at once do no harm: of one number there is one seal. What is left over is for the next time.
 *
 * Cost with nothing to seal: a list and a read of R2, and two statements.
 *
 * @param now milliseconds since 1970
 */
export async function sealAuditLog(sealing: Sealing, now: number): Promise<void> {
  let newest: Newest | undefined = await findNewestSeal(sealing.seals, sealing.keys)
  for (let left = MAX_SEALS; newest && left > 0; left--) {
    newest = await sealNext(sealing, newest, now)
    if (newest?.seal?.isComplete) return
  }
}

type Known = Pick<KeptRecord, 'id' | 'position'>

/** @returns the seal that was made; undefined if there was nothing to seal, or somebody else was faster */
async function sealNext(sealing: Sealing, newest: Newest, now: number): Promise<Newest | undefined> {
  const { db, seals, keys, auditKeptMs } = sealing
  const last = newest.seal
  const known = last && (await findKnown(sealing, last))
  // Otherwise records that were sealed are gone: D1 was put back, swept, or robbed.
  const isGoingOn = last !== undefined && (known?.id ?? null) === lastOf(last)
  const records = await readRecordsAfter(db, known?.position ?? START, MAX_RECORDS)
  if (records.length === 0 && (!last || now - last.sealedAt < AT_LEAST_EVERY_MS)) return undefined
  const sweptBefore = Math.max(last?.sweptBefore ?? 0, auditKeptMs > 0 ? now - auditKeptMs : 0)
  // Where none is ours, the one before is the oldest that can be spoken of.
  const oldFirst = last?.first ?? Math.max(1, newest.number)
  const first = await findFirst(seals, oldFirst, newest.number, sweptBefore)
  const seal: Seal = {
    number: newest.number + 1,
    sealedAt: now,
    previous: last?.number === newest.number ? last.digest : null,
    after: known?.id ?? null,
    records: await Promise.all(
      records.map(async (one) => [one.id, one.at, await digestOf(one)] satisfies Seal['records'][number]),
    ),
    isComplete: records.length < MAX_RECORDS,
    backdated: isGoingOn && last.isComplete ? backdated(records, last.sealedAt) : [],
    restore: last && !isGoingOn ? await findProvenRestore(db, keys, last.sealedAt) : null,
    sweptBefore,
    first,
  }
  const { stored, opened } = await closeSeal(keys, seal)
  if (!(await seals.put(stored))) return undefined
  // Whoever keeps the log elsewhere has what R2 alone cannot tell: how many seals there were.
  const { number, digest } = opened
  console.log(
    JSON.stringify({ level: 'info', event: 'audit_sealed', number, records: records.length, digest }),
  )
  // Not before the new one has said so.
  const dropped = Array.from({ length: first - oldFirst }, (_, index) => oldFirst + index)
  if (dropped.length > 0) await seals.remove(dropped)
  return { number, seal: opened }
}

const backdated = (records: readonly KeptRecord[], sealedAt: number): string[] =>
  records.filter(({ at }) => at < sealedAt - GRACE_MS).map(({ id }) => id)

/** The last record that was sealed and is there. After a restore it is found by halving: records went from the end. */
async function findKnown(sealing: Sealing, last: OpenedSeal): Promise<Known | undefined> {
  let known = await findLastOf(sealing.db, knownOf(last))
  if (known) return known
  let [low, high] = [last.first, last.number - 1]
  while (low <= high) {
    const middle = Math.floor((low + high) / 2)
    const there = await findKnownIn(sealing, middle)
    if (there) low = middle + 1
    else high = middle - 1
    known = there ?? known
  }
  return known
}

async function findKnownIn({ db, seals, keys }: Sealing, number: number): Promise<Known | undefined> {
  const stored = await seals.get(number)
  const seal = stored && (await openSeal(keys, stored))
  return seal && findLastOf(db, knownOf(seal))
}

/** The oldest seal to be kept: what all older ones sealed may be swept. */
async function findFirst(seals: Seals, from: number, newest: number, sweptBefore: number): Promise<number> {
  let first = from
  for (let number = from; number < Math.min(newest, from + MAX_DROPPED); number++) {
    const storedAt = await seals.storedAt(number)
    if (storedAt !== undefined && storedAt >= sweptBefore) break
    if (storedAt !== undefined) first = number + 1
  }
  return first
}
