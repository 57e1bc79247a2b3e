/** How many passwords an isolate hashes at once: each takes about a fifth of a second of CPU and 16 MiB of its 128. */

import { err, type Result } from '../../shared/result.ts'
import type { TokenError } from '../tokens/errors.ts'

const MAX_PROOFS_AT_ONCE = 4
/** A request that was given up may never say that it is done. */
const PROOF_TIMEOUT_MS = 10_000
const RETRY_AFTER_SECONDS = 2

/** Of the isolate, however many doors lead to a password: since when each is under way, be it proved or chosen. */
const underWay = new Map<symbol, number>()

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
  for (const [proof, since] of underWay) {
    if (Math.abs(now - since) > PROOF_TIMEOUT_MS) underWay.delete(proof)
  }
  if (underWay.size >= MAX_PROOFS_AT_ONCE) {
    return err({ code: 'too_many_attempts', retryAfterSeconds: RETRY_AFTER_SECONDS })
  }
  const proof = Symbol()
  underWay.set(proof, now)
  try {
    return await prove()
  } finally {
    underWay.delete(proof)
  }
}

/** The same for what may come without a password, and then waits for nobody. */
export const inProofSlotFor = <T, E>(
  password: string | null | undefined,
  now: number,
  store: () => Promise<Result<T, E>>,
): Promise<Result<T, E | TokenError>> => (password ? inProofSlot(now, store) : store())
