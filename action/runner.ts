/**
 * GitHub's runner as the Action sees it: inputs, log, outputs, state, summary, and what is known of the run.
 * Everything that is written passes here, and here only: secrets are taken out, and data cannot act as a command.
 */

import * as core from '@actions/core'
import { context } from '@actions/github'
import type { Source } from '../shared/wire/sync.ts'
import { neutralise } from './foreign-text.ts'

export interface Runner {
  /** The folder that the repository is checked out to. */
  readonly workspace: string
  /** Whether certificates are checked; an environment variable can switch that off for all of Node. */
  readonly isTlsVerified: boolean
  /** What GitHub says of the run; nothing outside of GitHub. */
  describeRun(): Source
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
  output(name: string, value: string): void
  saveState(name: string, value: string): void
  readState(name: string): string
  /** Appends Markdown to the job summary, where the runner has one. */
  summary(markdown: string): Promise<void>
}

export function createRunner(): Runner {
  const secrets = new Set<string>()
  const redact = (text: string) => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  const clean = (text: string) => neutralise(redact(text))
  return {
    workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
    isTlsVerified: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
    describeRun,
    input: (name) => core.getInput(name),
    mask(secret) {
      // A mask of nothing would be an empty command.
      if (secret === '') return
      for (const form of [secret, Buffer.from(secret).toString('base64').replaceAll('=', '')]) {
        secrets.add(form)
        core.setSecret(form)
      }
    },
    redact,
    info: (line) => core.info(clean(line)),
    debug: (text) => core.debug(clean(text)),
    warning: (message) => core.warning(clean(message)),
    error: (message, { title, file }) =>
      core.error(clean(message), {
        title: clean(title),
        ...(file === undefined ? {} : { file: clean(file) }),
      }),
    output: (name, value) => core.setOutput(name, redact(value)),
    saveState: core.saveState,
    readState: core.getState,
    async summary(markdown) {
      if (!process.env.GITHUB_STEP_SUMMARY) return
      try {
        await core.summary.addRaw(redact(markdown), true).write()
      } catch (error) {
        // What was deployed stays deployed, whatever becomes of the page about it.
        core.warning(clean(`The job summary could not be written: ${String(error)}`))
      }
    },
  }
}

/** Without GITHUB_REPOSITORY, outside of GitHub, the context throws. */
function describeRun(): Source {
  try {
    const { repo, ref, sha, serverUrl, runId } = context
    const repository = `${repo.owner}/${repo.repo}`
    return { repository, ref, sha, runUrl: `${serverUrl}/${repository}/actions/runs/${runId}` }
  } catch {
    return {}
  }
}
