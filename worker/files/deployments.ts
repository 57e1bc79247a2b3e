/** Deployments that were: listed, looked into, and gone back to. */

import { type FilePath, relativeTo } from '../../shared/file-path.ts'
import { diffFolder, type FileChange, findClash } from '../../shared/folder-diff.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { type Page, type Paging, toDateTime } from '../../shared/wire/common.ts'
import type { DeploymentDetail, DeploymentDiff, DeploymentRow } from '../../shared/wire/deployments.ts'
import type { Deployment as Outcome } from '../../shared/wire/sync.ts'
import type { Actor } from '../audit/record.ts'
import type { Place } from '../storage/contents.ts'
import type { Database } from '../storage/database.ts'
import { type Deployment, findDeployment, listDeployments as listRows } from '../storage/deployments.ts'
import { putFiles, removeEmptyFolders, removeFiles } from '../storage/file-changes.ts'
import { listChanges, type PastChange, readFolderAt } from '../storage/file-history.ts'
import { readFolder } from '../storage/files.ts'
import { newId } from '../storage/ids.ts'
import { findContent } from '../storage/stored-contents.ts'
import { countKinds, deployOnce, etagOf, recordDeployment } from './deploy.ts'
import type { FileError } from './errors.ts'
import { type Excerpt, readExcerpt } from './excerpt.ts'
import { HISTORY_DAYS, HISTORY_MS } from './retention.ts'
import type { FileStore } from './store.ts'

/** The newest first. */
export async function listDeployments(
  db: Database,
  place: Place,
  paging: Paging,
): Promise<Page<DeploymentRow>> {
  const { results, total } = await listRows(db, place, paging)
  return { results: results.map(toWire), total }
}

/** With its changes, as long as the past reaches back to them. */
export async function getDeployment(
  db: Database,
  place: Place,
  id: string,
  now: number,
): Promise<Result<DeploymentDetail, FileError>> {
  const row = await findDeployment(db, place, id)
  if (!row) return err({ code: 'deployment_not_found', id })
  if (isExpired(row, now)) return ok(toWire(row))
  const past = await changesOf(db, place, row)
  return ok({ ...toWire(row), changes: past.map((change) => toFileChange(row, change)) })
}

export async function diffDeployment(
  db: Database,
  place: Place,
  id: string,
  now: number,
): Promise<Result<DeploymentDiff, FileError>> {
  const found = await findInPast(db, place, id, now)
  if (!found.ok) return found
  const past = await changesOf(db, place, found.value)
  const changes = past.map((change) => {
    const { kind, path } = toFileChange(found.value, change)
    const { path: _, ...sides } = change
    return { path, kind, ...sides }
  })
  return ok({ changes })
}

/** A file before and after a deployment, as text; absent where it was not there. */
export interface TextChange {
  readonly before?: Excerpt
  readonly after?: Excerpt
}

/** What a deployment did to one file. Of each side so much is read as an excerpt has. */
export async function readChange(
  { db, contents }: FileStore,
  place: Place,
  id: string,
  path: string,
  now: number,
): Promise<Result<TextChange, FileError>> {
  const diff = await diffDeployment(db, place, id, now)
  if (!diff.ok) return diff
  const change = diff.value.changes.find((one) => one.path === path)
  if (!change) return err({ code: 'file_not_found', path: path as FilePath, namespace: place.namespace })
  const read = async (side: { readonly sha256: string } | undefined) => {
    const at = side && (await findContent(db, place, side.sha256))
    return at && readExcerpt(await contents.get(at), at.size)
  }
  const [before, after] = await Promise.all([read(change.before), read(change.after)])
  return ok({ ...(before ? { before } : {}), ...(after ? { after } : {}) })
}

export interface RollbackRequest {
  readonly id: string
  /** The folder's ETag, if it matters. */
  readonly ifMatch: string | undefined
  /** What it is known by when it is asked for again; drawn when it never will be. */
  readonly idempotencyKey: string | undefined
  /** Whether files that came later may go. */
  readonly mayDelete: boolean
}

