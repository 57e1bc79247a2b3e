/**
 * What the change feed has said, kept outside of D1: whoever puts D1 back to an earlier state takes back what was revoked
 * since, and D1 itself cannot know. R2 is strongly consistent, and nobody puts it back together with D1.
 */

import { type Said, withDeadline } from './database.ts'
import { numberUnder } from './numbered-objects.ts'

export type { Said }

export interface HighWater {
  /** Keeps what one transaction has said. It has been committed: that it cannot be kept is logged, and no error. */
  rise(said: readonly Said[]): Promise<void>
  /** The highest position there ever was, as far as it is kept; 0 for none. @throws {StorageUnavailable} */
  read(): Promise<number>
  /** What was said after a position. Cost: one list for a thousand transactions. */
  since(position: number): Promise<Said[]>
  /** Forgets what no restore can bring back. @param before milliseconds since 1970 */
  forget(before: number): Promise<void>
}

/** No tenant is called so: its contents lie in the same bucket. */
const PREFIX = '.postern/feed/'
const { nameOf, numberOf, highest } = numberUnder(PREFIX)
const TIMEOUT_MS = 2_000
/** R2 keeps 8,192 bytes of metadata with an object; a change takes 130 at most. */
const MAX_SAID_AT_ONCE = 50

export function openHighWater(bucket: R2Bucket): HighWater {
  async function* newestFirst() {
    let cursor: string | undefined
    do {
      const page: R2Objects = await bucket.list({
        prefix: PREFIX,
        include: ['customMetadata'],
        ...(cursor ? { cursor } : {}),
      })
      yield* page.objects
      cursor = page.truncated ? page.cursor : undefined
    } while (cursor)
  }

  /**
   * In the object's metadata, which lists tell of a thousand at once: a request may not read them one by one. In its body
   * too: not every tool that copies a bucket copies metadata.
   */
  function keep(changes: readonly Said[]) {
    const key = nameOf(Math.max(...changes.map(({ seq }) => seq)))
    const said = JSON.stringify(changes)
    // What is there stays: after a restore a position may come a second time.
    return bucket.put(key, said, { onlyIf: { etagDoesNotMatch: '*' }, customMetadata: { said } })
  }

  return {
    async rise(said) {
      // Objects of each transaction's own: isolates never write the same one, and R2 takes any number of them.
      const parts = Array.from({ length: Math.ceil(said.length / MAX_SAID_AT_ONCE) }, (_, index) =>
        said.slice(index * MAX_SAID_AT_ONCE, (index + 1) * MAX_SAID_AT_ONCE),
      )
      try {
        await withDeadline(Promise.all(parts.map(keep)), TIMEOUT_MS)
      } catch (error) {
        console.error(JSON.stringify({ level: 'error', code: 'high_water_not_kept', error: String(error) }))
      }
    },
    read: () => highest(bucket, TIMEOUT_MS),
    async since(position) {
      const said: Said[] = []
      for await (const { key, customMetadata } of newestFirst()) {
        if (numberOf(key) <= position) break
        const text = customMetadata?.said ?? (await (await bucket.get(key))?.text())
        said.push(...(JSON.parse(text ?? '[]') as Said[]))
      }
      return said.filter(({ seq }) => seq > position)
    },
    async forget(before) {
      let isNewest = true
      let old: string[] = []
      for await (const { key, uploaded } of newestFirst()) {
        if (!isNewest && uploaded.getTime() < before) old.push(key)
        isNewest = false
        if (old.length === MAX_REMOVED_AT_ONCE) {
          await bucket.delete(old)
          old = []
        }
      }
      if (old.length > 0) await bucket.delete(old)
    },
  }
}

const MAX_REMOVED_AT_ONCE = 1_000
