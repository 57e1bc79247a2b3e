/** What became of the run, in the words of the log, the job summary, the outputs and the annotations. Pure. */

import type { FileChange } from '../shared/folder-diff.ts'
import { FAILURES, type Failure } from './failure.ts'
import { toCode, toProse } from './foreign-text.ts'
import type { Outcome } from './sync.ts'

/** A finished run. */
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
  const { shown, more } = firstOf(lines)
  return [
    ...shown,
    ...more,
    headingOf(report, `${report.namespace}, folder ${report.root}`),
    countsOf(report),
  ]
}

export function toSummary(report: Report): string {
  const rows = report.plan.changes.map(
    (change) => `| ${DONE[change.kind]} | ${toCode(change.path)} | ${sizesOf(change)} |`,
  )
  const { shown, more } = firstOf(rows)
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

export function toOutputs({ plan, deploymentId = '' }: Report): Record<string, string> {
  const changes = JSON.stringify(plan.changes)
  return {
    changed: String(plan.changes.length > 0),
    ...Object.fromEntries(countKinds(plan.changes).map(([kind, count]) => [kind, String(count)])),
    unchanged: String(plan.unchanged),
    deployment: deploymentId,
    plan: Buffer.byteLength(changes) <= MAX_PLAN_LENGTH ? changes : '',
  }
}

export interface Annotation {
  readonly title: string
  readonly message: string
  readonly file?: string
}

/** A failure as it may be shown. */
export type ShownFailure = Pick<Failure, 'code' | 'message' | 'files'>

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

export function toFailureSummary({ code, message, files }: ShownFailure): string {
  const items = files.map(({ file, problem }) => `- ${toCode(file)} ${toProse(problem)}`)
  const heading = `## Failed: ${FAILURES[code]} (${code})`
  const { shown, more } = firstOf(items)
  return [heading, '', toProse(message), '', ...shown, ...more, ''].join('\n')
}

function headingOf({ plan, isDryRun }: Report, target: string): string {
  if (plan.changes.length === 0) return `Nothing to change in ${target}`
  return isDryRun ? `Dry run: nothing was written to ${target}` : `Deployed to ${target}`
}

/** Such as «3 created, 1 updated, 2 deleted, 140 unchanged · 18.2 KB sent · 4 requests · 0.9 s». */
function countsOf({ plan, sentBytes, requests, durationMs }: Report): string {
  const counts = [...countKinds(plan.changes), ['unchanged', plan.unchanged] as const]
  return [
    counts.map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`).join(', '),
    `${formatBytes(sentBytes)} sent`,
    requests === 1 ? '1 request' : `${requests} requests`,
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

/** In units of 1,000: «512 B», «18.2 KB», «4.0 MB». */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 999_950 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The first lines, and how many more there are: no reader wants all of ten thousand, and GitHub takes 1 MiB. */
function firstOf(lines: readonly string[]): { shown: string[]; more: string[] } {
  let bytes = 0
  const isWithin = (line: string, index: number) => {
    bytes += Buffer.byteLength(line)
    return index < MAX_SHOWN && bytes < MAX_SHOWN_BYTES
  }
  const end = lines.findIndex((line, index) => !isWithin(line, index))
  if (end < 0) return { shown: [...lines], more: [] }
  return { shown: lines.slice(0, end), more: [`… and ${(lines.length - end).toLocaleString('en')} more`] }
}
