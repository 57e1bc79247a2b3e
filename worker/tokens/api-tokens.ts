/** API tokens: minted, verified, listed, revoked. Their text is `shared/token-format.ts`'s business. */

import { err, ok, type Result } from '../../shared/result.ts'
import { drawApiToken, parseApiToken } from '../../shared/token-format.ts'
import type { CreateApiToken } from '../../shared/wire/api-token.ts'
import { mayHandOver } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import { compileGrants } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import type { Account } from '../storage/accounts.ts'
import { type Database, write } from '../storage/database.ts'
import { randomBytes } from '../storage/ids.ts'
import {
  type ApiToken,
  deleteApiToken,
  findApiTokenHolder,
  insertApiToken,
  listApiTokens,
  listGrants,
} from '../storage/tokens.ts'
import type { TokenError } from './errors.ts'
import { type Keys, utf8 } from './keys.ts'
import { principalOf } from './principal-of.ts'

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
  const parsed = parseApiToken(text)
  if (!parsed) return err({ code: 'token_malformed' })
  const holder = await findApiTokenHolder(db, parsed.id)
  if (!holder) return err({ code: 'token_unknown' })
  const { token, account } = holder
  // Constant time by specification (Web Cryptography §31.6.2).
  const isGenuine = await crypto.subtle.verify('HMAC', keys.tokenMac, token.mac, utf8(text))
  if (!isGenuine) return err({ code: 'token_unknown' })
  if (isExpired(token, now)) return err({ code: 'token_expired', at: token.expiresAt ?? now })
  if (account.disabledAt !== null) return err({ code: 'account_disabled' })
  return ok({ principal: principalOf(holder), token })
}

export const isExpired = (token: ApiToken, now: number): boolean =>
  token.expiresAt !== null && token.expiresAt <= now

export async function listTokens(db: Database, accountId: string): Promise<ApiToken[]> {
  return listApiTokens(db, accountId)
}

/** At once, everywhere: from the commit on nobody finds the token any more. */
export async function revokeToken(
  db: Database,
  accountId: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const isTheirs = (await listApiTokens(db, accountId)).some((token) => token.id === id)
  if (!isTheirs) return err({ code: 'not_found', what: 'token', id })
  await write(db, [deleteApiToken(db, id)])
  return ok(undefined)
}
