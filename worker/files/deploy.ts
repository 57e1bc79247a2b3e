/** What a commit and a rollback have in common: done once for each key, all or nothing, and recorded. */

import type { FilePath } from '../../shared/file-path.ts'
import type { FolderDiff } from '../../shared/folder-diff.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Deployment } from '../../shared/wire/sync.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Place } from '../storage/contents.ts'
import type { Database, Statement } from '../storage/database.ts'
import { type Deployment as DeploymentRow, findDeploymentByKey } from '../storage/deployments.ts'
import { changeFiles } from '../storage/file-changes.ts'
import { newId } from '../storage/ids.ts'
import type { FileError } from './errors.ts'
import { type Origin, runOf } from './source.ts'
import { sha256Hex } from './store.ts'

/** What a deployment is known by when it is asked for again. */
interface Request {
  readonly idempotencyKey: string
  readonly requestDigest: string
}

/** Written: the answer is in the deployment's row. */
const WRITTEN = 'written'

/**
 * @param content what the key stands for: with another content it is refused
 * @param attempt answers itself when there is nothing to do
 */
export async function deployOnce(
  db: Database,
  place: Place,
  { idempotencyKey, content }: { readonly idempotencyKey: string; readonly content: unknown },
  attempt: (request: Request) => Promise<Result<Deployment | typeof WRITTEN, FileError>>,
): Promise<Result<Deployment, FileError>> {
  const requestDigest = await sha256Hex(new TextEncoder().encode(JSON.stringify(content)))
  const recorded = async (): Promise<Result<Deployment, FileError> | undefined> => {
    const row = await findDeploymentByKey(db, place, idempotencyKey)
    if (!row) return undefined
    return row.requestDigest === requestDigest ? ok(toWire(row)) : err({ code: 'idempotency_key_reused' })
  }
  const earlier = await recorded()
  if (earlier) return earlier
  const done = await attempt({ idempotencyKey, requestDigest })
  if (done.ok && done.value !== WRITTEN) return ok(done.value)
  if (!done.ok && done.error.code !== 'folder_changed') return done
  // The same request may have gone through a moment ago, and that is why the folder is another one.
  return (await recorded()) ?? err({ code: 'folder_changed' })
}

interface NewDeployment extends Request {
  readonly actor: Actor
  readonly root: FilePath
  /** The folder's sequence, which must still hold. */
  readonly seq: number
  readonly counts: ReturnType<typeof countKinds>
  readonly origin: Origin
  /** The deployment that this one goes back to. */
  readonly restores?: string
}

/** Carries out the steps as one transaction with the deployment's row. */
export async function recordDeployment(
  db: Database,
  place: Place,
  { actor, root, seq, counts, origin, restores, ...request }: NewDeployment,
  steps: readonly Statement[],
): Promise<Result<typeof WRITTEN, FileError>> {
  const deployment = {
    id: newId(),
    tenantId: place.tenant,
    namespace: place.namespace,
    root,
    ...counts,
    source: origin.source ?? null,
    isVerified: origin.isVerified,
    workflow: null,
    runNumber: null,
    ...runOf(origin.source),
    restores: restores ?? null,
    accountId: actor.accountId,
    accountName: actor.name,
    ...request,
    createdAt: actor.now,
  }
  const recorded = record(db, actor, {
    type: 'CREATE',
    resource: 'DEPLOYMENT',
    id: deployment.id,
    ...place,
    after: deployment,
  })
  const changed = await changeFiles(db, place, [...steps, ...recorded], {
    onlyIf: { folder: root, seq },
    deployment,
  })
  if (changed.ok) return ok(WRITTEN)
  // What came between the comparison and the transaction.
  return err(
    changed.error.on === 'path_free' ? { code: 'path_taken', path: root } : { code: 'folder_changed' },
  )
}

export function countKinds({ changes, unchanged }: FolderDiff) {
  const count = (wanted: string) => changes.filter(({ kind }) => kind === wanted).length
  return { created: count('create'), updated: count('update'), deleted: count('delete'), unchanged }
}

/** A strong validator (RFC 9110 §8.8.1): the folder's sequence, which each change in it raises. */
export const etagOf = (seq: number): string => `"${seq}"`

const toWire = ({ id, seq, created, updated, deleted, unchanged }: DeploymentRow): Deployment => ({
  id,
  etag: etagOf(seq),
  created,
  updated,
  deleted,
  unchanged,
})
