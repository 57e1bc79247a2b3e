/** A zip archive becomes files of the namespace: its paths are from the root, and it goes in whole or not at all. */

import { ROOT } from '../../shared/file-path.ts'
import { findClash } from '../../shared/folder-diff.ts'
import { MAX_FORM_FILE_BYTES } from '../../shared/limits.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Place } from '../storage/contents.ts'
import { changeFiles, putFiles } from '../storage/file-changes.ts'
import { unpackArchive } from './archive.ts'
import { deedOn } from './deed.ts'
import type { FileError } from './errors.ts'
import { type FileStore, storeContents } from './store.ts'

export async function unpackFiles(
  store: FileStore,
  place: Place,
  archive: Uint8Array,
  actor: Actor,
): Promise<Result<void, FileError>> {
  if (archive.byteLength > MAX_FORM_FILE_BYTES) {
    return err({ code: 'file_too_large', name: 'the archive', maxBytes: MAX_FORM_FILE_BYTES })
  }
  const unpacked = unpackArchive(archive)
  if (!unpacked.ok) return unpacked
  const files = unpacked.value
  if (files.length === 0) return ok(undefined)
  const clash = findClash(files.map(({ path }) => path))
  if (clash !== undefined) return err({ code: 'path_taken', path: clash })
  const stored = await storeContents(store, place, files, actor.now)
  if (!stored.ok) return stored
  const put = files.map(({ path }, index) => ({ path, sha256: stored.value[index] ?? '', owner: null }))
  const changed = await changeFiles(store.db, place, [
    ...putFiles(place, put, actor.now),
    ...record(store.db, actor, deedOn('UPDATE', place, ROOT, { unpacked: put.map(({ path }) => path) })),
  ])
  return changed.ok ? changed : err({ code: 'path_taken', path: ROOT })
}
