/** Nothing that either half writes may hold a secret: the token, the access token, the administrator's password. */

import { cp, mkdtemp, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runAction } from '../../scripts/runner.ts'
import { apiError, sendJson } from '../action/fixtures.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { type Forwarder, startForwarder } from '../support/forwarder.ts'
import { expectNoSecrets, withoutMasks } from '../support/secrets.ts'

let edge: TestEdge
let door: Forwarder
let workspace: string

beforeAll(async () => {
  edge = await startTestEdge()
  door = await startForwarder(edge.url)
  workspace = await mkdtemp(join(tmpdir(), 'postern-canary-'))
  await cp(resolve(import.meta.dirname, '../../examples/scripts'), workspace, { recursive: true })
})
afterAll(async () => {
  await door?.stop()
  await edge?.stop()
  if (workspace) await rm(workspace, { recursive: true })
})

/** What stands in for the answer to the plan, given the credentials that it could hold. */
type Fault = (response: ServerResponse, authorization: string, apiToken: string) => void

/** In full the shape of a Postern's error: of any other nothing is shown. */
const echo =
  (status: number): Fault =>
  (response, authorization) => {
    const text = `You sent ${authorization}`
    sendJson(response, status, { ...apiError('echo', text), message: text }, { 'Retry-After': '0' })
  }

/** An honest plan otherwise, for a folder of two files. The access token is longer than a name may be. */
const nameToken: Fault = (response, _, apiToken) => {
  const changes = [{ kind: 'delete', path: apiToken, previousSize: 1 }]
  sendJson(response, 200, { etag: '"1"', changes, unchanged: 2, missing: [] })
}

it.each<[string, { debug: string; fault?: Fault; directory?: string; exitCode?: number; shown?: string }]>([
  ['as it should be', { debug: '0' }],
  ['with debug logging', { debug: '1' }],
  [
    'when the server refuses and echoes the credential',
    { debug: '1', fault: echo(403), exitCode: 1, shown: 'You sent Bearer ***' },
  ],
  [
    'when the server breaks and echoes the credential',
    { debug: '1', fault: echo(500), exitCode: 1, shown: 'You sent Bearer ***' },
  ],
  [
    'when the server plans to delete a file of the name of the token',
    { debug: '1', fault: nameToken, directory: 'sql/checks', shown: '- ***' },
  ],
])(
  'keeps its secrets to itself %s (threat 29)',
  async (_, { debug, fault, directory = '.', exitCode = 0, shown = '' }) => {
    const { token } = await edge.provision('prod')
    const seen = new Set<string>()
    door.intercept = ({ url = '', headers: { authorization = '' } }, outgoing) => {
      seen.add(authorization.replace('Bearer ', ''))
      if (fault === undefined || !url.endsWith('/plan')) return false
      fault(outgoing, authorization, token)
      return true
    }
    const inputs = {
      server: door.url,
      namespace: 'prod',
      directory,
      'api-token': token,
      delete: 'true',
      'dry-run': String(fault === nameToken),
    }
    const env = { RUNNER_DEBUG: debug }
    const main = await runAction({ step: 'main', inputs, workspace, env })
    const post = await runAction({ step: 'post', inputs, workspace, env, state: main.state })
    expect(main.exitCode).toBe(exitCode)
    expect(main.stdout).toContain(shown)
    expect(post.exitCode).toBe(0)

    const secrets = [token, token.slice(17), edge.admin.password, ...[...seen].filter(Boolean)]
    expect(secrets.length).toBeGreaterThan(3)
    const written = [
      withoutMasks(main.stdout),
      withoutMasks(post.stdout),
      main.stderr,
      post.stderr,
      main.summary,
      JSON.stringify(main.outputs),
      edge.logs.join('\n'),
    ].join('\n')
    expectNoSecrets(written, secrets)
    expect(main.masks).toContain(token)
  },
)
