/**
 * Requests that two programs might read differently, written byte by byte to the worker in front of a Kestra. Whoever
 * sends them may read flows in `prod` and no more; nothing that comes to Kestra is anything else, however it is read.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demandOf } from '../../worker/access/kestra-demand.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { sendRaw } from '../support/raw.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const CREDENTIAL = `Basic ${Buffer.from('kestra@example.com:Canary-kestra1').toString('base64')}`
const MINE = '/api/v1/main/flows/prod/hello'
const OTHERS = '/api/v1/main/flows/other/hello'

let kestra: Upstream
let edge: TestEdge
let port: number
let token: string

beforeAll(async () => {
  kestra = await startUpstream()
  edge = await startTestEdge({
    KESTRA_URL: `http://${kestra.address}`,
    KESTRA_AUTHORIZATION: CREDENTIAL,
  })
  port = Number(new URL(edge.url).port)
  const { id } = await edge.administer<{ id: string }>('POST', '/service-accounts', { name: 'reader' })
  const role = { name: 'Reads flows', permissions: { FLOW: ['VIEW'] } }
  const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', role)
  await edge.administer('POST', '/bindings', { type: 'USER', externalId: id, roleId, namespaceId: 'prod' })
  const path = `/service-accounts/${id}/api-tokens`
  token = (await edge.administer<{ fullToken: string }>('POST', path, { name: 'ci' })).fullToken
})
afterAll(async () => {
  await edge?.stop()
  await kestra?.stop()
})
beforeEach(() => {
  kestra.arrived.length = 0
})

const write = (line: string, headers: readonly string[] = []) =>
  Buffer.from(
    [
      line,
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
      ...headers,
      'Connection: close',
      '',
      '',
    ].join('\r\n'),
    'latin1',
  )
const ask = (target: string, { method = 'GET', headers = [] as readonly string[] } = {}) =>
  sendRaw(port, write(`${method} ${target} HTTP/1.1`, headers))

/** As any router might read a path: as it is, decoded once or twice, tidied up, cut at a semicolon, without case. */
function readings(url: string): string[] {
  const path = url.replace(/[?#].*/, '')
  const once = decodeURIComponent(path)
  const decoded = [path, encodeURI(once), encodeURI(decodeURIComponent(once))]
  return decoded.flatMap((one) => [
    one,
    one.replace(/\/+/g, '/'),
    one.replaceAll('\\', '/'),
    one.replace(/;[^/]*/g, ''),
    new URL(one, 'http://kestra').pathname,
    one.toLowerCase(),
  ])
}

/** Whatever came may be read in any of these ways, and is the one thing that the reader may do. */
function expectNothingButMine(): void {
  for (const { method, url, headers } of kestra.arrived) {
    expect(['GET', 'HEAD']).toContain(method)
    for (const reading of readings(url)) {
      expect([url, demandOf(method, reading)]).toEqual([
        url,
        {
          ok: true,
          value: { takes: 'FLOW:VIEW', isAboutAccounts: false, tenant: 'main', namespace: 'prod' },
        },
      ])
    }
    expect(headers.authorization).toBe(CREDENTIAL)
    expect(Object.keys(headers).filter((name) => !EXPECTED_HEADERS.has(name))).toEqual([])
  }
}

/** The connection's own, the platform's, what Postern says, and what the requests below may hand on. */
const EXPECTED_HEADERS = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'cf-worker'],
  ...['authorization', 'postern-account', 'postern-account-id', 'postern-account-kind'],
  ...['postern-tenant', 'postern-namespace', 'accept', 'content-type', 'user-agent'],
])

it('lets through what is plain', async () => {
  const answer = await ask(`${MINE}?source=true&x=a%20b&filters[namespace][EQUALS]=prod`)
  expect(answer.status).toBe(200)
  expect(kestra.arrived.map(({ url }) => url)).toEqual([
    `${MINE}?source=true&x=a%20b&filters[namespace][EQUALS]=prod`,
  ])
  expectNothingButMine()
})

it('lets a look through without the body that came with it', async () => {
  const head = write(`GET ${MINE} HTTP/1.1`, ['Content-Length: 5']).toString('latin1')
  expect((await sendRaw(port, `${head}hello`)).status).toBe(200)
  expect(kestra.arrived.map(({ headers }) => headers['content-length'])).toEqual([undefined])
  expectNothingButMine()
})

it('refuses what is plain, but of others', async () => {
  expect((await ask(OTHERS)).status).toBe(403)
  expect(kestra.arrived).toEqual([])
})

