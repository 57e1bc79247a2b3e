/** Opaque tokens, checked: read, looked up, proved, judged, in this order. How they are made is not told here. */

import { err, ok, type Result } from '../../shared/result.ts'
import { parseToken, TOKEN_LENGTH, type TokenKind, type TokenText } from '../../shared/token-format.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import type { CredentialHolder, TokenHolder } from '../storage/holders.ts'
import type { Token } from '../storage/tokens.ts'
import type { TokenError } from './errors.ts'
import { GUESSES_PERIOD_SECONDS } from './guesses.ts'
import { type Keys, keysOf, utf8 } from './keys.ts'
import { principalOf } from './principal-of.ts'
import { tokenHolder } from './questions.ts'
import type { Answers, Question } from './records.ts'
import type { Verification } from './verifier.ts'

export interface Verified {
  readonly principal: Principal
}

export interface VerifiedToken extends Verified {
  readonly token: Token
}

/**
 * Cost: nothing for a malformed token; for others what `records.ts` says.
 *
 * The order matters: that a token is expired or its account disabled is said only after its secret was proved.
 *
 * @param kinds that may be presented here; any other is as good as malformed
 */
export async function verifyToken(
  verification: Verification,
  text: string,
  kinds: readonly TokenKind[],
  context: RequestContext,
): Promise<Result<VerifiedToken, TokenError>> {
  const proved = await proveToken(verification, text, kinds)
  if (!proved.ok) return proved
  const judged = await judgeHolder(verification, proved.value, context.now)
  if (!judged.ok) return judged
  const { token } = judged.value
  if (token.keyVersion !== verification.keys.version)
    verification.renewMac(token, text, verification.waitUntil)
  return ok({ principal: principalOf(judged.value, context), token })
}

/** Whether the secret is the right one. Whether the token may still be used is another question. */
export async function proveToken(
  verification: Verification,
  text: string,
  kinds: readonly TokenKind[],
): Promise<Result<TokenHolder, TokenError>> {
  const { keys, records } = verification
  const parsed = parseToken(text)
  if (!parsed || !kinds.includes(parsed.kind)) return err({ code: 'token_malformed' })

  const question = tokenHolder(parsed.id)
  const known = records.glance(question)
  // Whether a token still holds is looked up only for who has its secret.
  if (known && !(await isGenuine(keys, known, parsed))) return err({ code: 'token_unknown' })
  const found = await findKnown(verification, [question])
  if (!found.ok) return found
  const [holder] = found.value
  return holder === known || (await isGenuine(keys, holder, parsed))
    ? ok(holder)
    : err({ code: 'token_unknown' })
}

/**
 * What proved a holder's token, for as long as its record lives: held against that, in constant time, another use needs
 * no MAC, which takes the platform ten times as long. Tokens all have the same length.
 */
const proofs = new WeakMap<TokenHolder, Uint8Array>()

/** Where the bytes lie that are held against a proof: to make a buffer for them takes longer than all the rest. */
const compared = new Uint8Array(TOKEN_LENGTH)
const encoder = new TextEncoder()

function isGenuine(keys: Keys, holder: TokenHolder, presented: TokenText): boolean | Promise<boolean> {
  const { token } = holder
  if (token.kind !== presented.kind) return false
  const proof = proofs.get(holder)
  if (!proof) return prove(keys, holder, utf8(presented.token))
  encoder.encodeInto(presented.token, compared)
  return crypto.subtle.timingSafeEqual(proof, compared)
}

async function prove(keys: Keys, holder: TokenHolder, bytes: Uint8Array): Promise<boolean> {
  const isProved = await isMacOf(keys, holder.token, bytes)
  if (isProved) proofs.set(holder, bytes)
  return isProved
}

