/** Copies in KV of public, slow-moving things. A copy may be missing or old: nothing is decided by one. */

export interface Copies {
  get<T>(key: string): Promise<T | undefined>
  put(key: string, value: unknown, lifetimeSeconds: number): Promise<void>
}

export function openCopies(namespace: KVNamespace): Copies {
  return {
    async get<T>(key: string) {
      return (await namespace.get<T>(key, 'json')) ?? undefined
    },
    async put(key, value, lifetimeSeconds) {
      // KV refuses lifetimes below 60 seconds.
      await namespace.put(key, JSON.stringify(value), { expirationTtl: Math.max(60, lifetimeSeconds) })
    },
  }
}
