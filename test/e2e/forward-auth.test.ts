/** Forward auth through the real proxies, each with the example file that is shipped for it. */

import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { type Forwarder, startForwarder } from '../support/forwarder.ts'
import { isInstalled, proxyNames, type RunningProxy, startProxy } from '../support/proxy.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const FLOW = '/api/v1/main/flows/prod/hello'
const RUN = '/api/v1/main/executions/prod/hello'

let edge: TestEdge
let door: Forwarder
let upstream: Upstream
/** May see and run flows in `prod`, and see them in `reports`. */
let account: { id: string; token: string }

beforeAll(async () => {
  edge = await startTestEdge()
  door = await startForwarder(edge.url)
  upstream = await startUpstream()
  const { id } = await edge.administer<{ id: string }>('POST', '/service-accounts', { name: 'runner' })
  for (const [namespaceId, actions] of Object.entries({ prod: ['VIEW', 'EXECUTE'], reports: ['VIEW'] })) {
    const role = { name: `Flows of ${namespaceId}`, permissions: { FLOW: actions } }
    const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', role)
    await edge.administer('POST', '/bindings', { type: 'USER', externalId: id, roleId, namespaceId })
  }
  account = { id, token: await mint(id, 'ci') }
})
afterAll(async () => {
  await upstream?.stop()
  await door?.stop()
  await edge?.stop()
})

async function mint(id: string, name: string): Promise<string> {
  const path = `/service-accounts/${id}/api-tokens`
  return (await edge.administer<{ fullToken: string }>('POST', path, { name })).fullToken
}

interface Sent {
  readonly method?: string
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
  readonly site?: 'kestra' | 'reports'
}

