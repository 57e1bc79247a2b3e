/** API tokens: minted, verified, listed, revoked. Their text is `shared/token-format.ts`'s business. */

import { err, ok, type Result } from '../../shared/result.ts'
import { drawApiToken, parseApiToken } from '../../shared/token-format.ts'
import type { CreateApiToken } from '../../shared/wire/api-token.ts'
import { mayHandOver } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import { compileGrants } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import type { Account } from '../storage/accounts.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import { randomBytes } from '../storage/ids.ts'
import {
  type ApiToken,
  deleteApiToken,
  findApiTokenHolder,
  type Holder,
  insertApiToken,
  listApiTokens,
  listGrants,
} from '../storage/tokens.ts'
import type { TokenError } from './errors.ts'
import { type Keys, utf8 } from './keys.ts'
import { principalOf } from './principal-of.ts'

export { listApiTokens as listTokens }

export interface MintedToken {
  readonly token: ApiToken
  /** The secret: for one answer, and nowhere else. */
  readonly fullToken: string
}

/** Mints a token for an account. Whoever has it can act as the account, so the minter must hold all that it holds. */
export async function mintToken(
  db: Database,
  keys: Keys,
  principal: Principal,
  account: Account,
  { name, description, maxAge }: CreateApiToken,
  now: number,
): Promise<Result<MintedToken, AccessError>> {
  const isOwn = principal.accountId === account.id
  if (!isOwn && account.isSuperadmin && !principal.isSuperadmin) return err({ code: 'superadmin_required' })
  if (!isOwn && !mayHandOver(principal, compileGrants(await listGrants(db, account.id)))) {
    return err({ code: 'grant_exceeds_own' })
  }
  const { id, token: fullToken } = drawApiToken(randomBytes)
  const token: ApiToken = {
    id,
    accountId: account.id,
    name,
    description: description ?? '',
    mac: new Uint8Array(await crypto.subtle.sign('HMAC', keys.tokenMac, utf8(fullToken))),
    createdAt: now,
    expiresAt: maxAge === undefined ? null : now + maxAge,
  }
  const written = await write(db, [insertApiToken(db, token)])
  return written.ok ? ok({ token, fullToken }) : err({ code: 'not_found', what: 'account', id: account.id })
}

/** A token whose secret was proved. Whether it may still be used is another question. */
export interface ProvedToken extends Holder {
  readonly token: ApiToken
}

export interface VerifiedToken {
  readonly principal: Principal
  readonly token: ApiToken
}

/**
 * Cost: nothing for a malformed token; otherwise one round trip to D1.
 *
 * The order matters: that a token is expired or its account disabled is said only after its secret was proved.
 */
export async function verifyApiToken(
  db: Database,
  keys: Keys,
  text: string,
  now: number,
): Promise<Result<VerifiedToken, TokenError>> {
  const proved = await proveApiToken(db, keys, text)
  if (!proved.ok) return proved
  const refusal = refuseHolder(proved.value, now)
  if (refusal) return err(refusal)
  return ok({ principal: principalOf(proved.value), token: proved.value.token })
}

export async function proveApiToken(
  db: Database,
  keys: Keys,
  text: string,
): Promise<Result<ProvedToken, TokenError>> {
  const parsed = parseApiToken(text)
  if (!parsed) return err({ code: 'token_malformed' })
  const holder = await findApiTokenHolder(db, parsed.id)
  if (!holder) return err({ code: 'token_unknown' })
  // Constant time by specification (Web Cryptography, HMAC verify).
  const isGenuine = await crypto.subtle.verify('HMAC', keys.tokenMac, holder.token.mac, utf8(text))
  return isGenuine ? ok(holder) : err({ code: 'token_unknown' })
}

/** Why a token that is genuine may not be used now, if so. */
export function refuseHolder({ token, account }: ProvedToken, now: number): TokenError | undefined {
  if (isExpired(token, now)) return { code: 'token_expired', at: token.expiresAt ?? now }
  if (account.disabledAt !== null) return { code: 'account_disabled' }
  return undefined
}

export const isExpired = (token: ApiToken, now: number): boolean =>
  token.expiresAt !== null && token.expiresAt <= now

/** At once, everywhere: from the commit on nobody finds the token any more. */
export async function revokeToken(
  db: Database,
  accountId: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const isTheirs = (await listApiTokens(db, accountId)).some((token) => token.id === id)
  if (!isTheirs) return err({ code: 'not_found', what: 'token', id })
  await writeOrThrow(db, [deleteApiToken(db, id)])
  return ok(undefined)
}
