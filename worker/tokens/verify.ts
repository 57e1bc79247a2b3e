/** Opaque tokens, checked: read, looked up, proved, judged, in this order. How they are made is not told here. */

import { err, ok, type Result } from '../../shared/result.ts'
import { parseToken, type TokenKind } from '../../shared/token-format.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { insertChanges } from '../storage/changes.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import type { CredentialHolder } from '../storage/federation.ts'
import { findTokenHolder, type Token, type TokenHolder, updateMac } from '../storage/tokens.ts'
import type { TokenError } from './errors.ts'
import { type Keys, keysOf, utf8 } from './keys.ts'
import { macOf } from './mint.ts'
import { principalOf } from './principal-of.ts'

export interface VerifiedToken {
  readonly principal: Principal
  readonly token: Token
}

/**
 * Cost: nothing for a malformed token; otherwise one round trip to D1.
 *
 * The order matters: that a token is expired or its account disabled is said only after its secret was proved.
 *
 * @param kinds that may be presented here; any other is as good as malformed
 */
export async function verifyToken(
  db: Database,
  keys: Keys,
  text: string,
  kinds: readonly TokenKind[],
  context: RequestContext,
): Promise<Result<VerifiedToken, TokenError>> {
  const proved = await proveToken(db, keys, text, kinds)
  if (!proved.ok) return proved
  const refusal = refuseHolder(proved.value, context.now)
  if (refusal) return err(refusal)
  const { token } = proved.value
  if (token.keyVersion !== keys.version) await renewMac(db, keys, token, text, context.now)
  return ok({ principal: principalOf(proved.value, context), token })
}

/** Moves a token to the MASTER_KEY of now: its text is known to nobody but who uses it. */
export async function renewMac(
  db: Database,
  keys: Keys,
  token: Token,
  text: string,
  now: number,
): Promise<void> {
  await writeOrThrow(db, [
    updateMac(db, token, await macOf(keys, text)),
    // Whoever keeps the old one must not refuse it when the old MASTER_KEY is gone.
    ...insertChanges([{ kind: 'token', ref: token.id }], now),
  ])
}

/** Whether the secret is the right one. Whether the token may still be used is another question. */
export async function proveToken(
  db: Database,
  keys: Keys,
  text: string,
  kinds: readonly TokenKind[],
): Promise<Result<TokenHolder, TokenError>> {
  const parsed = parseToken(text)
  if (!parsed || !kinds.includes(parsed.kind)) return err({ code: 'token_malformed' })
  const holder = await findTokenHolder(db, parsed.id)
  if (!holder || holder.token.kind !== parsed.kind) return err({ code: 'token_unknown' })
  return (await isMacOf(keys, holder.token, text)) ? ok(holder) : err({ code: 'token_unknown' })
}

/** Constant time by specification (Web Cryptography, HMAC verify). */
export async function isMacOf(
  keys: Keys,
  { keyVersion, mac }: Pick<Token, 'keyVersion' | 'mac'>,
  text: string,
): Promise<boolean> {
  const own = keysOf(keys, keyVersion)
  return own !== undefined && crypto.subtle.verify('HMAC', own.tokenMac, mac, utf8(text))
}

/** Why a token that is genuine, or one whose parent this is, may not be used now, if so. */
export function refuseHolder(holder: TokenHolder | CredentialHolder, now: number): TokenError | undefined {
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
