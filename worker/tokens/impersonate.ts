/**
 * Acting as another account, to see what it may do: for one request by a header, or for an hour by a token. The
 * records name both. Nobody gains by it: it takes the right to do it wherever the other belongs, and all that the
 * other holds.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import { decide, mayHandOver, refuseStandIn } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import { compileGrants } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Account, findAccountNamed, findAccounts, tenantIdsOf } from '../storage/accounts.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import { findAccountHolder, type Holder } from '../storage/holders.ts'
import { deleteExpiredImpersonations, insertToken } from '../storage/tokens.ts'
import type { Keys } from './keys.ts'
import { drawMintedToken, type MintedToken } from './mint.ts'
import { principalOf } from './principal-of.ts'

/** At most, and unless less is asked for. */
export const IMPERSONATION_LIFETIME_MS = 3_600_000

export interface Impersonation extends MintedToken {
  readonly account: Holder['account']
}

/** Mints a token that acts as the account until it expires, is given back, or its holder may not do that any more. */
export async function mintImpersonation(
  db: Database,
  keys: Keys,
  principal: Principal,
  id: string,
  reason: string | undefined,
  lifetimeMs: number = IMPERSONATION_LIFETIME_MS,
): Promise<Result<Impersonation, AccessError>> {
  // The token asks no more than this of its holder later on: see `refuseHolder`.
  if (!principal.isSuperadmin) return err({ code: 'superadmin_required' })
  const refusal = refuseStandIn(principal)
  if (refusal) return err(refusal)
  const found = await findImpersonated(db, principal, (await findAccounts(db, [id]))[0], id)
  if (!found.ok) return found
  const { account } = found.value
  const minted = await drawMintedToken(keys, {
    kind: 'IMPERSONATION',
    accountId: account.id,
    impersonatorId: principal.accountId,
    createdAt: principal.now,
    expiresAt: principal.now + Math.min(lifetimeMs, IMPERSONATION_LIFETIME_MS),
  })
  const written = await write(db, [
    deleteExpiredImpersonations(principal.accountId, principal.now),
    insertToken(db, minted.token),
    ...record(db, principal, deedOn(account, { tokenId: minted.token.id, reason })),
  ])
  return written.ok ? ok({ ...minted, account }) : err({ code: 'not_found', what: 'account', id })
}

/**
 * The principal of one request, acting as somebody else.
 *
 * @param who a user's e-mail address, a service account's name that no other has, or an id
 * @param request for the record: its method and path
 */
export async function actAs(
  db: Database,
  principal: Principal,
  who: string,
  request: string,
): Promise<Result<Principal, AccessError>> {
  const found = await findImpersonated(db, principal, await findAccountNamed(db, who), who)
  if (!found.ok) return found
  const { requestId, now, ipAddress, tokenId, accountId, name } = principal
  await writeOrThrow(db, record(db, principal, deedOn(found.value.account, { request })))
  return ok({
    ...principalOf(found.value, { requestId, now, ...(ipAddress === undefined ? {} : { ipAddress }) }),
    ...(tokenId === undefined ? {} : { tokenId }),
    impersonator: { accountId, name },
  })
}

/** Who may not impersonate somebody does not learn either whether there is such an account. */
async function findImpersonated(
  db: Database,
  principal: Principal,
  account: Account | undefined,
  who: string,
): Promise<Result<Holder, AccessError>> {
  // No nesting: the records have room for one name behind another.
  if (principal.impersonator) return err({ code: 'impersonating' })
  const holder = account?.disabledAt === null ? await findAccountHolder(db, account.id) : undefined
  if (principal.isSuperadmin)
    return holder ? ok(holder) : err({ code: 'not_found', what: 'account', id: who })
  const permission = 'USER:IMPERSONATE'
  const tenants = holder ? await tenantIdsOf(db, holder.account.id) : []
  const isPermitted =
    tenants.length > 0 && tenants.every((tenant) => decide(principal, { tenant, permission }))
  if (!holder || !isPermitted) return err({ code: 'permission_missing', permission })
  if (holder.account.isSuperadmin) return err({ code: 'superadmin_required' })
  return mayHandOver(principal, compileGrants(holder.grants))
    ? ok(holder)
    : err({ code: 'grant_exceeds_own' })
}

const deedOn = (account: Holder['account'], how: object) =>
  ({
    type: 'IMPERSONATE',
    resource: account.kind,
    id: account.id,
    after: { name: account.name, ...how },
  }) as const
