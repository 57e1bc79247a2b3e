/** Who may come in: a request's principal, proved and permitted. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import type { Verification } from '../tokens/verifier.ts'
import { authenticate, type Presented } from './authenticate.ts'
import type { EdgeError } from './refusal.ts'
import { refuseAccess } from './refuse-access.ts'
import type { Access } from './route.ts'
import type { Trace } from './trace.ts'

/** What is asked for: by which rule, where, and by whom. */
export interface Admission extends Presented {
  readonly access: Access
  /** As the route's schema has read them; what is wrong with them is said only to who has proved to be somebody. */
  readonly params: Result<unknown, EdgeError>
  /** Learns who asks, also where that one is refused. */
  readonly trace: Trace
}

/** @returns no principal where anyone may call */
export async function admit(
  edge: Edge,
  verification: Verification,
  admission: Admission,
): Promise<Result<Principal | undefined, EdgeError>> {
  const { access, params, trace } = admission
  if (access.kind === 'public') return params.ok ? ok(undefined) : params
  const authenticated = await authenticate(edge, verification, admission)
  if (!authenticated.ok) return authenticated
  trace.principal = authenticated.value
  if (!params.ok) return params
  const refusal = await refuseAccess(edge, verification, access, authenticated.value, params.value)
  return refusal ? err(refusal) : authenticated
}
