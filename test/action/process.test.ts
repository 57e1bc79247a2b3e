/** The built Action as a process, against a stand-in of the server: what it prints, writes, saves and exits with. */

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ActionResult, runAction } from '../../scripts/runner.ts'
import { diffFolder, type ManifestFile } from '../../shared/folder-diff.ts'
import { API_TOKEN, apiError, type Received, type StandIn, sendJson, startServer } from './fixtures.ts'

const ACCESS_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.canary-access-token.c2lnbmF0dXJl'

let server: StandIn
let workspace: string
let revoked: string[]
/** Answers in place of the stand-in where it returns true. */
let intercept: (request: Received, response: ServerResponse) => boolean

beforeEach(async () => {
  revoked = []
  intercept = () => false
  workspace = await mkdtemp(join(tmpdir(), 'postern-process-'))
  server = await startServer(createPostern())
  return async () => {
    await server[Symbol.asyncDispose]()
    await rm(workspace, { recursive: true })
  }
})

/** A Postern of one folder, which starts empty. */
function createPostern() {
  let current: ManifestFile[] = []
  const stored = new Set<string>()
  return async (request: Received, response: ServerResponse) => {
    if (intercept(request, response)) return
    const { path, headers, body } = request
    const form = () => new URLSearchParams(String(body))
    if (path === '/oauth/token') {
      if (form().get('subject_token') !== API_TOKEN) return void sendJson(response, 400, {})
      const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token'
      const answer = { access_token: ACCESS_TOKEN, issued_token_type, token_type: 'Bearer', expires_in: 600 }
      return void sendJson(response, 200, answer)
    }
    if (path === '/oauth/revoke') {
      revoked.push(form().get('token') ?? '')
      return void response.end()
    }
    if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
      return void sendJson(response, 401, apiError('token_unknown', 'No such token.'))
    }
    const endpoint = /^\/api\/v1\/main\/namespaces\/company\.team\/files\/(\w+)$/.exec(path)?.[1]
    if (endpoint === 'blobs') {
      const type = { headers: { 'Content-Type': headers['content-type'] ?? '' } }
      const parts = (await new Response(new Uint8Array(body), type).formData()).getAll('blob') as File[]
      for (const part of parts) {
        const hash = createHash('sha256')
          .update(await part.bytes())
          .digest('hex')
        if (hash !== part.name)
          return void sendJson(response, 422, apiError('hash_mismatch', 'Not its hash.'))
        stored.add(hash)
      }
      return void sendJson(response, 200, { stored: [...stored] })
    }
    const json = JSON.parse(String(body))
    const manifest = endpoint === 'commit' ? json.plan : json
    const { changes, unchanged } = diffFolder(current, manifest.files, manifest.delete)
    if (endpoint === 'plan') {
      const missing = manifest.files
        .map((file: ManifestFile) => file.sha256)
        .filter((one: string) => !stored.has(one))
      return void sendJson(response, 200, { etag: '"1"', changes, unchanged, missing })
    }
    current = manifest.files
    const counts = { created: changes.length, updated: 0, deleted: 0, unchanged }
    sendJson(response, 200, { id: 'deployment-1', etag: '"2"', ...counts })
  }
}

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
const written = ({ stdout, stderr, summary, outputs }: ActionResult) =>
  [stdout.replace(/^::add-mask::.*$/gm, ''), stderr, summary, JSON.stringify(outputs)].join('\n')

function expectNoSecret(result: ActionResult): void {
  for (const secret of [API_TOKEN, API_TOKEN.slice(17), ACCESS_TOKEN]) {
    expect(written(result)).not.toContain(secret)
    expect(written(result)).not.toContain(Buffer.from(secret).toString('base64').replaceAll('=', ''))
  }
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
    expect(result.state).toEqual({ 'access-token': ACCESS_TOKEN, server: server.url })
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
      ref: 'refs/heads/main',
      commit: '0123456789abcdef0123456789abcdef01234567',
      runUrl: 'https://github.com/acme/data/actions/runs/42',
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

  it('prints no command that a file name smuggles in', async () => {
    await write({ '::warning::x': '1', 'a\n::set-output name=x::y': '', '##[error]z': '' })
    const failed = await main()
    expect(failed.exitCode).toBe(1)
    expect(failed.annotations.every(({ level }) => level === 'error')).toBe(true)
    expect(failed.stdout).not.toMatch(/^::set-output|##\[/m)
  })

  it.each([403, 422, 500])(
    'keeps secrets to itself when the server answers %i and echoes them',
    async (status) => {
      await write({ a: 'x' })
      intercept = ({ path, headers, body }, response) => {
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

  it('keeps the API token to itself when the exchange echoes it', async () => {
    await write({ a: 'x' })
    intercept = (_, response) => {
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
    intercept = ({ path }, response) => {
      if (!path.endsWith('/plan')) return false
      sendJson(response, 403, apiError('permission_missing', 'This takes NAMESPACE_FILE:LIST.'))
      return true
    }
    const result = await main()
    expect(result.stdout).toContain('POSTERN-121')
    await post(result.state)
    expect(revoked).toEqual([ACCESS_TOKEN])
  })
})

describe('post', () => {
  it('revokes the access token', async () => {
    const result = await post({ 'access-token': ACCESS_TOKEN, server: server.url })
    expect(result.exitCode).toBe(0)
    expect(revoked).toEqual([ACCESS_TOKEN])
    expectNoSecret(result)
  })

  it('does nothing when nothing was saved', async () => {
    const result = await post({})
    expect(result).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(server.received).toEqual([])
  })

  it('warns and succeeds when the server does not answer', async () => {
    intercept = (_, response) => {
      response.writeHead(400).end()
      return true
    }
    const result = await post({ 'access-token': ACCESS_TOKEN, server: server.url })
    expect(result.exitCode).toBe(0)
    expect(result.annotations).toMatchObject([{ level: 'warning' }])
    expectNoSecret(result)
  })
})