/** With the path as it is written: `fetch` would tidy it up. */
const open = (port: number, path: string, { method = 'GET', token, headers = {}, site = 'kestra' }: Sent) =>
  request({
    host: '127.0.0.1',
    port,
    path,
    method,
    agent: false,
    headers: {
      Host: `${site}.example.com`,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
  })

const answerTo = (sent: ClientRequest) =>
  new Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>((done, fail) => {
    sent.on('error', fail)
    sent.on('response', async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      done({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
  })

function sendTo(port: number, path: string, sent: Sent) {
  const opened = open(port, path, sent)
  const answer = answerTo(opened)
  opened.end()
  return answer
}

for (const name of proxyNames) {
  const isMissing = !isInstalled(name)
  if (isMissing && name === 'nginx' && process.env.CI)
    throw new Error('nginx is missing: .ci/run installs it.')
  if (isMissing)
    console.log(
      `${name} is not installed: its tests are skipped. Install it, or on Debian run scripts/install-test-programs.sh.`,
    )

  describe.skipIf(isMissing)(name, () => {
    let proxy: RunningProxy
    beforeAll(async () => {
      proxy = await startProxy(name, { postern: door.url, upstream: upstream.address })
    })
    afterAll(() => proxy?.stop())
    beforeEach(() => {
      upstream.arrived.length = 0
    })

    const send = (path: string, sent: Sent = { token: account.token }) => sendTo(proxy.port, path, sent)

    it('lets a good token through, and tells the service whose request it is', async () => {
      const answer = await send(`${FLOW}?source=true`)
      expect([answer.status, answer.text]).toEqual([200, '{"bytes":0}'])
      expect(upstream.arrived).toHaveLength(1)
      expect(upstream.arrived[0]).toMatchObject({
        method: 'GET',
        url: `${FLOW}?source=true`,
        headers: {
          'postern-account': 'runner',
          'postern-account-id': account.id,
          'postern-account-kind': 'SERVICE_ACCOUNT',
          'postern-tenant': 'main',
          'postern-namespace': 'prod',
        },
      })
    })

    it('keeps the credential from the service', async () => {
      await send(FLOW, { token: account.token, headers: { Cookie: `JWT=${account.token}` } })
      expect(upstream.arrived).toHaveLength(1)
      expect(JSON.stringify(upstream.arrived)).not.toContain(account.token)
    })

    it('takes an access token, which is good for Postern’s own name only', async () => {
      const exchanged = await fetch(`${door.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: account.token,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        }),
      })
      const { access_token: token } = (await exchanged.json()) as { access_token: string }
      expect((await send(FLOW, { token })).status).toBe(200)
    })

    it.each([
      ['no token', async () => undefined],
      ['a token that was cut', async () => account.token.slice(0, -1)],
      ['a token that was revoked', () => revoked()],
    ])('answers 401 with a challenge to %s', async (_, tokenOf) => {
      const answer = await send(FLOW, { token: await tokenOf() })
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toContain('Bearer realm="postern"')
      expect(upstream.arrived).toEqual([])
    })

    async function revoked(): Promise<string> {
      const token = await mint(account.id, `brief-${name}`)
      expect((await send(FLOW, { token })).status).toBe(200)
      await fetch(`${door.url}/oauth/revoke`, { method: 'POST', body: new URLSearchParams({ token }) })
      upstream.arrived.length = 0
      return token
    }

    it.each([
      ['another method', FLOW, 'DELETE'],
      ['another namespace', '/api/v1/main/flows/production/hello', 'GET'],
      ['another tenant', '/api/v1/acme/flows/prod/hello', 'GET'],
      ['a route that nobody knows', '/api/v1/main/novelty', 'GET'],
    ])('answers 403 to who may not: %s', async (_, path, method) => {
      expect((await send(path, { method, token: account.token })).status).toBe(403)
      expect(upstream.arrived).toEqual([])
    })

    it('strips what a client says of itself, whether Postern names it or not (threat 18)', async () => {
      const headers = {
        'Postern-Account': 'admin@example.com',
        'postern-account-id': 'root',
        'POSTERN-TENANT': 'acme',
        'Postern-Namespace': 'other',
        'Postern-Impersonator': 'admin@example.com',
        'Postern-Impersonator-Id': 'root',
        'Remote-User': 'admin@example.com',
        'X-Kestra-Impersonate': 'admin@example.com',
      }
      // A route without a namespace: Postern sends no header for it.
      expect((await send('/api/v1/plugins', { token: account.token, headers })).status).toBe(200)
      const text = JSON.stringify(upstream.arrived[0])
      expect(text).toContain('"postern-account":"runner"')
      for (const lie of ['admin@example.com', 'root', 'acme', 'other']) expect(text).not.toContain(lie)
    })

    it.each([
      { 'X-Original-URI': FLOW, 'X-Original-Method': 'GET' },
      { 'X-Forwarded-Uri': FLOW, 'X-Forwarded-Method': 'GET' },
      { 'X-Original-URI': FLOW },
      { 'X-Original-Url': FLOW, 'X-Rewrite-Url': FLOW, 'X-HTTP-Method-Override': 'GET' },
    ])('asks about the request and not about what a client says it was (threat 18): %o', async (headers) => {
      const answer = await send(FLOW, { method: 'DELETE', token: account.token, headers })
      expect(answer.status).toBe(403)
      expect(upstream.arrived).toEqual([])
    })

    it('passes on no request but one that it would allow as it arrives (threat 19)', async () => {
      const targets = [
        '/api/v1/main/flows/prod/../other/hello',
        '/api/v1/main/flows/prod/%2e%2e/other/hello',
        '/api/v1/main/flows/prod/x/..%2f..%2fother/hello',
        '/api/v1/main/flows/other/../prod/hello',
        '/api/v1/main/flows/other/%2e%2e/prod/hello',
        '/api/v1/main//flows/prod/hello',
        `/${FLOW}`,
        '/api/v1/main/flows/prod%2fhello',
        '/api/v1/main/flows/prod%252fhello',
        '/api/v1/main/flows/prod;x=1/hello',
        '/api/v1/main/flows/prod/hello;x=1',
        '/api/v1/main/flows/prod\\hello',
        '/api/v1/main/flows/%70rod/hello',
        '/api/v1/main/flows/prod%00/hello',
        '/api/v1/main/flows/prod/hello#x',
        `${FLOW}%23`,
        `${FLOW}/`,
        `${FLOW}?a;b`,
        `http://kestra.example.com${FLOW}`,
        `http://KESTRA.example.com/api/v1/main/flows/other/hello`,
        '/../../.well-known/jwks.json',
        '/verify/../.well-known/jwks.json',
        '/api/v1/main/flows/search?filters[namespace][EQUALS]=prod',
        '/api/v1/main/flows/search??filters[namespace][EQUALS]=prod',
        '/api/v1/main/flows/search?filters[namespace][EQUALS]=prod&filters[namespace][EQUALS]=other',
      ]
      for (const target of targets) {
        upstream.arrived.length = 0
        const { status } = await send(target)
        const [arrived] = upstream.arrived
        if (status !== 200) expect([target, arrived]).toEqual([target, undefined])
        else {
          const again = await fetch(`${door.url}/verify/kestra`, {
            headers: {
              Authorization: `Bearer ${account.token}`,
              'X-Original-Method': arrived?.method ?? '',
              'X-Original-URI': arrived?.url ?? '',
            },
          })
          expect([target, arrived?.url, again.status]).toEqual([target, arrived?.url, 200])
        }
      }
    })

    it('lets a large body through while it is still being sent', async () => {
      const sent = open(proxy.port, RUN, { method: 'POST', token: account.token })
      const answer = answerTo(sent)
      const first = upstream.firstBytes()
      const piece = Buffer.alloc(1024 * 1024, 'x')
      sent.write(piece)
      await first
      for (let piecesLeft = 31; piecesLeft > 0; piecesLeft--) sent.write(piece)
      sent.end()
      expect(await answer).toMatchObject({ status: 200, text: `{"bytes":${32 * 1024 * 1024}}` })
    })

    it('sends Postern no body', async () => {
      let length: string | undefined = 'not asked'
      door.intercept = ({ headers }) => {
        length = headers['transfer-encoding'] ?? headers['content-length']
        return false
      }
      const sent = open(proxy.port, RUN, {
        method: 'POST',
        token: account.token,
        headers: { 'Content-Length': '3' },
      })
      const answer = answerTo(sent)
      sent.end('abc')
      expect((await answer).status).toBe(200)
      expect(length ?? '0').toBe('0')
      door.intercept = () => false
    })

    it.each<[string, (response: ServerResponse) => void]>([
      ['has no storage', (response) => response.writeHead(503, { 'Retry-After': '5' }).end()],
      ['breaks', (response) => response.writeHead(500).end()],
      ['hangs up', (response) => response.destroy()],
    ])('lets nobody through when Postern %s (threat 37)', async (_, fail) => {
      door.intercept = (_request, response) => {
        fail(response)
        return true
      }
      const { status } = await send(FLOW)
      door.intercept = () => false
      expect(status).toBeGreaterThanOrEqual(500)
      expect(upstream.arrived).toEqual([])
    })

    it.skipIf(name === 'envoy')('guards any other service by the question in the URL', async () => {
      expect(
        (await send('/monthly?permission=FLOW:EXECUTE', { site: 'reports', token: account.token })).status,
      ).toBe(200)
      expect(upstream.arrived[0]).toMatchObject({ url: '/monthly?permission=FLOW:EXECUTE' })
      expect(upstream.arrived[0]?.headers).toMatchObject({ 'postern-namespace': 'reports' })
      const { id } = await edge.administer<{ id: string }>('POST', '/service-accounts', {
        name: `stranger-${name}`,
      })
      const stranger = { site: 'reports', token: await mint(id, 'ci') } as const
      expect((await send('/monthly', stranger)).status).toBe(403)
      expect((await send('/monthly?permission=FLOW:VIEW&namespace=none', stranger)).status).toBe(403)
      expect((await send('/monthly', { site: 'reports' })).status).toBe(401)
      expect(upstream.arrived).toHaveLength(1)
    })
  })
}

describe('without Postern', () => {
  it.each(proxyNames.filter(isInstalled))('%s lets nobody through', async (name) => {
    const gone = await startForwarder(edge.url)
    const proxy = await startProxy(name, { postern: gone.url, upstream: upstream.address })
    await gone.stop()
    upstream.arrived.length = 0
    const answer = await sendTo(proxy.port, FLOW, { token: account.token })
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(upstream.arrived).toEqual([])
    await proxy.stop()
  })
})
