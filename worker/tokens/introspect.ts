/** RFC 7662: what a token is worth at this moment, for who may know. */

import { decodeJwt } from 'jose'
import type { Permission } from '../../shared/permissions.ts'
import type { Introspection } from '../../shared/wire/introspection.ts'
import type { Narrowing } from '../../shared/wire/narrowing.ts'
import { decide } from '../access/decide.ts'
import { describeGrants } from '../access/narrow.ts'
import type { Principal } from '../access/principal.ts'
import { verifyAccessToken } from './access-tokens.ts'
import { isJwt } from './bearer.ts'
import type { AccessTokenClaims } from './claims.ts'
import type { Verification } from './verifier.ts'
import { verifyToken } from './verify.ts'

const INACTIVE = { active: false } as const

/** One answer for a token that is not good and for one that is none of the asker's business (RFC 7662 §2.2). */
export async function introspect(
  verification: Verification,
  asker: Principal,
  text: string,
  origin: string,
): Promise<Introspection> {
  // Who asks has proved to be somebody, and asks for others: their guesses must not blind it for good tokens.
  const unlimited = { ...verification, ipAddress: undefined }
  const found = isJwt(text)
    ? await readAccessToken(unlimited, text, origin, asker)
    : await readToken(unlimited, text, asker)
  if (!found || !mayKnow(asker, found.principal)) return INACTIVE
  const { principal, narrowing, ...times } = found
  const { permissions, namespaces, tenant } = narrowing
  return {
    active: true,
    token_type: 'Bearer',
    iss: origin,
    aud: origin,
    sub: principal.accountId,
    client_id: principal.accountId,
    username: principal.name,
    ...times,
    ...(permissions ? { scope: permissions.join(' ') } : {}),
    ...(namespaces ? { ns: [...namespaces] } : {}),
    ...(tenant ? { tenant } : {}),
    ...(principal.impersonator ? { act: { sub: principal.impersonator.accountId } } : {}),
    as_of: toSeconds(asker.now),
  }
}

/**
 * A superadmin, the account itself, and who may look at such accounts in a tenant where the token is of any use: what
 * a service needs that takes these tokens from others.
 */
function mayKnow(asker: Principal, principal: Principal): boolean {
  if (asker.isSuperadmin || asker.accountId === principal.accountId) return true
  const permission: Permission = `${principal.kind}:VIEW`
  const tenants = new Set([...principal.grants.keys()].map((key) => key.split(' ')[0] ?? ''))
  return [...tenants].some((tenant) => decide(asker, { tenant, permission }))
}

interface Found {
  readonly principal: Principal
  readonly narrowing: Narrowing
  readonly jti: string
  readonly iat: number
  readonly exp?: number
}

async function readAccessToken(
  verification: Verification,
  text: string,
  origin: string,
  { requestId, now }: Principal,
): Promise<Found | undefined> {
  const verified = await verifyAccessToken(verification, text, origin, { requestId, now })
  if (!verified.ok) return undefined
  const { principal } = verified.value
  const { jti, iat, exp, scope, ns, tenant } = decodeJwt<AccessTokenClaims>(text)
  const said: Narrowing = { tenant, namespaces: ns, permissions: scope === undefined ? undefined : [] }
  return {
    principal,
    narrowing: describeGrants(principal.grants, [said]),
    jti,
    iat,
    exp,
  }
}

async function readToken(
  verification: Verification,
  text: string,
  { requestId, now }: Principal,
): Promise<Found | undefined> {
  const verified = await verifyToken(verification, text, ['API', 'IMPERSONATION'], { requestId, now })
  if (!verified.ok) return undefined
  const { principal, token } = verified.value
  return {
    principal,
    narrowing: describeGrants(principal.grants, [token.narrowing ?? {}]),
    jti: token.id,
    iat: toSeconds(token.createdAt),
    ...(token.expiresAt === null ? {} : { exp: toSeconds(token.expiresAt) }),
  }
}

const toSeconds = (ms: number): number => Math.floor(ms / 1000)
