/**
 * Paths of namespace files: one reading for worker and Action, so that nothing means two files to two sides.
 * The rules and their wording are Kestra's where its clients see them.
 */

import { err, ok, type Result } from './result.ts'

/** A file or folder in a namespace: starts with `/`, does not end with one; the root alone is `/`. */
export type FilePath = string & { readonly brand: 'FilePath' }

export const ROOT = '/' as FilePath

/** Kestra's limit on one name. */
export const MAX_SEGMENT_LENGTH = 255
export const MAX_PATH_LENGTH = 1024
/** Names in one path. Every folder of a path is looked up when it is written. */
export const MAX_PATH_DEPTH = 32

/**
 * Reads a path that has been form-decoded exactly once. `.` and empty segments collapse, `\` is `/`.
 *
 * @returns a sentence saying what is wrong, for the caller's error answer, when the path is refused
 */
export function parseFilePath(text: string): Result<FilePath, string> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return err(`Not a path: ${text}`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) {
    return err('A path must not contain control characters or broken Unicode.')
  }
  const segments: string[] = []
  for (const segment of text.replaceAll('\\', '/').split('/')) {
    if (segment === '' || segment === '.') continue
    // A percent-encoded `..` would come alive in whoever decodes the path once more.
    if (segment.split(/%2f|%5c/i).some((part) => /^(\.|%2e){2}$/i.test(part))) {
      return err("File should be accessed with their full path and not using relative '..' path.")
    }
    if (segment.length > MAX_SEGMENT_LENGTH) {
      return err(`A file or folder name exceeds the maximum length of ${MAX_SEGMENT_LENGTH} characters.`)
    }
    segments.push(segment)
  }
  if (segments.length > MAX_PATH_DEPTH) return err(`A path has more than ${MAX_PATH_DEPTH} names.`)
  const path = `/${segments.join('/')}`
  // Kestra imports what is written below /_flows as flows, which Postern does not have.
  if (segments[0] === '_flows') return err(`Forbidden path: ${path}`)
  if (path.length > MAX_PATH_LENGTH)
    return err(`A path exceeds the maximum length of ${MAX_PATH_LENGTH} characters.`)
  return ok(path as FilePath)
}

/** The folders above a file, nearest first, without the root: `/a/b/c.txt` gives `/a/b`, `/a`. */
export function parentsOf(path: FilePath): FilePath[] {
  const parents: FilePath[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    parents.push(path.slice(0, end) as FilePath)
  }
  return parents
}

/** Reads the path of a file in a folder. It must be in its one spelling: `a/b.txt`, never `./a//b.txt`. */
export function joinPath(folder: FilePath, relative: string): Result<FilePath, string> {
  const joined = pathIn(folder, relative)
  const path = parseFilePath(joined)
  if (path.ok && (path.value !== joined || relative === ''))
    return err('must be a relative path without empty or . segments')
  return path
}

/** The opposite of `relativeTo`, for what came from it. */
export const pathIn = (folder: FilePath, relative: string): FilePath =>
  `${folder === ROOT ? '' : folder}/${relative}` as FilePath

/** The file's path as seen from a folder that holds it: `/a/b/c.txt` from `/a` is `b/c.txt`. */
export function relativeTo(folder: FilePath, path: FilePath): string {
  return folder === ROOT ? path.slice(1) : path.slice(folder.length + 1)
}

/** Whether the text of a path names a folder: `a/`, `a\\`, `a/.`, and the root. */
export const isFolderText = (text: string): boolean => /(^|[\\/])\.?$/.test(text)

export const nameOf = (path: FilePath): string => path.slice(path.lastIndexOf('/') + 1)
