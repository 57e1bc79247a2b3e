/**
 * What the record of a confirmed restore carries, so that nobody who can merely write rows can make one: it explains why
 * records that were sealed are gone.
 */

import { listHistory } from '../storage/audit-logs.ts'
import type { Database } from '../storage/database.ts'
import { type SealKeys, sign, verify } from './seal.ts'

/** The id of what such a record is about. */
export const RESTORE = 'restore'

export interface RestoreProof {
  readonly keyVersion: string
  readonly proof: string
}

export const proveRestore = async (keys: SealKeys, at: number): Promise<RestoreProof> => ({
  keyVersion: keys.version,
  proof: await sign(keys, restoredAt(at)),
})

/** More of them in an hour are none of ours. */
const MAX_RESTORES = 10

/** @returns the id of the newest record of one that was confirmed since then; null for none */
export async function findProvenRestore(db: Database, keys: SealKeys, since: number): Promise<string | null> {
  for (const { id, at, after } of await listHistory(db, RESTORE, undefined, MAX_RESTORES)) {
    const { keyVersion, proof } = { ...after } as Partial<RestoreProof>
    const isProven = at >= since && (await verify(keys, restoredAt(at), String(keyVersion), String(proof)))
    if (isProven) return id
  }
  return null
}

/** No seal reads like this. */
const restoredAt = (at: number): string => `restored ${at}`
