/** API tokens: minted, listed, revoked. Their text is `shared/token-format.ts`'s business, checking them `verify.ts`'s. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { CreateApiToken } from '../../shared/wire/api-token.ts'
import { mayHandOver, refuseStandIn } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import { compileGrants } from '../access/grants.ts'
import { isWhole, narrowGrants } from '../access/narrow.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import type { Account } from '../storage/accounts.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import { deleteToken, insertToken, listApiTokens, listGrants, type Token } from '../storage/tokens.ts'
import type { Keys } from './keys.ts'
import { drawMintedToken, type MintedToken } from './mint.ts'

export { listApiTokens as listTokens }

/**
 * Mints a token for an account. Whoever has it can act as the account, as far as the token goes, so the minter must
 * hold all of that: for one's own account too, or a narrow token would mint itself a wide one.
 */
export async function mintToken(
  db: Database,
  keys: Keys,
  principal: Principal,
  account: Account,
  { name, description, maxAge, extended, tenant, namespaces, permissions }: CreateApiToken,
): Promise<Result<MintedToken, AccessError>> {
  const refusal = refuseStandIn(principal)
  if (refusal) return err(refusal)
  if (account.isSuperadmin && !principal.isSuperadmin) return err({ code: 'superadmin_required' })
  const narrowing = { tenant, namespaces, permissions }
  const given = narrowGrants(compileGrants(await listGrants(db, account.id)), narrowing)
  if (!mayHandOver(principal, given)) return err({ code: 'grant_exceeds_own' })
  const minted = await drawMintedToken(keys, {
    kind: 'API',
    accountId: account.id,
    name,
    description: description ?? '',
    createdAt: principal.now,
    expiresAt: maxAge === undefined ? null : principal.now + maxAge,
    extendsBy: extended && maxAge !== undefined ? maxAge : null,
    narrowing: isWhole(narrowing) ? null : narrowing,
  })
  const written = await write(db, [
    insertToken(db, minted.token),
    ...record(db, principal, deedOn(minted.token, 'CREATE')),
  ])
  return written.ok ? ok(minted) : err({ code: 'not_found', what: 'account', id: account.id })
}

/** At once, everywhere: from the commit on nobody finds the token any more. */
export async function revokeToken(
  db: Database,
  principal: Principal,
  accountId: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const token = (await listApiTokens(db, accountId)).find((one) => one.id === id)
  if (!token) return err({ code: 'not_found', what: 'token', id })
  await writeOrThrow(db, [deleteToken(db, id), ...record(db, principal, deedOn(token, 'DELETE'))])
  return ok(undefined)
}

/** A new token ends nothing: that nobody knew it before is not remembered against it. */
export const deedOn = (token: Token, type: 'CREATE' | 'DELETE'): Deed => ({
  type,
  resource: 'API_TOKEN',
  id: token.id,
  [type === 'CREATE' ? 'after' : 'before']: token,
  ends: [{ kind: 'token', ref: token.id }],
})
