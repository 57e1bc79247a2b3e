/** What may follow `Bearer`: an API token or an access token, told apart by their first letters. */

import { ok, type Result } from '../../shared/result.ts'
import type { Principal } from '../access/principal.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { deleteApiToken } from '../storage/tokens.ts'
import { type AccessToken, giveBackAccessToken, mintAccessToken, verifyAccessToken } from './access-tokens.ts'
import { proveApiToken, verifyApiToken } from './api-tokens.ts'
import type { TokenError } from './errors.ts'
import type { Keys } from './keys.ts'

const isJwt = (text: string): boolean => text.startsWith('eyJ')

export async function verifyBearer(
  db: Database,
  keys: Keys,
  text: string,
  origin: string,
  now: number,
): Promise<Result<Principal, TokenError>> {
  if (isJwt(text)) return verifyAccessToken(db, keys, text, origin, now)
  const verified = await verifyApiToken(db, keys, text, now)
  return verified.ok ? ok(verified.value.principal) : verified
}

/** RFC 8693: an API token for a short-lived access token. An access token cannot be prolonged by exchanging it. */
export async function exchangeToken(
  db: Database,
  keys: Keys,
  subjectToken: string,
  origin: string,
  now: number,
): Promise<Result<AccessToken, TokenError>> {
  const verified = await verifyApiToken(db, keys, subjectToken, now)
  return verified.ok ? ok(await mintAccessToken(db, keys, verified.value, origin, now)) : verified
}

/**
 * RFC 7009: having the token is right enough to give it back, be it expired or its account disabled. One that is not
 * known needs no more doing.
 */
export async function giveBackToken(db: Database, keys: Keys, text: string, now: number): Promise<void> {
  if (isJwt(text)) return giveBackAccessToken(db, keys, text, now)
  const proved = await proveApiToken(db, keys, text)
  if (proved.ok) await writeOrThrow(db, [deleteApiToken(db, proved.value.token.id)])
}
