/** Where a user is signed in, in one statement however often that is. */

import { sql } from 'drizzle-orm'
import type { Statement } from './database.ts'

/** All sessions of a user but one, and what the user acts as somebody else with. */
export const deleteOtherSessions = (accountId: string, keptId: string | undefined): Statement => sql`
  DELETE FROM tokens WHERE id IS NOT ${keptId ?? null}
  AND ((account_id = ${accountId} AND kind = 'SESSION') OR impersonator_id = ${accountId})`
