/**
 * GitHub's runner as the Action sees it: inputs, log, outputs, state, summary, and what is known of the run.
 * Everything that is written passes here, and here only: secrets are taken out, and data cannot act as a command.
 */

import * as core from '@actions/core'
import { context } from '@actions/github'
import { describeIdentity, describeRun, type Identity, type Run } from './environment.ts'
import { neutralise } from './foreign-text.ts'
import { createSecrets, secretsAmongVariables } from './secrets.ts'

export interface Runner {
  /** The folder that the repository is checked out to. */
  readonly workspace: string
  /** A folder of the job; absent where nobody cleans up. */
  readonly temporary: string | undefined
  /** Whether certificates are checked; an environment variable can switch that off for all of Node. */
  readonly isTlsVerified: boolean
  /** What GitHub says of the run; nothing outside of GitHub. */
  readonly run: Run
  readonly identity: Identity | undefined
  /** The trimmed value of an input, by its name in action.yml; empty if it has none. */
  input(name: string): string
  /** Keeps a secret out of all that is written from now on. */
  mask(secret: string): void
  /** Replaces masked secrets. Needed only before text is shortened or escaped: they are not recognised afterwards. */
  redact(text: string): string
  info(line: string): void
  debug(text: string): void
  warning(message: string): void
  /** Makes an annotation, at a file if there is one. */
  error(message: string, at: { title: string; file?: string }): void
  /** How far the sending of files has come. */
  progress(done: number, total: number): void
  output(name: string, value: string): void
  saveState(name: string, value: string): void
  readState(name: string): string
  /** Appends Markdown to the job summary, where the runner has one. */
  summary(markdown: string): Promise<void>
}

export function createRunner(): Runner {
  const secrets = createSecrets()
  const clean = (text: string) => neutralise(secrets.redact(text))
  const mask = (secret: string) => secrets.add(secret).forEach(core.setSecret)
  secretsAmongVariables(process.env).forEach(mask)
  return {
    workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
    temporary: process.env.RUNNER_TEMP || undefined,
    isTlsVerified: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
    run: describeRun(process.env, context.payload.pull_request?.number),
    identity: describeIdentity(process.env),
    input: (name) => core.getInput(name),
    mask,
    redact: secrets.redact,
    info: (line) => core.info(clean(line)),
    debug: (text) => core.debug(clean(text)),
    warning: (message) => core.warning(clean(message)),
    error: (message, { title, file }) =>
      core.error(clean(message), {
        title: clean(title),
        ...(file === undefined ? {} : { file: clean(file) }),
      }),
    progress: (done, total) =>
      core.info(`Sent ${done.toLocaleString('en')} of ${total.toLocaleString('en')} contents`),
    output: (name, value) => core.setOutput(name, secrets.redact(value)),
    saveState: core.saveState,
    readState: core.getState,
    async summary(markdown) {
      if (!process.env.GITHUB_STEP_SUMMARY) return
      try {
        await core.summary.addRaw(secrets.redact(markdown), true).write()
      } catch (error) {
        // What was deployed stays deployed, whatever becomes of the page about it.
        core.warning(clean(`The job summary could not be written: ${String(error)}`))
      }
    },
  }
}
