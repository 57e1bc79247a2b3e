/** Who a request comes from: its credential, proved. What it may do is decided elsewhere. */

import { err, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { signIn } from '../accounts/sign-in.ts'
import type { Edge } from '../edge.ts'
import { verifyBearer } from '../tokens/bearer.ts'
import { actAs } from '../tokens/impersonate.ts'
import { readCredential } from './credentials.ts'
import type { EdgeError } from './refusal.ts'

/** The real name stays in the records: see `tokens/impersonate.ts`. */
export const IMPERSONATE_HEADER = 'X-Kestra-Impersonate'

export async function authenticate(
  edge: Edge,
  request: Request,
  origin: string,
  context: RequestContext,
): Promise<Result<Principal, EdgeError>> {
  const proved = await prove(edge, request, origin, context)
  const who = request.headers.get(IMPERSONATE_HEADER)
  if (!proved.ok || who === null) return proved
  return actAs(edge.db, proved.value, who, `${request.method} ${new URL(request.url).pathname}`)
}

async function prove(
  { db, keys }: Edge,
  request: Request,
  origin: string,
  context: RequestContext,
): Promise<Result<Principal, EdgeError>> {
  const credential = readCredential(request.headers)
  if (!credential.ok) return credential
  if (!credential.value) return err({ code: 'credentials_missing' })
  return credential.value.kind === 'bearer'
    ? verifyBearer(db, keys, credential.value.token, origin, context)
    : signIn(db, keys, credential.value.username, credential.value.password, context)
}

/** Cloudflare says where a request came from; elsewhere (on this machine) nobody does. */
export function contextOf(request: Request, requestId: string, now: number): RequestContext {
  const ipAddress = request.headers.get('CF-Connecting-IP')
  return { requestId, now, ...(ipAddress === null ? {} : { ipAddress }) }
}
