/** Access tokens: JWTs of a few minutes (RFC 9068), signed for one issuer and audience: this Postern's own origin. */

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal } from '../access/principal.ts'
import type { Database } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { findAccessTokenHolder } from '../storage/tokens.ts'
import { isExpired, type VerifiedToken } from './api-tokens.ts'
import type { TokenError } from './errors.ts'
import type { Keys } from './keys.ts'
import { principalOf } from './principal-of.ts'
import { ALGORITHM, importKey, openActiveKey } from './signing-keys.ts'

export const ACCESS_TOKEN_LIFETIME_SECONDS = 600

const TYPE = 'at+jwt'

export interface AccessToken {
  readonly jwt: string
  readonly lifetimeSeconds: number
}

/** Never outlives the API token it was made from. */
export async function mintAccessToken(
  db: Database,
  keys: Keys,
  { principal, token }: VerifiedToken,
  origin: string,
  now: number,
): Promise<AccessToken> {
  const nowSeconds = Math.floor(now / 1000)
  const parentSeconds =
    token.expiresAt === null ? Number.POSITIVE_INFINITY : Math.floor(token.expiresAt / 1000)
  const expiresSeconds = Math.min(nowSeconds + ACCESS_TOKEN_LIFETIME_SECONDS, parentSeconds)
  const { kid, key } = await openActiveKey(db, keys)
  const jwt = await new SignJWT({ client_id: principal.accountId, ptk: token.id })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .setIssuer(origin)
    .setAudience(origin)
    .setSubject(principal.accountId)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(expiresSeconds)
    .setJti(newId())
    .sign(key)
  return { jwt, lifetimeSeconds: expiresSeconds - nowSeconds }
}

/** What the look-up needs to know before the signature can be checked. */
const Lookup = v.object({
  header: v.object({ alg: v.literal(ALGORITHM), typ: v.literal(TYPE), kid: v.string() }),
  claims: v.object({
    iss: v.string(),
    sub: v.string(),
    jti: v.string(),
    exp: v.number(),
    /** The id of the API token it was made from: when that goes, so does this. */
    ptk: v.string(),
  }),
})

export interface VerifiedAccessToken {
  readonly principal: Principal
  readonly jti: string
  readonly expiresAt: number
}

/**
 * Cost: nothing for what does not look like one of ours; otherwise one round trip to D1.
 *
 * The key comes from our own table by `kid`, for the one algorithm: nothing the token says about keys is followed.
 */
export async function verifyAccessToken(
  db: Database,
  jwt: string,
  origin: string,
  now: number,
): Promise<Result<VerifiedAccessToken, TokenError>> {
  const claimed = readLookup(jwt)
  if (!claimed || claimed.claims.iss !== origin) return err({ code: 'token_malformed' })
  const { header, claims } = claimed
  const { key, isRevoked, holder } = await findAccessTokenHolder(db, {
    kid: header.kid,
    jti: claims.jti,
    apiTokenId: claims.ptk,
  })
  if (!key) return err({ code: 'token_unknown' })
  try {
    await jwtVerify(jwt, await importKey(key.publicJwk), {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: origin,
      audience: origin,
      currentDate: new Date(now),
    })
  } catch (error) {
    if (error instanceof errors.JWTExpired) return err({ code: 'token_expired', at: claims.exp * 1000 })
    return err({ code: 'token_unknown' })
  }
  if (isRevoked || !holder || holder.account.id !== claims.sub) return err({ code: 'token_revoked' })
  if (isExpired(holder.token, now)) return err({ code: 'token_expired', at: holder.token.expiresAt ?? now })
  if (holder.account.disabledAt !== null) return err({ code: 'account_disabled' })
  return ok({ principal: principalOf(holder), jti: claims.jti, expiresAt: claims.exp * 1000 })
}

function readLookup(jwt: string): v.InferOutput<typeof Lookup> | undefined {
  try {
    const parsed = v.safeParse(Lookup, { header: decodeProtectedHeader(jwt), claims: decodeJwt(jwt) })
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}
