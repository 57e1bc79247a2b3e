/** What it takes to turn one folder into another. Pure, and the same for a plan, a commit and a dry run. */

import { type FilePath, parentsOf } from './file-path.ts'

/** A file as a manifest names it. `path` is relative to the folder, `sha256` in lower-case hex, `size` in bytes. */
export interface ManifestFile {
  readonly path: string
  readonly sha256: string
  readonly size: number
}

export type FileChange =
  | { readonly kind: 'create'; readonly path: string; readonly size: number }
  | { readonly kind: 'update'; readonly path: string; readonly size: number; readonly previousSize: number }
  | { readonly kind: 'delete'; readonly path: string; readonly previousSize: number }

export interface FolderDiff {
  /** Sorted by path. */
  readonly changes: FileChange[]
  readonly unchanged: number
}

/**
 * Compares a folder with what it should hold. Cost grows with the number of files on both sides.
 *
 * @param isDeleting whether files that are not wanted go; otherwise they stay and do not count
 */
export function diffFolder(
  current: readonly ManifestFile[],
  wanted: readonly ManifestFile[],
  isDeleting: boolean,
): FolderDiff {
  const rest = new Map(current.map((file) => [file.path, file]))
  const changes: FileChange[] = []
  let unchanged = 0
  for (const { path, sha256, size } of wanted) {
    const previous = rest.get(path)
    rest.delete(path)
    if (previous === undefined) changes.push({ kind: 'create', path, size })
    else if (previous.sha256 !== sha256)
      changes.push({ kind: 'update', path, size, previousSize: previous.size })
    else unchanged++
  }
  if (isDeleting) {
    for (const { path, size } of rest.values()) changes.push({ kind: 'delete', path, previousSize: size })
  }
  changes.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { changes, unchanged }
}

/**
 * A file that stands where another one needs a folder, or where an empty folder is, if all of these are to be there
 * together.
 */
export function findClash(
  paths: readonly FilePath[],
  emptyFolders: readonly FilePath[] = [],
): FilePath | undefined {
  const files = new Set(paths)
  const folders = [...paths.flatMap(parentsOf), ...emptyFolders, ...emptyFolders.flatMap(parentsOf)]
  return folders.find((folder) => files.has(folder))
}
