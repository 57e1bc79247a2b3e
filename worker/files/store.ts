/** Contents on their way in: hashed, checked, put into R2, and only then known to D1. */

import { err, ok, type Result } from '../../shared/result.ts'
import { type Contents, drawKey, type Place } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { announceContents, forgetObject, insertContents } from '../storage/stored-contents.ts'
import type { FileError } from './errors.ts'

/** Where files live: their index and their contents. */
export interface FileStore {
  readonly db: Database
  readonly contents: Contents
}

export interface Upload {
  readonly bytes: Uint8Array
  /** The hash it is said to have; absent when the sender leaves that to us. */
  readonly expected?: string
}

/**
 * All are checked before the first is stored. Those that are not there yet become one object together: ten thousand
 * small files are a few writes to R2. Cost: two round trips to D1 and one write to R2, or one round trip if all is there.
 *
 * @returns the hash of each upload, in order
 */
export async function storeContents(
  { db, contents }: FileStore,
  place: Place,
  uploads: readonly Upload[],
  now: number,
): Promise<Result<string[], FileError>> {
  const hashes: string[] = []
  const bySha256 = new Map<string, Uint8Array>()
  for (const { bytes, expected } of uploads) {
    const actual = await sha256Hex(bytes)
    if (expected !== undefined && expected !== actual) return err({ code: 'hash_mismatch', expected, actual })
    hashes.push(actual)
    bySha256.set(actual, bytes)
  }
  const object = drawKey(place)
  const known = await announceContents(db, place, [...bySha256.keys()], object, now)
  const absent = [...bySha256].filter(([sha256]) => !known.has(sha256))
  if (absent.length === 0) return ok(hashes)

  const pack = concat(absent.map(([, bytes]) => bytes))
  await contents.put(object, pack, await sha256Hex(pack))
  let offset = 0
  const stored = absent.map(([sha256, { byteLength: size }]) => {
    const content = { sha256, size, offset }
    offset += size
    return content
  })
  await insertContents(db, place, object, stored, now)
  return ok(hashes)
}

export interface StreamedUpload {
  readonly body: ReadableStream
  /** Bytes, as announced; the platform holds the stream to it. */
  readonly size: number
  readonly expected: string
}

/** One content of any size, which passes through: R2 hashes it. */
export async function streamContent(
  { db, contents }: FileStore,
  place: Place,
  { body, size, expected }: StreamedUpload,
  now: number,
): Promise<Result<string[], FileError>> {
  const object = drawKey(place)
  const known = await announceContents(db, place, [expected], object, now)
  if (known.has(expected)) {
    await body.cancel()
    return ok([expected])
  }
  if (!(await contents.putStream(object, body, expected))) {
    await forgetObject(db, object)
    return err({ code: 'hash_mismatch', expected })
  }
  await insertContents(db, place, object, [{ sha256: expected, size, offset: 0 }], now)
  return ok([expected])
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
