/** Access tokens, signed: a mandate narrowed to what was asked, for a few minutes and for this Postern alone. */

import { SignJWT } from 'jose'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Narrowing } from '../../shared/wire/narrowing.ts'
import { describeGrants, isWhole, narrowPrincipal } from '../access/narrow.ts'
import type { Principal } from '../access/principal.ts'
import { newId } from '../storage/ids.ts'
import { TYP, type WorkloadClaim } from './claims.ts'
import type { ExchangeError } from './errors.ts'
import { activeKey } from './questions.ts'
import { ALGORITHM, openPrivateKey } from './signing-keys.ts'
import type { Verification } from './verifier.ts'

export const ACCESS_TOKEN_LIFETIME_SECONDS = 600

/** RFC 6750 sets none, but headers have limits, and a token must not be what meets them. */
const MAX_JWT_LENGTH = 4_096

/** Who may have an access token, for how much, and what it hangs on. */
export interface Mandate {
  readonly principal: Principal
  /** What `principal` was narrowed by already. */
  readonly narrowing: Narrowing
  readonly parent: { readonly ptk: string } | { readonly fc: string; readonly fcv: number }
  /** When the parent ends, in milliseconds since 1970; null: never. */
  readonly expiresAt: number | null
  readonly maxLifetimeSeconds: number
  readonly workload?: WorkloadClaim
}

/** What is asked for: less than there is, or as much. */
export interface Wish {
  readonly narrowing: Narrowing
  readonly lifetimeSeconds?: number | undefined
}

export interface AccessToken {
  readonly jwt: string
  readonly jti: string
  readonly lifetimeSeconds: number
  /** Of what it says of itself; undefined where it was not narrowed. */
  readonly scope: string | undefined
  readonly principal: Principal
}

/** Never outlives what it was made from, and never carries more. */
export async function signAccessToken(
  { keys, records }: Verification,
  mandate: Mandate,
  wish: Wish,
  origin: string,
): Promise<Result<AccessToken, ExchangeError>> {
  const principal = narrowPrincipal(mandate.principal, wish.narrowing)
  if (!isWhole(wish.narrowing) && principal.grants.size === 0) return err({ code: 'scope_empty' })
  const said = describeGrants(principal.grants, [wish.narrowing, mandate.narrowing])
  const scope = said.permissions?.join(' ')
  const nowSeconds = Math.floor(principal.now / 1000)
  const expiresSeconds = Math.min(
    nowSeconds + Math.min(wish.lifetimeSeconds ?? ACCESS_TOKEN_LIFETIME_SECONDS, mandate.maxLifetimeSeconds),
    mandate.expiresAt === null ? Number.POSITIVE_INFINITY : Math.floor(mandate.expiresAt / 1000),
  )
  const jti = newId()
  const [active] = await records.find([activeKey] as const)
  // Set-up makes one in the same transaction as all else.
  if (!active) throw new Error('There is no active signing key')
  // What is undefined is left out.
  const jwt = await new SignJWT({
    client_id: principal.accountId,
    ...mandate.parent,
    scope,
    ns: said.namespaces,
    tenant: said.tenant,
    act: principal.impersonator && { sub: principal.impersonator.accountId },
    wl: mandate.workload,
    pos: records.position,
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYP, kid: active.kid })
    .setIssuer(origin)
    .setAudience(origin)
    .setSubject(principal.accountId)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(expiresSeconds)
    .setJti(jti)
    .sign(await openPrivateKey(keys, active))
  if (jwt.length > MAX_JWT_LENGTH) return err({ code: 'access_token_too_large' })
  return ok({ jwt, jti, lifetimeSeconds: expiresSeconds - nowSeconds, scope, principal })
}
