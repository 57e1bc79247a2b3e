/** What became of the run, in the words of the log, the job summary, the outputs and the annotations. Pure. */

import type { FileChange } from '../shared/folder-diff.ts'
import { FAILURES, type Failure } from './failure.ts'
import { toBlock, toCode, toProse } from './foreign-text.ts'
import { formatBytes, formatCount } from './format.ts'
import type { Outcome } from './sync.ts'

/** What became of one target. */
export interface Report extends Outcome {
  readonly namespace: string
  /** The folder in the namespace. */
  readonly root: string
  readonly isDryRun: boolean
  readonly requests: number
  readonly durationMs: number
}

/** GitHub keeps ten error annotations of a step: nine files, and the failure itself. */
const MAX_FILE_ANNOTATIONS = 9
const MAX_SHOWN = 200
const MAX_SHOWN_BYTES = 900_000
const MAX_PLAN_LENGTH = 256 * 1024

const SIGNS = { create: '+', update: '~', delete: '-' }
const DONE = { create: 'created', update: 'updated', delete: 'deleted' }

export function toLog(report: Report): string[] {
  const lines = report.plan.changes.map(
    (change) => `${SIGNS[change.kind]} ${change.path} (${sizesOf(change)})`,
  )
  const { shown, more } = firstOf(lines, MAX_SHOWN_BYTES)
  return [
    ...shown,
    ...more,
    headingOf(report, `${report.namespace}, folder ${report.root}`),
    countsOf(report),
  ]
}

/** @param maxBytes of the rows of the table */
export function toSummary(report: Report, maxBytes = MAX_SHOWN_BYTES): string {
  const rows = report.plan.changes.map(
    (change) => `| ${DONE[change.kind]} | ${toCode(change.path)} | ${sizesOf(change)} |`,
  )
  const { shown, more } = firstOf(rows, maxBytes)
  const table =
    rows.length === 0 ? [] : ['', '| Change | File | Size |', '| --- | --- | --- |', ...shown, '', ...more]
  return [
    `## ${headingOf(report, `${toCode(report.namespace)}, folder ${toCode(report.root)}`)}`,
    '',
    countsOf(report),
    ...table,
    '',
  ].join('\n')
}

/** GitHub takes 65,536 characters in a comment. */
const MAX_COMMENT_BYTES = 60_000

export const toComment = (reports: readonly Report[]): string =>
  reports.map((report) => toSummary(report, MAX_COMMENT_BYTES / reports.length)).join('\n')

/** Of all targets together. Where there are several, each change says where it belongs. */
export function toOutputs(reports: readonly Report[]): Record<string, string> {
  const all = reports.flatMap(({ plan }) => plan.changes)
  const changes = JSON.stringify(
    reports.length === 1
      ? all
      : reports.flatMap(({ namespace, root, plan }) =>
          plan.changes.map((change) => ({ namespace, root, ...change })),
        ),
  )
  return {
    changed: String(all.length > 0),
    ...Object.fromEntries(countKinds(all).map(([kind, count]) => [kind, String(count)])),
    unchanged: String(reports.reduce((sum, { plan }) => sum + plan.unchanged, 0)),
    deployment: reports.flatMap(({ deploymentId }) => deploymentId ?? []).join(' '),
    plan: Buffer.byteLength(changes) <= MAX_PLAN_LENGTH ? changes : '',
  }
}

/** The whole of it, for the plan file. */
export const toPlanFile = (reports: readonly Report[]): string =>
  `${JSON.stringify(
    reports.map(({ namespace, root, plan }) => ({
      namespace,
      root,
      changes: plan.changes,
      unchanged: plan.unchanged,
    })),
    null,
    2,
  )}\n`

export interface Annotation {
  readonly title: string
  readonly message: string
  readonly file?: string
}

/** A failure as it may be shown. */
export type ShownFailure = Pick<Failure, 'code' | 'message' | 'files' | 'block'>

export function toAnnotations(failure: ShownFailure): Annotation[] {
  const title = `${failure.code}: ${FAILURES[failure.code]}`
  return [
    ...failure.files.slice(0, MAX_FILE_ANNOTATIONS).map(({ file, problem }) => ({
      title,
      message: `${file} ${problem}.`,
      file,
    })),
    { title, message: `${failure.code}: ${failure.message}` },
  ]
}

export function toFailureSummary({ code, message, files, block }: ShownFailure): string {
  const items = files.map(({ file, problem }) => `- ${toCode(file)} ${toProse(problem)}`)
  const heading = `## Failed: ${FAILURES[code]} (${code})`
  const { shown, more } = firstOf(items, MAX_SHOWN_BYTES)
  const apart = block === undefined ? [] : [toBlock(block), '']
  return [heading, '', toProse(message), '', ...apart, ...shown, ...more, ''].join('\n')
}

function headingOf({ plan, isDryRun, isStale }: Report, target: string): string {
  if (isStale) return `A newer run was there before: nothing was written to ${target}`
  if (plan.changes.length === 0) {
    return plan.adopted && !isDryRun
      ? `Took over ${formatCount(plan.adopted, 'file')} in ${target}`
      : `Nothing to change in ${target}`
  }
  return isDryRun ? `Dry run: nothing was written to ${target}` : `Deployed to ${target}`
}

/** Such as «3 created, 1 updated, 2 deleted, 140 unchanged · 18.2 KB sent · 4 requests · 0.9 s». */
function countsOf({ plan, kept, sentBytes, requests, durationMs }: Report): string {
  const counts = [
    ...countKinds(plan.changes),
    ['unchanged', plan.unchanged] as const,
    ...(kept > 0 ? [['protected', kept] as const] : []),
  ]
  return [
    counts.map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`).join(', '),
    `${formatBytes(sentBytes)} sent`,
    formatCount(requests, 'request'),
    `${(durationMs / 1000).toFixed(1)} s`,
  ].join(' · ')
}

const countKinds = (changes: readonly FileChange[]) =>
  (['create', 'update', 'delete'] as const).map(
    (kind) => [DONE[kind], changes.filter((change) => change.kind === kind).length] as const,
  )

function sizesOf(change: FileChange): string {
  switch (change.kind) {
    case 'create':
      return formatBytes(change.size)
    case 'update':
      return `${formatBytes(change.previousSize)} → ${formatBytes(change.size)}`
    case 'delete':
      return formatBytes(change.previousSize)
  }
}

/** The first lines, and how many more there are: no reader wants all of ten thousand, and GitHub takes 1 MiB. */
function firstOf(lines: readonly string[], maxBytes: number): { shown: string[]; more: string[] } {
  let bytes = 0
  const isWithin = (line: string, index: number) => {
    bytes += Buffer.byteLength(line)
    return index < MAX_SHOWN && bytes < maxBytes
  }
  const end = lines.findIndex((line, index) => !isWithin(line, index))
  if (end < 0) return { shown: [...lines], more: [] }
  return { shown: lines.slice(0, end), more: [`… and ${(lines.length - end).toLocaleString('en')} more`] }
}
