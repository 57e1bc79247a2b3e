import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runAction } from '../../scripts/runner.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { type Forwarder, startForwarder } from '../support/forwarder.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples/scripts')

let edge: TestEdge
let door: Forwarder
let workspace: string
let token: string
let namespace: string
let runs = 0

beforeAll(async () => {
  edge = await startTestEdge()
})
afterAll(() => edge.stop())

beforeEach(async () => {
  namespace = `prod${++runs}`
  door = await startForwarder(edge.url)
  workspace = await mkdtemp(join(tmpdir(), 'postern-workspace-'))
  await cp(EXAMPLES, join(workspace, 'scripts'), { recursive: true })
  token = (await edge.provision(namespace)).token
  return async () => {
    await door.stop()
    await rm(workspace, { recursive: true })
  }
})

const inputs = (overrides: Record<string, string> = {}) => ({
  server: door.url,
  namespace,
  directory: 'scripts',
  'namespace-path': '/scripts',
  'api-token': token,
  delete: 'true',
  ...overrides,
})

const deploy = (overrides?: Record<string, string>) =>
  runAction({ step: 'main', inputs: inputs(overrides), workspace })

/** The requests since the last call, without the base all file requests share. */
const newRequests = () => door.requests.splice(0).map((line) => line.replace(/\/api\/v1.*\/files/, '…'))

