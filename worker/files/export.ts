/**
 * All files of a namespace as one zip archive, made while it is read: nothing is fetched from R2 before somebody takes
 * it, and no more is held than a chunk and a small file.
 */

import { Zip, ZipDeflate } from 'fflate'
import { ROOT, relativeTo } from '../../shared/file-path.ts'
import { MAX_EXPORT_BYTES, MAX_EXPORT_FILES, MAX_EXPORT_READS } from '../../shared/limits.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Contents, Place } from '../storage/contents.ts'
import { listStored, type StoredFile } from '../storage/files.ts'
import type { FileError } from './errors.ts'
import { countReads, readInOrder } from './read-in-order.ts'
import type { FileStore } from './store.ts'
import { toStream } from './to-stream.ts'

/** Cost: one round trip to D1, and one call of R2 for each object that holds contents. */
export async function exportFiles(
  { db, contents }: FileStore,
  place: Place,
): Promise<Result<ReadableStream<Uint8Array>, FileError>> {
  const files = await listStored(db, place)
  const excess = findExcess(files)
  return excess === undefined
    ? ok(toStream(zip(contents, files)))
    : err({ code: 'export_too_large', reason: `The namespace has ${excess}.` })
}

function findExcess(files: readonly StoredFile[]): string | undefined {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (files.length > MAX_EXPORT_FILES) return `more than ${MAX_EXPORT_FILES} files`
  if (bytes > MAX_EXPORT_BYTES) return `more than ${MAX_EXPORT_BYTES} bytes in its files`
  const isScattered = countReads(files) > MAX_EXPORT_READS
  return isScattered ? `more than ${MAX_EXPORT_READS} files that were written one by one` : undefined
}

async function* zip(contents: Contents, files: readonly StoredFile[]): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  const archive = new Zip((error, chunk) => {
    if (error) throw error
    ready.push(chunk)
  })
  let entry: { readonly file: StoredFile; readonly deflate: ZipDeflate } | undefined
  for await (const { file, chunk, isLast } of readInOrder(contents, files)) {
    if (entry?.file !== file) {
      // Not compressed: that would cost a hundred times the work. But in DEFLATE's frame, since Java refuses to read
      // a stored file whose checksum follows it.
      const deflate = new ZipDeflate(relativeTo(ROOT, file.path), { level: 0 })
      deflate.mtime = file.modifiedAt
      archive.add(deflate)
      entry = { file, deflate }
    }
    entry.deflate.push(chunk, isLast)
    yield* ready.splice(0)
  }
  archive.end()
  yield* ready.splice(0)
}
