import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runAction } from '../../scripts/runner.ts'
import type { ApiTokenList } from '../../shared/wire/api-token.ts'
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
afterAll(() => edge?.stop())

beforeEach(async () => {
  namespace = `prod${++runs}`
  door = await startForwarder(edge.url)
  workspace = await mkdtemp(join(tmpdir(), 'postern-deploy-'))
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

/** @param reader the token of an account that may read the namespace */
async function listing(of = namespace, reader = token): Promise<string[]> {
  const response = await fetch(`${edge.url}/api/v1/main/namespaces/${of}/files/search`, {
    headers: { Authorization: `Bearer ${reader}` },
  })
  expect(response.status).toBe(200)
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
  it.each<[string, () => Promise<Record<string, string>>, string, RegExp]>([
    ['a truncated token', async () => ({ 'api-token': token.slice(0, -1) }), 'POSTERN-112', /api-token/],
    ['an unknown token', async () => ({ 'api-token': await unknown() }), 'POSTERN-112', /token_unknown/],
    ['an expired token', async () => ({ 'api-token': await expired() }), 'POSTERN-113', /token_expired/],
    ['a revoked token', async () => ({ 'api-token': await revoked() }), 'POSTERN-112', /or it was revoked/],
    ['a path with ..', async () => ({ 'namespace-path': '/scripts/../other' }), 'POSTERN-100', /'\.\.'/],
    [
      'a folder outside the workspace',
      async () => ({ directory: '..' }),
      'POSTERN-203',
      /is outside the workspace/,
    ],
    [
      'a folder that does not exist',
      async () => ({ directory: 'nowhere' }),
      'POSTERN-201',
      /no directory \S+nowhere/,
    ],
  ])('fails on %s with a clear message and leaves nothing behind', async (_, overrides, code, message) => {
    const result = await deploy(await overrides())
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toMatch(message)
    expect(result.annotations.at(-1)?.message).toContain(code)
    expect(await listing()).toEqual([])
  })

  it('fails on a namespace outside the binding and leaves nothing there', async () => {
    const outside = `${namespace}duction`
    const reader = await edge.provision(outside)
    const result = await deploy({ namespace: outside })
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toMatch(/POSTERN-121.*no role/)
    expect(await listing(outside, reader.token)).toEqual([])
  })

  it('fails when its account has lost its role, and leaves what was there', async () => {
    const { accountId, token: bound } = await edge.provision('elsewhere')
    const role = { name: 'Files of one namespace', permissions: { NAMESPACE: ['MANAGE_FILES'] } }
    const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', role)
    const binding = { type: 'USER', externalId: accountId, roleId, namespaceId: namespace }
    const { id } = await edge.administer<{ id: string }>('POST', '/bindings', binding)
    expect((await deploy({ 'api-token': bound })).exitCode).toBe(0)
    const before = await listing()

    await edge.administer('DELETE', `/bindings/${id}`)
    await writeFile(join(workspace, 'scripts/new.txt'), 'new')
    const result = await deploy({ 'api-token': bound })
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toMatch(/POSTERN-121.*NAMESPACE_FILE:LIST/)
    expect(await listing()).toEqual(before)
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
async function unknown(): Promise<string> {
  const { accountId, token: orphan } = await edge.provision('elsewhere')
  await edge.administer('DELETE', `/service-accounts/${accountId}`)
  return orphan
}

/** A token of an account that may deploy, after the server itself says that its time is over. */
async function expired(): Promise<string> {
  const { accountId } = await edge.provision(namespace)
  const tokens = `/service-accounts/${accountId}/api-tokens`
  const minted = { name: 'short', maxAge: 'PT1S' }
  const { id, fullToken } = await edge.administer<{ id: string; fullToken: string }>('POST', tokens, minted)
  const isExpired = async () => {
    const { results } = await edge.administer<v.InferOutput<typeof ApiTokenList>>('GET', tokens)
    return results.find((one) => one.id === id)?.expired
  }
  await expect.poll(isExpired, { timeout: 60_000, interval: 100 }).toBe(true)
  return fullToken
}

async function revoked(): Promise<string> {
  const { token: short } = await edge.provision(namespace)
  await fetch(`${edge.url}/oauth/revoke`, { method: 'POST', body: new URLSearchParams({ token: short }) })
  return short
}
