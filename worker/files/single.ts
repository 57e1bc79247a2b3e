/** Namespace files one at a time: written, read, moved, removed. Whole folders are `sync.ts`'s business. */

import { type FilePath, parseFilePath, ROOT } from '../../shared/file-path.ts'
import { MAX_FORM_FILE_BYTES } from '../../shared/limits.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Contents, Place, StoredAt } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { changeFiles, moveUnder, putFiles, removeUnder } from '../storage/file-changes.ts'
import { findRevision, listRevisions as listNumbers } from '../storage/file-history.ts'
import { findFile, listEntries, searchFiles } from '../storage/files.ts'
import { deedOn } from './deed.ts'
import type { FileError } from './errors.ts'
import { type FileStore, storeContents } from './store.ts'

export { searchFiles }

/** Overwrites what is there and makes a new revision; folders above come into being by themselves. */
export async function writeFile(
  store: FileStore,
  place: Place,
  path: FilePath,
  bytes: Uint8Array,
  actor: Actor,
): Promise<Result<void, FileError>> {
  if (bytes.byteLength > MAX_FORM_FILE_BYTES) {
    return err({ code: 'file_too_large', name: path, maxBytes: MAX_FORM_FILE_BYTES })
  }
  const stored = await storeContents(store, place, [{ bytes }], actor.now)
  if (!stored.ok) return stored
  const put = stored.value.map((sha256) => ({ path, sha256, owner: null }))
  const changed = await changeFiles(store.db, place, [
    ...putFiles(place, put, actor.now),
    ...record(
      store.db,
      actor,
      deedOn('UPDATE', place, path, { sha256: put[0]?.sha256, size: bytes.byteLength }),
    ),
  ])
  return changed.ok ? changed : err({ code: 'path_taken', path })
}

export interface OpenFile {
  /** Bytes. */
  readonly size: number
  readonly body: ReadableStream
}

/** @param revision an earlier one, which can be read as long as the file is there and the past is kept */
export async function readFile(
  { db, contents }: FileStore,
  place: Place,
  path: FilePath,
  revision?: number,
): Promise<Result<OpenFile, FileError>> {
  const { namespace } = place
  const file = await findFile(db, place, path)
  if (!file) return err({ code: 'file_not_found', path, namespace })
  if (revision === undefined || revision === file.revision) return open(contents, file)
  const at = await findRevision(db, place, path, revision)
  return at ? open(contents, at) : err({ code: 'revision_not_found', path, namespace, revision })
}

const open = async (contents: Contents, at: StoredAt): Promise<Result<OpenFile, FileError>> =>
  ok({ size: at.size, body: await contents.get(at) })

/** The numbers of the revisions that can be read, the oldest first. */
export async function listRevisions(
  db: Database,
  place: Place,
  path: FilePath,
): Promise<Result<number[], FileError>> {
  const revisions = await listNumbers(db, place, path)
  return revisions.length > 0
    ? ok(revisions)
    : err({ code: 'file_not_found', path, namespace: place.namespace })
}

/** A file, or a folder with all below. Harmless where nothing is. */
export async function removeFile(db: Database, place: Place, path: FilePath, actor: Actor): Promise<void> {
  const changed = await changeFiles(db, place, [
    ...removeUnder(place, path, actor.now),
    ...record(db, actor, deedOn('DELETE', place, path)),
  ])
  if (!changed.ok) throw new Error(`A removal that cannot conflict did: ${changed.error.on}`)
}

/** A file with its revisions, or a folder with all below. Cost grows with what is moved. */
export async function moveFile(
  db: Database,
  place: Place,
  from: FilePath,
  to: FilePath,
  actor: Actor,
): Promise<Result<void, FileError>> {
  const { namespace } = place
  if (from === ROOT) return err({ code: 'path_refused', reason: 'The root cannot be moved.' })
  if (to.startsWith(`${from}/`))
    return err({ code: 'path_refused', reason: 'A folder cannot be moved into itself.' })
  const entries = await listEntries(db, place, from)
  if (entries.length === 0) return err({ code: 'file_not_found', path: from, namespace })
  for (const { path } of entries) {
    const target = parseFilePath(to + path.slice(from.length))
    if (!target.ok) return err({ code: 'path_refused', reason: target.error })
  }
  const changed = await changeFiles(db, place, [
    ...moveUnder(place, from, to, actor.now),
    ...record(db, actor, deedOn('UPDATE', place, from, { movedTo: to })),
  ])
  if (changed.ok) return changed
  const isGone = changed.error.on === 'folder_unchanged'
  return err(isGone ? { code: 'file_not_found', path: from, namespace } : { code: 'path_taken', path: to })
}
