/** What a restored database must not hold any more. */

import { type SQL, sql } from 'drizzle-orm'
import type { Statement } from './database.ts'
import type { Said } from './high-water.ts'

/** An access token lives no longer. */
const ACCESS_TOKEN_MS = 15 * 60_000

/** The feed does not name them: one that was withdrawn or taken up since is open again, and a link is quickly sent anew. */
const endInvitations: Statement = sql`DELETE FROM invitations WHERE accepted_at IS NULL`

/**
 * Ends what changes named that were taken back. A change names what it makes as well as what it ends: of the two only what
 * it ended can be there now. Of accounts it is not known what became of them, so all their tokens end; the other kinds are
 * for people to look at.
 */
export function endNamed(said: readonly Said[], now: number): Statement[] {
  const named = (kind: string): SQL => {
    const refs = JSON.stringify(said.filter((one) => one.kind === kind).map(({ ref }) => ref))
    return sql`(SELECT value FROM json_each(${refs}))`
  }
  return [
    sql`DELETE FROM tokens WHERE id IN ${named('token')}
      OR account_id IN ${named('account')} OR impersonator_id IN ${named('account')}`,
    sql`UPDATE federated_credentials SET is_enabled = 0, version = version + 1
      WHERE id IN ${named('credential')} OR account_id IN ${named('account')}`,
    sql`DELETE FROM signing_keys WHERE kid IN ${named('key')}`,
    sql`INSERT OR IGNORE INTO revoked_access_tokens (jti, expires_at)
      SELECT value, ${now + ACCESS_TOKEN_MS} FROM ${named('jwt')}`,
    endInvitations,
  ]
}

/** Passwords, roles and federated credentials stay. */
export const endAllTokens = (): Statement[] => [
  sql`DELETE FROM tokens`,
  sql`DELETE FROM signing_keys`,
  endInvitations,
]
