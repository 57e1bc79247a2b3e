/**
 * The HTTP client: one POST at a time, tried again while that can help, and an answer that has been checked.
 * Every request of the Action is harmless to repeat (an access token whose answer got lost expires by itself). No redirect is followed, so a credential reaches one origin only.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { version } from '../package.json'
import { Failure } from './failure.ts'
import {
  type Answer,
  describe,
  isTransient,
  notFromPostern,
  readNetworkError,
  readRefusal,
} from './refusal.ts'

export interface Http {
  /**
   * Sends a request and reads its answer; an empty one is `undefined` to the schema.
   *
   * @throws {Failure} POSTERN-112, 113, 121, 401, 403, 405, 406 or 407
   */
  post<T>(url: string, request: HttpRequest, schema: v.GenericSchema<unknown, T>): Promise<T>
  /** How many requests were sent, repeated ones included. */
  readonly requests: number
  /** Ends what is under way, pauses included. Nothing can be sent afterwards. */
  abort(): void
}

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>
  /** Of a kind that can be sent more than once, so no stream. */
  readonly body: string | URLSearchParams | FormData
}

export interface HttpOptions {
  /** Takes the secrets out of what a server says. */
  readonly redact: (text: string) => string
  readonly fetch?: typeof globalThis.fetch
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** From 0 up to 1. */
  readonly random?: () => number
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** For one request, the reading of its answer included. */
  readonly timeoutMs?: number
  /** For all requests together, counted from now. */
  readonly deadlineMs?: number
}

const MAX_TRIES = 4
/** Above the longest honest one: a plan that deletes 10,000 files with long paths of any script. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

export function createHttp({
  redact,
  fetch = globalThis.fetch,
  sleep: pause = (ms, signal) => sleep(ms, undefined, { signal }),
  random = Math.random,
  now = Date.now,
  timeoutMs = 60_000,
  deadlineMs = 300_000,
}: HttpOptions): Http {
  const deadline = now() + deadlineMs
  const ending = new AbortController()
  let requests = 0

  async function send(url: string, { headers, body }: HttpRequest): Promise<Answer> {
    requests++
    const response = await fetch(url, {
      method: 'POST',
      headers: { Accept: 'application/json', 'User-Agent': `postern-action/${version}`, ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([
        ending.signal,
        AbortSignal.timeout(Math.max(0, Math.min(timeoutMs, deadline - now()))),
      ]),
    })
    return { url, status: response.status, headers: response.headers, text: await readText(url, response) }
  }

  /** The answer, or why there is none, and whether another try may end better. */
  async function attempt(url: string, request: HttpRequest): Promise<Attempt> {
    try {
      const answer = await send(url, request)
      if (answer.status === 200) return { answer }
      const failure = readRefusal(answer, redact)
      const retryAfterMs = readRetryAfter(answer.headers.get('Retry-After'), now())
      return { failure, isTransient: isTransient(answer.status), retryAfterMs }
    } catch (error) {
      return error instanceof Failure ? { failure: error, isTransient: false } : readNetworkError(url, error)
    }
  }

  return {
    async post(url, request, schema) {
      for (let tries = 1; ; tries++) {
        const outcome = await attempt(url, request)
        if ('answer' in outcome) return readJson(outcome.answer, schema, redact)
        // Full jitter: runs that failed together do not come back together.
        const jitterMs = random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))
        const pauseMs = Math.max(outcome.retryAfterMs ?? 0, jitterMs)
        const isWorthAnother =
          outcome.isTransient && tries < MAX_TRIES && now() + pauseMs < deadline && !ending.signal.aborted
        if (!isWorthAnother) throw outcome.failure.after(tries)
        await pause(pauseMs, ending.signal)
      }
    },
    get requests() {
      return requests
    },
    abort: () => ending.abort(),
  }
}

type Attempt =
  | { readonly answer: Answer }
  | { readonly failure: Failure; readonly isTransient: boolean; readonly retryAfterMs?: number | undefined }

async function readText(url: string, response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw notFromPostern(url, `is longer than ${MAX_ANSWER_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function readJson<T>(
  answer: Answer,
  schema: v.GenericSchema<unknown, T>,
  redact: (text: string) => string,
): T {
  let json: unknown
  try {
    if (answer.text !== '') json = JSON.parse(answer.text)
  } catch {
    throw notFromPostern(answer.url, `is not JSON: ${describe(answer, redact)}`)
  }
  const parsed = v.safeParse(schema, json)
  if (parsed.success) return parsed.output
  // Where, not what: the value may be a token.
  throw notFromPostern(
    answer.url,
    `has something unexpected at ${v.getDotPath(parsed.issues[0]) ?? 'its top'}`,
  )
}

/** RFC 9110 §10.2.3: seconds, or a date. Milliseconds from now; `undefined` when absent or neither. */
function readRetryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  // Date.parse reads much that is no HTTP date, such as `1.5`.
  return text.endsWith(' GMT') ? Date.parse(text) - now || undefined : undefined
}
