/**
 * Whole folders: what would change (`planFolder`, which writes nothing), and making it so (`commitFolder`, all or
 * nothing). Both compare the manifest with the folder by the same function.
 */

import { type FilePath, pathIn, relativeTo } from '../../shared/file-path.ts'
import { diffFolder, type FolderDiff, findClash } from '../../shared/folder-diff.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Deployment, Manifest, Plan, Source } from '../../shared/wire/sync.ts'
import type { Principal } from '../access/principal.ts'
import type { Place } from '../storage/contents.ts'
import type { Conflict, Database } from '../storage/database.ts'
import {
  changeFiles,
  type Deployment as DeploymentRow,
  findDeployment,
  readFolder,
} from '../storage/files.ts'
import { newId } from '../storage/ids.ts'
import type { FileError } from './errors.ts'
import { sha256Hex } from './store.ts'

/** Cost: one round trip to D1; rows read grow with the files in the folder and in the manifest. */
export async function planFolder(
  db: Database,
  place: Place,
  manifest: Manifest,
): Promise<Result<Plan, FileError>> {
  const { etag, diff, missing, clash } = await compare(db, place, manifest)
  if (clash !== undefined) return err({ code: 'path_taken', path: clash })
  return ok({ etag, ...diff, missing })
}

export interface CommitRequest {
  readonly plan: Manifest
  readonly source: Source | undefined
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
export async function commitFolder(
  db: Database,
  place: Place,
  principal: Principal,
  { plan, source, ifMatch, idempotencyKey }: CommitRequest,
  now: number,
): Promise<Result<Deployment, FileError>> {
  const requestDigest = await sha256Hex(new TextEncoder().encode(JSON.stringify([plan, ifMatch])))
  const recorded = () => answerFromRecord(db, place, idempotencyKey, requestDigest)
  const earlier = await recorded()
  if (earlier) return earlier

  const { etag, seq, diff, missing, clash } = await compare(db, place, plan)
  // The same request may have gone through a moment ago, and that is why the folder is another one.
  if (etag !== ifMatch) return (await recorded()) ?? err({ code: 'folder_changed' })
  if (clash !== undefined) return err({ code: 'path_taken', path: clash })
  if (missing.length > 0) return err({ code: 'content_missing', hashes: missing })
  const counts = countKinds(diff)
  if (diff.changes.length === 0) return ok({ etag, ...counts })

  const deployment = {
    id: newId(),
    tenantId: place.tenant,
    namespace: place.namespace,
    root: plan.root,
    ...counts,
    source: source ?? null,
    accountId: principal.accountId,
    accountName: principal.name,
    idempotencyKey,
    requestDigest,
    createdAt: now,
  }
  const onlyIf = { folder: plan.root as FilePath, seq }
  const changed = await changeFiles(db, place, { ...selectChanges(plan, diff), onlyIf, deployment }, now)
  return (await recorded()) ?? err(changed.ok ? { code: 'folder_changed' } : refusalOf(changed.error, plan))
}

async function compare(db: Database, place: Place, { root, delete: mode, files }: Manifest) {
  const isDeleting = mode === 'all'
  const folder = root as FilePath
  const hashes = [...new Set(files.map((file) => file.sha256))]
  const current = await readFolder(db, place, folder, hashes)
  const existing = current.files.map(({ path, sha256, size }) => ({
    path: relativeTo(folder, path),
    sha256,
    size,
  }))
  const kept = isDeleting ? [] : current.files.map(({ path }) => path)
  const wanted = files.map(({ at }) => at)
  return {
    seq: current.seq,
    etag: etagOf(String(current.seq)),
    diff: diffFolder(existing, files, isDeleting),
    missing: current.missing,
    clash: findClash([...new Set([...current.inTheWay, ...kept, ...wanted])]),
  }
}

async function answerFromRecord(
  db: Database,
  place: Place,
  idempotencyKey: string,
  requestDigest: string,
): Promise<Result<Deployment, FileError> | undefined> {
  const row = await findDeployment(db, place, idempotencyKey)
  if (!row) return undefined
  return row.requestDigest === requestDigest ? ok(toWire(row)) : err({ code: 'idempotency_key_reused' })
}

function selectChanges({ root, files }: Manifest, { changes }: FolderDiff) {
  const kinds = new Map(changes.map(({ path, kind }) => [path, kind]))
  const folder = root as FilePath
  return {
    put: files.filter(({ path }) => kinds.has(path)).map(({ at, sha256 }) => ({ path: at, sha256 })),
    remove: changes.flatMap(({ kind, path }) => (kind === 'delete' ? [pathIn(folder, path)] : [])),
  }
}

function countKinds({ changes, unchanged }: FolderDiff) {
  const count = (wanted: string) => changes.filter(({ kind }) => kind === wanted).length
  return { created: count('create'), updated: count('update'), deleted: count('delete'), unchanged }
}

/** What came between the comparison and the transaction. */
function refusalOf({ on }: Conflict, { root }: Manifest): FileError {
  return on === 'path_free' ? { code: 'path_taken', path: root as FilePath } : { code: 'folder_changed' }
}

/** A strong validator (RFC 9110 §8.8.1): the folder's sequence, which each change in it raises. */
const etagOf = (seq: string): string => `"${seq}"`

const toWire = ({ id, etag, created, updated, deleted, unchanged }: DeploymentRow): Deployment => ({
  id,
  etag: etagOf(etag),
  created,
  updated,
  deleted,
  unchanged,
})
