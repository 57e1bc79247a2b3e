/** Namespace files one at a time: written, read, listed, searched, removed. Whole folders are `sync.ts`'s business. */

import { type FilePath, nameOf, ROOT, relativeTo } from '../../shared/file-path.ts'
import { MAX_FILE_BYTES } from '../../shared/limits.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { FileAttributes } from '../../shared/wire/files.ts'
import type { Place } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { changeFiles, findFile, listFiles, type NamespaceFile, searchFiles } from '../storage/files.ts'
import type { FileError } from './errors.ts'
import { type FileStore, storeContents } from './store.ts'

export { searchFiles }

/** Overwrites what is there and makes a new revision; folders above come into being by themselves. */
export async function writeFile(
  store: FileStore,
  place: Place,
  path: FilePath,
  bytes: ArrayBuffer,
  now: number,
): Promise<Result<void, FileError>> {
  if (bytes.byteLength > MAX_FILE_BYTES) return err({ code: 'file_too_large', name: path })
  const stored = await storeContents(store, place, [{ bytes }], now)
  if (!stored.ok) return stored
  const put = stored.value.map((sha256) => ({ path, sha256 }))
  const changed = await changeFiles(store.db, place, { put }, now)
  return changed.ok ? changed : err({ code: 'path_taken', path })
}

export interface OpenFile {
  readonly file: NamespaceFile
  readonly body: ReadableStream
}

/** @param revision the one expected; earlier ones are not kept */
export async function readFile(
  { db, contents }: FileStore,
  place: Place,
  path: FilePath,
  revision?: number,
): Promise<Result<OpenFile, FileError>> {
  const { namespace } = place
  const file = await findFile(db, place, path)
  if (!file) return err({ code: 'file_not_found', path, namespace })
  if (revision !== undefined && revision !== file.revision) {
    return err({ code: 'revision_not_found', path, namespace, revision })
  }
  return ok({ file, body: await contents.get(place, file.sha256) })
}

/** A file, or a folder with all below. Harmless where nothing is. */
export async function removeFile(db: Database, place: Place, path: FilePath, now: number): Promise<void> {
  const changed = await changeFiles(db, place, { removeFolder: path }, now)
  if (!changed.ok) throw new Error(`A removal that cannot conflict did: ${changed.error.on}`)
}

/**
 * The direct children of a folder. Folders exist as long as a file lies below them; the root always does.
 * Cost grows with all files below the folder.
 */
export async function listDirectory(
  db: Database,
  place: Place,
  folder: FilePath,
): Promise<Result<FileAttributes[], FileError>> {
  const below = await listFiles(db, place, folder)
  if (below.length === 0 && folder !== ROOT) return err({ code: 'directory_not_found', path: folder })
  const children = new Map<string, FileAttributes>()
  for (const file of below) {
    const [name = '', ...rest] = relativeTo(folder, file.path).split('/')
    children.set(
      name,
      rest.length === 0 ? fileAttributes(file) : directoryAttributes(name, file, children.get(name)),
    )
  }
  return ok([...children.values()])
}

const fileAttributes = (file: NamespaceFile): FileAttributes => ({
  fileName: nameOf(file.path),
  type: 'File',
  size: file.size,
  creationTime: file.createdAt,
  lastModifiedTime: file.modifiedAt,
})

/** As old as its oldest file, changed when its newest was. */
const directoryAttributes = (fileName: string, file: NamespaceFile, so?: FileAttributes): FileAttributes => ({
  fileName,
  type: 'Directory',
  size: 0,
  creationTime: Math.min(file.createdAt, so?.creationTime ?? file.createdAt),
  lastModifiedTime: Math.max(file.modifiedAt, so?.lastModifiedTime ?? file.modifiedAt),
})
