/** The built Action as a process, against a stand-in of the server: what it prints, writes, saves and exits with. */

import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ActionResult, runAction } from '../../scripts/runner.ts'
import { expectNoSecrets, withoutMasks } from '../support/secrets.ts'
import { API_TOKEN, apiError, type StandIn, sendJson, startServer } from './fixtures.ts'
import { ACCESS_TOKEN, createPostern, type PosternStandIn } from './postern-stand-in.ts'

let server: StandIn
let workspace: string
let postern: PosternStandIn

beforeEach(async () => {
  postern = createPostern()
  workspace = await mkdtemp(join(tmpdir(), 'postern-process-'))
  server = await startServer(postern.answer)
  return async () => {
    await server[Symbol.asyncDispose]()
    await rm(workspace, { recursive: true })
  }
})

async function write(files: Record<string, string>): Promise<void> {
  await mkdir(join(workspace, 'scripts'), { recursive: true })
  for (const [name, content] of Object.entries(files))
    await writeFile(join(workspace, 'scripts', name), content)
}

const inputs = () => ({
  server: server.url,
  namespace: 'company.team',
  directory: 'scripts',
  'api-token': API_TOKEN,
  'dry-run': 'false',
})

const main = (overrides: Record<string, string> = {}, env = {}) =>
  runAction({ step: 'main', inputs: { ...inputs(), ...overrides }, workspace, env })
const post = (state: Record<string, string>) =>
  runAction({ step: 'post', inputs: inputs(), workspace, state })

