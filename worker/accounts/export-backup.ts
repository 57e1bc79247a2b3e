/** Everything that D1 knows, as one stream. Contents of namespace files stay where they are, in R2. */

import { createHash } from 'node:crypto'
import { err, ok, type Result } from '../../shared/result.ts'
import { refusePart } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { toStream } from '../files/to-stream.ts'
import { readAllRows, readMark } from '../storage/backup.ts'
import { readPosition } from '../storage/changes.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { findInstanceId } from '../storage/instance.ts'
import { SCHEMA } from '../storage/migrated.ts'
import { type Keys, utf8 } from '../tokens/keys.ts'
import { CHANGED, FORMAT, type Foot, type Head, seal } from './backup-format.ts'
import type { AccountError } from './errors.ts'

/**
 * D1 has no snapshots: tables are read one after the other, and whether somebody changed something meanwhile is looked at in
 * the end. Cost: two round trips, and those of all rows as they are read.
 */
export async function exportBackup(
  db: Database,
  keys: Keys,
  principal: Principal,
): Promise<Result<ReadableStream<Uint8Array>, AccountError>> {
  const refusal = refusePart(principal)
  if (refusal) return err(refusal)
  await writeOrThrow(db, record(db, principal, { type: 'CREATE', resource: 'INSTANCE', id: 'backup' }))
  return ok(toStream(lines(db, keys, principal.now)))
}

async function* lines(db: Database, keys: Keys, now: number): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  const toBytes = (text: string) => {
    hash.update(text)
    return utf8(text)
  }
  const mark = await readMark(db)
  const head: Head = {
    format: FORMAT,
    schema: SCHEMA,
    instance: (await findInstanceId(db)) ?? '',
    keyVersion: keys.version,
    position: await readPosition(db),
    at: now,
  }
  yield toBytes(toLine(head))
  let count = 0
  for await (const { table, rows } of readAllRows(db)) {
    count += rows.length
    yield toBytes(rows.map((row) => toLine({ table, row })).join(''))
  }
  const isWhole = (await readMark(db)) === mark
  const sha256 = hash.digest('hex')
  const foot: Foot = { rows: count, sha256, seal: await seal(keys, sha256) }
  yield utf8(toLine(isWhole ? foot : CHANGED))
}

const toLine = (value: object): string => `${JSON.stringify(value)}\n`
