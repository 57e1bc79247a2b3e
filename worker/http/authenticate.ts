/** Who a request comes from: its credential, proved. What it may do is decided elsewhere. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { isCsrfToken, verifySession } from '../accounts/sessions.ts'
import type { Edge } from '../edge.ts'
import { verifyBearer } from '../tokens/bearer.ts'
import { actAs } from '../tokens/impersonate.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { Verified } from '../tokens/verify.ts'
import type { Address } from './address.ts'
import { CSRF_COOKIE, CSRF_HEADER, isFromElsewhere, readCookie } from './cookies.ts'
import { readCredential } from './credentials.ts'
import type { EdgeError } from './refusal.ts'
import { shownPath } from './shown-path.ts'

/** The real name stays in the records: see `tokens/impersonate.ts`. */
export const IMPERSONATE_HEADER = 'X-Kestra-Impersonate'

/** A request, and what was read of it already. */
export interface Presented {
  readonly request: Request
  readonly address: Address
  readonly context: RequestContext
  /** Whom it is to be acted as, if who sends it may; null for nobody else. */
  readonly impersonated: string | null
}

export async function authenticate(
  edge: Edge,
  verification: Verification,
  presented: Presented,
): Promise<Result<Principal, EdgeError>> {
  const proved = await prove(edge, verification, presented)
  const { request, address, impersonated } = presented
  if (!proved.ok) return proved
  const { principal } = proved.value
  // Behind a workflow run there is no stored token that could be used.
  if (principal.tokenId && !principal.workload)
    verification.noteUse(principal.tokenId, verification.waitUntil)
  if (impersonated === null) return ok(principal)
  return actAs(edge.db, principal, impersonated, `${request.method} ${shownPath(address.pathname)}`)
}

function prove(
  { basic }: Edge,
  verification: Verification,
  presented: Presented,
): Result<Verified, EdgeError> | Promise<Result<Verified, EdgeError>> {
  const { request, address, context } = presented
  const credential = readCredential(request.headers)
  if (!credential.ok) return credential
  if (!credential.value) return err({ code: 'credentials_missing' })
  switch (credential.value.kind) {
    case 'bearer':
      return verifyBearer(verification, credential.value.token, address, context)
    case 'session':
      return proveSession(verification, credential.value.token, presented)
    case 'basic':
      return basic(verification, credential.value, context)
  }
}

/** Browsers send cookies unasked: what is not a mere look must also bring what only our own pages know. */
async function proveSession(
  verification: Verification,
  text: string,
  { request, address, context }: Presented,
): Promise<Result<Verified, EdgeError>> {
  const session = await verifySession(verification, text, context)
  if (!session.ok) return session
  // A webhook of a Kestra behind Postern runs a flow, whatever the method.
  const isSafe = ['GET', 'HEAD'].includes(request.method) && !request.url.includes('/webhook/')
  const sent = request.headers.get(CSRF_HEADER)
  const isOurs =
    sent !== null &&
    sent === readCookie(request.headers.get('Cookie'), CSRF_COOKIE) &&
    !isFromElsewhere(request.headers.get('Origin'), address.origin)
  if (!isSafe && !(isOurs && (await isCsrfToken(verification.keys, session.value, sent)))) {
    return err({ code: 'csrf_failed' })
  }
  return session
}

/** Cloudflare says where a request came from; elsewhere (on this machine) nobody does. */
export const contextOf = (ipAddress: string | undefined, requestId: string, now: number): RequestContext =>
  ipAddress === undefined ? { requestId, now } : { requestId, now, ipAddress }
