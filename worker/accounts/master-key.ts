/**
 * From one MASTER_KEY to another without anybody being locked out. While both are there, what is stored moves to the
 * new one: signing keys at once, tokens and passwords when they are next used, since nobody here knows them.
 */

import type { MasterKeyState } from '../../shared/wire/keys.ts'
import { type Actor, record } from '../audit/record.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { countOtherKeyVersions, listSigningKeys, MAX_COUNTED, updateSigningKey } from '../storage/tokens.ts'
import type { Keys } from '../tokens/keys.ts'
import { resealSigningKey } from '../tokens/signing-keys.ts'
import { versionSuffix } from './passwords.ts'

export { MAX_COUNTED }

export async function resealSigningKeys(db: Database, keys: Keys, actor: Actor): Promise<void> {
  const old = (await listSigningKeys(db)).filter(({ keyVersion }) => keyVersion !== keys.version)
  if (old.length === 0) return
  const resealed = await Promise.all(old.map((key) => resealSigningKey(keys, key)))
  await writeOrThrow(db, [
    ...resealed.map((key) => updateSigningKey(db, key.kid, key.state, key)),
    ...record(db, actor, {
      type: 'UPDATE',
      resource: 'SIGNING_KEY',
      id: resealed[0]?.kid ?? '',
      after: { resealed: resealed.map(({ kid }) => kid), keyVersion: keys.version },
      ends: resealed.map(({ kid }) => ({ kind: 'key', ref: kid }) as const),
    }),
  ])
}

/** Cost: what still hangs on another MASTER_KEY, and no more than is counted of it. */
export async function readMasterKeyState(db: Database, keys: Keys, now: number): Promise<MasterKeyState> {
  return {
    version: keys.version,
    ...(keys.previous ? { previous: keys.previous.version } : {}),
    remaining: await countOtherKeyVersions(db, keys.version, versionSuffix(keys), now),
  }
}
