/** Which request a proxy asks about, read from the one pair of headers that it sends. */

import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { RequestAmbiguous } from '../access/errors.ts'
import type { RequestError } from './refusal.ts'

/** nginx and Envoy are configured to send the first pair, Traefik and Caddy send the second one by themselves. */
export const OriginalRequestHeaders = v.object({
  'x-original-method': v.optional(v.string()),
  'x-original-uri': v.optional(v.string()),
  'x-forwarded-method': v.optional(v.string()),
  'x-forwarded-uri': v.optional(v.string()),
})
type OriginalRequestHeaders = v.InferOutput<typeof OriginalRequestHeaders>

export interface OriginalRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
}

/**
 * A header of the other pair can only come from the client: it means to be believed, so the request is refused.
 * One that was sent twice arrives joined with a comma and a space, which no method and no target holds.
 */
export function readOriginalRequest(
  headers: OriginalRequestHeaders,
): Result<OriginalRequest, RequestAmbiguous | RequestError> {
  const original = [headers['x-original-method'], headers['x-original-uri']]
  const forwarded = [headers['x-forwarded-method'], headers['x-forwarded-uri']]
  const isSent = (pair: ReadonlyArray<string | undefined>) => pair.some((header) => header !== undefined)
  if (isSent(original) && isSent(forwarded)) {
    return err({ code: 'request_ambiguous', reason: 'there are headers of two proxies' })
  }
  const [method, target] = isSent(original) ? original : forwarded
  return method === undefined || target === undefined
    ? err({ code: 'original_request_missing' })
    : ok({ method, target })
}
