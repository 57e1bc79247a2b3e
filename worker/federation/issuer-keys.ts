/**
 * The public keys of issuers: fetched from the one address that an administrator set, kept in isolate memory and, as a
 * copy, in KV. What an assertion says of keys beyond a `kid` is never followed.
 */

import type { JWK } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Copies } from '../storage/copies.ts'
import type { AssertionError } from './errors.ts'

/** Younger than this a set is not asked for again because of its age. */
const FRESH_MS = 10 * 60_000
/** Older than this it is worth nothing, whether its issuer answers or not. */
const MAX_AGE_MS = 24 * 60 * 60_000
/** Between two tries, so that invented `kid`s do not become requests to the issuer. */
const COOL_DOWN_MS = 30_000
const TIMEOUT_MS = 5_000
const MAX_BYTES = 64 * 1024
const MAX_ISSUERS = 100

export interface KeysOf<Key> {
  /**
   * @returns `undefined` when the issuer has no such key; an error when it cannot be asked and nothing recent enough
   *   is known of it
   */
  find(jwksUri: string, kid: string, now: number): Promise<Result<Key | undefined, AssertionError>>
}

export type IssuerKeys = KeysOf<JWK>

const isJwk = (value: unknown): value is JWK => typeof value === 'object' && value !== null
const KeySet = v.object({ keys: v.pipe(v.array(v.custom<JWK>(isJwk)), v.maxLength(100)) })

interface Known<Key> {
  readonly keys: readonly Key[]
  readonly fetchedAt: number
}

interface Try {
  readonly at: number
  outcome: 'open' | 'succeeded' | 'failed'
}

type KeySetOf<Key> = v.GenericSchema<unknown, { keys: Key[] }>

export function createIssuerKeys(send: typeof fetch, copies: Copies): IssuerKeys
/** @param keySet how this issuer writes its keys, where that is not a JWKS */
export function createIssuerKeys<Key extends { kid?: string }>(
  send: typeof fetch,
  copies: Copies,
  keySet: KeySetOf<Key>,
): KeysOf<Key>
export function createIssuerKeys(
  send: typeof fetch,
  copies: Copies,
  keySet: KeySetOf<JWK> = KeySet,
): IssuerKeys {
  const known = new Map<string, Known<JWK>>()
  const tries = new Map<string, Try>()

  async function fetchOnce(jwksUri: string, now: number): Promise<void> {
    const attempt: Try = { at: now, outcome: 'open' }
    if (tries.size >= MAX_ISSUERS) tries.clear()
    tries.set(jwksUri, attempt)
    const keys = await fetchKeySet(send, jwksUri, keySet)
    attempt.outcome = keys ? 'succeeded' : 'failed'
    if (!keys) return
    remember(jwksUri, { keys, fetchedAt: now })
    await copies.put(copyOf(jwksUri), { keys, fetchedAt: now }, MAX_AGE_MS / 1000)
  }

  function remember(jwksUri: string, set: Known<JWK>): void {
    if (known.size >= MAX_ISSUERS) known.clear()
    known.set(jwksUri, set)
  }

  /** Looks now and then: a request must not wait for another one's promise. */
  async function whileOpen(attempt: Try): Promise<void> {
    for (let waited = 0; attempt.outcome === 'open' && waited < TIMEOUT_MS; waited += 50) await sleep(50)
  }

  return {
    async find(jwksUri, kid, now) {
      const find = () => {
        const set = known.get(jwksUri)
        const key = set?.keys.find((one) => one.kid === kid)
        return set && key && isWithin(MAX_AGE_MS, set.fetchedAt, now)
          ? { key, fetchedAt: set.fetchedAt }
          : undefined
      }
      if (!known.has(jwksUri)) {
        const copy = await copies.get<Known<JWK>>(copyOf(jwksUri))
        if (copy) remember(jwksUri, copy)
      }
      const found = find()
      if (found && isWithin(FRESH_MS, found.fetchedAt, now)) return ok(found.key)
      const last = tries.get(jwksUri)
      if (!last || !isWithin(COOL_DOWN_MS, last.at, now)) await fetchOnce(jwksUri, now)
      else if (!found) await whileOpen(last)
      const key = find()?.key
      if (key) return ok(key)
      return tries.get(jwksUri)?.outcome === 'succeeded' ? ok(undefined) : err({ code: 'issuer_unavailable' })
    },
  }
}

/** A clock that was put back makes everything old. */
const isWithin = (ms: number, since: number, now: number): boolean => now >= since && now - since < ms

const copyOf = (jwksUri: string): string => `issuer-keys ${jwksUri}`

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** `undefined` for every answer that is not a set of keys: an error, a redirect, too much, too late, something else. */
async function fetchKeySet(
  send: typeof fetch,
  jwksUri: string,
  keySet: KeySetOf<JWK>,
): Promise<readonly JWK[] | undefined> {
  try {
    const answer = await send(jwksUri, {
      // An address that moves is one that an administrator changes.
      redirect: 'manual',
      // GitHub answers nobody who does not say who they are.
      headers: { Accept: 'application/json', 'User-Agent': 'postern' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (answer.status !== 200) {
      await answer.body?.cancel()
      return undefined
    }
    const text = await readText(answer)
    const parsed = v.safeParse(keySet, text === undefined ? undefined : JSON.parse(text))
    return parsed.success ? parsed.output.keys : undefined
  } catch {
    return undefined
  }
}

/** `undefined` when there is more than allowed; the rest stays unread. */
async function readText({ body }: Response): Promise<string | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let text = ''
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > MAX_BYTES) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
