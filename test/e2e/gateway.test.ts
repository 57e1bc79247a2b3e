/** The worker in front of a Kestra: who gets through, as whom they arrive, and what of the answer comes back. */

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const CREDENTIAL = `Basic ${Buffer.from('kestra@example.com:Canary-kestra1').toString('base64')}`
const FLOW = '/api/v1/main/flows/prod/hello'
const USER = { email: 'rick.astely@kestra.io', password: 'Canary:pass:word42!' }

let kestra: Upstream
let edge: TestEdge
/** May see and run flows, and manage files, in `prod`. */
let bot: { id: string; token: string }

beforeAll(async () => {
  kestra = await startUpstream()
  edge = await startTestEdge({
    KESTRA_URL: `http://${kestra.address}`,
    KESTRA_AUTHORIZATION: CREDENTIAL,
  })
  const { id } = await edge.administer<{ id: string }>('POST', '/service-accounts', { name: 'runner' })
  const permissions = { FLOW: ['VIEW', 'EXECUTE'], NAMESPACE: ['MANAGE_FILES'] }
  const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', {
    name: 'Runs',
    permissions,
  })
  await edge.administer('POST', '/bindings', { type: 'USER', externalId: id, roleId, namespaceId: 'prod' })
  bot = { id, token: await mint(id) }
  const user = await edge.administer<{ id: string }>('POST', '/../users', { ...USER, tenants: ['main'] })
  await edge.administer('POST', '/bindings', {
    type: 'USER',
    externalId: user.id,
    roleId,
    namespaceId: 'prod',
  })
})
afterAll(async () => {
  await edge?.stop()
  await kestra?.stop()
})
beforeEach(() => {
  kestra.arrived.length = 0
})

async function mint(id: string): Promise<string> {
  const path = `/service-accounts/${id}/api-tokens`
  return (await edge.administer<{ fullToken: string }>('POST', path, { name: 'ci' })).fullToken
}

interface Asked {
  readonly method?: string
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
  readonly body?: string
}

