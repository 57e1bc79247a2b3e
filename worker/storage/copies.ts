/**
 * Copies in KV of what D1 knows. A copy may be missing or as old as it likes: whoever uses one knows how to tell. KV
 * failing, or taking its time, is the same as a copy missing.
 */

import { withDeadline } from './database.ts'

/** D1 answers in less. */
const TIMEOUT_MS = 500

export interface Copies {
  get<T>(key: string): Promise<T | undefined>
  /** @param lifetimeSeconds at least 60: KV refuses less */
  put(key: string, value: unknown, lifetimeSeconds: number): Promise<void>
}

/** The same, with what it finds, misses and writes added up. */
export const countCopies = (copies: Copies, counters: CopyCounters): Copies => ({
  async get(key) {
    const found = await copies.get<never>(key)
    if (found === undefined) counters.kvMisses++
    else counters.kvHits++
    return found
  },
  put(key, value, lifetimeSeconds) {
    counters.kvWrites++
    return copies.put(key, value, lifetimeSeconds)
  },
})

export interface CopyCounters {
  kvHits: number
  kvMisses: number
  kvWrites: number
}

export function openCopies(namespace: KVNamespace): Copies {
  return {
    async get<T>(key: string) {
      return (
        (await withDeadline(namespace.get<T>(key, 'json'), TIMEOUT_MS).catch(() => undefined)) ?? undefined
      )
    },
    async put(key, value, lifetimeSeconds) {
      await namespace
        .put(key, JSON.stringify(value), { expirationTtl: lifetimeSeconds })
        .catch(() => undefined)
    },
  }
}
