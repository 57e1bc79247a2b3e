/** The built command line against stand-ins: what it shows of what others wrote, and how it ends. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../scripts/runner.ts'
import { GITHUB_TOKEN, REQUEST_TOKEN, startGithub } from '../support/github.ts'
import { KESTRA_TOKEN, KESTRA_USER, startKestra } from '../support/kestra.ts'
import { expectNoSecrets } from '../support/secrets.ts'
import { API_TOKEN, apiError, sendJson } from './fixtures.ts'
import { type Job, startJob } from './job.ts'
import { ACCESS_TOKEN } from './postern-stand-in.ts'

let job: Job
beforeEach(async () => {
  job = await startJob()
  await job.write({ 'scripts/a.py': 'x' })
})
afterEach(() => job[Symbol.asyncDispose]())

const update = (
  { server = job.server.url, namespace = 'company.team', credential = ['--api-token', API_TOKEN] } = {},
  options: readonly string[] = [],
  env: Record<string, string> = {},
  onStart = (_: ChildProcess) => {},
) => {
  const words = ['namespace', 'files', 'update', namespace, 'scripts', '.', '--server', server]
  return runCommandLine({ args: [...words, ...credential, ...options], cwd: job.workspace, env, onStart })
}

const HOSTILE = ['::error::x', '##[command]x', 'a\u2028::error::x', '\u202e\u2066x', '\u001b[31mred\u001b[0m']

describe('what others wrote', () => {
  it('cannot steer the terminal, nor a runner that reads along', async () => {
    await job.write(Object.fromEntries(HOSTILE.map((name) => [`scripts/${name}`, name])))
    const { stdout, stderr, exitCode } = await update()
    expect(exitCode).toBe(1)
    expect(stdout + stderr).not.toMatch(/^\s*::|##\[/m)
    for (const sign of ['\u001b', '\u2028', '\u202e', '\u2066']) expect(stdout + stderr).not.toContain(sign)
  })

  it('shows no secret, in text and in JSON, whatever the server echoes', async () => {
    job.postern.intercept = ({ path, headers, body }, response) => {
      if (!path.endsWith('/plan')) return false
      const echo = `${headers.authorization} ${API_TOKEN} ${body}`
      sendJson(response, 422, apiError(echo, echo))
      return true
    }
    for (const output of ['text', 'json']) {
      const { stdout, stderr } = await update({}, ['--output', output], { RUNNER_DEBUG: '1' })
      expect(stderr).toContain('***')
      expectNoSecrets(stdout + stderr, [API_TOKEN, API_TOKEN.slice(17), ACCESS_TOKEN])
    }
  })
})

describe('an end', () => {
  it('by SIGINT is 130, says what was written, and gives the access token back', async () => {
    let running: ChildProcess | undefined
    job.postern.intercept = ({ path }) => {
      if (!path.endsWith('/plan')) return false
      running?.kill('SIGINT')
      return true
    }
    const result = await update({}, [], {}, (child) => {
      running = child
    })
    expect(result.exitCode).toBe(130)
    expect(result.stderr).toMatch(
      /^error: POSTERN-901: The run was cancelled while it was planning. Nothing was/,
    )
    expect(job.postern.revoked).toEqual([ACCESS_TOKEN])
  })

  it('because nobody reads any more is not a success', async () => {
    const words = ['namespace', 'files', 'update', 'company.team', 'scripts', '--server', job.server.url]
    const program = resolve('action/dist/cli.mjs')
    const child = spawn(process.execPath, [program, ...words, '--api-token', API_TOKEN], {
      cwd: job.workspace,
    })
    child.stdout.destroy()
    const [exitCode] = await once(child, 'exit')
    expect(exitCode).not.toBe(0)
  })
})

describe('a stock Kestra', () => {
  it.each([
    ['a token', ['--api-token', KESTRA_TOKEN]],
    ['user and password', ['--user', `${KESTRA_USER.user}:${KESTRA_USER.password}`]],
  ])('is served with %s', async (_, credential) => {
    await using kestra = await startKestra()
    const result = await update({ server: kestra.url, namespace: 'prod', credential })
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect([...kestra.files.keys()]).toEqual(['/a.py'])
    expectNoSecrets(result.stdout, [KESTRA_TOKEN, KESTRA_USER.password])
  })
})

describe('in a job of GitHub', () => {
  it('the command line needs no secret either', async () => {
    await using github = await startGithub()
    const result = await update({ credential: [] }, [], { ...github.identity, GITHUB_TOKEN })
    expect(result.exitCode).toBe(0)
    expect(result.stdout).toContain("Signed in as deploy-bot with GitHub's identity token")
    expectNoSecrets(result.stdout + result.stderr, [...github.minted, REQUEST_TOKEN, GITHUB_TOKEN])
    expect(job.server.received.every(({ body }) => !String(body).includes(GITHUB_TOKEN))).toBe(true)
  })
})