const ask = (path: string, { method = 'GET', token = bot.token, headers = {}, body }: Asked = {}) =>
  fetch(`${edge.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(token === '' ? {} : { Authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body }),
  })

const basic = ({ email, password }: typeof USER) =>
  `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`
/** Each as `GET /path`. */
const arrived = () => kestra.arrived.map(({ method, url }) => `${method} ${url}`)

describe('a service account with a role in prod', () => {
  it.each([
    ['GET', FLOW],
    ['GET', '/api/v1/main/flows/prod.web/hello'],
    ['GET', '/api/v1/flows/prod/hello'],
    ['POST', '/api/v1/main/executions/prod/hello'],
    ['POST', '/api/v1/main/executions/prod.web.eu/hello'],
    ['GET', '/api/v1/main/namespaces/prod/files?path=/a%20b.sql'],
    ['POST', '/api/v1/main/namespaces/prod.web/files?path=/a.sql'],
    ['DELETE', '/api/v1/main/namespaces/prod/files?path=/a.sql'],
    ['GET', '/api/v1/configs'],
    ['GET', '/api/v1/plugins/icons'],
  ])('does there and below what its role says: %s %s', async (method, path) => {
    expect((await ask(path, { method })).status).toBe(200)
    expect(arrived()).toEqual([`${method} ${path}`])
  })

  it.each([
    ['GET', '/api/v1/main/flows/production/hello'],
    ['GET', '/api/v1/main/flows/pro/hello'],
    ['GET', '/api/v1/main/flows/other/hello'],
    ['PUT', FLOW],
    ['DELETE', FLOW],
    ['GET', '/api/v1/main/flows/search'],
    ['GET', '/api/v1/main/flows/search?filters[namespace][EQUALS]=prod&namespace=other'],
    ['POST', '/api/v1/main/flows'],
    ['GET', '/api/v1/main/executions/abc'],
    ['POST', '/api/v1/main/executions/other/hello'],
    ['GET', '/api/v1/main/namespaces/prod/kv'],
    ['GET', '/api/v1/main/namespaces/prod/secrets'],
    ['GET', '/api/v1/main/namespaces/search'],
    ['DELETE', '/api/v1/main/namespaces/prod'],
    ['GET', '/api/v1/instance/services'],
    ['GET', '/api/v1/acme/flows/prod/hello'],
    ['POST', '/api/v1/main/something/new'],
  ])('does nothing else: %s %s', async (method, path) => {
    const answer = await ask(path, { method })
    expect([answer.status, await answer.json()]).toMatchObject([403, { message: 'Forbidden' }])
    expect(arrived()).toEqual([])
  })

  it('arrives as Postern, and by its name', async () => {
    await ask(FLOW, { headers: { 'Postern-Account': 'admin', 'X-Kestra-Anything': 'x' } })
    const { headers } = kestra.arrived[0] ?? {}
    expect(headers).toMatchObject({
      authorization: CREDENTIAL,
      host: kestra.address,
      'postern-account': 'runner',
      'postern-account-id': bot.id,
      'postern-account-kind': 'SERVICE_ACCOUNT',
      'postern-tenant': 'main',
      'postern-namespace': 'prod',
    })
    expect(JSON.stringify(headers)).not.toContain(bot.token.slice(0, 16))
    expect(headers).not.toHaveProperty('x-kestra-anything')
  })

  it('hands its body and what it is on', async () => {
    const headers = { 'Content-Type': 'application/x-yaml', Accept: 'application/json' }
    const answer = await ask('/api/v1/main/executions/prod/hello', { method: 'POST', headers, body: 'id: é' })
    expect(await answer.json()).toEqual({ bytes: 6 })
    expect(kestra.arrived[0]?.headers).toMatchObject({
      'content-type': 'application/x-yaml',
      'content-length': '6',
    })
  })
})

describe('a credential', () => {
  it('that is missing, unknown or revoked comes to nothing', async () => {
    const revoked = await edge.administer<{ id: string; fullToken: string }>(
      'POST',
      `/service-accounts/${bot.id}/api-tokens`,
      { name: 'gone' },
    )
    const run = { method: 'POST', token: revoked.fullToken }
    expect((await ask('/api/v1/main/executions/prod/hello', run)).status).toBe(200)
    await edge.administer('DELETE', `/service-accounts/${bot.id}/api-tokens/${revoked.id}`)
    kestra.arrived.length = 0
    const unknown = `${bot.token.slice(0, -1)}${bot.token.endsWith('A') ? 'B' : 'A'}`
    for (const token of ['', unknown, revoked.fullToken]) {
      const answer = await ask('/api/v1/main/executions/prod/hello', { method: 'POST', token })
      expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([
        401,
        expect.stringContaining('Bearer realm="postern"'),
      ])
    }
    expect(arrived()).toEqual([])
  })

  it('may be a user’s password, which goes no further', async () => {
    expect((await ask(FLOW, { token: '', headers: { Authorization: basic(USER) } })).status).toBe(200)
    expect(kestra.arrived[0]?.headers).toMatchObject({
      authorization: CREDENTIAL,
      'postern-account': USER.email,
      'postern-account-kind': 'USER',
    })
  })

  it('may be an access token of less, and is then good for less', async () => {
    const exchange = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: bot.token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'FLOW:VIEW',
      namespace: 'prod.web',
    })
    const granted = await fetch(`${edge.url}/oauth/token`, { method: 'POST', body: exchange })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    expect((await ask('/api/v1/main/flows/prod.web/hello', { token })).status).toBe(200)
    expect((await ask(FLOW, { token })).status).toBe(403)
    expect((await ask('/api/v1/main/executions/prod.web/hello', { method: 'POST', token })).status).toBe(403)
    expect(arrived()).toEqual(['GET /api/v1/main/flows/prod.web/hello'])
  })

  it('of who impersonates is judged as the other’s, and says both names', async () => {
    const { username, password } = edge.admin
    const headers = {
      Authorization: basic({ email: username, password }),
      'X-Kestra-Impersonate': 'runner',
    }
    expect((await ask(FLOW, { token: '', headers })).status).toBe(200)
    expect((await ask('/api/v1/main/flows/other/hello', { token: '', headers })).status).toBe(403)
    expect(kestra.arrived.map(({ headers }) => headers)).toMatchObject([
      { 'postern-account': 'runner', 'postern-impersonator': username },
    ])
    expect(kestra.arrived[0]?.headers).not.toHaveProperty('x-kestra-impersonate')
  })
})

describe('an answer', () => {
  it('brings nothing of Kestra’s sign-in, of its connection, or in Postern’s name, and no cache keeps it (threat 30)', async () => {
    kestra.answer(FLOW, (_, response) => {
      response
        .writeHead(200, {
          'Content-Type': 'text/html',
          'Set-Cookie': ['BASIC_AUTH=secret', 'JWT=theirs; Path=/', 'csrfToken=theirs'],
          'WWW-Authenticate': 'Basic realm="kestra"',
          'Authentication-Info': 'nextnonce="x"',
          'Access-Control-Allow-Origin': '*',
          'Access-Control-Allow-Credentials': 'true',
          'Clear-Site-Data': '"*"',
          'Strict-Transport-Security': 'max-age=1',
          'Postern-Account': 'somebody',
          'X-Request-Id': 'theirs',
          'X-Hop': 'x',
          Connection: 'keep-alive, X-Hop',
          'Keep-Alive': 'timeout=5',
          'Cache-Control': 'public, max-age=3600',
          'Content-Disposition': 'attachment; filename="a.html"',
          ETag: '"1"',
          'X-Kestra-Edition': 'OSS',
        })
        .end('<script>alert(1)</script>')
    })
    const { headers } = await ask(FLOW)
    const passed = Object.fromEntries(headers)
    expect(passed).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': 'attachment; filename="a.html"',
      etag: '"1"',
      'x-kestra-edition': 'OSS',
      // No cache keeps it for somebody else, and no browser opens it as a page of this origin.
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    expect(passed['x-request-id']).not.toBe('theirs')
    for (const name of [
      ...['set-cookie', 'www-authenticate', 'authentication-info', 'access-control-allow-origin'],
      ...['access-control-allow-credentials', 'clear-site-data', 'strict-transport-security'],
      ...['postern-account', 'x-hop'],
    ]) {
      expect(passed).not.toHaveProperty(name)
    }
  })

  it('that is packed comes whole', async () => {
    const path = '/api/v1/main/flows/prod/packed'
    const text = 'a flow '.repeat(10_000)
    kestra.answer(path, (_, response) => {
      const packed = gzipSync(text)
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': packed.length }).end(packed)
    })
    expect(await (await ask(path)).text()).toBe(text)
  })
})

describe('Kestra’s own pages', () => {
  const PAGE =
    '<!doctype html><html><head><meta name="csrf-token" content="theirs"><title>Kestra</title></head></html>'

  async function signIn(): Promise<string> {
    const answer = await fetch(`${edge.url}/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: USER.email, password: USER.password }),
    })
    return answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  }

  beforeAll(() => {
    for (const path of ['/ui/', '/ui/main/flows'])
      kestra.answer(path, (_, response) => {
        response
          .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Set-Cookie': 'csrfToken=theirs' })
          .end(PAGE)
      })
    kestra.answer('/ui/assets/a.js', (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'public' }).end('1')
    })
  })

  it('are behind Postern’s sign-in, which is where a browser is sent', async () => {
    for (const path of ['/', '/ui', '/ui/', '/ui/main/flows']) {
      const answer = await ask(path, { token: '', headers: { Accept: 'text/html,*/*' } })
      expect([path, answer.status, answer.headers.get('Location')]).toEqual([path, 303, '/console/'])
    }
    for (const asked of [
      { token: '' },
      { token: '', headers: { Cookie: 'JWT=psu_forged' } },
      // Pages are for sessions, as Postern's own are.
      { token: bot.token },
    ]) {
      expect((await ask('/ui/assets/a.js', asked)).status).toBe(401)
    }
    expect(arrived()).toEqual([])
    const sent = await fetch(`${edge.url}/console/`)
    expect([sent.status, await sent.text()]).toEqual([200, expect.stringContaining('Sign in')])
  })

  it('come to a session, with the token that makes their calls its own', async () => {
    const Cookie = await signIn()
    const page = await ask('/ui/main/flows', { token: '', headers: { Cookie, 'If-None-Match': '"1"' } })
    const text = await page.text()
    expect([page.status, text.includes('<title>Kestra</title>'), text.includes('theirs')]).toEqual([
      200,
      true,
      false,
    ])
    expect(page.headers.get('Cache-Control')).toBe('no-store')
    const csrf = /<meta name="csrf-token" content="([\w-]+)">/.exec(text)?.[1] ?? ''
    expect(page.headers.getSetCookie()).toEqual([
      'kestraBasicAuthenticated=true; Path=/; SameSite=Strict',
      expect.stringMatching(`^csrfToken=${csrf}; .*HttpOnly; .*SameSite=Lax`),
    ])
    expect(kestra.arrived[0]?.headers).not.toHaveProperty('cookie')
    expect(kestra.arrived[0]?.headers).toMatchObject({
      authorization: CREDENTIAL,
      'postern-account': USER.email,
    })

    const run = '/api/v1/main/executions/prod/hello'
    const cookies = `${Cookie}; csrfToken=${csrf}`
    kestra.arrived.length = 0
    for (const headers of [
      { Cookie },
      { Cookie: cookies },
      { Cookie: cookies, 'X-CSRF-TOKEN': 'theirs' },
      { Cookie: cookies, 'X-CSRF-TOKEN': csrf, Origin: 'https://evil.example' },
    ]) {
      const answer = await ask(run, { method: 'POST', token: '', headers: headers as Record<string, string> })
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'csrf_failed' }])
    }
    expect(arrived()).toEqual([])
    const headers = { Cookie: cookies, 'X-CSRF-TOKEN': csrf }
    expect((await ask(run, { method: 'POST', token: '', headers })).status).toBe(200)
    expect(kestra.arrived[0]?.headers).not.toHaveProperty('x-csrf-token')
  })

  it('have assets that a browser keeps for itself, and asks about (threat 30)', async () => {
    const Cookie = await signIn()
    const asset = await ask('/ui/assets/a.js', { token: '', headers: { Cookie } })
    expect([asset.status, asset.headers.get('Cache-Control'), await asset.text()]).toEqual([
      200,
      'private, no-cache',
      '1',
    ])
  })

  it('take nothing but looks', async () => {
    const Cookie = await signIn()
    expect((await ask('/ui/main/flows', { method: 'POST', token: '', headers: { Cookie } })).status).toBe(404)
    expect((await ask('/nothing', { token: '', headers: { Cookie } })).status).toBe(404)
    expect((await ask('/ui/%2e%2e/nothing', { token: '', headers: { Cookie } })).status).toBe(404)
    expect(arrived()).toEqual([])
  })
})
