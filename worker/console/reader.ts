/** Who looks at a page, from the cookie that the browser sent, and what every page says of them. */

import type { Principal, RequestContext } from '../access/principal.ts'
import { displayNameOf } from '../accounts/display-name.ts'
import { csrfTokenOf, verifySession } from '../accounts/sessions.ts'
import type { Edge } from '../edge.ts'
import { readCookie, SESSION_COOKIE } from '../http/cookies.ts'
import { findAccounts, tenantIdsOf } from '../storage/accounts.ts'
import { listTenants } from '../storage/tenants.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { VerifiedToken } from '../tokens/verify.ts'
import { firstOf } from './list.ts'

export interface Reader {
  readonly session: VerifiedToken
  readonly principal: Principal
  readonly displayName: string
  readonly tenants: readonly string[]
  readonly csrfToken: string
  readonly endsAt?: number
}

/** More than this nobody picks from a menu. */
const MAX_TENANTS = 50

/** @returns nothing without a session that is good */
export async function readReader(
  { db }: Edge,
  verification: Verification,
  headers: Headers,
  context: RequestContext,
): Promise<Reader | undefined> {
  const cookie = readCookie(headers.get('Cookie'), SESSION_COOKIE)
  if (cookie === undefined) return undefined
  const session = await verifySession(verification, cookie, context)
  if (!session.ok) return undefined
  const { principal, token } = session.value
  const [accounts, tenants, csrfToken] = await Promise.all([
    findAccounts(db, [principal.accountId]),
    principal.isSuperadmin ? allTenants(db) : tenantIdsOf(db, principal.accountId),
    csrfTokenOf(verification.keys, session.value),
  ])
  const [account] = accounts
  return {
    session: session.value,
    principal,
    displayName: account ? displayNameOf(account) : principal.name,
    tenants: [...tenants].sort().slice(0, MAX_TENANTS),
    csrfToken,
    ...(principal.impersonator && token.expiresAt !== null ? { endsAt: token.expiresAt } : {}),
  }
}

async function allTenants(db: Edge['db']): Promise<string[]> {
  const { results } = await listTenants(db, firstOf(MAX_TENANTS))
  return results.map(({ id }) => id)
}
