/**
 * The road to the Kestra behind Postern: one request there, its answer back, both streamed. Whether a request may go
 * there was decided before.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import type { GatewayError } from './errors.ts'
import { headersBack, headersToKestra } from './headers.ts'
import { createPatience } from './patience.ts'
import { watchUpload } from './upload.ts'

export interface KestraSettings {
  /** Scheme, host and port. */
  readonly origin: string
  /** Value of the header that Kestra knows Postern by; undefined for a Kestra that asks for none. */
  readonly authorization: string | undefined
  /** How long it may take no more of a request, or not begin to answer it. */
  readonly timeoutMs: number
}

export interface Kestra {
  /**
   * @param target path and query, in the plain form that the decision was about; no other is sent
   * @param identity headers that say who is asking
   */
  pass(
    request: Request,
    target: string,
    identity: Readonly<Record<string, string>>,
  ): Promise<Result<Response, GatewayError>>
}

export function openKestra({ origin, authorization, timeoutMs }: KestraSettings, send: typeof fetch): Kestra {
  return {
    async pass(request, target, identity) {
      const patience = createPatience(timeoutMs)
      patience.start()
      try {
        const answer = await send(`${origin}${target}`, {
          method: request.method,
          headers: headersToKestra(request.headers, authorization, identity),
          body: watchUpload(request, patience),
          // A redirect is the client's to follow, with a credential of its own.
          redirect: 'manual',
          signal: patience.signal,
        })
        if (answer.status === 401) {
          await answer.body?.cancel()
          return err({ code: 'kestra_unauthorized' })
        }
        return ok(withHeadersOf(answer, origin))
      } catch {
        // What the platform says of it names hosts.
        return patience.signal.aborted
          ? err({ code: 'kestra_silent', seconds: timeoutMs / 1000 })
          : err({ code: 'kestra_unreachable' })
      } finally {
        patience.end()
      }
    },
  }
}

/** @throws {RangeError} when the status is none that an answer can have */
function withHeadersOf({ status, statusText, body, headers }: Response, origin: string): Response {
  return new Response(body, { status, statusText, headers: headersBack(headers, origin) })
}
