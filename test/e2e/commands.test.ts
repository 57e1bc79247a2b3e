/** The commands of the README, as processes. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

let state: string
const running: ChildProcess[] = []

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'postern-commands-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(end))
  await rm(state, { recursive: true, force: true, maxRetries: 5 })
})

/** Asked to end, a command also ends its workerd; killed, it would leave that behind, and writing to the folder. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const fallback = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
  clearTimeout(fallback)
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

const run = (script: string, env: Record<string, string>, ...args: string[]) =>
  runCommand(process.execPath, [join(ROOT, 'scripts', script), ...args], env)

function runCommand(command: string, args: string[], env: Record<string, string>) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
  })
  running.push(child)
  let output = ''
  const exit = new Promise<number | null>((done) => child.once('exit', done))
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return {
    exit,
    output: () => output,
    stop: () => end(child),
    /** Waits for a text in the output, as long as the process lives. */
    async said(text: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = text.exec(output)
        if (match) return match
        if (hasEnded(child)) throw new Error(`It ended before it said ${text}:\n${output}`)
        await new Promise((wake) => setTimeout(wake, 50))
      }
    },
  }
}

describe('npm start', () => {
  it('prints the first administrator once, answers where it says, and keeps its state where it says', async () => {
    const first = run('start.ts', { PORT: '0', POSTERN_STATE: state })
    const [, url] = await first.said(/Postern is ready on (\S+)/)
    expect(first.output()).toContain(`State is kept in ${state}\n`)
    const [, password] = await first.said(/Password: +(\S+)/)
    const credential = Buffer.from(`admin@localhost:${password}`).toString('base64')
    const ask = (base: string | undefined) =>
      fetch(`${base}/api/v1/main/service-accounts`, { headers: { Authorization: `Basic ${credential}` } })
    expect((await ask(url)).status).toBe(200)
    await first.stop()

    const second = run('start.ts', { PORT: '0', POSTERN_STATE: state })
    const [, sameEdge] = await second.said(/Postern is ready on (\S+)/)
    expect(second.output()).not.toContain('Password')
    expect((await ask(sameEdge)).status).toBe(200)
  })

  it('takes the administrator it is given and does not print the password', async () => {
    const env = {
      PORT: '0',
      POSTERN_STATE: state,
      ADMIN_EMAIL: 'ops@example.com',
      ADMIN_PASSWORD: 'Given!Password1',
    }
    const edge = run('start.ts', env)
    await edge.said(/Postern is ready on/)
    expect(edge.output()).toContain('ops@example.com')
    expect(edge.output()).not.toContain('Given!Password1')
  })

  it('ends when npm is ended, and its workerd with it', async () => {
    const npm = runCommand('npm', ['start'], { PORT: '0', POSTERN_STATE: state })
    const [, url = ''] = await npm.said(/Postern is ready on (\S+)/)
    expect((await fetch(`${url}/api/v1/auths`)).status).toBe(200)
    await npm.stop()
    const isGone = () =>
      fetch(`${url}/api/v1/auths`).then(
        () => false,
        () => true,
      )
    await vi.waitFor(async () => expect(await isGone()).toBe(true), { timeout: 15_000, interval: 200 })
  })

  it('ends with an error when the administrator cannot be created', async () => {
    const edge = run('start.ts', { PORT: '0', POSTERN_STATE: state, ADMIN_PASSWORD: 'weak' })
    expect(await edge.exit).toBe(1)
    expect(edge.output()).toContain('password must have at least 8 characters')
  })
})

describe('npm run demo', () => {
  it('does the main job and ends by itself with exit code 0', async () => {
    const demo = run('demo.ts', {})
    expect(await demo.exit, demo.output()).toBe(0)
    expect(demo.output()).toContain('All of it held')
  })
})

describe('npm run deploy', () => {
  it('rehearses with --dry-run: bundle, migrations, a worker that serves, and says what it would do', async () => {
    const rehearsal = runCommand('npm', ['run', 'deploy', '--', '--dry-run', '--env', 'staging'], {})
    expect(await rehearsal.exit, rehearsal.output()).toBe(0)
    expect(rehearsal.output()).toContain('the bundle serves from it')
    expect(rehearsal.output()).toContain('create the database postern-staging')
  })

  it('does nothing when npm has kept its options to itself', async () => {
    const command = runCommand('npm', ['run', 'deploy', '--dry-run'], {})
    expect(await command.exit).toBe(1)
    expect(command.output()).toContain('Options come after a --')
  })

  it('says how to sign in to Cloudflare', async () => {
    // No credential of this machine's may be found.
    const command = run('deploy.ts', { HOME: state, XDG_CONFIG_HOME: state, CLOUDFLARE_API_TOKEN: '' })
    expect(await command.exit).toBe(1)
    expect(command.output()).toContain('npx wrangler login')
  })

  it('knows no environment but those of wrangler.jsonc', async () => {
    const command = run('deploy.ts', {}, '--dry-run', '--env', 'elsewhere')
    expect(await command.exit).toBe(1)
    expect(command.output()).toContain('No environment found in configuration with name "elsewhere"')
  })
})
