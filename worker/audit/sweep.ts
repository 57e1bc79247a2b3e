/** Takes away what is older than anybody wants to keep: records of the audit log, and sessions that are over. */

import type { Database } from '../storage/database.ts'
import { forgetAuditLogs, forgetEndedTokens } from '../storage/sweep.ts'

/** One statement each: on the free plan D1 answers fifty for one event, and the sweep of files may want 48. */
const MAX_AT_ONCE = 5_000

/**
 * What is left over is for the next time.
 *
 * @param auditBefore older records go: as old as a seal has said they may be, so that nobody takes it for tampering
 */
export async function sweepRecords(db: Database, auditBefore: number, now: number): Promise<void> {
  await forgetEndedTokens(db, now, MAX_AT_ONCE)
  if (auditBefore > 0) await forgetAuditLogs(db, auditBefore, MAX_AT_ONCE)
}