async function listing(): Promise<string[]> {
  const response = await fetch(`${edge.url}/api/v1/main/namespaces/${namespace}/files/search`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  return (await response.json()) as string[]
}

describe('a deployment', () => {
  it('plans, uploads, commits, and sends nothing the second time', async () => {
    const first = await deploy()
    expect(first.stderr).toBe('')
    expect(first.exitCode).toBe(0)
    expect(newRequests()).toEqual(['POST /oauth/token', 'POST …/plan', 'POST …/blobs', 'POST …/commit'])
    expect(await listing()).toHaveLength(Number(first.outputs.created))

    const second = await deploy()
    expect(second.outputs).toMatchObject({ changed: 'false', unchanged: first.outputs.created, plan: '[]' })
    expect(newRequests()).toEqual(['POST /oauth/token', 'POST …/plan'])
  })

  it('keeps every name as it is on disk, and leaves out what is ignored or hidden', async () => {
    await deploy()
    const all = await readdir(join(workspace, 'scripts'), { recursive: true, withFileTypes: true })
    const onDisk = all
      .filter((entry) => entry.isFile())
      .map(
        (entry) => `/scripts${join(entry.parentPath, entry.name).slice(join(workspace, 'scripts').length)}`,
      )
    const leftOut = [
      '/.env.example',
      '/.kestraignore',
      '/drafts/old.md',
      '/scratch.tmp',
      '/tests/fixtures/orders.csv',
      '/tests/test_orders.py',
    ]
    const expected = onDisk.filter((path) => !leftOut.includes(path.slice('/scripts'.length)))
    expect(await listing()).toEqual(expected.sort())
  })

  it('removes nothing unless asked to', async () => {
    await deploy()
    await rm(join(workspace, 'scripts/notes/a+b.md'))
    const again = await deploy({ delete: 'false' })
    expect(again.outputs).toMatchObject({ changed: 'false', deleted: '0' })
    expect(await listing()).toContain('/scripts/notes/a+b.md')
  })

  it('writes nothing in a dry run, and shows what it would do', async () => {
    const planned = await deploy({ 'dry-run': 'true' })
    expect(planned.exitCode).toBe(0)
    expect(planned.outputs).toMatchObject({ changed: 'true', deployment: '' })
    expect(newRequests()).toEqual(['POST /oauth/token', 'POST …/plan'])
    expect(await listing()).toEqual([])
  })

  it('touches nothing outside its folder', async () => {
    await deploy({ 'namespace-path': '/elsewhere' })
    await deploy()
    await rm(join(workspace, 'scripts/sql'), { recursive: true })
    await deploy()
    const paths = await listing()
    expect(paths).toContain('/elsewhere/sql/daily_revenue.sql')
    expect(paths).not.toContain('/scripts/sql/daily_revenue.sql')
  })

  it('plans again when somebody else changed the folder in between', async () => {
    let isFirst = true
    door.intercept = async ({ url = '' }) => {
      if (url.endsWith('/commit') && isFirst) {
        isFirst = false
        const form = new FormData()
        form.set('fileContent', new Blob(['theirs']), 'theirs.txt')
        await fetch(`${edge.url}/api/v1/main/namespaces/${namespace}/files?path=/scripts/theirs.txt`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}` },
          body: form,
        })
      }
      return false
    }
    const result = await deploy()
    expect(result.exitCode).toBe(0)
    expect(newRequests().filter((line) => line.endsWith('/plan'))).toHaveLength(2)
    expect(await listing()).not.toContain('/scripts/theirs.txt')
  })

  it('asks again when the answer to its commit is lost, and is told what the first one did', async () => {
    let lost = 0
    door.loses = ({ url = '' }) => url.endsWith('/commit') && lost++ === 0
    const result = await deploy()
    expect(result.exitCode).toBe(0)
    expect(newRequests().filter((line) => line.endsWith('/commit'))).toHaveLength(2)
    expect(result.outputs.deployment).not.toBe('')
    expect(await listing()).toHaveLength(Number(result.outputs.created))
  })
})

describe('a refused deployment', () => {
  const refusals: [string, () => Promise<Record<string, string>>, RegExp][] = [
    ['a truncated token', async () => ({ 'api-token': token.slice(0, -1) }), /api-token/],
    ['an unknown token', async () => ({ 'api-token': await unknownToken() }), /unknown|no such token/i],
    ['a revoked token', async () => ({ 'api-token': await revoked() }), /revoked/],
    ['a namespace outside the binding', async () => ({ namespace: `${namespace}duction` }), /no role/],
    ['a path with ..', async () => ({ 'namespace-path': '/scripts/../other' }), /\.\./],
    ['a folder outside the workspace', async () => ({ directory: '..' }), /workspace/],
    ['a folder that does not exist', async () => ({ directory: 'nowhere' }), /nowhere/],
  ]

  it.each(refusals)(
    'fails on %s with a clear message and leaves nothing behind',
    async (_, overrides, message) => {
      const result = await deploy(await overrides())
      expect(result.exitCode).toBe(1)
      expect(result.stdout).toMatch(/POSTERN-\d{3}/)
      expect(result.stdout).toMatch(message)
      expect(await listing()).toEqual([])
    },
  )

  it('fails when its account has lost its role', async () => {
    const other = await edge.provision('elsewhere')
    const result = await deploy({ 'api-token': other.token })
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain('NAMESPACE_FILE:LIST')
    expect(await listing()).toEqual([])
  })

  it('changes nothing when it fails between upload and commit', async () => {
    await deploy()
    const before = await listing()
    await writeFile(join(workspace, 'scripts/new.txt'), 'new')
    door.intercept = ({ url = '' }, outgoing) => {
      if (!url.endsWith('/commit')) return false
      outgoing.writeHead(422, { 'Content-Type': 'application/json' }).end('{"message":"no"}')
      return true
    }
    const result = await deploy()
    expect(result.exitCode).toBe(1)
    expect(await listing()).toEqual(before)
  })
})

/** A token whose account was deleted: whole, but nobody knows it any more. */
async function unknownToken(): Promise<string> {
  const { accountId, token: orphan } = await edge.provision('elsewhere')
  const credential = Buffer.from(`${edge.admin.username}:${edge.admin.password}`).toString('base64')
  const removed = await fetch(`${edge.url}/api/v1/main/service-accounts/${accountId}`, {
    method: 'DELETE',
    headers: { Authorization: `Basic ${credential}` },
  })
  expect(removed.status).toBe(200)
  return orphan
}

async function revoked(): Promise<string> {
  const { token: short } = await edge.provision(namespace)
  await fetch(`${edge.url}/oauth/revoke`, { method: 'POST', body: new URLSearchParams({ token: short }) })
  return short
}
