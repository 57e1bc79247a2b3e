/** What the benchmark measures: a request with one credential, answered by one way to check it. */

import { Hono } from 'hono'

export const ORIGIN = 'https://bench.test'
/** The same for all, but for the path below Postern's own routes. */
export const PATH = '/api/x'

/** Requests need one. */
export interface Context extends ExecutionContext {
  /** Until no store is asked any more: what is left for later is part of what a request costs. */
  settle(): Promise<void>
}

export interface Row {
  readonly name: string
  readonly group: 'floor' | 'postern' | 'peer'
  /** What the request presents; called once for each request. Absent for none. */
  readonly credential?: () => string
  readonly path?: string
  /** Beside the credential. */
  readonly headers?: Readonly<Record<string, string>>
  /** 200 unless the credential is bad on purpose. */
  readonly status?: 200 | 401
  /** How often it may be measured at most, where each request needs a credential of its own. */
  readonly limit?: number
  readonly fetch: (request: Request, context: Context) => Response | Promise<Response>
}

/** The application that every library guards in its own way. */
export const guarded = (guard: Parameters<Hono['use']>[1]) =>
  new Hono().use('/api/*', guard).get(PATH, (c) => c.json({ ok: true }))

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const randomText = (length: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => ALPHABET[byte % 62]).join('')

/** The next of a list that is long enough; a second use would find what the first one left in memory. */
export function eachOnce(credentials: readonly string[]): () => string {
  let next = 0
  return () => {
    const credential = credentials[next++]
    if (credential === undefined) throw new Error('The credentials have run out.')
    return credential
  }
}
