/** What may follow `Bearer`: an opaque token or an access token, told apart by their first letters. */

import type { Result } from '../../shared/result.ts'
import type { RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { deleteToken } from '../storage/tokens.ts'
import { giveBackAccessToken, verifyAccessToken } from './access-tokens.ts'
import { deedOn } from './api-tokens.ts'
import type { TokenError } from './errors.ts'
import { principalOf } from './principal-of.ts'
import type { Verification } from './verifier.ts'
import { proveToken, type Verified, verifyToken } from './verify.ts'

export const isJwt = (text: string): boolean => text.startsWith('eyJ')

export const verifyBearer = (
  verification: Verification,
  text: string,
  address: { readonly origin: string },
  context: RequestContext,
): Promise<Result<Verified, TokenError>> =>
  isJwt(text)
    ? verifyAccessToken(verification, text, address.origin, context)
    : verifyToken(verification, text, ['API', 'IMPERSONATION'], context)

/**
 * RFC 7009: having the token is right enough to give it back, be it expired or its account disabled. One that is not
 * known needs no more doing.
 */
export async function giveBackToken(
  db: Database,
  verification: Verification,
  text: string,
  context: RequestContext,
): Promise<void> {
  if (isJwt(text)) return giveBackAccessToken(db, verification, text, context.now)
  const proved = await proveToken(verification, text, ['API', 'IMPERSONATION'])
  if (!proved.ok) return
  const { token } = proved.value
  await writeOrThrow(db, [
    deleteToken(db, token.id),
    ...record(db, principalOf(proved.value, context), deedOn(token, 'DELETE')),
  ])
}