describe('a target', () => {
  it.each([
    // Borders in an encoding
    '/api/v1/main/flows/prod%2fhello',
    '/api/v1/main/flows/prod%2Fhello',
    '/api/v1/main/flows/prod%5chello',
    '/api/v1/main/flows/prod%252fhello',
    '/api/v1/main/flows/prod%2f..%2fother/hello',
    '/api/v1/main/flows/prod/%252e%252e/other/hello',
    // Letters that need no encoding
    '/api/v1/main/flows/%70rod/hello',
    '/api/v1/main/fl%6fws/prod/hello',
    '/api/v1/main/flows/other%2dx/hello',
    '/api/v1/main/flows/%6fther/hello',
    // Empty segments and other borders
    '/api/v1//main/flows/prod/hello',
    '/api/v1/main/flows//prod/hello',
    '/api/v1/main/flows/prod//hello',
    '/api/v1/main/flows/prod/hello//',
    '/api/v1/main/flows/prod;x=/other/hello',
    '/api/v1/main/flows/prod;/hello',
    '/api/v1/main/flows/prod%3bx/hello',
    '/api/v1/main/flows/prod/hello;jsessionid=1',
    // Ends of a text, in other bytes than they should be
    '/api/v1/main/flows/prod%00/hello',
    '/api/v1/main/flows/prod/hello%00.json',
    '/api/v1/main/flows/prod%0d%0aX/hello',
    '/api/v1/main/flows/prod%c0%af/hello',
    '/api/v1/main/flows/prod%e0%80%af/hello',
    '/api/v1/main/flows/prod/%c0%ae%c0%ae/other/hello',
    '/api/v1/main/flows/prod/%ff',
    '/api/v1/main/flows/prod/%u002e%u002e/other',
    '/api/v1/main/flows/prod/%',
    '/api/v1/main/flows/prod/%2',
    '/api/v1/main/flows/prod/hel|lo',
    '/api/v1/main/flows/prod/hello?source=true;namespace=other',
    '/api/v1/main/flows/prod/hello?source=%00',
    // What is a tenant, what a namespace?
    '/api/v1/flows/executions/search',
    '/api/v1/main/flows/Prod/hello',
  ])('that is not plain is 400, and never seen by Kestra (threat 19): %s', async (target) => {
    const { status, text } = await ask(target)
    expect([target, status]).toEqual([target, 400])
    expect(text).toContain('"code":"request_unclear"')
    expect(kestra.arrived).toEqual([])
  })

  // The platform itself resolves dots, drops fragments and encodes some letters, before anything is decided.
  it.each([
    '/api/v1/main/flows/prod/../other/hello',
    '/api/v1/main/flows/prod/%2e%2e/other/hello',
    '/api/v1/main/flows/prod/%2E%2E/other/hello',
    '/api/v1/main/flows/prod/.%2e/other/hello',
    '/api/v1/main/flows/prod/hello/%2e',
    '/api/v1/main/flows/prod/hel"lo',
    '/api/v1/main/flows/prod/{hello}',
    '/api/v1/main/flows/./other/hello',
    '/api/v1/main/flows/prod/..\\other/hello',
    '/api/v1/main\\flows\\other\\hello',
    '/api/v1/main/flows/prod/..;/other/hello',
    '/api/v1/main/flows/prod/...//other/hello',
    '//api/v1/main/flows/prod/hello',
    '/\\api/v1/main/flows/prod/hello',
    '//evil.example/api/v1/main/flows/prod/hello',
    '/API/v1/main/flows/prod/hello',
    '/api/V1/main/flows/prod/hello',
    '/api/v1/MAIN/flows/prod/hello',
    '/api/v1/main/FLOWS/prod/hello',
    '/%61pi/v1/main/flows/prod/hello',
    '/api%2fv1/main/flows/prod/hello',
    '/api/v1/main/flows/prod/hello#/../../other/hello',
    '/api/v1/main/flows/other/hello#prod',
    '/api/v1/main/flows/other/hello?/api/v1/main/flows/prod/hello',
    '/api/v1/main/flows/prod/hello/../../../../../api/v1/users',
    '/ui/../api/v1/main/flows/other/hello',
    '/ui/..%2fapi/v1/main/flows/other/hello',
    '/api/v1/main/flows/other/hello\\',
    '/api/v1/main/flows/pr\u00f6d/hello',
    '/api/v1/main/flows/prod\t/hello',
    '*',
    'api/v1/main/flows/prod/hello',
    'other.example:443',
    'http://evil.example/api/v1/main/flows/other/hello',
    'http://evil.example/api/v1/main/flows/prod/hello',
    'https://user:password@evil.example/api/v1/main/flows/other/hello',
    'ftp://evil.example/api/v1/main/flows/other/hello',
    'http:/api/v1/main/flows/other/hello',
    `${MINE}?source=%ff`,
    `${MINE} HTTP/1.1 ${OTHERS}`,
  ])('reaches nothing but what is the reader’s (threat 19): %s', async (target) => {
    const { status } = await ask(target)
    expectNothingButMine()
    if (kestra.arrived.length === 0) expect([target, status]).not.toEqual([target, 200])
  })
})

describe('a method', () => {
  it.each([
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'get',
    'Get',
    'GETT',
    'G\u00cbT',
    'PURGE',
    'LOCK',
    'PRI',
  ])('other than GET gets nowhere: %s', async (method) => {
    const { status } = await ask(MINE, { method, headers: ['Content-Length: 0'] })
    expect([method, kestra.arrived]).toEqual([method, []])
    expect([method, [200, 204].includes(status)]).toEqual([method, false])
  })

  it('that looks without a body comes as it is', async () => {
    expect((await ask(MINE, { method: 'HEAD' })).status).toBe(200)
    expect(kestra.arrived.map(({ method }) => method)).toEqual(['HEAD'])
    expectNothingButMine()
  })
})

