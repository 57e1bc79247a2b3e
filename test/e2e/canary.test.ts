/** Nothing that either half writes may hold a secret: the token, the access token, the administrator's password. */

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runAction } from '../../scripts/runner.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { type Forwarder, startForwarder } from '../support/forwarder.ts'

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
  await door.stop()
  await edge.stop()
  await rm(workspace, { recursive: true })
})

it.each([
  ['as it should be', { debug: '0', fault: undefined }],
  ['with debug logging', { debug: '1', fault: undefined }],
  ['when the server refuses and echoes the credential', { debug: '1', fault: 403 }],
  ['when the server breaks and echoes the credential', { debug: '1', fault: 500 }],
])('keeps its secrets to itself %s', async (_, { debug, fault }) => {
  const { token } = await edge.provision('prod')
  const seen: string[] = []
  door.intercept = ({ url = '', headers }, outgoing) => {
    seen.push(headers.authorization?.replace('Bearer ', '') ?? '')
    if (fault === undefined || !url.endsWith('/plan')) return false
    const echo = JSON.stringify({
      message: `You sent ${headers.authorization}`,
      detail: headers.authorization,
    })
    outgoing.writeHead(fault, { 'Content-Type': 'application/json' }).end(echo)
    return true
  }
  const inputs = { server: door.url, namespace: 'prod', 'api-token': token, delete: 'true' }
  const env = { RUNNER_DEBUG: debug }
  const main = await runAction({ step: 'main', inputs, workspace, env })
  const post = await runAction({ step: 'post', inputs, workspace, env, state: main.state })
  expect(main.exitCode).toBe(fault === undefined ? 0 : 1)
  expect(post.exitCode).toBe(0)

  const secrets = [token, token.slice(17), edge.admin.password, ...new Set(seen.filter(Boolean))]
  expect(secrets.length).toBeGreaterThan(3)
  const unmasked = (text: string) => text.replace(/^::add-mask::.*$/gm, '')
  const written = [
    unmasked(main.stdout),
    unmasked(post.stdout),
    main.stderr,
    post.stderr,
    main.summary,
    JSON.stringify(main.outputs),
    edge.logs.join('\n'),
  ].join('\n')
  for (const secret of secrets) {
    expect(written).not.toContain(secret)
    expect(written).not.toContain(Buffer.from(secret).toString('base64'))
  }
  expect(main.masks).toContain(token)
})
