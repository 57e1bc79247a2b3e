/** What keeps a plan from doing more harm than was meant. Pure; each guard holds before anything is written. */

import { posix } from 'node:path'
import ignore from 'ignore'
import type { FileChange } from '../shared/folder-diff.ts'
import type { DeleteMode, Plan } from '../shared/wire/sync.ts'
import { Failure } from './failure.ts'
import { formatCount } from './format.ts'
import type { MaxDelete } from './inputs/fields.ts'
import type { Scan } from './scan.ts'

export interface Rules {
  readonly maxDelete: MaxDelete
  /** Patterns as in .gitignore, against paths in the namespace folder. */
  readonly protect: string
  readonly isOverriding: boolean
}

/** @throws {Failure} POSTERN-202 when an empty directory would delete all there is */
export function refuseToEmpty(
  { files, skipped }: Scan,
  directory: string,
  { delete: mode, isEmptyAllowed }: { readonly delete: DeleteMode; readonly isEmptyAllowed: boolean },
): void {
  if (mode === 'none' || isEmptyAllowed || files.length > 0) return
  throw new Failure('POSTERN-202', {
    what: `${directory} holds no file to deploy (${skipped.ignored} ignored, ${skipped.hidden} hidden).`,
    why: `With delete: ${mode}, every file that it covers would go.`,
    fix: 'Check the input directory, and .kestraignore if there is one; if this is meant, set allow-empty.',
  })
}

/** Takes the deletion of protected files out of a plan, and says which they are. */
export function keepProtected(plan: Plan, protect: string): { plan: Plan; keep: string[] } {
  const isProtected = protectedBy(protect)
  const isKept = ({ kind, path }: FileChange) => kind === 'delete' && isProtected(path)
  return {
    plan: { ...plan, changes: plan.changes.filter((change) => !isKept(change)) },
    keep: plan.changes.filter(isKept).map(({ path }) => path),
  }
}

/**
 * @param directory the folder the files come from, to name them in the repository
 * @throws {Failure} POSTERN-303, 304 or 305
 */
export function guardPlan({ changes, unchanged }: Plan, rules: Rules, directory: string): void {
  const isProtected = protectedBy(rules.protect)
  const updates = changes.filter(({ kind }) => kind === 'update')
  const named = (ones: readonly FileChange[], problem: string) =>
    ones.map(({ path }) => ({ file: posix.join(directory, path), problem }))

  const overwritten = updates.filter(({ path }) => isProtected(path))
  if (overwritten.length > 0) {
    throw new Failure('POSTERN-305', {
      what: `${formatCount(overwritten.length, 'protected file')} would be overwritten. Nothing was written.`,
      fix: 'Leave them out of the directory, or change the input protect.',
      files: named(overwritten, 'is protected in the namespace, and has other content there'),
    })
  }
  if (!rules.isOverriding && updates.length > 0) {
    throw new Failure('POSTERN-304', {
      what: `${formatCount(updates.length, 'file')} of the namespace would be overwritten. Nothing was written.`,
      why: 'override is false.',
      fix: 'Set override to true, or rename the files.',
      files: named(updates, 'exists in the namespace with other content'),
    })
  }
  guardDeletions(changes, unchanged, rules.maxDelete)
}

/** However small a folder is, so many may go: a share of three files would forbid to rename one. */
const ALWAYS_ALLOWED = 10
const MAX_SHOWN = 20

function guardDeletions(changes: readonly FileChange[], unchanged: number, { count, unit }: MaxDelete): void {
  const deleted = changes.filter(({ kind }) => kind === 'delete')
  const existing = changes.filter(({ kind }) => kind !== 'create').length + unchanged
  const limit = unit === 'files' ? count : Math.max(ALWAYS_ALLOWED, Math.floor((existing * count) / 100))
  if (deleted.length <= limit) return
  const more = deleted.length - MAX_SHOWN
  throw new Failure('POSTERN-303', {
    what: `${deleted.length} of ${existing} files would be deleted; at most ${limit} may be. Nothing was written.`,
    why: `max-delete is ${count}${unit === 'percent' ? '%' : ''}.`,
    fix: 'Check directory and namespace-path; if this is meant, set max-delete higher for this run.',
    block: [
      ...deleted.slice(0, MAX_SHOWN).map(({ path }) => `- ${path}`),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ].join('\n'),
  })
}

function protectedBy(patterns: string): (path: string) => boolean {
  const rules = ignore({ ignorecase: false }).add(patterns.normalize('NFC'))
  return (path) => rules.ignores(path)
}