describe('a header', () => {
  it.each([
    ['X-HTTP-Method-Override: DELETE'],
    ['X-HTTP-Method: DELETE'],
    ['X-Method-Override: DELETE'],
    [`X-Original-URL: ${OTHERS}`],
    [`X-Rewrite-URL: ${OTHERS}`],
    [`X-Original-URI: ${OTHERS}`],
    [`X-Forwarded-Uri: ${OTHERS}`, 'X-Forwarded-Method: DELETE'],
    ['X-Forwarded-Prefix: /api/v1/main/flows/other'],
    ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: kestra', 'X-Forwarded-Proto: https'],
    ['Forwarded: for=127.0.0.1;host=kestra;proto=https'],
    ['X-Real-IP: 127.0.0.1', 'True-Client-IP: 127.0.0.1', 'X-Client-IP: 127.0.0.1'],
    ['Remote-User: admin', 'X-Remote-User: admin', 'X-Forwarded-User: admin'],
    ['X-Postern-User: admin', 'X-WEBAUTH-USER: admin', 'X-Forwarded-Access-Token: x'],
    ['X-Tenant-ID: other', 'X-Kestra-Tenant: other', 'Kestra-Tenant: other'],
    ['Cookie: BASIC_AUTH=YWRtaW46YWRtaW4='],
    ['Proxy-Authorization: Basic YWRtaW46YWRtaW4='],
    ['X-API-Key: secret', 'Api-Key: secret'],
    ['Origin: http://kestra', 'Referer: http://kestra/ui/login'],
    ['Te: trailers', 'Trailer: Authorization', 'Keep-Alive: timeout=5'],
    ['Proxy-Connection: keep-alive'],
    ['Expect: 200-ok'],
    ['Max-Forwards: 0', 'Via: 1.1 evil'],
    ['Authorization : Basic YWRtaW46YWRtaW4='],
    ['Content-Length: 0'],
  ])('that means to be believed is not handed on (threat 18): %s', async (...headers) => {
    await ask(MINE, { headers })
    expectNothingButMine()
  })

  it('of Postern’s own names is Postern’s to write (threat 18)', async () => {
    const forged = ['Postern-Account: admin', 'Postern-Account-Kind: USER', 'Postern-Impersonator: root']
    expect((await ask(MINE, { headers: forged })).status).toBe(200)
    expect(kestra.arrived[0]?.headers).toMatchObject({
      'postern-account': 'reader',
      'postern-account-kind': 'SERVICE_ACCOUNT',
      'postern-namespace': 'prod',
    })
    expectNothingButMine()
  })

  it.each([
    ['two hosts', ['Host: kestra.internal']],
    ['two credentials', ['Authorization: Bearer something-else']],
    ['another scheme', ['Authorization: Negotiate abc']],
    ['two lengths', ['Content-Length: 0', 'Content-Length: 5']],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['chunks in two codings', ['Transfer-Encoding: chunked, identity']],
    ['chunks that are hidden', ['Transfer-Encoding: xchunked']],
    ['a folded line', ['X-Folded: a\r\n Authorization: Basic YWRtaW46YWRtaW4=']],
    ['a bare line feed', ['X-Bare: a\nAuthorization: Basic YWRtaW46YWRtaW4=']],
    ['a carriage return', ['X-Bare: a\rAuthorization: Basic YWRtaW46YWRtaW4=']],
    [
      'an upgrade',
      ['Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'],
    ],
    ['an upgrade to HTTP/2', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA']],
  ])('that comes with %s makes nothing more of the request (threats 17, 19)', async (_, headers) => {
    await ask(MINE, { headers })
    expectNothingButMine()
  })

  it('does not take Authorization along by naming it', async () => {
    const request = write(`GET ${MINE} HTTP/1.1`).toString('latin1')
    await sendRaw(
      port,
      request.replace('Connection: close', 'Connection: close, Authorization, Postern-Account'),
    )
    expectNothingButMine()
  })
})

describe('a second request in the body of the first', () => {
  const hidden = `DELETE ${MINE} HTTP/1.1\r\nHost: kestra\r\nContent-Length: 0\r\n\r\n`

  it.each([
    ['behind a GET', [`Content-Length: ${hidden.length}`]],
    ['behind no length', []],
    ['behind the end of chunks', ['Transfer-Encoding: chunked']],
    ['behind a length that chunks contradict', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['behind a length that is written twice', ['Content-Length: 0', `Content-Length: ${hidden.length}`]],
    ['behind a length with a sign', [`Content-Length: +${hidden.length}`]],
  ])('is never one of its own to Kestra: %s', async (_, headers) => {
    const isChunked = headers.some((header) => header.includes('chunked'))
    const head = write(`GET ${MINE} HTTP/1.1`, headers).toString('latin1')
    await sendRaw(port, `${head}${isChunked ? '0\r\n\r\n' : ''}${hidden}`)
    expectNothingButMine()
  })
})
