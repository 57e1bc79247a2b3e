/** Who a request comes from: its credential, proved. What it may do is decided elsewhere. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { isCsrfToken, verifySession } from '../accounts/sessions.ts'
import type { Edge } from '../edge.ts'
import { verifyBearer } from '../tokens/bearer.ts'
import { actAs } from '../tokens/impersonate.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { Address } from './address.ts'
import { CSRF_COOKIE, CSRF_HEADER, isFromElsewhere, readCookie } from './cookies.ts'
import { readCredential } from './credentials.ts'
import type { EdgeError } from './refusal.ts'
import { shownPath } from './shown-path.ts'

/** The real name stays in the records: see `tokens/impersonate.ts`. */
export const IMPERSONATE_HEADER = 'X-Kestra-Impersonate'

export async function authenticate(
  edge: Edge,
  verification: Verification,
  request: Request,
  address: Address,
  context: RequestContext,
): Promise<Result<Principal, EdgeError>> {
  const proved = await prove(edge, verification, request, address, context)
  // Behind a workflow run there is no stored token that could be used.
  if (proved.ok && proved.value.tokenId && !proved.value.workload) {
    verification.noteUse(proved.value.tokenId, verification.waitUntil)
  }
  const who = request.headers.get(IMPERSONATE_HEADER)
  if (!proved.ok || who === null) return proved
  return actAs(edge.db, proved.value, who, `${request.method} ${shownPath(address.pathname)}`)
}

function prove(
  { basic }: Edge,
  verification: Verification,
  request: Request,
  address: Address,
  context: RequestContext,
): Result<Principal, EdgeError> | Promise<Result<Principal, EdgeError>> {
  const credential = readCredential(request.headers)
  if (!credential.ok) return credential
  if (!credential.value) return err({ code: 'credentials_missing' })
  switch (credential.value.kind) {
    case 'bearer':
      return verifyBearer(verification, credential.value.token, address, context)
    case 'session':
      return authenticateSession(verification, request, credential.value.token, address, context)
    case 'basic':
      return basic(verification, credential.value, context)
  }
}

/** Browsers send cookies unasked: what is not a mere look must also bring what only our own pages know. */
async function authenticateSession(
  verification: Verification,
  request: Request,
  text: string,
  address: Address,
  context: RequestContext,
): Promise<Result<Principal, EdgeError>> {
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
  return ok(session.value.principal)
}

/** Cloudflare says where a request came from; elsewhere (on this machine) nobody does. */
export const contextOf = (ipAddress: string | undefined, requestId: string, now: number): RequestContext =>
  ipAddress === undefined ? { requestId, now } : { requestId, now, ipAddress }
