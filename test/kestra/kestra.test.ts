/** `npm run test:kestra`: Postern in front of a real Kestra, from the first administrator to the run of a flow. */

import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../scripts/runner.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { hasRealKestra, type RealKestra, startRealKestra } from '../support/real-kestra.ts'

if (!hasRealKestra)
  console.log('Neither KESTRA_URL nor KESTRA_JAR is set: nothing is tested against a real Kestra.')

const SCRIPTS = resolve(import.meta.dirname, '../../examples/scripts')
/** Of nobody else's, also in a Kestra that others use. */
const NAMESPACE = `postern.test-${crypto.randomUUID().slice(0, 8)}`
const API = '/api/v1/main'
const FLOW = `id: hello
namespace: ${NAMESPACE}
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: Hello
`

describe.skipIf(!hasRealKestra)('a real Kestra behind Postern', { timeout: 240_000 }, () => {
  let kestra: RealKestra
  let edge: TestEdge
  /** May run flows and manage files in the namespace. */
  let token: string

  beforeAll(async () => {
    kestra = await startRealKestra()
    edge = await startTestEdge(kestra.settings)
    const { id } = await edge.administer<{ id: string }>('POST', '/service-accounts', { name: 'runner' })
    const permissions = { FLOW: ['VIEW', 'UPDATE', 'EXECUTE'], NAMESPACE: ['MANAGE_FILES'] }
    const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', {
      name: 'Runs',
      permissions,
    })
    const binding = { type: 'USER', externalId: id, roleId, namespaceId: NAMESPACE }
    await edge.administer('POST', '/bindings', binding)
    const path = `/service-accounts/${id}/api-tokens`
    token = (await edge.administer<{ fullToken: string }>('POST', path, { name: 'ci' })).fullToken
  }, 300_000)
  afterAll(async () => {
    if (edge) {
      await asAdmin(`${API}/flows/${NAMESPACE}/hello`, { method: 'DELETE' })
      await asAdmin(`${API}/namespaces/${NAMESPACE}/files?path=/`, { method: 'DELETE' })
    }
    await edge?.stop()
    await kestra?.stop()
  })

  const ask = (path: string, init: RequestInit = {}, authorization = `Bearer ${token}`) =>
    fetch(`${edge.url}${path}`, { ...init, headers: { Authorization: authorization, ...init.headers } })
  const asAdmin = (path: string, init: RequestInit = {}) => {
    const { username, password } = edge.admin
    return ask(path, init, `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  }
  const yaml = (method: string): RequestInit => ({
    method,
    headers: { 'Content-Type': 'application/x-yaml' },
    body: FLOW,
  })

  it('says which it is', async () => {
    const answer = await ask('/api/v1/configs')
    const { version, edition } = (await answer.json()) as { version: string; edition?: string }
    expect(answer.status).toBe(200)
    expect(version).toMatch(/^\d+\.\d+/)
    console.log(`Kestra ${version} ${edition ?? ''}`)
  })

  it('has a flow made by who may make it, changed and run by who may do that there', async () => {
    expect((await ask(`${API}/flows`, yaml('POST'))).status).toBe(403)
    expect((await asAdmin(`${API}/flows`, yaml('POST'))).status).toBe(200)
    expect((await ask(`${API}/flows/${NAMESPACE}/hello`)).status).toBe(200)
    expect((await ask(`${API}/flows/${NAMESPACE}/hello`, yaml('PUT'))).status).toBe(200)
    expect((await ask(`${API}/flows/${NAMESPACE}x/hello`)).status).toBe(403)
    expect((await ask(`${API}/flows/${NAMESPACE}/hello`, { method: 'DELETE' })).status).toBe(403)
    const run = await ask(`${API}/executions/${NAMESPACE}/hello?wait=true`, {
      method: 'POST',
      body: new FormData(),
    })
    const { id, state } = (await run.json()) as { id: string; state: { current: string } }
    expect([run.status, state.current]).toEqual([200, 'SUCCESS'])

    const events = await asAdmin(`${API}/executions/${id}/follow`, {
      headers: { Accept: 'text/event-stream' },
    })
    expect(events.headers.get('Content-Type')).toMatch('text/event-stream')
    expect(await events.text()).toContain('SUCCESS')
  })

  it('has the files of a folder, as the command line deploys them', async () => {
    const args = ['namespace', 'files', 'update', NAMESPACE, '.', '/scripts', '--server', edge.url]
    const result = await runCommandLine({ args: [...args, '--api-token', token], cwd: SCRIPTS, env: {} })
    expect([result.exitCode, result.stderr]).toEqual([0, expect.anything()])
    const listed = await ask(`${API}/namespaces/${NAMESPACE}/files/directory?path=/scripts`)
    expect(((await listed.json()) as unknown[]).length).toBeGreaterThan(3)
  })

  it('keeps its accounts, and what it is called by, to itself', async () => {
    for (const [method, path] of [
      ['POST', '/api/v1/main/basicAuth'],
      ['PUT', '/api/v1/me/password'],
    ] as const) {
      expect((await asAdmin(path, { method, body: '{}' })).status).toBeGreaterThanOrEqual(400)
    }
    expect((await ask('/api/v1/configs')).status).toBe(200)
  })
})
