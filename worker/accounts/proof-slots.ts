/** How many passwords an isolate hashes at once: each takes about a fifth of a second of CPU and 16 MiB of its 128. */

import { err, type Result } from '../../shared/result.ts'
import type { TokenError } from '../tokens/errors.ts'

const MAX_PROOFS_AT_ONCE = 4
/** A request that was given up may never say that it is done. */
const PROOF_TIMEOUT_MS = 10_000
const RETRY_AFTER_SECONDS = 2

/** Of the isolate, however many doors lead to a password: since when each is under way, be it proved or chosen. */
const underWay = new Map<symbol, number>()

/** What somebody who manages accounts waits for at most, in such steps. */
const PATIENCE_MS = 20_000
const STEP_MS = 50

/**
 * From before anything else is asked to the end: a hash takes the isolate for itself, so while one is worked out others
 * would only queue.
 *
 * @returns `too_many_attempts`, and proves nothing, while no slot is free
 */
export async function inProofSlot<T, E>(
  now: number,
  prove: () => Promise<Result<T, E>>,
): Promise<Result<T, E | TokenError>> {
  const slot = take(now)
  if (!slot) return err({ code: 'too_many_attempts', retryAfterSeconds: RETRY_AFTER_SECONDS })
  try {
    return await prove()
  } finally {
    underWay.delete(slot)
  }
}

/**
 * For who may change accounts, such as a script that makes a dozen users at once: each waits for its turn, if it brings a
 * password at all.
 */
export async function inProofSlotFor<T, E>(
  password: string | null | undefined,
  now: number,
  store: () => Promise<Result<T, E>>,
): Promise<Result<T, E | TokenError>> {
  if (!password) return store()
  let waited = 0
  while (!isFree(now + waited) && waited < PATIENCE_MS) {
    // No request's promise is waited for: it may die with that one.
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
    waited += STEP_MS
  }
  return inProofSlot(now + waited, store)
}

function take(now: number): symbol | undefined {
  if (!isFree(now)) return undefined
  const slot = Symbol()
  underWay.set(slot, now)
  return slot
}

function isFree(now: number): boolean {
  for (const [proof, since] of underWay) {
    if (Math.abs(now - since) > PROOF_TIMEOUT_MS) underWay.delete(proof)
  }
  return underWay.size < MAX_PROOFS_AT_ONCE
}
