/** Access tokens, checked and given back: JWTs of a few minutes (RFC 9068). `sign.ts` makes them. */

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { insertChanges } from '../storage/changes.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { findFederatedTokenHolder } from '../storage/federation.ts'
import { findAccessTokenHolder, insertRevokedAccessToken } from '../storage/tokens.ts'
import { AccessTokenClaims, isParentOf, type Parent, principalFromClaims, TYP } from './claims.ts'
import type { TokenError } from './errors.ts'
import type { Keys } from './keys.ts'
import { ALGORITHM, openPublicKey } from './signing-keys.ts'
import { refuseHolder } from './verify.ts'

/** What the look-up needs to know before the signature can be checked. */
const Lookup = v.object({
  header: v.object({ alg: v.literal(ALGORITHM), typ: v.literal(TYP), kid: v.string() }),
  claims: AccessTokenClaims,
})
type Lookup = v.InferOutput<typeof Lookup>

/**
 * Cost: nothing for what does not look like one of ours; otherwise one round trip to D1.
 */
export async function verifyAccessToken(
  db: Database,
  keys: Keys,
  jwt: string,
  origin: string,
  context: RequestContext,
): Promise<Result<Principal, TokenError>> {
  const lookup = readLookup(jwt)
  if (!lookup || lookup.claims.iss !== origin || lookup.claims.aud !== origin)
    return err({ code: 'token_malformed' })
  const proved = await proveAccessToken(db, keys, jwt, lookup, context.now)
  if (!proved.ok) return proved
  const { isRevoked, parent } = proved.value
  if (isRevoked || !parent || !isParentOf(parent, lookup.claims)) return err({ code: 'token_revoked' })
  const refusal = refuseHolder(parent, context.now)
  return refusal ? err(refusal) : ok(principalFromClaims(parent, lookup.claims, context))
}

/** RFC 7009 §2.1: whatever name this worker was called by, a token that it signed can be given back to it. */
export async function giveBackAccessToken(db: Database, keys: Keys, jwt: string, now: number): Promise<void> {
  const lookup = readLookup(jwt)
  if (!lookup || !(await proveAccessToken(db, keys, jwt, lookup, now)).ok) return
  const { jti, exp } = lookup.claims
  await writeOrThrow(db, [
    ...insertRevokedAccessToken(db, jti, exp * 1000, now),
    ...insertChanges([{ kind: 'jwt', ref: jti }], now),
  ])
}

interface ProvedAccessToken {
  readonly isRevoked: boolean
  /** What it was made from, if that is still there. */
  readonly parent: Parent | undefined
}

/**
 * Checks the signature and the time. The key comes from our own table by `kid`, for the one algorithm: nothing the
 * token says about keys is followed.
 */
async function proveAccessToken(
  db: Database,
  keys: Keys,
  jwt: string,
  { header: { kid }, claims: { jti, ptk, fc, exp } }: Lookup,
  now: number,
): Promise<Result<ProvedAccessToken, TokenError>> {
  const { key, isRevoked, holder } =
    fc === undefined
      ? await findAccessTokenHolder(db, { kid, jti, parentId: ptk ?? '' })
      : await findFederatedTokenHolder(db, { kid, jti, credentialId: fc })
  if (!key) return err({ code: 'token_unknown' })
  try {
    await jwtVerify(jwt, await openPublicKey(keys, key), {
      algorithms: [ALGORITHM],
      typ: TYP,
      currentDate: new Date(now),
    })
    return ok({ isRevoked, parent: holder })
  } catch (error) {
    // The signature is checked before the time.
    return err(
      error instanceof errors.JWTExpired
        ? { code: 'token_expired', at: exp * 1000 }
        : { code: 'token_unknown' },
    )
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
