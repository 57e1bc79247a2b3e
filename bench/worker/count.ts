/** Counts what goes to a store, by wrapping the methods that send something. The wrapping costs every row the same. */

export interface Counts {
  d1: number
  kv: number
}

const KV_METHODS = ['get', 'getWithMetadata', 'put', 'delete', 'list'] as const

export const counts: Counts = { d1: 0, kv: 0 }

/** A batch is one round trip, and so is each statement that runs by itself. */
export function countD1(database: D1Database): D1Database {
  const statement = Object.getPrototypeOf(database.prepare('SELECT 1'))
  // All databases share the prototypes.
  if (!Object.hasOwn(statement, COUNTED)) {
    for (const method of ['all', 'first', 'raw', 'run']) wrap(statement, method, 'd1')
    const prototype = Object.getPrototypeOf(database)
    for (const method of ['batch', 'exec']) wrap(prototype, method, 'd1')
    statement[COUNTED] = true
  }
  return database
}

const COUNTED = Symbol('counted')

export function countKv(namespace: KVNamespace): KVNamespace {
  const methods = KV_METHODS.map((method) => {
    const original = namespace[method].bind(namespace) as (...args: unknown[]) => unknown
    return [
      method,
      (...args: unknown[]) => {
        counts.kv++
        return original(...args)
      },
    ]
  })
  return Object.fromEntries(methods)
}

function wrap(target: Record<string, unknown>, method: string, kind: keyof Counts): void {
  const original = target[method] as (...args: unknown[]) => unknown
  target[method] = function (this: unknown, ...args: unknown[]) {
    counts[kind]++
    return original.apply(this, args)
  }
}
