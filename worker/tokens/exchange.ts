/** RFC 8693 with a token of ours: one that lasts for one of a few minutes. `exchange-assertion.ts` has the other half. */

import type { Result } from '../../shared/result.ts'
import { MAX_TTL } from '../../shared/wire/federation.ts'
import type { RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import type { ExchangeError, TokenError } from './errors.ts'
import { type AccessToken, signAccessToken, type Wish } from './sign.ts'
import type { Verification } from './verifier.ts'
import { verifyToken } from './verify.ts'

/** An access token cannot be prolonged by exchanging it: what is exchanged is the token that it was made from. */
export async function exchangeToken(
  db: Database,
  verification: Verification,
  text: string,
  wish: Wish,
  origin: string,
  context: RequestContext,
): Promise<Result<AccessToken, TokenError | ExchangeError>> {
  const verified = await verifyToken(verification, text, ['API', 'IMPERSONATION'], context)
  if (!verified.ok) return verified
  const { principal, token } = verified.value
  verification.noteUse(token.id, verification.waitUntil)
  const mandate = {
    principal,
    narrowing: token.narrowing ?? {},
    parent: { ptk: token.id },
    expiresAt: token.expiresAt,
    maxLifetimeSeconds: MAX_TTL,
  }
  const signed = await signAccessToken(verification, mandate, wish, origin)
  if (!signed.ok) return signed
  const { jti, scope, lifetimeSeconds } = signed.value
  const deed = {
    type: 'LOGIN',
    resource: principal.kind,
    id: principal.accountId,
    after: { accessToken: jti, scope, lifetimeSeconds },
  } as const
  await writeOrThrow(db, record(db, principal, deed))
  return signed
}
