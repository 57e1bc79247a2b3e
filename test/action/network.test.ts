/** The built Action on networks that are not simple: certificates of one's own, proxies, and servers that break. */

import { once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificate } from '../support/certificate.ts'
import { API_TOKEN, apiError, type Received, sendJson } from './fixtures.ts'
import { expectNoSecret, type Job, startJob } from './job.ts'

let job: Job
const ending: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  job = await startJob()
  await job.write({ 'scripts/a.py': 'x' })
})
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
  await job[Symbol.asyncDispose]()
})

const main = (inputs: Record<string, string> = {}, env: Record<string, string> = {}) =>
  job.main({ 'api-token': API_TOKEN, ...inputs }, env)
const last = ({ annotations }: { annotations: readonly { message: string }[] }) =>
  annotations.at(-1)?.message ?? ''

const NAME = 'postern.example.test'
const { cert, key } = makeCertificate(NAME)

/** The stand-in of Postern once more, behind TLS. */
async function startTls(): Promise<number> {
  const server = createHttpsServer({ cert, key }, async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method = '', url = '', headers } = incoming
    await job.postern.answer({ method, path: url, headers, body: Buffer.concat(chunks) }, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ending.push(() => new Promise((done) => server.close(done).closeAllConnections()))
  return (server.address() as AddressInfo).port
}

/** A proxy that knows where the name leads, which nobody else does. */
async function startProxy(port: number, status = 200) {
  const connects: { target: string | undefined; authorization: string | undefined }[] = []
  const proxy = createHttpServer((_, response) => response.writeHead(500).end())
  proxy.on('connect', (request, socket) => {
    connects.push({ target: request.url, authorization: request.headers['proxy-authorization'] })
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    const onward = connect(port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    for (const one of [socket, onward]) one.on('error', () => {})
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  ending.push(() => new Promise((done) => proxy.close(done).closeAllConnections()))
  return { connects, address: `127.0.0.1:${(proxy.address() as AddressInfo).port}` }
}

describe('a certificate of one’s own', () => {
  it.each([
    ['as text', async () => cert],
    [
      'as a file of the workspace',
      async () => {
        await job.write({ 'ca.crt': cert })
        return 'ca.crt'
      },
    ],
  ])('is trusted when it is given %s, also behind a proxy', async (_, give) => {
    const proxy = await startProxy(await startTls())
    const inputs = { server: `https://${NAME}`, 'ca-certificate': await give() }
    const env = { HTTPS_PROXY: `http://user:canary%40password@${proxy.address}` }
    const result = await main(inputs, env)
    expect(last(result)).toBe('')
    expect(result.exitCode).toBe(0)
    expect(new Set(proxy.connects.map(({ target }) => target))).toEqual(new Set([`${NAME}:443`]))
    expect(proxy.connects[0]?.authorization).toBe(`Basic ${btoa('user:canary@password')}`)
    expectNoSecret(result, ['canary%40password', 'canary@password', 'user:canary@password'])
  })

  it('is not trusted when it is not given', async () => {
    const proxy = await startProxy(await startTls())
    const result = await main({ server: `https://${NAME}` }, { HTTPS_PROXY: `http://${proxy.address}` })
    expect(last(result)).toMatch(/POSTERN-403.*ca-certificate/)
    expect(proxy.connects).toHaveLength(1)
  })

  it('is not trusted for another name', async () => {
    const proxy = await startProxy(await startTls())
    const inputs = { server: 'https://other.example.test', 'ca-certificate': cert }
    expect(last(await main(inputs, { HTTPS_PROXY: `http://${proxy.address}` }))).toContain('POSTERN-403')
  })

  it.each(['no certificate', 'nowhere.crt', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'must be one: %j is not',
    async (text) => {
      expect(last(await main({ 'ca-certificate': text }))).toMatch(/POSTERN-100.*ca-certificate/)
      expect(job.server.received).toEqual([])
    },
  )
})

describe('a proxy', () => {
  it('that refuses is told apart from a server that does not answer', async () => {
    const proxy = await startProxy(0, 403)
    const result = await main(
      { server: `https://${NAME}`, retries: '0' },
      { HTTPS_PROXY: `http://user:canary-secret@${proxy.address}` },
    )
    expect(last(result)).toContain('POSTERN-404')
    expectNoSecret(result, ['canary-secret'])
  })

  it('is left out for the loopback address and for what NO_PROXY names', async () => {
    const proxy = await startProxy(0, 403)
    const env = { HTTPS_PROXY: `http://${proxy.address}`, HTTP_PROXY: `http://${proxy.address}` }
    expect((await main({}, env)).exitCode).toBe(0)
    await main({ server: `https://${NAME}`, retries: '0' }, { ...env, NO_PROXY: NAME })
    expect(proxy.connects).toEqual([])
  })
})

/** Breaks the first answer of the endpoint in the middle of a run. */
function breakOnce(endpoint: string, fault: (response: ServerResponse, request: Received) => void): void {
  let isBroken = false
  job.postern.intercept = (request, response) => {
    if (isBroken || !request.path.endsWith(`/${endpoint}`)) return false
    isBroken = true
    fault(response, request)
    return true
  }
}

describe.each(['token', 'plan', 'blobs', 'commit'])('a server that breaks at %s', (endpoint) => {
  it.each<[string, (response: ServerResponse) => void]>([
    [
      'cuts its answer',
      (response) => {
        response.writeHead(200, { 'Content-Length': 100 }).write('{"etag":')
        setImmediate(() => response.destroy())
      },
    ],
    ['resets the connection', (response) => void response.socket?.resetAndDestroy()],
    [
      'is busy, until a date',
      (response) => sendJson(response, 429, {}, { 'Retry-After': new Date(Date.now() + 1000).toUTCString() }),
    ],
    ['is down, for no time', (response) => sendJson(response, 503, {}, { 'Retry-After': '0' })],
  ])('and %s is asked again', async (_, fault) => {
    breakOnce(endpoint, fault)
    const result = await main()
    expect(last(result)).toBe('')
    expect(result.exitCode).toBe(0)
    expect(job.asked().filter((one) => one === endpoint)).toHaveLength(2)
  })

  it.each<[string, string, (response: ServerResponse, request: Received) => void]>([
    [
      'shows a page',
      'POSTERN-401',
      (response, { headers, body }) =>
        response
          .writeHead(200, { 'Content-Type': 'text/html' })
          .end(`<h1>Sign in</h1>${headers.authorization} ${body}\n::error::x`),
    ],
    [
      'sends elsewhere',
      'POSTERN-401',
      (response, { headers }) =>
        response.writeHead(307, { Location: `https://evil.example.test/?${headers.authorization}` }).end(),
    ],
    [
      'says no, and what it was sent',
      'POSTERN-407',
      (response, { headers, body }) => {
        const echo = `${headers.authorization} ${encodeURIComponent(String(body))} ${body}\n::set-output name=x::y`
        sendJson(response, 409, apiError(echo, echo))
      },
    ],
  ])('and %s ends the run with %s, and nothing secret is said', async (_, code, fault) => {
    breakOnce(endpoint, fault)
    const result = await main({}, { RUNNER_DEBUG: '1' })
    expect(result.exitCode).toBe(1)
    expect(last(result)).toContain(code)
    expect(job.asked().filter((one) => one === endpoint)).toHaveLength(1)
    expect(
      result.stdout.split('\n').filter((line) => /^\s*::(?!add-mask|error title=|debug)/.test(line)),
    ).toEqual([])
    expectNoSecret(result)
  })
})

describe('a server that never ends its answer', () => {
  it('ends the run when its time is over', async () => {
    job.postern.intercept = ({ path }, response) => {
      if (!path.endsWith('/plan')) return false
      response.writeHead(200, { 'Content-Type': 'application/json' }).write('{')
      return true
    }
    const result = await main({ timeout: '2' })
    expect(result.exitCode).toBe(1)
    expect(last(result)).toMatch(/POSTERN-405.*Timeout/)
  })
})

describe('headers', () => {
  it('go to the server with every request, to GitHub with none, and are never shown', async () => {
    const headers = 'CF-Access-Client-Id=canary-client\nCF-Access-Client-Secret=canary-secret-value'
    const result = await main({ headers })
    expect(result.exitCode).toBe(0)
    expect(job.server.received).toHaveLength(4)
    for (const { headers } of job.server.received) {
      expect(headers['cf-access-client-secret']).toBe('canary-secret-value')
    }
    expectNoSecret(result, ['canary-client', 'canary-secret-value'])
    expect(result.masks).toEqual(expect.arrayContaining(['canary-client', 'canary-secret-value']))
    job.server.received.length = 0
    await job.post(result.state, { headers })
    expect(job.server.received[0]?.headers['cf-access-client-id']).toBe('canary-client')
  })
})