/** Constant time by specification (Web Cryptography, HMAC verify). */
export function isMacOf(
  keys: Keys,
  { keyVersion, mac }: Pick<Token, 'keyVersion' | 'mac'>,
  bytes: Uint8Array,
): boolean | Promise<boolean> {
  const own = keysOf(keys, keyVersion)
  return own !== undefined && crypto.subtle.verify('HMAC', own.tokenMac, mac, bytes)
}

/**
 * Looks up what a credential names, which is the first question, with more of the same moment. Whoever named too much
 * that does not exist gets no other look at D1.
 */
export function findKnown<T, More extends readonly Question[]>(
  { records, guesses, ipAddress }: Verification,
  questions: readonly [Question<T>, ...More],
): Result<Known<T, More>, TokenError> | Promise<Result<Known<T, More>, TokenError>> {
  const isNew = !records.knows(questions[0])
  if (isNew && guesses.areSpent(ipAddress)) {
    return err({ code: 'too_many_attempts', retryAfterSeconds: GUESSES_PERIOD_SECONDS })
  }
  const found = records.find(questions)
  if (!(found instanceof Promise)) return toKnown<T, More>(found)
  return found.then(async (answers) => {
    const known = toKnown<T, More>(answers)
    if (!known.ok && isNew) await guesses.count(ipAddress)
    return known
  })
}

const toKnown = <T, More extends readonly Question[]>(
  found: readonly unknown[],
): Result<Known<T, More>, TokenError> =>
  found[0] === undefined ? err({ code: 'token_unknown' }) : ok(found as unknown as Known<T, More>)

type Known<T, More extends readonly Question[]> = readonly [T, ...Answers<More>]

/** A genuine token's holder, or what an access token hangs on, as it is now, if it may be used. */
export function judgeHolder<Judged extends TokenHolder | CredentialHolder>(
  verification: Verification,
  holder: Judged,
  now: number,
): Result<Judged, TokenError> | Promise<Result<Judged, TokenError>> {
  if ('token' in holder && mayBeProlonged(holder, now)) {
    return judgeCurrent(verification, holder.token, now) as Promise<Result<Judged, TokenError>>
  }
  const refusal = refuseHolder(holder, now)
  return refusal ? err(refusal) : ok(holder)
}

/** Use may have prolonged it since the record was made, which is no change that the feed would name. */
async function judgeCurrent(
  { records }: Verification,
  { id }: Token,
  now: number,
): Promise<Result<TokenHolder, TokenError>> {
  const [current] = await records.find([tokenHolder(id)] as const, { isConfirming: true })
  if (!current) return err({ code: 'token_unknown' })
  if (isExpired(current.token, now)) expired.add(current)
  const refusal = refuseHolder(current, now)
  return refusal ? err(refusal) : ok(current)
}

/** Records that were read after their token's end: nothing prolongs it any more. */
const expired = new WeakSet<TokenHolder>()

const mayBeProlonged = (holder: TokenHolder, now: number): boolean =>
  isExpired(holder.token, now) && holder.token.extendsBy !== null && !expired.has(holder)

/** Why a token that is genuine, or one whose parent this is, may not be used now, if so. */
function refuseHolder(holder: TokenHolder | CredentialHolder, now: number): TokenError | undefined {
  if (holder.account.disabledAt !== null) return { code: 'account_disabled' }
  if ('credential' in holder) {
    const { credential, issuer } = holder
    const isGood = credential.isEnabled && issuer.isEnabled && !isExpired(credential, now)
    return isGood ? undefined : { code: 'token_revoked' }
  }
  const { token, impersonator } = holder
  if (isExpired(token, now)) return { code: 'token_expired', at: token.expiresAt ?? now }
  if (impersonator && impersonator.disabledAt !== null) return { code: 'account_disabled' }
  // Only superadmins get such tokens, and only as long as they are superadmins are these good for anything.
  if (impersonator && !impersonator.isSuperadmin) return { code: 'token_revoked' }
  return undefined
}

export const isExpired = (token: Pick<Token, 'expiresAt'>, now: number): boolean =>
  token.expiresAt !== null && token.expiresAt <= now
