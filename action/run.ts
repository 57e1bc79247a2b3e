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
  announce(runner, scan, inputs.directory)
  refuseToEmpty(scan, inputs.isDeleting)

  const http = createHttp({ redact: runner.redact })
  const accessToken = await authenticate(http, runner, inputs)

  const postern = connectPostern(http, inputs, accessToken)
  const outcome = await sync(postern, { ...inputs, files: scan.files, source: runner.run }, runner.info)

  const durationMs = Date.now() - startedAt
  await report(runner, { ...outcome, ...inputs, requests: http.requests, durationMs })
}

function announce(runner: Runner, { files, skipped }: Scan, directory: string): void {
  const { ignored, hidden } = skipped
  const count = files.length.toLocaleString('en')
  runner.info(`Files in ${directory}: ${count} (skipped: ${ignored} ignored, ${hidden} hidden)`)
  if (files.length === 0) runner.warning(`There is no file to deploy in ${directory}.`)
}

async function report(runner: Runner, result: Report): Promise<void> {
  for (const line of toLog(result)) runner.info(line)
  for (const [name, value] of Object.entries(toOutputs(result))) runner.output(name, value)
  await runner.summary(toSummary(result))
}

async function reportFailure(runner: Runner, failure: Failure): Promise<void> {
  for (const { file, problem } of failure.files) runner.info(`${file} ${problem}`)
  for (const { message, ...at } of toAnnotations(failure)) runner.error(message, at)
  await runner.summary(toFailureSummary(failure, runner.redact(failure.message)))
}

function toDefect(runner: Runner, error: unknown): Failure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  for (const line of stack.split('\n')) runner.debug(line)
  return new Failure('POSTERN-999', {
    what: `Something went wrong that should not be able to: ${message}.`,
    fix: 'Run again with debug logging switched on, and open an issue with the log.',
  })
}
