/**
 * Copies in KV of public, slow-moving things. A copy may be missing or old: nothing is decided by one, and KV failing
 * is the same as a copy missing.
 */

export interface Copies {
  get<T>(key: string): Promise<T | undefined>
  /** @param lifetimeSeconds at least 60: KV refuses less */
  put(key: string, value: unknown, lifetimeSeconds: number): Promise<void>
}

export function openCopies(namespace: KVNamespace): Copies {
  return {
    async get<T>(key: string) {
      return (await namespace.get<T>(key, 'json').catch(() => undefined)) ?? undefined
    },
    async put(key, value, lifetimeSeconds) {
      await namespace
        .put(key, JSON.stringify(value), { expirationTtl: lifetimeSeconds })
        .catch(() => undefined)
    },
  }
}
