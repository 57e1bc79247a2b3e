/**
 * The seals of the audit log, kept in R2: outside of the database that they vouch for. Here they are texts under numbers;
 * what they say is made and read in `audit/seal.ts`.
 */

import { numberUnder } from './numbered-objects.ts'

export interface StoredSeal {
  readonly number: number
  readonly text: string
  /** Over the text, under the MASTER_KEY of this version. */
  readonly mac: string
  readonly version: string
}

export interface Seals {
  /** The highest number there is; 0 for none. @throws {StorageUnavailable} */
  newest(): Promise<number>
  get(number: number): Promise<StoredSeal | undefined>
  /** @returns false where there is one of this number already: that one stays */
  put(seal: StoredSeal): Promise<boolean>
  /** By R2's own clock, in milliseconds since 1970. */
  storedAt(number: number): Promise<number | undefined>
  /** Harmless where nothing is. @param numbers at most 1,000 */
  remove(numbers: readonly number[]): Promise<void>
}

/** No tenant is called so: its contents lie in the same bucket. */
const { nameOf, highest } = numberUnder('.postern/seals/')
const TIMEOUT_MS = 10_000

export function openSeals(bucket: R2Bucket): Seals {
  return {
    newest: () => highest(bucket, TIMEOUT_MS),
    async get(number) {
      const found = await bucket.get(nameOf(number))
      if (!found) return undefined
      const { mac = '', version = '' } = found.customMetadata ?? {}
      return { number, text: await found.text(), mac, version }
    },
    async put({ number, text, mac, version }) {
      const onlyIf = { etagDoesNotMatch: '*' }
      return (await bucket.put(nameOf(number), text, { onlyIf, customMetadata: { mac, version } })) !== null
    },
    async storedAt(number) {
      return (await bucket.head(nameOf(number)))?.uploaded.getTime()
    },
    remove: (numbers) => bucket.delete(numbers.map(nameOf)),
  }
}