/**
 * Makes the folder of a deployment what it was right after it; what was done to the folder since, by whomever, is
 * undone. That is a deployment itself, and can be gone back from.
 */
export async function rollBack(
  db: Database,
  place: Place,
  actor: Actor,
  { id, ifMatch, idempotencyKey = newId(), mayDelete }: RollbackRequest,
): Promise<Result<Outcome, FileError>> {
  const { now } = actor
  const found = await findInPast(db, place, id, now)
  if (!found.ok) return found
  const folder = found.value.root as FilePath
  return deployOnce(db, place, { idempotencyKey, content: ['rollback', id, ifMatch] }, async (request) => {
    const current = await readFolder(db, place, folder, [], 0)
    const { seq } = current
    if (ifMatch !== undefined && ifMatch !== etagOf(seq)) return err({ code: 'folder_changed' })
    const wanted = await readFolderAt(db, place, folder, found.value.seq)
    const clash = findClash([...current.inTheWay, ...wanted.map(({ path }) => path)])
    if (clash !== undefined) return err({ code: 'path_taken', path: clash })
    // Sizes do not tell files apart, and what is counted are paths.
    const sized = (files: readonly { path: FilePath; sha256: string }[]) =>
      files.map(({ path, sha256 }) => ({ path, sha256, size: 0 }))
    const diff = diffFolder(sized(current.files), sized(wanted), true)
    const counts = countKinds(diff)
    if (diff.changes.length === 0) return ok({ etag: etagOf(seq), ...counts })
    if (counts.deleted > 0 && !mayDelete) return err({ code: 'deletion_refused' })

    const kinds = new Map(diff.changes.map(({ path, kind }) => [path, kind]))
    const steps = [
      ...removeFiles(
        place,
        current.files.map(({ path }) => path).filter((path) => kinds.get(path) === 'delete'),
        now,
      ),
      ...removeEmptyFolders(place, folder, now),
      ...putFiles(
        place,
        wanted.filter(({ path }) => kinds.has(path)),
        now,
      ),
    ]
    const origin = { source: undefined, isVerified: false }
    const deployment = { ...request, actor, root: folder, seq, counts, origin, restores: id }
    return recordDeployment(db, place, deployment, steps)
  })
}

async function findInPast(
  db: Database,
  place: Place,
  id: string,
  now: number,
): Promise<Result<Deployment, FileError>> {
  const row = await findDeployment(db, place, id)
  if (!row) return err({ code: 'deployment_not_found', id })
  return isExpired(row, now) ? err({ code: 'deployment_expired', id, keptDays: HISTORY_DAYS }) : ok(row)
}

/** Whatever was replaced since a deployment is kept for as long as this says it is: see `sweep.ts`. */
const isExpired = ({ createdAt }: Deployment, now: number): boolean => createdAt < now - HISTORY_MS

const changesOf = (db: Database, place: Place, { root, seq }: Deployment): Promise<PastChange[]> =>
  listChanges(db, place, root as FilePath, seq)

function toFileChange({ root }: Deployment, { path: at, before, after }: PastChange): FileChange {
  const path = relativeTo(root as FilePath, at)
  if (!after) return { kind: 'delete', path, previousSize: before?.size ?? 0 }
  if (!before) return { kind: 'create', path, size: after.size }
  return { kind: 'update', path, size: after.size, previousSize: before.size }
}

const toWire = (row: Deployment): DeploymentRow => ({
  id: row.id,
  root: row.root,
  etag: etagOf(row.seq),
  created: row.created,
  updated: row.updated,
  deleted: row.deleted,
  unchanged: row.unchanged,
  createdAt: toDateTime(row.createdAt),
  account: { id: row.accountId, name: row.accountName },
  ...(row.source === null ? {} : { source: row.source }),
  isVerified: row.isVerified,
  ...(row.restores === null ? {} : { restores: row.restores }),
})
