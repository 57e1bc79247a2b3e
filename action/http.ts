/**
 * The HTTP client: a request, tried again while that can help, and an answer that has been checked.
 * Every request of the Action is harmless to repeat (an access token whose answer got lost expires by itself).
 */

import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { version } from '../package.json'
import { type Body, encode } from './body.ts'
import { Failure } from './failure.ts'
import {
  type Answer,
  describe,
  isTransient,
  notFromPostern,
  type Redact,
  readNetworkError,
  readRefusal,
} from './refusal.ts'
import { createTransport, isGood, type Transport } from './transport.ts'

export interface Http {
  /**
   * Sends a request and reads its answer.
   *
   * @throws {Failure} POSTERN-112 to 121, 401, 403 to 407, or what `read` throws
   */
  send<T>(method: Method, url: string, request: HttpRequest, read: Read<T>): Promise<T>
  /** How many requests were sent, repeated ones included. */
  readonly requests: number
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>
  /** A text is JSON. A function is asked anew for each try. */
  readonly body?: Body | (() => Promise<Body>)
  /** Begins to take the content of the answer, anew for each try; `read` then sees none. */
  readonly receive?: () => (piece: Uint8Array) => void
}
/** Makes something of an answer that was no refusal. */
export type Read<T> = (answer: Answer, redact: Redact) => T

export interface HttpOptions {
  /** Takes the secrets out of what a server says. */
  readonly redact: Redact
  /** Ends what is under way, pauses included. Nothing can be sent afterwards. */
  readonly signal?: AbortSignal
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly transport?: Transport
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** From 0 up to 1. */
  readonly random?: () => number
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** How often a request is tried again. */
  readonly retries?: number
  /** For one request, the reading of its answer included; a large one has more. */
  readonly timeoutMs?: number
  /** For all requests together, counted from now. */
  readonly deadlineMs?: number
}

export const DEFAULT_RETRIES = 3
export const DEFAULT_DEADLINE_MS = 300_000
/** 256 KB a second. */
const SLOWEST_BYTES_PER_MS = 256
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

export function createHttp({
  redact,
  signal: ending = new AbortController().signal,
  headers: common = {},
  transport = createTransport(),
  sleep: pause = (ms, signal) => sleep(ms, undefined, { signal }),
  random = Math.random,
  now = Date.now,
  retries = DEFAULT_RETRIES,
  timeoutMs = 60_000,
  deadlineMs = DEFAULT_DEADLINE_MS,
}: HttpOptions): Http {
  const deadline = now() + deadlineMs
  let requests = 0

  async function sendOnce(method: Method, url: string, request: HttpRequest): Promise<Answer> {
    const { headers, body, receive } = request
    const encoded = encode(typeof body === 'function' ? await body() : body)
    const timeMs = timeoutMs + Math.floor(encoded.length / SLOWEST_BYTES_PER_MS)
    requests++
    return transport({
      method,
      url,
      headers: {
        Accept: 'application/json',
        'User-Agent': `postern-action/${version}`,
        ...encoded.headers,
        ...common,
        ...headers,
      },
      body: encoded.body,
      receive: receive?.(),
      signal: AbortSignal.any([ending, AbortSignal.timeout(Math.max(0, Math.min(timeMs, deadline - now())))]),
    })
  }

  /** The answer, or why there is none, and whether another try may end better. */
  async function attempt(method: Method, url: string, request: HttpRequest): Promise<Attempt> {
    try {
      const answer = await sendOnce(method, url, request)
      if (isGood(answer.status)) return { answer }
      const isBasic = { ...common, ...request.headers }.Authorization?.startsWith('Basic ') ?? false
      const failure = readRefusal(answer, redact, isBasic)
      const retryAfterMs = readRetryAfter(answer.headers['retry-after'], now())
      return { failure, isTransient: isTransient(answer.status), retryAfterMs }
    } catch (error) {
      return error instanceof Failure ? { failure: error, isTransient: false } : readNetworkError(url, error)
    }
  }

  return {
    async send(method, url, request, read) {
      for (let tries = 1; ; tries++) {
        const outcome = await attempt(method, url, request)
        if ('answer' in outcome) return read(outcome.answer, redact)
        // Full jitter: runs that failed together do not come back together.
        const jitterMs = random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))
        const pauseMs = Math.max(outcome.retryAfterMs ?? 0, jitterMs)
        const isWorthAnother =
          outcome.isTransient && tries <= retries && now() + pauseMs < deadline && !ending.aborted
        if (!isWorthAnother) throw outcome.failure.after(tries)
        await pause(pauseMs, ending)
      }
    },
    get requests() {
      return requests
    },
  }
}

type Attempt =
  | { readonly answer: Answer }
  | { readonly failure: Failure; readonly isTransient: boolean; readonly retryAfterMs?: number | undefined }

/** Checks JSON with a schema, to which an empty answer is `undefined`. */
export function json<T>(schema: v.GenericSchema<unknown, T>): Read<T> {
  return (answer, redact) => {
    const text = answer.bytes.toString()
    let value: unknown
    try {
      if (text !== '') value = JSON.parse(text)
    } catch {
      throw notFromPostern(answer.url, `is not JSON: ${describe(answer, redact)}`)
    }
    const parsed = v.safeParse(schema, value)
    if (parsed.success) return parsed.output
    // Where, not what: the value may be a token.
    const place = v.getDotPath(parsed.issues[0]) ?? 'its top'
    throw notFromPostern(answer.url, `has something unexpected at ${place}`)
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. Milliseconds from now; `undefined` when absent or neither. */
function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  // Date.parse reads much that is no HTTP date, such as `1.5`.
  return text.endsWith(' GMT') ? Date.parse(text) - now || undefined : undefined
}
