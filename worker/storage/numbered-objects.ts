/** Objects of R2 under numbers. Their names count down, so that the highest number is the first in R2's order. */

import { StorageUnavailable, withDeadline } from './database.ts'

const COUNTED_FROM = 1e15

export interface Numbering {
  nameOf(number: number): string
  numberOf(name: string): number
  /** The highest number there is; 0 for none. @throws {StorageUnavailable} */
  highest(bucket: R2Bucket, timeoutMs: number): Promise<number>
}

/** @param prefix of the names, a folder of their own */
export function numberUnder(prefix: string): Numbering {
  const numberOf = (name: string): number => COUNTED_FROM - Number(name.slice(prefix.length))
  return {
    nameOf: (number) => prefix + String(COUNTED_FROM - number).padStart(16, '0'),
    numberOf,
    async highest(bucket, timeoutMs) {
      try {
        const { objects } = await withDeadline(bucket.list({ prefix, limit: 1 }), timeoutMs)
        return objects[0] ? numberOf(objects[0].key) : 0
      } catch (error) {
        throw new StorageUnavailable(`R2 did not say what is the last under ${prefix}`, { cause: error })
      }
    },
  }
}
