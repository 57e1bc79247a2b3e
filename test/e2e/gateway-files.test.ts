/** Namespace files that live in the Kestra behind Postern: what of Postern's own way with folders is left of them. */

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type ActionResult, runAction } from '../../scripts/runner.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { KESTRA_USER, type KestraStandIn, startKestra } from '../support/kestra.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples/scripts')
const CREDENTIAL = `Basic ${Buffer.from(`${KESTRA_USER.user}:${KESTRA_USER.password}`).toString('base64')}`
const FILES = '/api/v1/main/namespaces/prod/files'

let kestra: KestraStandIn
let edge: TestEdge
let token: string
let workspace: string

beforeAll(async () => {
  kestra = await startKestra()
  edge = await startTestEdge({ KESTRA_URL: kestra.url, KESTRA_AUTHORIZATION: CREDENTIAL })
  token = (await edge.provision('prod')).token
  workspace = await mkdtemp(join(tmpdir(), 'postern-gateway-'))
  await cp(EXAMPLES, join(workspace, 'scripts'), { recursive: true })
})
afterAll(async () => {
  await edge?.stop()
  await kestra?.[Symbol.asyncDispose]()
  await rm(workspace, { recursive: true, force: true })
})
beforeEach(() => {
  kestra.files.clear()
  kestra.received.length = 0
})

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${edge.url}${path}`, { ...init, headers: { Authorization: `Bearer ${token}`, ...init.headers } })

const deploy = (inputs: Record<string, string> = {}): Promise<ActionResult> =>
  runAction({
    step: 'main',
    workspace,
    inputs: {
      server: edge.url,
      namespace: 'prod',
      directory: 'scripts',
      'namespace-path': '/scripts',
      'api-token': token,
      ...inputs,
    },
  })

it('are written, listed, read and removed one by one, as Kestra has it', async () => {
  const body = new FormData()
  body.set('fileContent', new File(['SELECT 1'], 'blob'))
  expect((await ask(`${FILES}?path=/a%20b/c.sql`, { method: 'POST', body })).status).toBe(200)
  expect(await (await ask(`${FILES}/directory?path=/a%20b`)).json()).toMatchObject([
    { fileName: 'c.sql', size: 8 },
  ])
  expect(await (await ask(`${FILES}?path=/a%20b/c.sql`)).text()).toBe('SELECT 1')
  expect((await ask(`${FILES}?path=/a%20b/c.sql`, { method: 'DELETE' })).status).toBe(200)
  const missing = await ask(`${FILES}?path=/a%20b/c.sql`)
  expect([missing.status, await missing.json()]).toMatchObject([
    404,
    { message: expect.stringMatching('Not Found') },
  ])
  expect(kestra.received.every(({ headers }) => headers.authorization === CREDENTIAL)).toBe(true)
})

it.each([
  ['POST', `${FILES}/plan`],
  ['POST', `${FILES}/blobs`],
  ['PUT', `${FILES}/blobs/${'0'.repeat(64)}`],
  ['POST', `${FILES}/commit`],
  ['GET', '/api/v1/main/namespaces/prod/deployments'],
  ['GET', '/api/v1/namespaces/prod/deployments/abc'],
  ['POST', '/api/v1/main/namespaces/prod/deployments/abc/rollback'],
])('have no %s %s, which says where they are', async (method, path) => {
  const answer = await ask(path, { method })
  expect([answer.status, await answer.json()]).toMatchObject([
    404,
    { code: 'files_in_kestra', detail: expect.stringContaining('one by one') },
  ])
  expect(kestra.received).toEqual([])
})

it('are deployed by the Action file by file, with its short-lived token and no more than changes', async () => {
  const first = await deploy()
  expect([first.exitCode, first.outputs['server-kind']]).toEqual([0, 'kestra'])
  expect(Number(first.outputs.created)).toBe(kestra.files.size)
  expect(kestra.files.size).toBeGreaterThan(3)

  kestra.received.length = 0
  const again = await deploy()
  expect([again.exitCode, again.outputs.changed]).toEqual([0, 'false'])
  expect(kestra.received.filter(({ method }) => method !== 'GET')).toEqual([])

  await writeFile(join(workspace, 'scripts', 'new.sql'), 'SELECT 2')
  kestra.files.set('/scripts/old.sql', Buffer.from('SELECT 0'))
  const third = await deploy({ delete: 'all' })
  expect(third.outputs).toMatchObject({ created: '1', updated: '0', deleted: '1' })
  expect([kestra.files.has('/scripts/new.sql'), kestra.files.has('/scripts/old.sql')]).toEqual([true, false])
})

it('are not deleted by owner, which nobody remembers', async () => {
  const result = await deploy({ delete: 'owned' })
  expect(result.exitCode).toBe(1)
  expect(result.annotations.at(-1)?.message).toContain('POSTERN-402')
  expect(kestra.files.size).toBe(0)
})

it('of another namespace are out of reach', async () => {
  const result = await deploy({ namespace: 'other' })
  expect([result.exitCode, result.annotations.at(-1)?.message]).toEqual([
    1,
    expect.stringContaining('POSTERN-121'),
  ])
  expect(kestra.received).toEqual([])
})
