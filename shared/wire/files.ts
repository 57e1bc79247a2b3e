/** Namespace files one at a time, as Kestra's own API has them. */

import * as v from 'valibot'

const Path = v.pipe(v.string(), v.nonEmpty('is required'))

/** `path` is form-decoded once; it is parsed by `parseFilePath`. Empty is not the root: it would be deleted whole. */
export const PathQuery = v.object({ path: Path })
export const ReadQuery = v.object({
  path: Path,
  revision: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'must be a whole number'), v.transform(Number)),
  ),
})
export const MoveQuery = v.object({ from: Path, to: Path })
export const OptionalPathQuery = v.object({ path: v.optional(v.string(), '/') })
export const SearchQuery = v.object({ q: v.optional(v.string(), '') })

export const FileAttributes = v.object({
  fileName: v.string(),
  type: v.picklist(['File', 'Directory']),
  /** Bytes; 0 for a directory. */
  size: v.number(),
  /** Milliseconds since 1970, unlike all other instants on the wire. */
  creationTime: v.number(),
  lastModifiedTime: v.number(),
})
export type FileAttributes = v.InferOutput<typeof FileAttributes>

/** Revisions are numbered from 1; a deleted file goes on counting when it comes back. */
export const FileRevision = v.object({ revision: v.number() })
