/**
 * Brings the scanned files into the namespace folder: plan, upload what is missing, commit. The server is not taken
 * at its word: it gets no content but those it was offered, and may plan nothing that was not asked for.
 */

import { createHash } from 'node:crypto'
import { type FilePath, joinPath } from '../shared/file-path.ts'
import { MAX_UPLOAD_BYTES, MAX_UPLOAD_CONTENTS } from '../shared/limits.ts'
import type { ManifestInput, Plan, Source } from '../shared/wire/sync.ts'
import { Failure } from './failure.ts'
import { mapParallel } from './parallel.ts'
import type { Content, Postern } from './remote/postern.ts'
import type { Scan, ScannedFile } from './scan.ts'
import { changedDuringRun, openScanned } from './scanned-file.ts'

export interface SyncRequest {
  readonly files: readonly ScannedFile[]
  readonly root: FilePath
  readonly isDeleting: boolean
  readonly isDryRun: boolean
  readonly source: Source
}

export interface Outcome {
  readonly plan: Plan
  /** Absent if nothing was written. */
  readonly deploymentId?: string | undefined
  /** Contents that were uploaded; headers and manifests do not count. */
  readonly sentBytes: number
}

const PARALLEL_UPLOADS = 4
const MAX_COMMITS = 3

/** @throws {Failure} POSTERN-202 when an empty directory would delete all there is */
export function refuseToEmpty(
  { files, skipped }: Scan,
  { directory, isDeleting }: { readonly directory: string; readonly isDeleting: boolean },
): void {
  if (!isDeleting || files.length > 0) return
  throw new Failure('POSTERN-202', {
    what: `${directory} holds no file to deploy (${skipped.ignored} ignored, ${skipped.hidden} hidden).`,
    why: 'With delete: true, every file of the namespace folder would go.',
    fix: 'Check the input directory, and .kestraignore if there is one.',
  })
}

/**
 * @param log takes a line whenever an upload is done
 * @throws {Failure} POSTERN-205, 301, 401, or what the HTTP client throws
 */
export async function sync(
  postern: Postern,
  { files, root, isDeleting, isDryRun, source }: SyncRequest,
  log: (line: string) => void,
): Promise<Outcome> {
  const manifest = {
    root,
    delete: isDeleting,
    files: files.map(({ path, sha256, size }) => ({ path, sha256, size })),
  }
  let sentBytes = 0
  for (let commits = 1; ; commits++) {
    const plan = await postern.plan(manifest)
    checkPlan(plan, manifest)
    if (isDryRun || plan.changes.length === 0) return { plan, sentBytes }
    sentBytes += await uploadMissing(postern, plan, files, log)
    try {
      const { id } = await postern.commit({ plan: manifest, source }, plan.etag)
      return { plan, deploymentId: id, sentBytes }
    } catch (error) {
      if (!(error instanceof Failure && error.serverCode === 'folder_changed')) throw error
      if (commits === MAX_COMMITS) throw keepsChanging(root)
      log('The folder was changed by somebody else since it was planned. Planning again.')
    }
  }
}

/** Refuses a plan that wants a content it was not offered, or says it does what was not asked for. */
function checkPlan(
  { changes, unchanged, missing }: Plan,
  manifest: ManifestInput & { readonly root: FilePath },
): void {
  const hashes = new Set(manifest.files.map((file) => file.sha256))
  const paths = new Set(manifest.files.map((file) => file.path))
  if (!missing.every((sha256) => hashes.has(sha256))) {
    throw untrustworthy('asks for contents that this run did not offer')
  }
  const named = new Set(changes.map(({ path }) => path))
  const kept = changes.filter(({ kind }) => kind !== 'delete').length + unchanged
  if (named.size !== changes.length || kept !== manifest.files.length) {
    throw untrustworthy('does not add up to the files that this run offered')
  }
  for (const { kind, path } of changes) {
    if (!joinPath(manifest.root, path).ok) throw untrustworthy('names a path that no file can have')
    if (paths.has(path) === (kind === 'delete'))
      throw untrustworthy(`would ${kind} ${path}, which makes no sense`)
    if (kind === 'delete' && !manifest.delete)
      throw untrustworthy(`would delete ${path}, but delete is false`)
  }
}

async function uploadMissing(
  postern: Postern,
  { missing }: Plan,
  files: readonly ScannedFile[],
  log: (line: string) => void,
): Promise<number> {
  const bySha256 = new Map(files.map((file) => [file.sha256, file]))
  const contents = [...new Set(missing)].flatMap((sha256) => bySha256.get(sha256) ?? [])
  let stored = 0
  const sizes = await mapParallel(toBatches(contents), PARALLEL_UPLOADS, async (batch) => {
    await postern.upload(await Promise.all(batch.map(readContent)))
    stored += batch.length
    log(`Uploaded ${stored.toLocaleString('en')} of ${contents.length.toLocaleString('en')} contents`)
    return totalSize(batch)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** As few uploads as the limits allow without reordering. A content above the limit for bytes goes alone. */
export function toBatches<T extends { readonly size: number }>(contents: readonly T[]): T[][] {
  const batches: T[][] = []
  let bytes = 0
  for (const content of contents) {
    const batch = batches.at(-1)
    if (batch && batch.length < MAX_UPLOAD_CONTENTS && bytes + content.size <= MAX_UPLOAD_BYTES) {
      batch.push(content)
      bytes += content.size
    } else {
      batches.push([content])
      bytes = content.size
    }
  }
  return batches
}

/** Hashes what is sent, not what was scanned: between the two the file may have been exchanged. */
async function readContent({ path, file, sha256 }: ScannedFile): Promise<Content> {
  await using handle = await openScanned(file, path)
  const bytes = await handle.readFile()
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw changedDuringRun(path)
  return { sha256, bytes }
}

const totalSize = (batch: readonly ScannedFile[]): number => batch.reduce((sum, { size }) => sum + size, 0)

const untrustworthy = (flaw: string): Failure =>
  new Failure('POSTERN-401', {
    what: `The plan of the server ${flaw}.`,
    why: 'A Postern does not plan so. Nothing of it was carried out.',
    fix: 'Check the input server, and the version of the Postern there.',
  })

const keepsChanging = (root: FilePath): Failure =>
  new Failure('POSTERN-301', {
    what: `The folder ${root} was changed by somebody else ${MAX_COMMITS} times while this run was about to.`,
    why: 'Nothing of this run was written: it would have undone what it had not seen.',
    fix: 'Let one run at a time deploy to the namespace, with `concurrency` in the workflow; then run again.',
  })
