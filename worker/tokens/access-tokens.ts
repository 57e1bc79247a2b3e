/** Access tokens, checked and given back: JWTs of a few minutes (RFC 9068). `sign.ts` makes them. */

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { RequestContext } from '../access/principal.ts'
import { insertChanges } from '../storage/changes.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { insertRevokedAccessToken, type SigningKey } from '../storage/tokens.ts'
import { AccessTokenClaims, isParentOf, type Parent, principalFromClaims, TYP } from './claims.ts'
import type { TokenError } from './errors.ts'
import { credentialHolder, revocation, signingKey, tokenHolder } from './questions.ts'
import type { Question, Supposed } from './records.ts'
import { ALGORITHM, openPublicKey } from './signing-keys.ts'
import type { Verification } from './verifier.ts'
import { findKnown, judgeHolder, type Verified } from './verify.ts'

/** What the look-up needs to know before the signature can be checked. */
const Lookup = v.object({
  header: v.object({ alg: v.literal(ALGORITHM), typ: v.literal(TYP), kid: v.string() }),
  claims: AccessTokenClaims,
})
interface Lookup extends v.InferOutput<typeof Lookup> {
  /** Not before it was issued; what was given back since, the feed names. */
  readonly isRevoked: Supposed<boolean> | undefined
}

/**
 * Cost: nothing for what does not look like one of ours, or is signed by none of the keys that are known, nor for one
 * that is seen for the first time, where its key and its parent are known; for others what `records.ts` says. A signature
 * is checked once.
 */
export async function verifyAccessToken(
  verification: Verification,
  jwt: string,
  origin: string,
  context: RequestContext,
): Promise<Result<Verified, TokenError>> {
  const lookup = verification.records.recall<Lookup>(jwt) ?? readLookup(jwt)
  if (!lookup || lookup.claims.iss !== origin || lookup.claims.aud !== origin)
    return err({ code: 'token_malformed' })
  const proved = await proveAccessToken(verification, jwt, lookup, context.now)
  if (!proved.ok) return proved
  const { isRevoked, parent } = proved.value
  if (isRevoked || !parent || !isParentOf(parent, lookup.claims)) return err({ code: 'token_revoked' })
  const judged = await judgeHolder(verification, parent, context.now)
  return judged.ok ? ok({ principal: principalFromClaims(judged.value, lookup.claims, context) }) : judged
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
  /** What it was made from, if that is still there. */
  readonly parent: Parent | undefined
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
  const { jti, exp } = lookup.claims
  const known = records.recall<Lookup>(jwt) ? undefined : records.glance(signingKey(kid))
  const refusal = known && (await refuseSignature(verification, jwt, lookup, known, now))
  if (refusal) return err(refusal)

  const questions = [signingKey(kid), revocation(jti), parentOf(lookup.claims)] as const
  if (lookup.isRevoked) records.suppose(questions[1], lookup.isRevoked)
  const found = await findKnown(verification, questions)
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

const parentOf = ({ ptk = '', fc }: AccessTokenClaims): Question<Parent> =>
  fc === undefined ? tokenHolder(ptk) : credentialHolder(fc)

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
      typ: TYP,
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
    if (!parsed.success) return undefined
    const { jti, pos } = parsed.output.claims
    const isRevoked =
      pos === undefined
        ? undefined
        : { value: false, seq: pos, dependencies: revocation(jti).dependenciesOf(false) }
    return { ...parsed.output, isRevoked }
  } catch {
    return undefined
  }
}