const paths = () => server.received.map(({ path }) => path.replace(/^.*\//, ''))

/** Everything that a step left where people or later steps can read it; commands that mask are for the runner. */
const written = ({ stdout, stderr, summary, outputs, temporary }: ActionResult) =>
  [withoutMasks(stdout), stderr, summary, JSON.stringify(outputs), JSON.stringify(temporary)].join('\n')

const expectNoSecret = (result: ActionResult) =>
  expectNoSecrets(written(result), [API_TOKEN, API_TOKEN.slice(17), ACCESS_TOKEN])

/** A log that shows the names `x-1` to `x-n`, and in which nothing that came with them acts. */
function expectHarmless(stdout: string, count: number): void {
  for (let index = 1; index <= count; index++) expect(stdout).toMatch(new RegExp(`^(?!::).*x-${index}`, 'm'))
  expect(stdout).not.toContain('##[')
  expect(stdout).not.toMatch(/[\r\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
  const commands = stdout.split('\n').filter((line) => /^\s*::/.test(line))
  expect(commands.filter((line) => !/^::(add-mask::|error title=POSTERN)/.test(line))).toEqual([])
}

describe('main', () => {
  it('deploys, and writes outputs, summary and what the post step needs', async () => {
    await write({ 'a.py': 'print(1)', 'b.sql': 'select 1' })
    const result = await main()
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect(paths()).toEqual(['token', 'plan', 'blobs', 'commit'])
    expect(result.outputs).toMatchObject({ changed: 'true', created: '2', deployment: 'deployment-1' })
    expect(result.summary).toContain('## Deployed to')
    expect(result.state).toEqual({
      'access-token': ACCESS_TOKEN,
      'expires-at': expect.stringMatching(/^\d{13}$/),
      server: server.url,
    })
    expect(result.masks).toEqual(expect.arrayContaining([API_TOKEN, ACCESS_TOKEN]))
    expect(result.stdout).toMatch(/^::add-mask::/)
    expectNoSecret(result)
  })

  it('tells the server where the files come from', async () => {
    await write({ a: 'x' })
    await main()
    const commit = server.received.find(({ path }) => path.endsWith('/commit'))
    expect(JSON.parse(String(commit?.body)).source).toEqual({
      repository: 'acme/data',
      repositoryId: '789012',
      ref: 'refs/heads/main',
      sha: '0123456789abcdef0123456789abcdef01234567',
      workflowRef: 'acme/data/.github/workflows/deploy.yml@refs/heads/main',
      runId: '42',
      runNumber: '7',
      runAttempt: '1',
      runUrl: 'https://github.com/acme/data/actions/runs/42',
      actor: 'mona',
      directory: 'scripts',
    })
  })

  it('asks once more, and no more, when it runs again', async () => {
    await write({ a: 'x' })
    await main()
    const again = await main()
    expect(paths()).toEqual(['token', 'plan', 'blobs', 'commit', 'token', 'plan'])
    expect(again.outputs).toMatchObject({ changed: 'false', unchanged: '1', deployment: '', plan: '[]' })
  })

  it('writes nothing in a dry run', async () => {
    await write({ a: 'x' })
    const { exitCode, outputs } = await main({ 'dry-run': 'true' })
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({ changed: 'true', created: '1', deployment: '' })
    expect(paths()).toEqual(['token', 'plan'])
  })

  it('runs where there is no job summary', async () => {
    await write({ a: 'x' })
    expect((await main({}, { GITHUB_STEP_SUMMARY: '' })).exitCode).toBe(0)
  })

  it.each([
    ['wrong inputs', { namespace: 'No!' }, 'POSTERN-100'],
    ['no token', { 'api-token': '' }, 'POSTERN-102'],
    ['half a token', { 'api-token': API_TOKEN.slice(0, 40) }, 'POSTERN-112'],
    ['no directory', { directory: 'nowhere' }, 'POSTERN-201'],
    ['nothing to deploy but all to delete', { delete: 'true' }, 'POSTERN-202'],
    ['a directory outside', { directory: '..' }, 'POSTERN-203'],
  ])('fails before any request on %s', async (_, overrides, code) => {
    await write({})
    const result = await main(overrides)
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)).toMatchObject({
      level: 'error',
      message: expect.stringContaining(code),
    })
    expect(result.summary).toContain(code)
    expect(result.state).toEqual({})
    expect(server.received).toEqual([])
    expectNoSecret(result)
  })

  it('annotates the file that cannot be deployed', async () => {
    await write({ a: 'x' })
    await symlink('/etc/passwd', join(workspace, 'scripts', 'link, 100%: x'))
    const { annotations } = await main()
    expect(annotations[0]).toMatchObject({ level: 'error', file: 'scripts/link, 100%: x' })
  })

  it('prints no command that the name of a refused file smuggles in', async () => {
    const names = [
      '::error::x-1',
      ' \t::warning::x-2',
      '##[command]x-3',
      'a\r::error::x-4',
      'a\n::set-output name=y::x-5',
      'a\u2028::error::x-6',
      '\u202e\u2066x-7',
    ]
    for (const name of names) await symlink('/etc/passwd', join(workspace, name))
    const { exitCode, stdout, annotations } = await main({ directory: '.' })
    expect(exitCode).toBe(1)
    expectHarmless(stdout, names.length)
    expect(annotations).toHaveLength(names.length + 1)
    expect(annotations.every(({ title }) => title?.startsWith('POSTERN-203'))).toBe(true)
  })

  it('prints no command that the name of a deployed file smuggles in', async () => {
    const names = ['::error::x-1', '##[command]x-2', 'a\u2028::error::x-3', '\u202e\u2066x-4']
    await write(Object.fromEntries(names.map((name) => [name, name])))
    const { exitCode, stdout, annotations } = await main()
    expect(exitCode).toBe(0)
    expectHarmless(stdout, names.length)
    expect(annotations).toEqual([])
  })

  it.each([403, 422, 500])(
    'keeps secrets to itself when the server answers %i and echoes them',
    async (status) => {
      await write({ a: 'x' })
      postern.intercept = ({ path, headers, body }, response) => {
        if (path === '/oauth/token' || path === '/oauth/revoke') return false
        const echo = `${headers.authorization} ${body} ${API_TOKEN} ${btoa(API_TOKEN)} ${ACCESS_TOKEN}`
        sendJson(response, status, apiError(echo, echo), { 'Retry-After': '0' })
        return true
      }
      const result = await main({}, { RUNNER_DEBUG: '1' })
      expect(result.exitCode).toBe(1)
      expect(result.stdout).toContain('***')
      expectNoSecret(result)
      expectNoSecret(await post(result.state))
    },
  )

  it.each(['false', 'true'])(
    'keeps secrets to itself when the server plans to delete files of their names, dry run: %s',
    async (dryRun) => {
      await write({ a: 'x' })
      postern.intercept = ({ path }, response) => {
        if (!path.endsWith('/plan')) return false
        const deletions = [API_TOKEN, ACCESS_TOKEN].map((path) => ({ kind: 'delete', path, previousSize: 1 }))
        const changes = [{ kind: 'create', path: 'a', size: 1 }, ...deletions]
        sendJson(response, 200, { etag: '"1"', changes, unchanged: 0, missing: [] })
        return true
      }
      const result = await main({ delete: 'true', 'dry-run': dryRun })
      expect(result.exitCode).toBe(0)
      expect(result.stdout).toContain('- ***')
      expectNoSecret(result)
    },
  )

  it('keeps the API token to itself when the exchange echoes it', async () => {
    await write({ a: 'x' })
    postern.intercept = (_, response) => {
      response.writeHead(400, { 'Content-Type': 'text/html' }).end(`<b>${API_TOKEN}</b>`)
      return true
    }
    const result = await main()
    expect(result.exitCode).toBe(1)
    expectNoSecret(result)
    expect(result.state).toEqual({})
  })

  it('leaves a token to revoke even when it fails later', async () => {
    await write({ a: 'x' })
    postern.intercept = ({ path }, response) => {
      if (!path.endsWith('/plan')) return false
      sendJson(response, 403, apiError('permission_missing', 'This takes NAMESPACE_FILE:LIST.'))
      return true
    }
    const result = await main()
    expect(result.stdout).toContain('POSTERN-121')
    await post(result.state)
    expect(postern.revoked).toEqual([ACCESS_TOKEN])
  })
})

describe('the exit code of main', () => {
  it('is 0 when all was committed and only the summary cannot be written', async () => {
    await write({ a: 'x' })
    const summary = join(workspace, 'nowhere', 'summary.md')
    const { exitCode, outputs, annotations } = await main({}, { GITHUB_STEP_SUMMARY: summary })
    expect(paths()).toContain('commit')
    expect(exitCode).toBe(0)
    expect(outputs.deployment).toBe('deployment-1')
    expect(annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('summary') }])
  })

  it('is 1, before any connection, when certificates would not be checked', async () => {
    await write({ a: 'x' })
    let connections = 0
    const listener = createServer((socket) => {
      connections++
      socket.destroy()
    })
    await once(listener.listen(0, '127.0.0.1'), 'listening')
    const url = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`
    const result = await main({ server: url }, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    listener.close()
    expect(connections).toBe(0)
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toContain('POSTERN-403')
  })

  it.each(['gha-creds-1.json', 'id_rsa', 'server.pem'])(
    'is 1, before any request, when %s is not ignored',
    async (name) => {
      await write({ a: 'x', [name]: 'x' })
      const result = await main()
      expect(result.exitCode).toBe(1)
      expect(result.annotations.at(-1)?.message).toContain('POSTERN-204')
      expect(server.received).toEqual([])
      await write({ '.kestraignore': name })
      expect((await main()).exitCode).toBe(0)
    },
  )

  it.each([
    ['plans with a negative count', 'plan', { unchanged: -1 }],
    ['plans with an ETag that breaks a header', 'plan', { etag: '"1"\r\nX-Injected: 1' }],
    ['gives a deployment an id with a line break', 'commit', { id: 'd\n::error::x' }],
    ['gives a deployment an id that a shell would run', 'commit', { id: 'd$(touch x);`id`' }],
  ])('is 1 when the server %s', async (_, endpoint, flaw) => {
    await write({ a: 'x' })
    const good = { etag: '"1"', changes: [{ kind: 'create', path: 'a', size: 1 }], unchanged: 0, missing: [] }
    const done = { id: 'deployment-1', etag: '"2"', created: 1, updated: 0, deleted: 0, unchanged: 0 }
    const answers: Record<string, object> = { plan: good, commit: done }
    postern.intercept = ({ path }, response) => {
      const last = path.replace(/^.*\//, '')
      const answer = answers[last]
      if (answer) sendJson(response, 200, { ...answer, ...(last === endpoint ? flaw : {}) })
      return answer !== undefined
    }
    const result = await main()
    expect(result.exitCode).toBe(1)
    expect(result.annotations).toHaveLength(1)
    expect(result.annotations[0]?.message).toContain('POSTERN-401')
    expect(result.outputs).not.toHaveProperty('deployment')
    expect(paths().at(-1)).toBe(endpoint)
  })
})

describe('the folder of the job', () => {
  it('holds the plan afterwards, and no credential', async () => {
    await write({ a: 'x' })
    const { temporary } = await main()
    expect(Object.keys(temporary)).toEqual([expect.stringMatching(/^postern-plan-[0-9a-f-]{36}\.json$/)])
  })
})

describe('post', () => {
  it('revokes the access token', async () => {
    const result = await post({ 'access-token': ACCESS_TOKEN, server: server.url })
    expect(result.exitCode).toBe(0)
    expect(postern.revoked).toEqual([ACCESS_TOKEN])
    expectNoSecret(result)
  })

  it('does not ask for a token to be revoked that has expired', async () => {
    const expired = { 'expires-at': String(Date.now() - 1) }
    const result = await post({ 'access-token': ACCESS_TOKEN, server: server.url, ...expired })
    expect(result.exitCode).toBe(0)
    expect(server.received).toEqual([])
  })

  it('does nothing when nothing was saved', async () => {
    const result = await post({})
    expect(result).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(server.received).toEqual([])
  })

  it('warns and succeeds when the server does not answer', async () => {
    postern.intercept = (_, response) => {
      response.writeHead(400).end()
      return true
    }
    const result = await post({ 'access-token': ACCESS_TOKEN, server: server.url })
    expect(result.exitCode).toBe(0)
    expect(result.annotations).toMatchObject([{ level: 'warning' }])
    expectNoSecret(result)
  })
})
