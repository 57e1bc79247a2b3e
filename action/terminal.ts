/** A terminal in the place of GitHub's runner: lines for people, a bar while files are sent, no state that outlives it. */

import { describeIdentity, describeRun } from './environment.ts'
import { neutralise } from './foreign-text.ts'
import type { Runner } from './runner.ts'
import { createSecrets, secretsAmongVariables } from './secrets.ts'

export interface Terminal extends Runner {
  readonly outputs: Readonly<Record<string, string>>
}

export interface TerminalOptions {
  /** By their names in action.yml. */
  readonly inputs: Readonly<Record<string, string>>
  readonly workspace: string
  /** Whether standard output belongs to the results, so that all else goes to standard error. */
  readonly isQuiet: boolean
}

const BAR_WIDTH = 30

export function createTerminal({ inputs, workspace, isQuiet }: TerminalOptions): Terminal {
  const secrets = createSecrets()
  for (const secret of secretsAmongVariables(process.env)) secrets.add(secret)
  const clean = (text: string) => neutralise(secrets.redact(text))
  const state: Record<string, string> = {}
  const outputs: Record<string, string> = {}
  const say = (line: string) => (isQuiet ? process.stderr : process.stdout).write(`${clean(line)}\n`)
  const complain = (line: string) => void process.stderr.write(`${clean(line)}\n`)
  return {
    outputs,
    workspace,
    temporary: undefined,
    isTlsVerified: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
    run: describeRun(process.env),
    identity: describeIdentity(process.env),
    input: (name) => inputs[name] ?? '',
    mask: (secret) => void secrets.add(secret),
    redact: secrets.redact,
    info: (line) => void say(line),
    debug: (text) => {
      if (process.env.RUNNER_DEBUG === '1') complain(text)
    },
    warning: (message) => complain(`warning: ${message}`),
    // The files have been listed before.
    error: (message, { file }) => {
      if (file === undefined) complain(`error: ${message}`)
    },
    progress(done, total) {
      if (!process.stderr.isTTY) return void say(`Sent ${done} of ${total} contents`)
      const filled = Math.round((done / total) * BAR_WIDTH)
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
      // The line is written over until it is full.
      process.stderr.write(`\r${bar} ${done}/${total}${done === total ? '\n' : ''}`)
    },
    output: (name, value) => void Object.assign(outputs, { [name]: secrets.redact(value) }),
    saveState: (name, value) => void Object.assign(state, { [name]: value }),
    readState: (name) => state[name] ?? '',
    summary: async () => {},
  }
}
