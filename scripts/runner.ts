/** Runs the built programs: a step of the Action as GitHub's runner does, and the command line as a shell does. */

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

const DIST = resolve(import.meta.dirname, '../action/dist')

export interface ActionRun {
  readonly step: 'main' | 'post'
  /** By their names in the workflow. */
  readonly inputs: Readonly<Record<string, string>>
  readonly workspace: string
  /** What the main step saved, for the post step. */
  readonly state?: Readonly<Record<string, string>>
  /** Added to the environment; of our own only PATH goes in. */
  readonly env?: Readonly<Record<string, string>>
  /** Gets the process when it runs, to send it a signal. */
  readonly onStart?: (child: ChildProcess) => void
}

export interface ActionResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: Record<string, string>
  readonly state: Record<string, string>
  /** Markdown. */
  readonly summary: string
  readonly masks: string[]
  readonly annotations: Annotation[]
  /** What the step left in the folder of the job, by name. */
  readonly temporary: Record<string, string>
}

export interface Annotation {
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly title?: string
  readonly file?: string
}

/** The files that a step writes to, by the variable that names each. */
const FILES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH'] as const

export async function runAction({
  step,
  inputs,
  workspace,
  state = {},
  env = {},
  onStart = () => {},
}: ActionRun): Promise<ActionResult> {
  const temporary = await mkdtemp(join(tmpdir(), 'postern-runner-'))
  try {
    const files = Object.fromEntries(FILES.map((name) => [name, join(temporary, name)]))
    await Promise.all(Object.values(files).map((file) => writeFile(file, '')))
    const child = spawn(process.execPath, [join(DIST, `${step}.mjs`)], {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_NAME: 'push',
        GITHUB_REPOSITORY: 'acme/data',
        GITHUB_REPOSITORY_ID: '789012',
        GITHUB_REF: 'refs/heads/main',
        GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_WORKFLOW_REF: 'acme/data/.github/workflows/deploy.yml@refs/heads/main',
        GITHUB_RUN_ID: '42',
        GITHUB_RUN_NUMBER: '7',
        GITHUB_RUN_ATTEMPT: '1',
        GITHUB_ACTOR: 'mona',
        RUNNER_TEMP: temporary,
        ...files,
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [toVariable(name), value])),
        ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
        ...env,
      },
    })
    onStart(child)
    const { stdout, stderr, exitCode } = await finished(child)
    const read = (name: (typeof FILES)[number]) => readFile(join(temporary, name), 'utf8')
    return {
      exitCode,
      stdout,
      stderr,
      outputs: parseValues(await read('GITHUB_OUTPUT')),
      state: parseValues(await read('GITHUB_STATE')),
      summary: await read('GITHUB_STEP_SUMMARY'),
      ...parseCommands(stdout),
      temporary: await readRest(temporary),
    }
  } finally {
    await rm(temporary, { recursive: true })
  }
}

export interface CommandRun {
  readonly args: readonly string[]
  readonly cwd: string
  /** All of the environment but PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly onStart?: (child: ChildProcess) => void
}

export interface CommandResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export function runCommandLine({
  args,
  cwd,
  env = {},
  onStart = () => {},
}: CommandRun): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(DIST, 'cli.mjs'), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  })
  onStart(child)
  return finished(child)
}

async function finished(child: ChildProcessByStdio<null, Readable, Readable>): Promise<CommandResult> {
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done, failed) => child.once('close', done).once('error', failed)),
  ])
  return { stdout, stderr, exitCode }
}

async function readRest(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => !FILES.some((file) => file === name))
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  )
}

/** Spaces become underscores, hyphens stay: no shell could set such a variable, but the runner does. */
const toVariable = (input: string): string => `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`

/** `name<<delimiter`, the lines of the value, `delimiter`. */
function parseValues(file: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [, name = '', , value = ''] of file.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm))
    values[name] = value
  return values
}

/** `::command key=value,key=value::message`, one to a line. */
function parseCommands(stdout: string): Pick<ActionResult, 'masks' | 'annotations'> {
  const masks: string[] = []
  const annotations: Annotation[] = []
  for (const [, command, properties = '', data = ''] of stdout.matchAll(/^::([a-z-]+) ?(.*?)::(.*)$/gm)) {
    const message = unescapeData(data)
    if (command === 'add-mask') masks.push(message)
    if (command !== 'error' && command !== 'warning') continue
    const pairs = [...properties.matchAll(/([a-z]+)=([^,]*)/gi)].map(([, key, value = '']) => [
      key,
      unescapeData(value),
    ])
    annotations.push({ level: command, message, ...Object.fromEntries(pairs) })
  }
  return { masks, annotations }
}

const unescapeData = (escaped: string): string =>
  escaped.replace(/%(0A|0D|25|2C|3A)/g, (code) => decodeURIComponent(code))
