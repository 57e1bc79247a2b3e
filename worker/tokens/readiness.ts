/** Whether this worker can do its work: what a deployment, or who watches it, asks before it is relied upon. */

import { type Database, withDeadline } from '../storage/database.ts'
import { isMigrated } from '../storage/migrated.ts'
import { listSigningKeys } from '../storage/tokens.ts'
import type { Keys } from './keys.ts'
import { openPublicKey } from './signing-keys.ts'

export interface Readiness {
  /** D1 answers in time. What D1 was to be asked is false where it does not. */
  readonly storage: boolean
  readonly migrations: boolean
  /** MASTER_KEY, or the one before, opens what was sealed: with a wrong one no token would be known. */
  readonly masterKey: boolean
}

const TIMEOUT_MS = 2_000

/** Cost: two reads of a few rows, one after the other. */
export async function readReadiness(db: Database, keys: Keys): Promise<Readiness> {
  try {
    const migrations = await withDeadline(isMigrated(db), TIMEOUT_MS)
    return { storage: true, migrations, masterKey: migrations && (await opensSigningKeys(db, keys)) }
  } catch {
    return { storage: false, migrations: false, masterKey: false }
  }
}

/** Set-up seals the first one, and there has been one ever since; before, nothing hangs on the key. */
async function opensSigningKeys(db: Database, keys: Keys): Promise<boolean> {
  const stored = await withDeadline(listSigningKeys(db), TIMEOUT_MS)
  return Promise.all(stored.map((key) => openPublicKey(keys, key))).then(
    () => true,
    () => false,
  )
}
