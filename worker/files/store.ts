/** Contents on their way in: hashed, checked, put into R2, and only then known to D1. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Contents, Place } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { insertContents } from '../storage/files.ts'
import type { FileError } from './errors.ts'

/** Where files live: their index and their contents. */
export interface FileStore {
  readonly db: Database
  readonly contents: Contents
}

export interface Upload {
  readonly bytes: ArrayBuffer
  /** The hash it is said to have; absent when the sender leaves that to us. */
  readonly expected?: string
}

/** The platform opens six connections at once for one request. */
const PARALLEL_PUTS = 6

/** All are checked before the first is stored. @returns the hash of each upload, in order */
export async function storeContents(
  { db, contents }: FileStore,
  place: Place,
  uploads: readonly Upload[],
  now: number,
): Promise<Result<string[], FileError>> {
  const hashes: string[] = []
  for (const { bytes, expected } of uploads) {
    const actual = await sha256Hex(bytes)
    if (expected !== undefined && expected !== actual) return err({ code: 'hash_mismatch', expected, actual })
    hashes.push(actual)
  }
  const stored = uploads.map(({ bytes }, index) => ({
    bytes,
    sha256: hashes[index] ?? '',
    size: bytes.byteLength,
  }))
  for (let start = 0; start < stored.length; start += PARALLEL_PUTS) {
    await Promise.all(
      stored
        .slice(start, start + PARALLEL_PUTS)
        .map(({ sha256, bytes }) => contents.put(place, sha256, bytes)),
    )
  }
  await insertContents(db, place, stored, now)
  return ok(hashes)
}

export async function sha256Hex(bytes: ArrayBuffer | Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
