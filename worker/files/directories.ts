/** Folders of a namespace. They exist as long as a file lies in them, or because somebody made them; the root always does. */

import { type FilePath, nameOf, ROOT, relativeTo } from '../../shared/file-path.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { FileAttributes } from '../../shared/wire/files.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Place } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { changeFiles, makeFolder } from '../storage/file-changes.ts'
import { type Entry, listEntries } from '../storage/files.ts'
import { deedOn } from './deed.ts'
import type { FileError } from './errors.ts'

/** The root's own name in Kestra. */
const ROOT_NAME = '_files'

/** The direct children of a folder. Cost grows with all files below the folder. */
export async function listDirectory(
  db: Database,
  place: Place,
  folder: FilePath,
): Promise<Result<FileAttributes[], FileError>> {
  const entries = await listEntries(db, place, folder)
  const isFolder = folder === ROOT || entries.some(({ path, isDirectory }) => isDirectory || path !== folder)
  if (!isFolder) return err({ code: 'directory_not_found', path: folder })
  const children = new Map<string, FileAttributes>()
  for (const entry of entries) {
    if (entry.path === folder) continue
    const [name = '', ...rest] = relativeTo(folder, entry.path).split('/')
    const isChild = rest.length === 0 && !entry.isDirectory
    children.set(name, isChild ? fileAttributes(entry) : directoryAttributes(name, entry, children.get(name)))
  }
  return ok([...children.values()])
}

/** What a path is: a file, a folder, or nothing. Cost grows with all files below it. */
export async function statPath(
  db: Database,
  place: Place,
  path: FilePath,
  now: number,
): Promise<Result<FileAttributes, FileError>> {
  const entries = await listEntries(db, place, path)
  const [first] = entries
  if (first?.path === path && !first.isDirectory) return ok(fileAttributes(first))
  const name = path === ROOT ? ROOT_NAME : nameOf(path)
  const attributes = entries.reduce<FileAttributes | undefined>(
    (so, entry) => directoryAttributes(name, entry, so),
    undefined,
  )
  if (attributes) return ok(attributes)
  if (path !== ROOT) return err({ code: 'file_not_found', path, namespace: place.namespace })
  return ok(directoryAttributes(name, { createdAt: now, modifiedAt: now }))
}

/** Harmless where the folder is there. It goes when the last file in it does, as any folder. */
export async function createDirectory(
  db: Database,
  place: Place,
  path: FilePath,
  actor: Actor,
): Promise<Result<void, FileError>> {
  if (path === ROOT) return ok(undefined)
  const changed = await changeFiles(db, place, [
    ...makeFolder(place, path, actor.now),
    ...record(db, actor, deedOn('CREATE', place, path)),
  ])
  return changed.ok ? changed : err({ code: 'path_taken', path })
}

const fileAttributes = (file: Entry): FileAttributes => ({
  fileName: nameOf(file.path),
  type: 'File',
  size: file.size,
  creationTime: file.createdAt,
  lastModifiedTime: file.modifiedAt,
})

/** As old as the oldest in it, changed when the newest was. */
const directoryAttributes = (
  fileName: string,
  entry: Pick<Entry, 'createdAt' | 'modifiedAt'>,
  so?: FileAttributes,
): FileAttributes => ({
  fileName,
  type: 'Directory',
  size: 0,
  creationTime: Math.min(entry.createdAt, so?.creationTime ?? entry.createdAt),
  lastModifiedTime: Math.max(entry.modifiedAt, so?.lastModifiedTime ?? entry.modifiedAt),
})
