/**
 * Whole folders: what would change (`planFolder`, which writes nothing), and making it so (`commitFolder`, all or
 * nothing). Both compare the manifest with the folder by the same function.
 */

import { type FilePath, pathIn } from '../../shared/file-path.ts'
import type { FolderDiff } from '../../shared/folder-diff.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Deployment, Manifest, Plan, Source } from '../../shared/wire/sync.ts'
import type { Actor } from '../audit/record.ts'
import type { Place } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { findNewestRun } from '../storage/deployments.ts'
import { adoptFiles, putFiles, removeEmptyFolders, removeFiles } from '../storage/file-changes.ts'
import { readFolder } from '../storage/files.ts'
import { compareFolder } from './compare.ts'
import { countKinds, deployOnce, etagOf, recordDeployment } from './deploy.ts'
import type { FileError } from './errors.ts'
import { PLANNED_MS, UNUSED_MS } from './retention.ts'
import { type Origin, ownerOf, runOf } from './source.ts'

/** Cost: one round trip to D1; rows read grow with the files in the folder and in the manifest. */
export async function planFolder(
  db: Database,
  place: Place,
  manifest: Manifest,
  { source }: Origin,
  now: number,
): Promise<Result<Plan, FileError>> {
  const isOwned = manifest.delete === 'owned'
  const owner = ownerOf(source, manifest.root as FilePath)
  if (isOwned && owner === null) return err({ code: 'source_missing' })
  const keptSince = now - UNUSED_MS + PLANNED_MS
  const { etag, diff, adopted, missing, clash } = await compare(db, place, manifest, owner, keptSince)
  if (clash !== undefined) return err({ code: 'path_taken', path: clash })
  return ok({ etag, ...diff, ...(isOwned ? { adopted: adopted.length } : {}), missing })
}

export interface CommitRequest {
  readonly plan: Manifest
  readonly origin: Origin
  /** Whether it may undo what a later run of the same workflow did. */
  readonly allowStale: boolean
  /** The ETag that was planned against. */
  readonly ifMatch: string
  readonly idempotencyKey: string
}

/**
 * 1. A key that was used before gives the answer of the deployment it made.
 * 2. Compare again: the plan may be old, or not from us.
 * 3. Write files, deletions and the deployment as one transaction, guarded once more by the ETag.
 * 4. Answer from the deployment's row, whoever of two equal requests wrote it.
 */
export function commitFolder(
  db: Database,
  place: Place,
  actor: Actor,
  { plan, origin, allowStale, ifMatch, idempotencyKey }: CommitRequest,
): Promise<Result<Deployment, FileError>> {
  const { now } = actor
  const root = plan.root as FilePath
  return deployOnce(db, place, { idempotencyKey, content: [plan, ifMatch] }, async (request) => {
    const owner = ownerOf(origin.source, root)
    if (plan.delete === 'owned' && owner === null) return err({ code: 'source_missing' })
    const [compared, stale] = await Promise.all([
      compare(db, place, plan, owner),
      allowStale ? undefined : findStale(db, place, root, origin.source),
    ])
    if (stale) return err(stale)
    const { etag, seq, diff, adopted, missing, clash } = compared
    if (etag !== ifMatch) return err({ code: 'folder_changed' })
    if (clash !== undefined) return err({ code: 'path_taken', path: clash })
    if (missing.length > 0) return err({ code: 'content_missing', hashes: missing })
    const counts = countKinds(diff)
    if (diff.changes.length + adopted.length === 0) return ok({ etag, ...counts })

    const { put, remove } = selectChanges(plan, diff, owner)
    const steps = [
      ...removeFiles(place, remove, now),
      ...(plan.delete === 'all' ? removeEmptyFolders(place, root, now) : []),
      ...putFiles(place, put, now),
      ...(owner === null ? [] : adoptFiles(place, adopted, owner)),
    ]
    return recordDeployment(db, place, { ...request, actor, root, seq, counts, origin }, steps)
  })
}

/** @param keptSince see `selectMissing`; absent when any content that is there will do */
async function compare(db: Database, place: Place, manifest: Manifest, owner: string | null, keptSince = 0) {
  const hashes = [...new Set(manifest.files.map((file) => file.sha256))]
  const current = await readFolder(db, place, manifest.root as FilePath, hashes, keptSince)
  const { seq, missing } = current
  return { seq, etag: etagOf(seq), missing, ...compareFolder(current, manifest, owner) }
}

/** What a later run of the same workflow did to the folder, which this one would undo. A run may come again. */
async function findStale(
  db: Database,
  place: Place,
  root: FilePath,
  source: Source | undefined,
): Promise<FileError | undefined> {
  const run = runOf(source)
  const newest = run && (await findNewestRun(db, place, root, run.workflow))
  if (!newest || newest.runNumber === null || newest.runNumber <= run.runNumber) return undefined
  const newer = { runNumber: newest.runNumber, runUrl: newest.source?.runUrl }
  return { code: 'stale_run', root, runNumber: run.runNumber, newer }
}

function selectChanges({ root, files }: Manifest, { changes }: FolderDiff, owner: string | null) {
  const kinds = new Map(changes.map(({ path, kind }) => [path, kind]))
  const folder = root as FilePath
  return {
    put: files.filter(({ path }) => kinds.has(path)).map(({ at, sha256 }) => ({ path: at, sha256, owner })),
    remove: changes.flatMap(({ kind, path }) => (kind === 'delete' ? [pathIn(folder, path)] : [])),
  }
}
