/**
 * Isolates of one worker: each with a memory of its own, over the same D1, KV and R2. What goes through their bindings
 * is counted, and can be made slow, wrong or late.
 */

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { type Call, toRequest } from './edge.ts'

export interface Isolate {
  /** Answers when all is done that goes on after the answer. */
  call(path: string, request?: Call): Promise<Response>
  readonly traffic: Traffic
  /** Called instead of D1's own `batch`; undefined lets it through. */
  onBatch: ((run: () => Promise<D1Result[]>) => Promise<D1Result[]>) | undefined
  /** The same for a look into KV. */
  onGet: ((key: string, run: () => Promise<unknown>) => Promise<unknown>) | undefined
}

export interface Traffic {
  /** Round trips to D1. */
  reads: number
  writes: number
  gets: number
  puts: number
}

/** Whatever any isolate has put into KV, by its key. */
export const copiesEverMade = new Map<string, unknown[]>()

const NOTHING: Traffic = { reads: 0, writes: 0, gets: 0, puts: 0 }

/** @param settings beside those of the test environment */
export async function openIsolate(settings: Record<string, unknown> = {}): Promise<Isolate> {
  // A module's variables are what an isolate remembers.
  vi.resetModules()
  const { default: worker } = await import('../../../worker/index.ts')
  const traffic = { ...NOTHING }
  const isolate: Isolate = { call, traffic, onBatch: undefined, onGet: undefined }
  const bindings = { ...env, DB: countDatabase(isolate), COPIES: countCopies(isolate), ...settings }

  async function call(path: string, request: Call = {}): Promise<Response> {
    const context = createExecutionContext()
    const { setTimeout } = globalThis
    // Nobody comes any more in these tests: what would watch out for half a minute (`worker/tokens/uses.ts`) need not.
    const hurried = (run: () => void, ms = 0) => setTimeout(run, ms > 20_000 ? 0 : ms)
    Object.assign(globalThis, { setTimeout: hurried })
    try {
      const answer = await worker.fetch(toRequest(path, request) as never, bindings as never, context)
      await waitOnExecutionContext(context)
      return answer
    } finally {
      Object.assign(globalThis, { setTimeout })
    }
  }
  // It opens its bindings once; what imports the worker after that gets another one.
  await call('/nothing')
  vi.resetModules()
  return isolate
}

/** What it takes, and nothing else. */
export async function trafficOf(isolate: Isolate, run: () => Promise<unknown>): Promise<Traffic> {
  Object.assign(isolate.traffic, NOTHING)
  await run()
  return { ...isolate.traffic }
}

function countDatabase(isolate: Isolate): D1Database {
  const texts = new WeakMap<D1PreparedStatement, string>()
  const wrapped = new WeakMap<object, D1PreparedStatement>()
  const count = (statements: readonly D1PreparedStatement[]) => {
    const isWrite = statements.some((one) => /^\s*(insert|update|delete)/i.test(texts.get(one) ?? ''))
    if (isWrite) isolate.traffic.writes++
    else isolate.traffic.reads++
  }
  const watch = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    texts.set(statement, text)
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => watch(target.bind(...values), text)
        const member = Reflect.get(target, name) as unknown
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          count([target])
          return member.apply(target, args)
        }
      },
    })
    wrapped.set(proxy, statement)
    return proxy
  }
  return {
    prepare: (text: string) => watch(env.DB.prepare(text), text),
    batch(statements: D1PreparedStatement[]) {
      const all = statements.map((one) => wrapped.get(one) ?? one)
      count(all)
      const run = () => env.DB.batch(all)
      return isolate.onBatch ? isolate.onBatch(run) : run()
    },
  } as unknown as D1Database
}

function countCopies(isolate: Isolate): KVNamespace {
  return {
    get(key: string, type: 'json') {
      isolate.traffic.gets++
      const run = () => env.COPIES.get(key, type)
      return isolate.onGet ? isolate.onGet(key, run) : run()
    },
    put(key: string, value: string, options: KVNamespacePutOptions) {
      isolate.traffic.puts++
      copiesEverMade.set(key, [...(copiesEverMade.get(key) ?? []), JSON.parse(value)])
      return env.COPIES.put(key, value, options)
    },
  } as unknown as KVNamespace
}
