/** A folder beside the manifest of what it should be: what changes, what is adopted, what stands in the way. Pure. */

import { type FilePath, pathIn, relativeTo } from '../../shared/file-path.ts'
import { diffFolder, type FolderDiff, findClash } from '../../shared/folder-diff.ts'
import type { Manifest } from '../../shared/wire/sync.ts'
import type { Folder } from '../storage/files.ts'

export interface Comparison {
  readonly diff: FolderDiff
  /** What is as wanted and belongs to nobody: a source that deletes what it owns owns it from now on. */
  readonly adopted: readonly FilePath[]
  /** A file that cannot be where a folder is. */
  readonly clash: FilePath | undefined
}

/** @param owner the source, as `ownerOf` has it */
export function compareFolder(
  { files: current, emptyFolders, inTheWay }: Folder,
  { root, delete: mode, keep, files }: Manifest,
  owner: string | null,
): Comparison {
  const folder = root as FilePath
  const wanted = new Map(files.map(({ at, sha256 }) => [at, sha256]))
  const kept = new Set(keep.map((path) => pathIn(folder, path)))
  const stays = current.filter(
    (file) =>
      wanted.has(file.path) ||
      kept.has(file.path) ||
      mode === 'none' ||
      (mode === 'owned' && file.owner !== owner),
  )
  const staying = new Set(stays.map(({ path }) => path))
  const compared = current
    .filter(({ path }) => wanted.has(path) || !staying.has(path))
    .map(({ path, sha256, size }) => ({ path: relativeTo(folder, path), sha256, size }))
  const adopted = stays.filter(({ path, sha256, owner }) => owner === null && wanted.get(path) === sha256)
  return {
    diff: diffFolder(compared, files, true),
    adopted: mode === 'owned' ? adopted.map(({ path }) => path) : [],
    clash: findClash(
      [...new Set([...inTheWay, ...staying, ...wanted.keys()])],
      mode === 'all' ? [] : emptyFolders,
    ),
  }
}
