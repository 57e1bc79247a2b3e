/**
 * Says what became of the run, everywhere it is looked for. Names come from the server as well as from the disk:
 * they are redacted before anything escapes them.
 */

import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { putComment } from './comment.ts'
import { Failure } from './failure.ts'
import type { Http } from './http.ts'
import type { Inputs } from './inputs/read.ts'
import type { Remote } from './remote/remote.ts'
import {
  type Report,
  toAnnotations,
  toComment,
  toFailureSummary,
  toLog,
  toOutputs,
  toPlanFile,
  toSummary,
} from './report.ts'
import type { Runner } from './runner.ts'

export async function reportResults(
  runner: Runner,
  github: Http,
  inputs: Inputs,
  results: readonly Report[],
  serverKind: Remote['kind'],
): Promise<void> {
  const { redact } = runner
  const reports = results.map((result) => {
    const changes = result.plan.changes.map((change) => ({ ...change, path: redact(change.path) }))
    return { ...result, plan: { ...result.plan, changes } }
  })
  for (const line of reports.flatMap(toLog)) runner.info(line)
  for (const { isStale, namespace } of reports) {
    if (isStale) runner.warning(`A newer run has deployed to ${namespace} already; this one wrote nothing.`)
  }
  const outputs = {
    ...toOutputs(reports),
    'plan-file': await writePlanFile(runner, reports),
    'server-kind': serverKind,
    'auth-method': inputs.credential.kind,
  }
  for (const [name, value] of Object.entries(outputs)) runner.output(name, value)
  await runner.summary(reports.map((report) => toSummary(report)).join('\n'))
  if (inputs.isCommenting) await comment(runner, github, inputs, reports)
}

/** @returns its path; empty where there is no folder for it */
async function writePlanFile({ temporary, redact }: Runner, reports: readonly Report[]): Promise<string> {
  if (temporary === undefined) return ''
  const file = join(temporary, `postern-plan-${randomUUID()}.json`)
  await writeFile(file, redact(toPlanFile(reports)), { flag: 'wx' })
  return file
}

/** Whatever becomes of the comment, what was planned or written stays so. */
async function comment(
  { run, redact, info, warning }: Runner,
  github: Http,
  { server, tenant, githubToken }: Inputs,
  reports: readonly Report[],
): Promise<void> {
  const { pullRequest: number, graphqlUrl } = run
  const { REPOSITORY: repository } = run.variables
  if (number === undefined || !repository) return info('There is no pull request to comment on.')
  if (githubToken === '') return warning('The plan was not commented: github-token is empty.')
  const places = reports.map(({ namespace, root }) => `${namespace}:${root}`)
  try {
    await putComment(
      github,
      { graphqlUrl, token: githubToken, repository, number },
      {
        key: [server, tenant, ...places].join('\n'),
        body: redact(toComment(reports)),
        isNews: reports.some(({ plan }) => plan.changes.length > 0),
      },
    )
  } catch (error) {
    const reason = error instanceof Failure ? error.message : String(error)
    warning(`The plan was not commented; that takes \`permissions: pull-requests: write\`. ${reason}`)
  }
}

/** @param written sentences about what was written before that */
export async function reportFailure(
  runner: Runner,
  { code, message, files, block }: Failure,
  written: readonly string[],
): Promise<void> {
  const { redact } = runner
  const shown = {
    code,
    message: [redact(message), ...written.map(redact)].join(' '),
    files: files.map(({ file, problem }) => ({ file: redact(file), problem: redact(problem) })),
    block: block === undefined ? undefined : redact(block),
  }
  for (const { file, problem } of shown.files) runner.info(`${file} ${problem}`)
  for (const line of shown.block?.split('\n') ?? []) runner.info(line)
  for (const { message: text, ...at } of toAnnotations(shown)) runner.error(text, at)
  await runner.summary(toFailureSummary(shown))
}
