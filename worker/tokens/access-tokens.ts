/** Access tokens: JWTs of a few minutes (RFC 9068), signed for one issuer and audience: this Postern's own origin. */

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { insertChanges } from '../storage/changes.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { insertRevokedAccessToken, type SigningKey, type TokenHolder } from '../storage/tokens.ts'
import type { TokenError } from './errors.ts'
import type { Keys } from './keys.ts'
import { principalOf } from './principal-of.ts'
import { revocation, signingKey, tokenHolder } from './questions.ts'
import { ALGORITHM, openActiveKey, openPublicKey } from './signing-keys.ts'
import type { Verification } from './verifier.ts'
import { findKnown, judgeHolder, type VerifiedToken } from './verify.ts'

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
    aud: v.string(),
    sub: v.string(),
    jti: v.string(),
    exp: v.number(),
    /** The id of the API token it was made from: when that goes, so does this. */
    ptk: v.string(),
  }),
})
type Lookup = v.InferOutput<typeof Lookup>

/**
 * Cost: nothing for what does not look like one of ours, or is signed by none of the keys that are known; for others
 * what `records.ts` says. A signature is checked once.
 */
export async function verifyAccessToken(
  verification: Verification,
  jwt: string,
  origin: string,
  context: RequestContext,
): Promise<Result<Principal, TokenError>> {
  const lookup = verification.records.recall<Lookup>(jwt) ?? readLookup(jwt)
  if (!lookup || lookup.claims.iss !== origin || lookup.claims.aud !== origin)
    return err({ code: 'token_malformed' })
  const proved = await proveAccessToken(verification, jwt, lookup, context.now)
  if (!proved.ok) return proved
  const { isRevoked, parent } = proved.value
  if (isRevoked || !parent || parent.account.id !== lookup.claims.sub) return err({ code: 'token_revoked' })
  const judged = await judgeHolder(verification, parent, context.now)
  return judged.ok ? ok(principalOf(judged.value, context)) : judged
}

/** RFC 7009 §2.1: whatever name this worker was called by, a token that it signed can be given back to it. */
export async function giveBackAccessToken(
  db: Database,
  verification: Verification,
  jwt: string,
  now: number,
): Promise<void> {
  const lookup = readLookup(jwt)
  if (!lookup || !(await proveAccessToken(verification, jwt, lookup, now)).ok) return
  const { jti, exp } = lookup.claims
  await writeOrThrow(db, [
    ...insertRevokedAccessToken(db, jti, exp * 1000, now),
    ...insertChanges([{ kind: 'jwt', ref: jti }], now),
  ])
}

interface ProvedAccessToken {
  readonly isRevoked: boolean
  /** The API token it was made from, if that is still there. */
  readonly parent: TokenHolder | undefined
}

/**
 * Checks the signature and the time. The key comes from our own table by `kid`, for the one algorithm: nothing the
 * token says about keys is followed.
 */
async function proveAccessToken(
  verification: Verification,
  jwt: string,
  lookup: Lookup,
  now: number,
): Promise<Result<ProvedAccessToken, TokenError>> {
  const { records } = verification
  const { kid } = lookup.header
  const { jti, ptk, exp } = lookup.claims
  const known = records.recall<Lookup>(jwt) ? undefined : records.glance(signingKey(kid))
  const refusal = known && (await refuseSignature(verification, jwt, lookup, known, now))
  if (refusal) return err(refusal)

  const found = await findKnown(verification, signingKey(kid), [revocation(jti), tokenHolder(ptk)] as const)
  if (!found.ok) return found
  const [key, isRevoked, parent] = found.value
  // What was proved before is as good as its key: when that is named by the change feed, both are forgotten.
  if (records.recall<Lookup>(jwt) === undefined) {
    const refusal = key === known ? undefined : await refuseSignature(verification, jwt, lookup, key, now)
    if (refusal) return err(refusal)
    records.remember(jwt, lookup, { seq: records.position, dependencies: [`key ${kid}`] })
  }
  if (exp * 1000 <= now) return err({ code: 'token_expired', at: exp * 1000 })
  return ok({ isRevoked: isRevoked ?? true, parent })
}

async function refuseSignature(
  { keys }: Verification,
  jwt: string,
  { claims: { exp } }: Lookup,
  key: SigningKey,
  now: number,
): Promise<TokenError | undefined> {
  try {
    await jwtVerify(jwt, await openPublicKey(keys, key), {
      algorithms: [ALGORITHM],
      typ: TYPE,
      currentDate: new Date(now),
    })
    return undefined
  } catch (error) {
    // The signature is checked before the time.
    return error instanceof errors.JWTExpired
      ? { code: 'token_expired', at: exp * 1000 }
      : { code: 'token_unknown' }
  }
}

function readLookup(jwt: string): Lookup | undefined {
  try {
    const parsed = v.safeParse(Lookup, { header: decodeProtectedHeader(jwt), claims: decodeJwt(jwt) })
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}
