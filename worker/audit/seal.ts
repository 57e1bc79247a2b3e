/**
 * What a seal is: a text that names records of the audit log in the order of their commits, with a digest of each, and
 * the digest of the seal before it. An HMAC under the MASTER_KEY makes it ours. Since each vouches for the one before, the
 * newest alone needs a key that is still there: a change of the MASTER_KEY leaves the others as good as they were.
 */

import { base64url } from 'jose'
import * as v from 'valibot'
import type { KeptRecord } from '../storage/sealed-records.ts'
import type { Seals, StoredSeal } from '../storage/seals.ts'
import { isMacOfText, macOfText } from '../storage/text-mac.ts'

/** Those of the MASTER_KEY, as far as they are needed here. */
export interface SealKeys {
  readonly version: string
  /** HMAC-SHA-256. */
  readonly auditSeal: CryptoKey
  readonly previous?: SealKeys
}

const Instant = v.pipe(v.number(), v.safeInteger())

const SealText = v.object({
  /** They count from 1. */
  number: Instant,
  sealedAt: Instant,
  /** The digest of the seal before; null for the first, and where the one before was not ours. */
  previous: v.nullable(v.string()),
  /** The record it goes on from; null for the beginning of the log. Most often the last one of the seal before. */
  after: v.nullable(v.string()),
  /** Id, time and digest of each. */
  records: v.array(v.tuple([v.string(), Instant, v.string()])),
  /** Whether there was no record beyond them when it was made. */
  isComplete: v.boolean(),
  /** Ids of those that say they were made well before the seal before, which had all there was. */
  backdated: v.array(v.string()),
  /** The record of a confirmed restore, which explains that records after `after` are gone. */
  restore: v.nullable(v.string()),
  /** What is older may be swept away from now on. 0 while everything is kept. */
  sweptBefore: Instant,
  /** The oldest seal that is kept. */
  first: Instant,
})
export type Seal = v.InferOutput<typeof SealText>

export interface OpenedSeal extends Seal {
  readonly digest: string
}

/** The last record that the log is known to have had. */
export const lastOf = ({ records, after }: Seal): string | null => records.at(-1)?.[0] ?? after

/** The records from which one can go on. */
export const knownOf = ({ records, after }: Seal): string[] => [
  ...(after === null ? [] : [after]),
  ...records.map(([id]) => id),
]

/** All columns by their names. A column that a later release adds is null in older records, and changes nothing. */
export const digestOf = ({ columns }: KeptRecord): Promise<string> =>
  sha256(
    JSON.stringify(
      Object.entries(columns)
        .filter(([, value]) => value !== null)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  )

export async function closeSeal(
  keys: SealKeys,
  seal: Seal,
): Promise<{ readonly stored: StoredSeal; readonly opened: OpenedSeal }> {
  const text = JSON.stringify(seal)
  return {
    stored: { number: seal.number, text, version: keys.version, mac: await sign(keys, text) },
    opened: { ...seal, digest: await sha256(text) },
  }
}

/**
 * @param digest what the seal after it says of this one; without it, its own HMAC counts
 * @returns undefined if it is not ours
 */
export async function openSeal(
  keys: SealKeys,
  stored: StoredSeal,
  digest?: string | null,
): Promise<OpenedSeal | undefined> {
  const own = await sha256(stored.text)
  const isOurs = digest ? digest === own : await verify(keys, stored.text, stored.version, stored.mac)
  if (!isOurs) return undefined
  const seal = v.parse(SealText, JSON.parse(stored.text))
  // One that was put in another's place.
  return seal.number === stored.number ? { ...seal, digest: own } : undefined
}

export interface Newest {
  /** The highest number there is, whoever made that one; 0 for none. */
  readonly number: number
  /** The newest that is ours. */
  readonly seal: OpenedSeal | undefined
}

/** So many that are not ours are passed over. */
const MAX_FOREIGN = 10

/** Cost: one list and one read of R2; more only where seals were tampered with. */
export async function findNewestSeal(seals: Seals, keys: SealKeys): Promise<Newest> {
  const number = await seals.newest()
  for (let one = number; one > Math.max(0, number - MAX_FOREIGN); one--) {
    const stored = await seals.get(one)
    const seal = stored && (await openSeal(keys, stored))
    if (seal) return { number, seal }
  }
  return { number, seal: undefined }
}

export const sign = ({ auditSeal }: SealKeys, text: string): Promise<string> => macOfText(auditSeal, text)

/** @param version which MASTER_KEY it was made under, as it is said */
export async function verify(keys: SealKeys, text: string, version: string, mac: string): Promise<boolean> {
  const key = [keys, keys.previous].find((one) => one?.version === version)?.auditSeal
  return key !== undefined && isMacOfText(key, text, mac)
}

const sha256 = async (text: string): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
