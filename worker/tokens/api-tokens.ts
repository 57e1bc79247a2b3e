/** API tokens: minted, listed, rotated, revoked. Their text is `shared/token-format.ts`'s business, checking them `verify.ts`'s. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { CreateApiToken } from '../../shared/wire/api-token.ts'
import { mayHandOver, refuseStandIn } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import { compileGrants } from '../access/grants.ts'
import { isWhole, narrowGrants } from '../access/narrow.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import type { Account } from '../storage/accounts.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import { listGrants } from '../storage/holders.ts'
import { deleteToken, insertToken, listApiTokens, shortenToken, type Token } from '../storage/tokens.ts'
import type { Keys } from './keys.ts'
import { drawMintedToken, type MintedToken } from './mint.ts'
import { idOfOnce, wasMinted } from './once.ts'

export { listApiTokens as listTokens }

/**
 * Mints a token for an account.
 *
 * @param nonce of a form: sent again, it mints nothing more
 */
export async function mintToken(
  db: Database,
  keys: Keys,
  principal: Principal,
  account: Account,
  { name, description, maxAge, extended, tenant, namespaces, permissions }: CreateApiToken,
  nonce?: string,
): Promise<Result<MintedToken, AccessError>> {
  const narrowing = { tenant, namespaces, permissions }
  const token = {
    name,
    description: description ?? '',
    expiresAt: maxAge === undefined ? null : principal.now + maxAge,
    extendsBy: extended && maxAge !== undefined ? maxAge : null,
    narrowing: isWhole(narrowing) ? null : narrowing,
  }
  return mintLike(db, keys, principal, account, token, nonce)
}

/** So long the old token may live on at most beside the one that takes its place. */
export const MAX_GRACE_MS = 7 * 86_400_000

/**
 * Mints a token like another, which lives on for a while and no longer than it would have anyway: enough to bring the
 * new one to where the old one is.
 *
 * @param graceMs at most MAX_GRACE_MS; 0 revokes the old one at once
 */
export async function rotateToken(
  db: Database,
  keys: Keys,
  principal: Principal,
  account: Account,
  id: string,
  graceMs: number,
  nonce: string,
): Promise<Result<MintedToken, AccessError>> {
  const old = await findToken(db, account.id, id)
  const { now } = principal
  if (!old) {
    const isAgain = await wasMinted(db, await idOfOnce(keys, principal, nonce))
    return err(isAgain ? { code: 'minted_already' } : { code: 'not_found', what: 'token', id })
  }
  const { name, description, narrowing, extendsBy, expiresAt, createdAt } = old
  const lifetime = extendsBy ?? (expiresAt === null ? null : expiresAt - createdAt)
  const token = {
    name,
    description,
    narrowing,
    extendsBy,
    expiresAt: lifetime === null ? null : now + lifetime,
  }
  const end = now + Math.min(graceMs, MAX_GRACE_MS)
  const shortened = { ...old, extendsBy: null, expiresAt: Math.min(old.expiresAt ?? end, end) }
  return mintLike(
    db,
    keys,
    principal,
    account,
    token,
    nonce,
    graceMs > 0
      ? [shortenToken(db, id, end), ...record(db, principal, { ...deedOn(shortened, 'UPDATE'), before: old })]
      : [deleteToken(db, id), ...record(db, principal, deedOn(old, 'DELETE'))],
  )
}

/**
 * Whoever has a token can act as its account, as far as the token goes, so the minter must hold all of that: for one's
 * own account too, or a narrow token would mint itself a wide one.
 *
 * @param along what else happens in the same transaction
 */
async function mintLike(
  db: Database,
  keys: Keys,
  principal: Principal,
  account: Account,
  token: Pick<Token, 'name' | 'description' | 'expiresAt' | 'extendsBy' | 'narrowing'>,
  nonce?: string,
  along: readonly Statement[] = [],
): Promise<Result<MintedToken, AccessError>> {
  const refusal = refuseStandIn(principal)
  if (refusal) return err(refusal)
  if (account.isSuperadmin && !principal.isSuperadmin) return err({ code: 'superadmin_required' })
  const given = narrowGrants(compileGrants(await listGrants(db, account.id)), token.narrowing ?? {})
  if (!mayHandOver(principal, given)) return err({ code: 'grant_exceeds_own' })
  const id = nonce === undefined ? undefined : await idOfOnce(keys, principal, nonce)
  if (id !== undefined && (await wasMinted(db, id))) return err({ code: 'minted_already' })
  const minted = await drawMintedToken(keys, {
    kind: 'API',
    accountId: account.id,
    createdAt: principal.now,
    ...token,
    ...(id === undefined ? {} : { id }),
  })
  const written = await write(db, [
    insertToken(db, minted.token),
    ...record(db, principal, deedOn(minted.token, 'CREATE')),
    ...along,
  ])
  if (written.ok) return ok(minted)
  // The other of two at once.
  if (written.error.kind === 'unique') return err({ code: 'minted_already' })
  return err({ code: 'not_found', what: 'account', id: account.id })
}

/** At once, everywhere: from the commit on nobody finds the token any more. */
export async function revokeToken(
  db: Database,
  principal: Principal,
  accountId: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const token = await findToken(db, accountId, id)
  if (!token) return err({ code: 'not_found', what: 'token', id })
  const isOwn = accountId === principal.accountId
  if (isOwn && principal.isNarrowed && id !== principal.tokenId) return err({ code: 'token_narrowed' })
  await writeOrThrow(db, [deleteToken(db, id), ...record(db, principal, deedOn(token, 'DELETE'))])
  return ok(undefined)
}

export const findToken = async (db: Database, accountId: string, id: string): Promise<Token | undefined> =>
  (await listApiTokens(db, accountId)).find((one) => one.id === id)

/** A new token ends nothing: that nobody knew it before is not remembered against it. */
export const deedOn = (token: Token, type: 'CREATE' | 'UPDATE' | 'DELETE'): Deed => ({
  type,
  resource: 'API_TOKEN',
  id: token.id,
  [type === 'DELETE' ? 'before' : 'after']: token,
  ends: [{ kind: 'token', ref: token.id }],
})
