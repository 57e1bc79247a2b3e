/** Tokens that somebody found: whoever has one may have it revoked, and nobody has to be believed for that. */

import { err, ok, type Result } from '../../shared/result.ts'
import { parseToken } from '../../shared/token-format.ts'
import type { Leak } from '../../shared/wire/leaks.ts'
import type { RequestContext } from '../access/principal.ts'
import { recordAll } from '../audit/record.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { deleteTokens, findTokens, type Token } from '../storage/tokens.ts'
import { deedOn } from './api-tokens.ts'
import type { TokenError } from './errors.ts'
import { GUESSES_PERIOD_SECONDS } from './guesses.ts'
import { utf8 } from './keys.ts'
import type { Verification } from './verifier.ts'
import { isMacOf } from './verify.ts'

/** Who says so: for the record alone. */
export type Reporter = 'GITHUB' | 'ANYONE'

/**
 * Revokes what is genuine among them, all in one transaction.
 *
 * Cost: nothing if none has the form of a token; else one read of D1, and one write if one was genuine. Who reports
 * without a signature too much that does not exist is not looked up any more, like who presents it.
 *
 * @returns for each leak whether it was a token
 */
export async function revokeLeaked(
  db: Database,
  { keys, records, guesses, ipAddress }: Verification,
  leaks: readonly Leak[],
  reporter: Reporter,
  context: RequestContext,
): Promise<Result<boolean[], TokenError>> {
  const parsed = leaks.map(({ token }) => parseToken(token))
  const ids = new Set(parsed.flatMap((one) => one?.id ?? []))
  if (ids.size === 0) return ok(leaks.map(() => false))
  if (reporter === 'ANYONE' && guesses.areSpent(ipAddress)) {
    return err({ code: 'too_many_attempts', retryAfterSeconds: GUESSES_PERIOD_SECONDS })
  }
  // Nothing is written to a database that was put back and not confirmed.
  await records.refresh()
  const stored = new Map((await findTokens(db, [...ids])).map((token) => [token.id, token]))
  if (reporter === 'ANYONE' && stored.size < ids.size) await guesses.count(ipAddress)

  const found = new Map<string, { readonly token: Token; readonly leak: Leak }>()
  const isGenuine = await Promise.all(
    parsed.map(async (one, index) => {
      const token = one && stored.get(one.id)
      const leak = leaks[index]
      if (!leak || !token || token.kind !== one.kind || !(await isMacOf(keys, token, utf8(one.token))))
        return false
      found.set(token.id, { token, leak })
      return true
    }),
  )
  if (found.size > 0) {
    const actor = { accountId: 'leaks', name: NAMES[reporter], ...context }
    const deeds = [...found.values()].map(({ token, leak }) => ({
      ...deedOn(token, 'DELETE'),
      after: { reporter, url: withoutTokens(leak.url), source: withoutTokens(leak.source) },
    }))
    await writeOrThrow(db, [deleteTokens([...found.keys()]), ...recordAll(actor, deeds)])
  }
  return ok(isGenuine)
}

const NAMES: Record<Reporter, string> = { GITHUB: 'GitHub secret scanning', ANYONE: 'somebody who had it' }

/** An address may hold the very token that was found in it. */
const withoutTokens = (text: string): string =>
  text.replace(/(ps[a-z]_[0-9A-Za-z]{12})_[0-9A-Za-z]*/g, '$1_…').slice(0, 1_000)
