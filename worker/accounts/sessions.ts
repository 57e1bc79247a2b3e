/** Sessions of users: what a browser has after signing in. Service accounts never have one. */

import { err, ok, type Result } from '../../shared/result.ts'
import { refusePart } from '../access/decide.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import { findAccountHolder } from '../storage/holders.ts'
import { isMacOfText, macOfText } from '../storage/text-mac.ts'
import {
  deleteExpiredSessions,
  deleteOtherSessions,
  deleteSessions,
  deleteToken,
  findSession,
  insertToken,
  listSessions,
  type Token,
} from '../storage/tokens.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { drawMintedToken, type MintedToken } from '../tokens/mint.ts'
import { principalOf } from '../tokens/principal-of.ts'
import type { Verification } from '../tokens/verifier.ts'
import { proveToken, type VerifiedToken, verifyToken } from '../tokens/verify.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { signIn } from './sign-in.ts'
import { readUser } from './users.ts'

/** From signing in, used or not. */
export const SESSION_LIFETIME_MS = 12 * 3_600_000

type Started = MintedToken & { readonly principal: Principal }

/** Always a session of its own: one that somebody brings along is neither used nor prolonged. */
export async function startSession(
  db: Database,
  keys: Keys,
  username: string,
  password: string,
  context: RequestContext,
): Promise<Result<Started, AccountError | TokenError>> {
  const signedIn = await signIn(db, keys, username, password, context)
  return signedIn.ok ? beginSession(db, keys, signedIn.value, context) : signedIn
}

/** For who has chosen the password in this very request: it needs no proof, and no slot that might not be free. */
export async function startSessionAs(
  db: Database,
  keys: Keys,
  accountId: string,
  context: RequestContext,
): Promise<Result<Started, AccountError>> {
  const holder = await findAccountHolder(db, accountId)
  return holder?.account.disabledAt === null
    ? beginSession(db, keys, principalOf(holder, context), context)
    : err({ code: 'credentials_wrong' })
}

async function beginSession(
  db: Database,
  keys: Keys,
  user: Principal,
  context: RequestContext,
): Promise<Result<Started, AccountError>> {
  const { accountId } = user
  const minted = await drawMintedToken(keys, {
    kind: 'SESSION',
    accountId,
    createdAt: context.now,
    expiresAt: context.now + SESSION_LIFETIME_MS,
  })
  const principal = { ...user, tokenId: minted.token.id }
  const written = await write(db, [
    deleteExpiredSessions(accountId, context.now),
    insertToken(db, minted.token),
    ...record(db, principal, { type: 'LOGIN', resource: 'USER', id: accountId }),
  ])
  // The user was deleted a moment ago.
  return written.ok ? ok({ ...minted, principal }) : err({ code: 'credentials_wrong' })
}

/** What a browser may bring: a session of its user's, or one in which that user acts as somebody else. */
export const verifySession = (verification: Verification, text: string, context: RequestContext) =>
  verifyToken(verification, text, ['SESSION', 'IMPERSONATION'], context)

/**
 * Ends the session or impersonation that the request came with; to end with another credential there is nothing. Of an
 * impersonation the record names both.
 */
export async function endSession(db: Database, principal: Principal): Promise<void> {
  const session = principal.tokenId && (await findSession(db, principal.tokenId))
  if (!session) return
  await writeOrThrow(db, [
    deleteToken(db, session.id),
    ...record(db, principal, {
      type: 'LOGOUT',
      resource: principal.kind,
      id: session.accountId,
      ends: [{ kind: 'token', ref: session.id }],
    }),
  ])
}

/** The same by its text, be it expired or its account disabled. One that is not known needs no more doing. */
export async function giveBackSession(
  db: Database,
  verification: Verification,
  text: string | undefined,
  context: RequestContext,
): Promise<void> {
  if (text === undefined) return
  const proved = await proveToken(verification, text, ['SESSION', 'IMPERSONATION'])
  if (proved.ok) await endSession(db, principalOf(proved.value, context))
}

/**
 * After acting as somebody else: one's own session goes on until its end, under another id than the one that waited.
 *
 * @returns nothing where it is over
 */
export async function resumeSession(
  db: Database,
  keys: Keys,
  verification: Verification,
  text: string | undefined,
  context: RequestContext,
): Promise<MintedToken | undefined> {
  const found = text === undefined ? undefined : await verifyToken(verification, text, ['SESSION'], context)
  if (!found?.ok) return undefined
  const { principal, token } = found.value
  const { accountId, expiresAt } = token
  const minted = await drawMintedToken(keys, {
    kind: 'SESSION',
    accountId,
    createdAt: context.now,
    expiresAt,
  })
  const written = await write(db, [
    deleteToken(db, token.id),
    insertToken(db, minted.token),
    ...record(
      db,
      { ...principal, tokenId: minted.token.id },
      { type: 'LOGIN', resource: 'USER', id: accountId, ends: [{ kind: 'token', ref: token.id }] },
    ),
  ])
  return written.ok ? minted : undefined
}

/** All of a user's sessions, be there any or not. */
export async function endSessions(
  db: Database,
  principal: Principal,
  id: string,
): Promise<Result<void, AccountError>> {
  const found = await readUser(db, id)
  if (!found.ok) return found
  const { account } = found.value
  await writeOrThrow(db, [
    deleteSessions(id),
    ...record(db, principal, { ...deedOn('UPDATE', account), before: account }),
  ])
  return ok(undefined)
}

export const listOwnSessions = (db: Database, { accountId, now }: Principal): Promise<Token[]> =>
  listSessions(db, accountId, now)

/** Of one's own sessions the one that is named. */
export async function endOwnSession(
  db: Database,
  principal: Principal,
  id: string,
): Promise<Result<void, AccountError>> {
  const refusal = refusePart(principal)
  if (refusal) return err(refusal)
  const own = await listOwnSessions(db, principal)
  if (!own.some((session) => session.id === id)) return err({ code: 'not_found', what: 'token', id })
  await writeOrThrow(db, [
    deleteToken(db, id),
    ...record(db, principal, {
      type: 'LOGOUT',
      resource: 'USER',
      id: principal.accountId,
      ends: [{ kind: 'token', ref: id }],
    }),
  ])
  return ok(undefined)
}

/** All but the one that the request came with, and whatever one acts as somebody else with, wherever that is. */
export async function endOtherSessions(
  db: Database,
  principal: Principal,
): Promise<Result<void, AccountError>> {
  const refusal = refusePart(principal)
  if (refusal) return err(refusal)
  const { accountId, tokenId } = principal
  await writeOrThrow(db, [
    deleteOtherSessions(accountId, tokenId),
    ...record(db, principal, {
      type: 'LOGOUT',
      resource: 'USER',
      id: accountId,
      after: { ended: 'all other sessions' },
      ends: [{ kind: 'account', ref: accountId }],
    }),
  ])
  return ok(undefined)
}

/** What the session's pages know and pages of others do not. It lives and dies with the session. */
export const csrfTokenOf = (keys: Keys, { token }: VerifiedToken): Promise<string> =>
  macOfText(keys.csrf, token.id)

export const isCsrfToken = (keys: Keys, { token }: VerifiedToken, text: string): Promise<boolean> =>
  isMacOfText(keys.csrf, token.id, text)
