/** A backup as it comes in: head, rows, foot, in this order, and nothing believed that is anything else. */

import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { MAX_BACKUP_LINE_BYTES } from '../../shared/limits.ts'
import { type BackupRow, toImportedRow } from '../storage/backup.ts'
import type { RawRow } from '../storage/bulk.ts'
import { SCHEMA } from '../storage/migrated.ts'
import { type Keys, keysOf } from '../tokens/keys.ts'
import { Foot, Head, isSealed, Row } from './backup-format.ts'

/** This is no backup that can be imported here; the message says why. */
export class BadBackup extends Error {}

export interface ImportedRow {
  readonly table: string
  readonly row: RawRow
  /** Of its line, for who collects rows. */
  readonly length: number
}

/**
 * The rows, once the head was found good; the end is reached only with a foot that belongs to all of them.
 *
 * @throws {BadBackup}
 */
export async function* readBackup(keys: Keys, stream: ReadableStream): AsyncGenerator<ImportedRow> {
  const hash = createHash('sha256')
  let head: Head | undefined
  let count = 0
  let isOver = false
  for await (const line of linesOf(stream)) {
    if (isOver) throw new BadBackup('There is something after the end of the backup.')
    const json = parseLine(line)
    const row = head && v.safeParse(Row, json)
    if (row?.success) {
      count++
      yield toRow(row.output, line.length)
    } else if (head) {
      await expectFoot(json, keysFor(keys, head), count, hash.digest('hex'))
      isOver = true
      continue
    } else {
      head = readHead(keys, json)
    }
    hash.update(`${line}\n`)
  }
  if (!isOver) throw new BadBackup('The backup is not whole: its end is missing.')
}

function readHead(keys: Keys, json: unknown): Head {
  const head = v.safeParse(Head, json)
  if (!head.success) throw new BadBackup('This is no backup of Postern, or one of another version.')
  if (head.output.schema !== SCHEMA) {
    throw new BadBackup(
      `The backup has the schema ${head.output.schema.slice(0, 100)}, and this Postern ${SCHEMA}: import with the release that exported.`,
    )
  }
  keysFor(keys, head.output)
  return head.output
}

function keysFor(keys: Keys, { keyVersion }: Head): Keys {
  const found = keyVersion === '' ? undefined : keysOf(keys, keyVersion)
  if (found) return found
  throw new BadBackup('The backup hangs on another MASTER_KEY than this Postern has.')
}

async function expectFoot(json: unknown, keys: Keys, rows: number, sha256: string): Promise<void> {
  if (v.is(v.object({ changed: v.literal(true) }), json)) {
    throw new BadBackup('Something was changed while this backup was made. Export again.')
  }
  if (!v.is(Foot, json)) throw new BadBackup('A line of the backup is damaged.')
  const isWhole = json.rows === rows && json.sha256 === sha256
  if (isWhole && (await isSealed(keys, sha256, json.seal).catch(() => false))) return
  throw new BadBackup('The backup is not as it was exported: its seal does not fit.')
}

function toRow({ table, row }: { table: string; row: BackupRow }, length: number): ImportedRow {
  const imported = toImportedRow(table, row)
  if (!imported) throw new BadBackup('A line of the backup is no row of a table of this Postern.')
  return { table, row: imported, length }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new BadBackup('A line of the backup is damaged.')
  }
}

async function* linesOf(stream: ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })
  let rest = ''
  for await (const chunk of stream as ReadableStream<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_BACKUP_LINE_BYTES) throw new BadBackup('A line of the backup is too long.')
    yield* lines
  }
  if (rest !== '') throw new BadBackup('The backup is not whole: its last line breaks off.')
}
