/** Who a request comes from: its credential, proved. What it may do is decided elsewhere. */

import { err, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import { verifyBearer } from '../tokens/bearer.ts'
import type { Verification } from '../tokens/verifier.ts'
import { readCredential } from './credentials.ts'
import type { EdgeError } from './refusal.ts'

export async function authenticate(
  { basic }: Edge,
  verification: Verification,
  request: Request,
  origin: string,
  context: RequestContext,
): Promise<Result<Principal, EdgeError>> {
  const credential = readCredential(request.headers)
  if (!credential.ok) return credential
  if (!credential.value) return err({ code: 'credentials_missing' })
  const authenticated =
    credential.value.kind === 'bearer'
      ? await verifyBearer(verification, credential.value.token, origin, context)
      : await basic(verification, credential.value, context)
  if (authenticated.ok && authenticated.value.tokenId) verification.noteUse(authenticated.value.tokenId)
  return authenticated
}

/** Cloudflare says where a request came from; elsewhere (on this machine) nobody does. */
export function contextOf(request: Request, requestId: string, now: number): RequestContext {
  const ipAddress = request.headers.get('CF-Connecting-IP')
  return { requestId, now, ...(ipAddress === null ? {} : { ipAddress }) }
}
