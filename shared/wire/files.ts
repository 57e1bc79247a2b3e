/** Namespace files one at a time, as Kestra's own API has them. */

import * as v from 'valibot'

/** `path` is form-decoded once; it is parsed by `parseFilePath`. */
export const PathQuery = v.object({ path: v.string() })
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
