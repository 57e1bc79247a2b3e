/**
 * KV as its documents describe it: one store far away, and a cache in each location that keeps what it has seen, also that
 * there was nothing, for a minute: https://developers.cloudflare.com/kv/concepts/how-kv-works/
 */

import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

const CACHED_MS = 60_000
const CACHED_READ_MS = 3
const WRITE_MS = 150
/** Of one key. */
const WRITES_APART_MS = 1_000

export interface SimulatedKv {
  readonly counts: { found: number; absent: number; cached: number; puts: number; refused: number }
  /** A binding in a location of its own. */
  bind(): KVNamespace
}

/** @param madeBefore what was put under a key before the start, if anything was */
export function createSimulatedKv(
  time: VirtualTime,
  random: Random,
  madeBefore: (key: string) => Promise<unknown>,
): SimulatedKv {
  const counts = { found: 0, absent: 0, cached: 0, puts: 0, refused: 0 }
  const store = new Map<string, unknown>()
  const writtenAt = new Map<string, number>()
  const farMs = () => 40 + random.below(100)

  return {
    counts,
    bind() {
      const cache = new Map<string, { readonly value: unknown; readonly until: number }>()
      return {
        async get(key: string) {
          const cached = cache.get(key)
          let value = cached?.value
          if (cached && cached.until > time.now()) {
            counts.cached++
            await time.sleep(CACHED_READ_MS)
          } else {
            await time.sleep(farMs())
            value = store.has(key) ? store.get(key) : await madeBefore(key)
            cache.set(key, { value, until: time.now() + CACHED_MS })
          }
          if (value === undefined) counts.absent++
          else counts.found++
          return value ?? null
        },
        async put(key: string, text: string) {
          counts.puts++
          await time.sleep(WRITE_MS)
          if (time.now() - (writtenAt.get(key) ?? Number.NEGATIVE_INFINITY) < WRITES_APART_MS) {
            counts.refused++
            throw new Error('KV PUT failed: 429 Too Many Requests')
          }
          writtenAt.set(key, time.now())
          const value: unknown = JSON.parse(text)
          store.set(key, value)
          cache.set(key, { value, until: time.now() + CACHED_MS })
        },
      } as unknown as KVNamespace
    },
  }
}
