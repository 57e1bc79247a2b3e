/** What may follow `Bearer`: an API token or an access token, told apart by their first letters. */

import { ok, type Result } from '../../shared/result.ts'
import type { Principal } from '../access/principal.ts'
import { type Database, write } from '../storage/database.ts'
import { deleteApiToken, insertRevokedAccessToken } from '../storage/tokens.ts'
import { type AccessToken, mintAccessToken, verifyAccessToken } from './access-tokens.ts'
import { verifyApiToken } from './api-tokens.ts'
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
  const verified = isJwt(text)
    ? await verifyAccessToken(db, text, origin, now)
    : await verifyApiToken(db, keys, text, now)
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

/** RFC 7009: having the token is right enough to give it back; one that is no longer valid needs no more doing. */
export async function giveBackToken(
  db: Database,
  keys: Keys,
  text: string,
  origin: string,
  now: number,
): Promise<void> {
  if (isJwt(text)) {
    const verified = await verifyAccessToken(db, text, origin, now)
    if (verified.ok) {
      await write(db, insertRevokedAccessToken(db, verified.value.jti, verified.value.expiresAt, now))
    }
  } else {
    const verified = await verifyApiToken(db, keys, text, now)
    if (verified.ok) await write(db, [deleteApiToken(db, verified.value.token.id)])
  }
}
