/** A map that forgets: of two generations the older one goes when the younger one is full. */
export interface Memory<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  clear(): void
}

/** @param maxEntries of both generations together */
export function createMemory<V>(maxEntries = 5_000): Memory<V> {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  const set = (key: string, value: V): void => {
    if (young.size >= maxEntries / 2) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      // What is asked for stays.
      if (older !== undefined) set(key, older)
      return older
    },
    set,
    clear() {
      young = new Map()
      old = new Map()
    },
  }
}
