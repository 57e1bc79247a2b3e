/**
 * The phases of a run: read the inputs, scan the files, sign in, plan, apply, report. Every target is scanned before
 * the first request, and planned before the first write: a guard that trips leaves all of them as they were.
 */

import { authenticate } from './authenticate.ts'
import type { Cancellation } from './cancellation.ts'
import { refuseForeignCode } from './checkout.ts'
import { openClients } from './clients.ts'
import { Failure } from './failure.ts'
import { formatCount } from './format.ts'
import { refuseToEmpty } from './guards.ts'
import { type Inputs, readInputs } from './inputs/read.ts'
import type { Target } from './inputs/targets.ts'
import { connectRemote } from './remote/connect.ts'
import type { Remote } from './remote/remote.ts'
import type { Report } from './report.ts'
import { reportResults } from './reporting.ts'
import type { Runner } from './runner.ts'
import { type Scan, scanDirectory } from './scan.ts'
import { secretsAmongInputs } from './secrets.ts'
import { describeSource } from './source.ts'
import { carryOut, isDone, type Outcome, type Prepared, prepare, type SyncRequest } from './sync.ts'

/** What whoever explains the end of a run needs to know. */
export interface Journal {
  phase: string
  /** A sentence for each target that was written to. */
  readonly written: string[]
}

/** A folder of the repository, where it goes, and what that takes. */
interface Job {
  readonly target: Target
  readonly remote: Remote
  readonly request: SyncRequest
  readonly prepared: Prepared
  readonly usage: Usage
}

interface Usage {
  readonly requests: number
  readonly durationMs: number
}

/** @throws {Failure} whatever its phases throw */
export async function deploy(
  runner: Runner,
  journal: Journal,
  cancellation: Cancellation,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = Date.now()
  for (const secret of secretsAmongInputs(runner.input)) runner.mask(secret)
  const inputs = readInputs(runner.input, {
    hasIdentity: runner.identity !== undefined,
    isPullRequest: runner.run.event.startsWith('pull_request'),
  })
  for (const notice of inputs.notices) runner.info(notice)
  if (inputs.isWriting) await refuseForeignCode(runner)

  journal.phase = 'reading the files'
  const scans: Scan[] = []
  for (const target of inputs.targets) scans.push(await scanTarget(runner, inputs, target))
  signal.throwIfAborted()

  journal.phase = 'signing in'
  const clients = await openClients(runner, inputs, signal, Date.now() - startedAt)
  const lap = createMeter(() => clients.server.requests, startedAt)
  const authorization = await authenticate(clients, runner, inputs)
  runner.info(authorization.told)

  journal.phase = 'planning'
  const jobs: Job[] = []
  for (const [index, target] of inputs.targets.entries()) {
    const place = { ...inputs, namespace: target.namespace }
    const remote = connectRemote(clients.server, place, authorization.header, () => warnOfStockKestra(runner))
    const request = describeRequest(runner, inputs, target, scans[index]?.files ?? [])
    const prepared = await prepare(remote, request)
    jobs.push({ target, remote, request, prepared, usage: lap() })
  }

  const reports: Report[] = []
  for (const job of jobs) {
    const outcome = inputs.isWriting
      ? await write(job, runner, journal, cancellation)
      : { ...job.prepared, sentBytes: 0, isStale: false }
    const { requests, durationMs } = lap()
    reports.push({
      ...outcome,
      namespace: job.target.namespace,
      root: job.target.root,
      isDryRun: !inputs.isWriting,
      requests: job.usage.requests + requests,
      durationMs: job.usage.durationMs + durationMs,
    })
  }

  journal.phase = 'reporting'
  const kind = jobs[0]?.remote.kind ?? 'postern'
  await reportResults(runner, clients.github, inputs, reports, kind)
  if (inputs.isFailingOnChanges) refuseChanges(reports)
}

async function scanTarget(runner: Runner, inputs: Inputs, { directory, root }: Target): Promise<Scan> {
  const scan = await scanDirectory(runner.workspace, directory, root)
  refuseToEmpty(scan, directory, inputs)
  const { ignored, hidden } = scan.skipped
  const count = scan.files.length.toLocaleString('en')
  runner.info(`Files in ${directory}: ${count} (skipped: ${ignored} ignored, ${hidden} hidden)`)
  if (scan.files.length === 0) runner.warning(`There is no file to deploy in ${directory}.`)
  return scan
}

function describeRequest(
  { run }: Runner,
  inputs: Inputs,
  { directory, root }: Target,
  files: Scan['files'],
): SyncRequest {
  return {
    ...inputs,
    directory,
    root,
    files,
    rules: inputs,
    source: describeSource(run.variables, directory),
  }
}

async function write(
  { target, remote, request, prepared }: Job,
  runner: Runner,
  journal: Journal,
  cancellation: Cancellation,
): Promise<Outcome> {
  const place = `${target.namespace}, folder ${target.root}`
  journal.phase = `writing to ${place}`
  const outcome = await carryOut(
    remote,
    request,
    prepared,
    {
      progress: runner.progress,
      uninterrupted: async (work) => {
        journal.phase = 'committing'
        try {
          return await cancellation.uninterrupted(work)
        } finally {
          if (!cancellation.isCancelled) journal.phase = `writing to ${place}`
        }
      },
    },
    runner.info,
  )
  if (!outcome.isStale && !isDone(outcome.plan)) {
    const id = outcome.deploymentId === undefined ? '' : `, deployment ${outcome.deploymentId}`
    journal.written.push(`Written before that: ${place}${id}.`)
  }
  return outcome
}

const warnOfStockKestra = (runner: Runner): void =>
  runner.info(
    'The server is a stock Kestra: files are written one by one and not all or nothing, and an older run ' +
      'may overwrite what a newer one has written.',
  )

/** Tells what was spent since it was last asked. */
function createMeter(countRequests: () => number, startedAt: number): () => Usage {
  let last = { requests: 0, at: startedAt }
  return () => {
    const now = { requests: countRequests(), at: Date.now() }
    const usage = { requests: now.requests - last.requests, durationMs: now.at - last.at }
    last = now
    return usage
  }
}

function refuseChanges(reports: readonly Report[]): void {
  const changes = reports.reduce((sum, { plan }) => sum + plan.changes.length, 0)
  if (changes === 0) return
  throw new Failure('POSTERN-306', {
    what: `The namespace differs from the repository in ${formatCount(changes, 'file')}. Nothing was written.`,
    why: 'fail-on is changes.',
    fix: 'Deploy, or find out who changed the files in the namespace.',
  })
}
