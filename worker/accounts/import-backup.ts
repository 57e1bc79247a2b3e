/**
 * Filling an instance that is not set up from a backup, by whoever holds the Cloudflare account. It lets nobody in from the
 * first row on, until somebody has said what is to become of what was revoked since: see confirm-restore.ts.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import type { BackupImported } from '../../shared/wire/backup.ts'
import type { RequestContext } from '../access/principal.ts'
import { recordAll } from '../audit/record.ts'
import { beginImport, insertImported, LAST_TABLE } from '../storage/backup.ts'
import type { RawRow } from '../storage/bulk.ts'
import { type Database, type Statement, write } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { findInstanceId, onlyWithoutInstance } from '../storage/instance.ts'
import type { Keys } from '../tokens/keys.ts'
import type { AccountError } from './errors.ts'
import { BadBackup, readBackup } from './read-backup.ts'
import { RECOVERY } from './recover.ts'
import { isSameSecret } from './setup-token.ts'

/** So much is held of a backup, and goes into D1 as one transaction. */
const BATCH_LENGTH = 1_000_000

type Rows = Map<string, RawRow[]>

/**
 * One that breaks off leaves the instance closed, and can be begun again. The SETUP_TOKEN is not used up: confirming the
 * import takes it, and is the same deed.
 *
 * @param secret SETUP_TOKEN as it is set now
 * @param setupToken as it was given
 */
export async function importBackup(
  db: Database,
  keys: Keys,
  secret: string | undefined,
  setupToken: string,
  stream: ReadableStream,
  context: RequestContext,
): Promise<Result<BackupImported, AccountError>> {
  if (!(await isSameSecret(setupToken, secret))) return err({ code: 'setup_refused' })
  if (await findInstanceId(db)) return err({ code: 'import_not_empty' })
  try {
    return ok({ rows: await importRows(db, keys, stream, context) })
  } catch (error) {
    if (error instanceof BadBackup) return err({ code: 'backup_refused', reason: error.message })
    throw error
  }
}

async function importRows(
  db: Database,
  keys: Keys,
  stream: ReadableStream,
  context: RequestContext,
): Promise<number> {
  const id = newId()
  /** What says that there is a whole instance, held back until there is. */
  const last: Rows = new Map()
  let held: Rows = new Map()
  let length = 0
  let count = 0
  for await (const imported of readBackup(keys, stream)) {
    // Not before the head was found good.
    if (count++ === 0) expectWritten(await beginImport(db, id, context.now))
    if (length + imported.length > BATCH_LENGTH) {
      await writeRows(db, insertImported(id, held))
      held = new Map()
      length = 0
    }
    length += imported.length
    const rows = imported.table === LAST_TABLE ? last : held
    const some = rows.get(imported.table)
    if (some) some.push(imported.row)
    else rows.set(imported.table, [imported.row])
  }
  if (count === 0) throw new BadBackup('The backup is empty.')
  await writeRows(db, insertImported(id, held))
  const deed = { type: 'CREATE', resource: 'INSTANCE', id: 'import', after: { rows: count } } as const
  await writeRows(db, [
    // Nobody has set it up meanwhile.
    onlyWithoutInstance,
    ...insertImported(id, last),
    ...recordAll({ ...RECOVERY, ...context }, [deed]),
  ])
  return count
}

const writeRows = async (db: Database, statements: Statement[]) => expectWritten(await write(db, statements))

/** Of rows that were sealed together none stands in the way of another; those of a second import do. */
function expectWritten(written: Awaited<ReturnType<typeof write>>): void {
  if (!written.ok) throw new BadBackup('Another import has begun, or these rows do not fit together.')
}
