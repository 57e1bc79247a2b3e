/**
 * The bulk protocol under `…/namespaces/{namespace}/files`: plan, blobs, commit.
 *
 * `POST plan` says what would change and which contents are missing, and writes nothing. `POST blobs` takes missing
 * contents, many at once, as parts `blob` named by their SHA-256; `PUT blobs/{sha256}` takes a single one as its raw
 * body, which is streamed: for contents above `MAX_UPLOAD_BYTES`. Both are harmless to repeat. `POST commit` makes the
 * folder what the manifest says, all or nothing, if it is still as planned (`If-Match`); a repeated `Idempotency-Key`
 * gives the answer of the deployment it made then.
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

/**
 * Which files of the folder go that the manifest does not name: none, those that the same source put there (its
 * `repositoryId` with the same root), or all. `true` is `all`, `false` is `none`.
 */
const DeleteMode = v.pipe(
  v.union([v.boolean(), v.picklist(['none', 'owned', 'all'])]),
  v.transform((mode) => (typeof mode === 'string' ? mode : mode ? 'all' : 'none')),
)
export type DeleteMode = v.InferOutput<typeof DeleteMode>

/** What a folder should hold. Each file comes out with `at`, its path in the namespace. */
export const Manifest = v.pipe(
  v.object({
    /** The folder in the namespace; `/` for all of it. */
    root: v.optional(FilePathText, '/'),
    delete: v.optional(DeleteMode, 'none'),
    /** Files that stay whatever `delete` says, as paths relative to the folder. */
    keep: v.optional(
      v.pipe(
        v.array(v.unknown()),
        v.maxLength(MAX_FOLDER_FILES, `must have at most ${MAX_FOLDER_FILES} entries`),
        v.array(v.string()),
      ),
      [],
    ),
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
    const { root, keep, files } = dataset.value
    const locate = (path: string, ...keys: (string | number)[]): FilePath[] => {
      const at = joinPath(root as FilePath, path)
      if (at.ok) return [at.value]
      const item = { type: 'unknown', origin: 'value', input: dataset.value, value: path } as const
      const [first = '', ...others] = keys
      addIssue({
        message: at.error,
        path: [{ ...item, key: first }, ...others.map((key) => ({ ...item, key }))],
      })
      return []
    }
    const kept = keep.flatMap((path, index) => locate(path, 'keep', index))
    const located = files.flatMap((file, index) =>
      locate(file.path, 'files', index, 'path').map((at) => ({ ...file, at })),
    )
    const folders = new Set(located.flatMap(({ at }) => parentsOf(at)))
    if (folders.size > MAX_FOLDERS) addIssue({ message: `must not lie in more than ${MAX_FOLDERS} folders` })
    const isValid =
      kept.length === keep.length && located.length === files.length && folders.size <= MAX_FOLDERS
    return isValid ? { ...dataset.value, files: located } : NEVER
  }),
)
export type Manifest = v.InferOutput<typeof Manifest>
/** As it is sent. */
export interface ManifestInput {
  readonly root?: string
  readonly delete?: boolean | DeleteMode
  readonly keep?: readonly string[]
  readonly files: readonly v.InferInput<typeof ManifestFile>[]
}

/** GitHub has numbers in its environment and in its tokens as texts. */
const WholeNumber = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform(String),
  v.regex(/^\d{1,15}$/, 'must be a whole number'),
  v.transform(Number),
)
const IdText = v.pipe(v.union([v.string(), v.number()]), v.transform(String), Label)

/**
 * Where a deployment came from. Everything is optional, and believed only as far as whoever commits: what a verified
 * identity token says of the run takes the place of what is claimed here.
 */
export const Source = v.object({
  /** `owner/name`, for people; the id is what counts. */
  repository: v.optional(Label),
  /** Owns the files that are put: `delete: "owned"` takes it. */
  repositoryId: v.optional(IdText),
  ref: v.optional(Label),
  sha: v.optional(Label),
  /** With the repository's id and the root: the line in which runs count up, so that a stale one is noticed. */
  workflowRef: v.optional(Label),
  runId: v.optional(IdText),
  runNumber: v.optional(WholeNumber),
  runAttempt: v.optional(WholeNumber),
  runUrl: v.optional(Label),
  actor: v.optional(Label),
  /** The folder of the repository that was sent. */
  directory: v.optional(Label),
})
export type Source = v.InferOutput<typeof Source>
export type SourceInput = v.InferInput<typeof Source>

/** A manifest, and where it comes from: `delete: "owned"` needs to know. */
export const PlanRequest = v.intersect([Manifest, v.object({ source: v.optional(Source) })])
export interface PlanInput extends ManifestInput {
  readonly source?: SourceInput
}

export const FileChange = v.variant('kind', [
  v.object({ kind: v.literal('create'), path: v.string(), size: v.number() }),
  v.object({ kind: v.literal('update'), path: v.string(), size: v.number(), previousSize: v.number() }),
  v.object({ kind: v.literal('delete'), path: v.string(), previousSize: v.number() }),
])

/** RFC 9110 §8.8.3, strong. */
export const Etag = v.pipe(v.string(), v.regex(/^"[\x21\x23-\x7e]{0,100}"$/))
export const Count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const Plan = v.object({
  /** The folder as it is now; send it back as `If-Match` of the commit. */
  etag: Etag,
  /** Sorted by path, relative to the root. Empty: the folder is as wanted, and there is nothing more to do. */
  changes: v.array(FileChange),
  unchanged: Count,
  /**
   * With `delete: "owned"`: files that are as wanted, belong to nobody, and would belong to the source from now on.
   * A commit does that even where nothing else changes.
   */
  adopted: v.optional(Count),
  /** Hashes of contents that the namespace does not hold yet. */
  missing: v.array(v.string()),
})
export type Plan = v.InferOutput<typeof Plan>

export const StoredBlobs = v.object({ stored: v.array(v.string()) })

export const Commit = v.object({
  plan: Manifest,
  source: v.optional(Source),
  /** Goes through although a newer run of the same workflow has deployed to the root; else that is 409 `stale_run`. */
  allowStale: v.optional(v.boolean(), false),
})
export interface CommitInput {
  readonly plan: ManifestInput
  readonly source?: SourceInput
  readonly allowStale?: boolean
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
