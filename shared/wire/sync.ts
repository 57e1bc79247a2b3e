/**
 * The bulk protocol under `…/namespaces/{namespace}/files`: plan, blobs, commit.
 *
 * `plan` says what would change and which contents are missing, and writes nothing. `blobs` takes the missing
 * contents; each is named by its hash and harmless to repeat. `commit` makes the folder what the manifest says,
 * all or nothing, if it is still as planned (`If-Match`); a repeated `Idempotency-Key` gives the answer of the deployment
 * it made then.
 */

import * as v from 'valibot'
import { type FilePath, joinPath, parentsOf, parseFilePath } from '../file-path.ts'
import { MAX_FILE_BYTES, MAX_FOLDER_FILES, MAX_FOLDERS } from '../limits.ts'
import { Label } from '../names.ts'

/** SHA-256 in lower-case hex. */
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'))

const FilePathText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const path = parseFilePath(dataset.value)
    if (path.ok) return path.value
    addIssue({ message: path.error })
    return NEVER
  }),
)

const ManifestFile = v.object({
  /** Relative to the folder; see `joinPath`. */
  path: v.string(),
  sha256: Sha256,
  size: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(MAX_FILE_BYTES, 'is above the limit for one file'),
  ),
})

/** What a folder should hold. Each file comes out with `at`, its path in the namespace. */
export const Manifest = v.pipe(
  v.object({
    /** The folder in the namespace; `/` for all of it. */
    root: v.optional(FilePathText, '/'),
    /** Whether files in the folder that the manifest does not name are removed. */
    delete: v.optional(v.boolean(), false),
    files: v.pipe(
      // Counted before they are read: a complaint for each of a million would fill any memory.
      v.array(v.unknown()),
      v.maxLength(MAX_FOLDER_FILES, `must have at most ${MAX_FOLDER_FILES} entries`),
      v.array(ManifestFile),
      v.check(
        (files) => new Set(files.map((file) => file.path)).size === files.length,
        'must name each path once',
      ),
    ),
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const { root, files } = dataset.value
    const located = files.flatMap((file, index) => {
      const at = joinPath(root as FilePath, file.path)
      if (at.ok) return [{ ...file, at: at.value }]
      addIssue({
        message: at.error,
        path: [
          { type: 'object', origin: 'value', input: dataset.value, key: 'files', value: files },
          { type: 'array', origin: 'value', input: files, key: index, value: file },
          { type: 'object', origin: 'value', input: { ...file }, key: 'path', value: file.path },
        ],
      })
      return []
    })
    const folders = new Set(located.flatMap(({ at }) => parentsOf(at)))
    if (folders.size > MAX_FOLDERS) addIssue({ message: `must not lie in more than ${MAX_FOLDERS} folders` })
    const isValid = located.length === files.length && folders.size <= MAX_FOLDERS
    return isValid ? { ...dataset.value, files: located } : NEVER
  }),
)
export type Manifest = v.InferOutput<typeof Manifest>
/** As it is sent. */
export interface ManifestInput {
  readonly root?: string
  readonly delete?: boolean
  readonly files: readonly v.InferInput<typeof ManifestFile>[]
}

const FileChange = v.variant('kind', [
  v.object({ kind: v.literal('create'), path: v.string(), size: v.number() }),
  v.object({ kind: v.literal('update'), path: v.string(), size: v.number(), previousSize: v.number() }),
  v.object({ kind: v.literal('delete'), path: v.string(), previousSize: v.number() }),
])

/** RFC 9110 §8.8.3, strong. */
const Etag = v.pipe(v.string(), v.regex(/^"[\x21\x23-\x7e]{0,100}"$/))
const Count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const Plan = v.object({
  /** The folder as it is now; send it back as `If-Match` of the commit. */
  etag: Etag,
  /** Sorted by path, relative to the root. Empty: the folder is as wanted, and there is nothing more to do. */
  changes: v.array(FileChange),
  unchanged: Count,
  /** Hashes of contents that the namespace does not hold yet. */
  missing: v.array(v.string()),
})
export type Plan = v.InferOutput<typeof Plan>

export const StoredBlobs = v.object({ stored: v.array(v.string()) })

/** Where a deployment came from, for those who read its record. Unverified: whoever commits says so. */
export const Source = v.object({
  repository: v.optional(Label),
  ref: v.optional(Label),
  commit: v.optional(Label),
  runUrl: v.optional(Label),
})
export type Source = v.InferOutput<typeof Source>

export const Commit = v.object({ plan: Manifest, source: v.optional(Source) })
export interface CommitInput {
  readonly plan: ManifestInput
  readonly source?: Source
}

export const Deployment = v.object({
  /** Absent when the folder was already as wanted: then nothing was recorded. */
  id: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))),
  /** The folder as it is after the commit. */
  etag: Etag,
  created: Count,
  updated: Count,
  deleted: Count,
  unchanged: Count,
})
export type Deployment = v.InferOutput<typeof Deployment>
