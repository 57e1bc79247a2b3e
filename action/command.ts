/** The words of the command line made into the inputs of the Action, or of a backup. */

import { realpath } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { version } from '../package.json'
import { giveBackToken } from './authenticate.ts'
import { exportTo, importFrom } from './backup.ts'
import type { Environment } from './environment.ts'
import { run } from './run.ts'
import { createTerminal } from './terminal.ts'

const HELP = `Usage: postern namespace files update <namespace> <from> [to] [options]
       postern export <file> [options]
       postern import <file> [options]

Brings the folder <from> into the namespace, below the folder [to] (default: /). Only what differs is sent,
and all of it becomes visible at once. What .kestraignore in <from> names is left out, and so are hidden files.

  --server=<url>            base URL of Postern or Kestra (default: http://localhost:8080)
  --api-token=<token>       API token of a service account or a user
  --user=<name:password>    user and password; the password may hold colons
  --tenant=<id>             default: main
  --headers=<name=value>    sent with every request; may be given several times
  --delete                  delete files of the namespace folder that are not in <from>
  --max-delete=<n|n%>       fail, before anything is written, if more would go (default: 50%)
  --protect=<pattern>       files that are never deleted nor overwritten; may be given several times
  --allow-empty             with --delete: go on although there is no file to deploy
  --no-override             fail, before anything is written, if a file exists with other content
  --dry-run                 say what would change, and write nothing
  --timeout=<seconds>       for all of it (default: 300)
  --retries=<n>             how often a request is tried again (default: 3)
  --ca-certificate=<file>   PEM of an authority to trust besides the usual ones
  --output=<text|json>      json: the result on standard output, all else on standard error
  --setup-token=<token>     import: the worker's SETUP_TOKEN
  --help, --version

export writes all that Postern knows, but for the contents of files, into <file>, which must be kept like a secret; it
takes the API token or the password of a superadmin. import puts it into a Postern that is not set up yet.

SETUP_TOKEN, KESTRA_SERVER, KESTRA_API_TOKEN, KESTRA_USER and KESTRA_TENANT in the environment stand for options that are not
given. A secret on a command line can be seen by other users of the machine; one in the environment cannot.

Exit codes: 0 done, or nothing to do · 1 failed, and nothing or a part was written, as it says · 2 wrong usage ·
130 interrupted. Errors have codes, which docs/errors.md explains.
`

const OPTIONS = {
  server: { type: 'string' },
  'api-token': { type: 'string' },
  user: { type: 'string' },
  tenant: { type: 'string' },
  headers: { type: 'string', multiple: true },
  delete: { type: 'boolean' },
  'max-delete': { type: 'string' },
  protect: { type: 'string', multiple: true },
  'allow-empty': { type: 'boolean' },
  override: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  timeout: { type: 'string' },
  retries: { type: 'string' },
  'ca-certificate': { type: 'string' },
  output: { type: 'string', default: 'text' },
  'setup-token': { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

const EXIT_USAGE = 2

/** @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  const parsed = parse(args)
  if (typeof parsed === 'string') return refuse(parsed)
  const { values, positionals } = parsed
  if (values.version) return answer(`${version}\n`)
  if (values.help || args.length === 0) return answer(HELP)
  const [command = ''] = positionals
  if (['export', 'import'].includes(command)) return runBackup(command, positionals.slice(1), values)
  const [namespace, from, to = '/', ...rest] = positionals.slice(3)
  if (positionals.slice(0, 3).join(' ') !== 'namespace files update') {
    return refuse('The command is: namespace files update, export or import')
  }
  if (namespace === undefined || from === undefined) return refuse('It takes a namespace and a folder.')
  if (rest.length > 0) return refuse('It takes a namespace, a folder, and where to put it; there is more.')
  if (!['text', 'json'].includes(values.output)) return refuse('--output must be text or json.')

  const folder = await realpath(from).catch(() => resolve(from))
  const terminal = createTerminal({
    inputs: {
      ...toInputs(values, process.env),
      namespace,
      directory: basename(folder) || '.',
      'namespace-path': to,
    },
    workspace: dirname(folder),
    isQuiet: values.output === 'json',
  })
  try {
    return await run(terminal)
  } finally {
    await giveBackToken(terminal)
    if (values.output === 'json') process.stdout.write(`${toJson(terminal.outputs)}\n`)
  }
}

async function runBackup(
  command: string,
  [file, ...rest]: readonly string[],
  values: Parsed['values'],
): Promise<number> {
  if (file === undefined || rest.length > 0) return refuse('It takes a file, and nothing else.')
  const setupToken = values['setup-token'] ?? process.env.SETUP_TOKEN ?? ''
  if (command === 'import' && setupToken === '') return refuse('It takes --setup-token, or SETUP_TOKEN.')
  const terminal = createTerminal({
    inputs: toInputs(values, process.env),
    workspace: process.cwd(),
    isQuiet: values.output === 'json',
  })
  return run(terminal, (runner, journal, _, signal) =>
    command === 'export'
      ? exportTo(file, runner, journal, signal)
      : importFrom(file, setupToken, runner, journal, signal),
  )
}

type Parsed = ReturnType<
  typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true; allowNegative: true }>
>

function parse(args: readonly string[]): Parsed | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, allowNegative: true })
  } catch (error) {
    // It names the option, and no value.
    return error instanceof Error ? error.message : String(error)
  }
}

function toInputs(values: Parsed['values'], env: Environment): Record<string, string> {
  const given: Record<string, string | boolean | undefined> = {
    ...values,
    server: values.server ?? env.KESTRA_SERVER ?? 'http://localhost:8080',
    tenant: values.tenant ?? env.KESTRA_TENANT,
    ...readCredentials(values, env),
    headers: values.headers?.join('\n'),
    protect: values.protect?.join('\n'),
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

/** A credential that is given keeps those of the environment out. */
function readCredentials({ user, 'api-token': token }: Parsed['values'], env: Environment) {
  return user === undefined && token === undefined
    ? { user: env.KESTRA_USER, 'api-token': env.KESTRA_API_TOKEN }
    : { user, 'api-token': token }
}

/** The outputs of the Action, as what they are; empty where the run failed before there were any. */
function toJson(outputs: Readonly<Record<string, string>>): string {
  const values = Object.entries(outputs)
    .filter(([name]) => name !== 'plan-file')
    .map(([name, value]) => [name, /^(true|false|\d+|\[.*\])$/s.test(value) ? JSON.parse(value) : value])
  return JSON.stringify(Object.fromEntries(values), null, 2)
}

function answer(text: string): number {
  process.stdout.write(text)
  return 0
}

function refuse(reason: string): number {
  process.stderr.write(`error: ${reason}\nSee: postern --help\n`)
  return EXIT_USAGE
}
