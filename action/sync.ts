/**
 * Brings the scanned files into the namespace folder: prepare, which writes nothing, then carry out. The server is
 * not taken at its word: it gets no content but those it was offered, and may plan nothing that was not asked for.
 */

import { type FilePath, joinPath } from '../shared/file-path.ts'
import type { DeleteMode, Plan, PlanInput, SourceInput } from '../shared/wire/sync.ts'
import { Failure } from './failure.ts'
import { guardPlan, keepProtected, type Rules } from './guards.ts'
import type { Inputs } from './inputs/read.ts'
import type { Manifest, Remote, Work } from './remote/remote.ts'
import type { ScannedFile } from './scanned-file.ts'

export interface SyncRequest {
  readonly files: readonly ScannedFile[]
  /** Where they come from, as it is written. */
  readonly directory: string
  readonly root: FilePath
  readonly delete: DeleteMode
  readonly rules: Rules
  readonly onConflict: Inputs['onConflict']
  readonly staleRun: Inputs['staleRun']
  readonly source: SourceInput
}

/** What is going to happen, as far as anything does. */
export interface Prepared {
  readonly manifest: Manifest
  readonly plan: Plan
  /** How many files would be deleted if they were not protected. */
  readonly kept: number
}

export interface Outcome {
  readonly plan: Plan
  /** Absent if nothing was written, or the server does not record it. */
  readonly deploymentId?: string | undefined
  /** Contents that were uploaded; headers and manifests do not count. */
  readonly sentBytes: number
  readonly kept: number
  /** Whether a newer run has been there before, and nothing was written for that. */
  readonly isStale: boolean
}

const MAX_COMMITS = 3

/**
 * One request to a Postern. Protected files are kept.
 *
 * @throws {Failure} POSTERN-303, 304, 305, 401, or what the HTTP client throws
 */
export async function prepare(remote: Remote, request: SyncRequest): Promise<Prepared> {
  const manifest = {
    root: request.root,
    delete: request.delete,
    files: request.files.map(({ path, sha256, size }) => ({ path, sha256, size })),
  }
  const input: PlanInput = { ...manifest, source: request.source }
  const offered = await remote.plan(input)
  checkPlan(offered, manifest)
  const { plan, keep } = keepProtected(offered, request.rules.protect)
  guardPlan(plan, request.rules, request.directory)
  return { manifest: keep.length === 0 ? manifest : { ...manifest, keep }, plan, kept: keep.length }
}

/** Whether the folder is as wanted, so that nothing more needs to be asked. */
export const isDone = ({ changes, adopted = 0 }: Plan): boolean => changes.length === 0 && adopted === 0

/**
 * @param log takes a line when somebody else was faster
 * @throws {Failure} POSTERN-205, 301, 302, 501, or what `prepare` throws
 */
export async function carryOut(
  remote: Remote,
  request: SyncRequest,
  prepared: Prepared,
  { progress, uninterrupted }: Pick<Work, 'progress' | 'uninterrupted'>,
  log: (line: string) => void,
): Promise<Outcome> {
  const { files, source, staleRun, onConflict, root } = request
  let sentBytes = 0
  for (let commits = 1, { manifest, plan, kept } = prepared; ; commits++) {
    if (isDone(plan)) return { plan, sentBytes, kept, isStale: false }
    const allowStale = staleRun === 'allow'
    try {
      const work = { manifest, plan, files, source, allowStale, progress, uninterrupted }
      const applied = await remote.apply(work)
      sentBytes += applied.sentBytes
      return { plan, deploymentId: applied.deploymentId, sentBytes, kept, isStale: false }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'POSTERN-302' && staleRun === 'skip') return { plan, sentBytes, kept, isStale: true }
      // The server may have swept a content away between the plan and the commit.
      if (!MENDED_BY_A_NEW_PLAN.includes(error.serverCode ?? '')) throw error
      if (onConflict === 'fail' || commits === MAX_COMMITS) throw keepsChanging(root, commits)
    }
    log('The folder was changed by somebody else since it was planned. Planning again.')
    ;({ manifest, plan, kept } = await prepare(remote, request))
  }
}

const MENDED_BY_A_NEW_PLAN = ['folder_changed', 'content_missing']

/** Refuses a plan that wants a content it was not offered, or says it does what was not asked for. */
function checkPlan({ changes, unchanged, missing }: Plan, manifest: Manifest): void {
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
    if (kind === 'delete' && manifest.delete === 'none')
      throw untrustworthy(`would delete ${path}, but delete is false`)
  }
}

const untrustworthy = (flaw: string): Failure =>
  new Failure('POSTERN-401', {
    what: `The plan of the server ${flaw}.`,
    why: 'A Postern does not plan so. Nothing of it was carried out.',
    fix: 'Check the input server, and the version of the Postern there.',
  })

const keepsChanging = (root: FilePath, times: number): Failure =>
  new Failure('POSTERN-301', {
    what: `The folder ${root} was changed by somebody else ${times === 1 ? 'once' : `${times} times`} while this run was about to.`,
    why: 'Nothing of this run was written: it would have undone what it had not seen.',
    fix: 'Let one run at a time deploy to the namespace, with `concurrency` in the workflow; then run again.',
  })
