/**
 * Contents of namespace files in R2. Each lies in an object of its own, or with others in one object, a pack. Where,
 * D1 knows (`stored-contents.ts`).
 */

import { newId } from './ids.ts'

/** A namespace of a tenant: the border that contents never cross. */
export interface Place {
  readonly tenant: string
  readonly namespace: string
}

/** Where a content lies. */
export interface StoredAt {
  /** The object's key. */
  readonly object: string
  /** Where in the object it begins. */
  readonly offset: number
  readonly size: number
}

export interface Contents {
  put(key: string, bytes: Uint8Array, sha256: string): Promise<void>
  /**
   * Takes the bytes as they come; the stream must have a known length.
   *
   * @returns false if they do not have this hash: then nothing was stored
   */
  putStream(key: string, stream: ReadableStream, sha256: string): Promise<boolean>
  /** D1 has promised what is asked for: its absence is an error, not an answer. */
  get(at: StoredAt): Promise<ReadableStream>
  /** Harmless where nothing is. @param keys at most 1,000 */
  remove(keys: string[]): Promise<void>
}

/** A key for a new object: never one that was used before, so that nothing is ever removed in place of another. */
export const drawKey = ({ tenant, namespace }: Place): string => `${tenant}/${namespace}/${newId()}`

export function openContents(bucket: R2Bucket): Contents {
  return {
    async put(key, bytes, sha256) {
      // R2 checks the hash once more and refuses what arrived damaged.
      await bucket.put(key, bytes, { sha256 })
    },
    async putStream(key, stream, sha256) {
      try {
        await bucket.put(key, stream, { sha256 })
        return true
      } catch (error) {
        if (isChecksumMismatch(error)) return false
        throw error
      }
    },
    async get({ object, offset, size }) {
      // R2 knows no empty range.
      if (size === 0) return new Blob([]).stream()
      const found = await bucket.get(object, { range: { offset, length: size } })
      if (found === null) throw new Error(`R2 lost the object ${object}`)
      return found.body
    },
    remove: (keys) => bucket.delete(keys),
  }
}

/** R2's BadDigest. */
const isChecksumMismatch = (error: unknown): boolean =>
  error instanceof Error && /\(10037\)/.test(error.message)
