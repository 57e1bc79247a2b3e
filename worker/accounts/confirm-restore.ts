/**
 * Opening Postern again after D1 was put back to an earlier state, or filled from a backup. What was revoked since is good again there, so nothing
 * is decided until somebody who holds the Cloudflare account has said what is to become of it.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import type { ConfirmRestore, RestoreConfirmed } from '../../shared/wire/recovery.ts'
import type { RequestContext } from '../access/principal.ts'
import { type Deed, recordAll } from '../audit/record.ts'
import { proveRestore, RESTORE } from '../audit/restore-proof.ts'
import { endImport, insertChangeAt, isImporting, readPosition } from '../storage/changes.ts'
import { type Database, type Statement, write } from '../storage/database.ts'
import type { HighWater, Said } from '../storage/high-water.ts'
import { findInstanceId } from '../storage/instance.ts'
import { endAllTokens, endNamed } from '../storage/restore.ts'
import type { Keys } from '../tokens/keys.ts'
import type { AccountError } from './errors.ts'
import { RECOVERY } from './recover.ts'
import { isSameSecret, markOf, spend } from './setup-token.ts'

/**
 * The feed goes on beyond the highest position it ever had: whatever isolates or KV remember of the time that was taken
 * back is from before a hole in the feed, and forgotten.
 */
export async function confirmRestore(
  db: Database,
  keys: Keys,
  highWater: HighWater,
  secret: string | undefined,
  { setupToken, end }: ConfirmRestore,
  context: RequestContext,
): Promise<Result<RestoreConfirmed, AccountError>> {
  const refused = err({ code: 'setup_refused' } as const)
  if (!(await isSameSecret(setupToken, secret))) return refused
  const [position, kept, isImport] = await Promise.all([readPosition(db), highWater.read(), isImporting(db)])
  if (!isImport && position >= kept) return err({ code: 'restore_none' })
  if (isImport && !(await findInstanceId(db))) return err({ code: 'import_unfinished' })
  // Where nothing is kept of a feed that was imported, there must be a hole in it all the same.
  const highest = Math.max(kept, position + 1)
  const lost = await highWater.since(position)
  const deed: Deed = {
    type: 'UPDATE',
    resource: 'INSTANCE',
    id: RESTORE,
    before: { position: highest },
    after: { position, end, lost: lost.length, ...(await proveRestore(keys, context.now)) },
  }
  const written = await write(db, [
    ...spend(await markOf(keys, setupToken)),
    ...endings(end, lost, context.now),
    endImport,
    insertChangeAt(highest + 1, { kind: 'restore', ref: '' }, context.now),
    ...recordAll({ ...RECOVERY, ...context }, [deed]),
  ])
  return written.ok ? ok({ position, highest, lost: lost.map(({ kind, ref }) => ({ kind, ref })) }) : refused
}

function endings(end: ConfirmRestore['end'], lost: readonly Said[], now: number): Statement[] {
  switch (end) {
    case 'named':
      return endNamed(lost, now)
    case 'all':
      return endAllTokens()
    case 'nothing':
      return []
  }
}
