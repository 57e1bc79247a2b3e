/** The step from its inputs to its exit code, phase by phase. */

import { authenticate } from './authenticate.ts'
import { Failure } from './failure.ts'
import { createHttp } from './http.ts'
import { readInputs } from './inputs.ts'
import { connectPostern } from './remote/postern.ts'
import { type Report, toAnnotations, toFailureSummary, toLog, toOutputs, toSummary } from './report.ts'
import type { Runner } from './runner.ts'
import { type Scan, scanDirectory } from './scan.ts'
import { refuseToEmpty, sync } from './sync.ts'

/** @returns 0 when the namespace is as wanted, or the dry run is done; else 1 */
export async function run(runner: Runner): Promise<number> {
  try {
    await deploy(runner)
    return 0
  } catch (error) {
    await reportFailure(runner, error instanceof Failure ? error : toDefect(runner, error))
    return 1
  }
}

async function deploy(runner: Runner): Promise<void> {
  const startedAt = Date.now()
  runner.mask(runner.input('api-token'))
  const inputs = readInputs(runner.input)

  const scan = await scanDirectory(runner.workspace, inputs.directory, inputs.root)
  refuseToEmpty(scan, inputs)
  announce(runner, scan, inputs.directory)

  refuseUnverifiedTls(runner, inputs.server)
  const http = createHttp({ redact: runner.redact })
  try {
    const accessToken = await authenticate(http, runner, inputs)
    const postern = connectPostern(http, inputs, accessToken)
    const source = runner.describeRun()
    const outcome = await sync(postern, { ...inputs, files: scan.files, source }, runner.info)
    const durationMs = Date.now() - startedAt
    await report(runner, { ...outcome, ...inputs, requests: http.requests, durationMs })
  } finally {
    // What is still under way beside a failure would go on for minutes.
    http.abort()
  }
}

function refuseUnverifiedTls(runner: Runner, server: string): void {
  if (runner.isTlsVerified || !server.startsWith('https:')) return
  throw new Failure('POSTERN-403', {
    what: 'NODE_TLS_REJECT_UNAUTHORIZED is 0: the certificate of the server would not be checked.',
    why: 'Whoever stands between could take the API token.',
    fix: 'Remove the variable from the environment of this step.',
  })
}

function announce(runner: Runner, { files, skipped }: Scan, directory: string): void {
  const { ignored, hidden } = skipped
  const count = files.length.toLocaleString('en')
  runner.info(`Files in ${directory}: ${count} (skipped: ${ignored} ignored, ${hidden} hidden)`)
  if (files.length === 0) runner.warning(`There is no file to deploy in ${directory}.`)
}

/** Names come from the server as well as from the disk: they are redacted before anything escapes them. */
async function report(runner: Runner, result: Report): Promise<void> {
  const changes = result.plan.changes.map((change) => ({ ...change, path: runner.redact(change.path) }))
  const shown = { ...result, plan: { ...result.plan, changes } }
  for (const line of toLog(shown)) runner.info(line)
  for (const [name, value] of Object.entries(toOutputs(shown))) runner.output(name, value)
  await runner.summary(toSummary(shown))
}

async function reportFailure(runner: Runner, { code, message, files }: Failure): Promise<void> {
  const { redact } = runner
  const shown = {
    code,
    message: redact(message),
    files: files.map(({ file, problem }) => ({ file: redact(file), problem: redact(problem) })),
  }
  for (const { file, problem } of shown.files) runner.info(`${file} ${problem}`)
  for (const { message: text, ...at } of toAnnotations(shown)) runner.error(text, at)
  await runner.summary(toFailureSummary(shown))
}

function toDefect(runner: Runner, error: unknown): Failure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  for (const line of stack.split('\n')) runner.debug(line)
  return new Failure('POSTERN-999', {
    what: `Something went wrong that should not be able to: ${message}.`,
    fix: 'Run again with debug logging switched on, and open an issue with the log.',
  })
}
