/** A file of the scan on its way to being read: the one that was found, and not what took its place since. */

import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import type { ManifestFile } from '../shared/folder-diff.ts'
import { Failure } from './failure.ts'

/** A file of the directory: its `path` below it, in Unicode's composed form (NFC), and where it is on the disk. */
export interface ScannedFile extends ManifestFile {
  readonly file: string
}

/**
 * Opens a file by the path at which the walk found it, which led over no link.
 *
 * @param path the file's name for people
 * @throws {Failure} POSTERN-205 if it is gone, or a link has come into its path
 */
export async function openScanned(file: string, path: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined)
  if (handle === undefined) throw changedDuringRun(path)
  if ((await realpath(file).catch(() => undefined)) === file) return handle
  await handle.close()
  throw changedDuringRun(path)
}

export function changedDuringRun(path: string): Failure {
  return new Failure('POSTERN-205', {
    what: `${path} changed while it was being deployed.`,
    why: 'What is deployed must be what was scanned.',
    fix: 'See that no other process of this job writes to the directory during this step, then run again.',
  })
}

/** As much as a stream reads at once. For one piece, the stream itself would be most of the work. */
const PIECE_BYTES = 64 * 1024

/** @param size what the file had when it was found */
export async function* readPieces(handle: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  if (size <= PIECE_BYTES) yield await handle.readFile()
  else yield* handle.createReadStream({ autoClose: false, highWaterMark: PIECE_BYTES })
}

/** A content as it can be sent, as often as needed. */
export const contentOf = (file: ScannedFile) => ({ length: file.size, open: () => streamContent(file) })

/**
 * The content, piece by piece, so that no file is held in memory. What is sent is hashed, and not what was scanned:
 * between the two the file may have been exchanged. The last piece is held back until the hash is right.
 *
 * @throws {Failure} POSTERN-205 when it is not
 */
async function* streamContent({ path, file, size, sha256 }: ScannedFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let last: Uint8Array | undefined
  let bytes = 0
  await using handle = await openScanned(file, path)
  for await (const chunk of readPieces(handle, size)) {
    hash.update(chunk)
    bytes += chunk.byteLength
    // More than was announced would be read as the next thing.
    if (bytes > size) throw changedDuringRun(path)
    if (last) yield last
    last = chunk
  }
  if (bytes !== size || hash.digest('hex') !== sha256) throw changedDuringRun(path)
  if (last) yield last
}
