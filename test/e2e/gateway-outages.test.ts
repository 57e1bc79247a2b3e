/** A Kestra that is away, hangs, or answers nonsense: the caller hears so in time, and in the shape of Kestra's errors. */

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestEdge, type TestEdge } from '../support/edge.ts'

const CREDENTIAL = `Basic ${Buffer.from('kestra@example.com:Canary-kestra1').toString('base64')}`
const FLOW = '/api/v1/main/flows/prod/hello'
const TIMEOUT_SECONDS = 1

/** What the Kestra of this moment does with a connection. */
let behave: (socket: Socket) => void
/** Those that are open, and how many have come. */
const sockets = new Set<Socket>()
let opened = 0
const kestra = createServer((socket) => {
  opened++
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
  behave(socket)
})

let edge: TestEdge
let token: string
let host: string

beforeAll(async () => {
  await new Promise<void>((done) => kestra.listen(0, '127.0.0.1', done))
  host = `127.0.0.1:${(kestra.address() as AddressInfo).port}`
  edge = await startTestEdge({
    KESTRA_URL: `http://${host}`,
    KESTRA_AUTHORIZATION: CREDENTIAL,
    KESTRA_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
  })
  const { id } = await edge.administer<{ id: string }>('POST', '/service-accounts', { name: 'caller' })
  const permissions = { FLOW: ['VIEW', 'UPDATE'] }
  const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', {
    name: 'Flows',
    permissions,
  })
  await edge.administer('POST', '/bindings', { type: 'USER', externalId: id, roleId, namespaceId: 'prod' })
  const path = `/service-accounts/${id}/api-tokens`
  token = (await edge.administer<{ fullToken: string }>('POST', path, { name: 'ci' })).fullToken
})
afterAll(async () => {
  await edge?.stop()
  for (const socket of sockets) socket.destroy()
  kestra.close()
})
beforeEach(() => {
  edge.logs.length = 0
})

const ask = (init: RequestInit = {}) =>
  fetch(`${edge.url}${FLOW}`, { ...init, redirect: 'manual', headers: { Authorization: `Bearer ${token}` } })

/** Answers with these bytes as soon as a request is there. */
const answers = (text: string, { thenEnds = true } = {}) => {
  behave = (socket) => {
    socket.once('data', () => (thenEnds ? socket.end(text) : socket.write(text)))
  }
}
const whole = (status: string, headers: readonly string[] = [], body = '') =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, 'Connection: close', ...headers, '', body].join(
    '\r\n',
  )

async function expectRefusal(answer: Response, status: number, code: string): Promise<void> {
  const text = await answer.text()
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([status, 'application/json'])
  expect(JSON.parse(text)).toMatchObject({
    message: expect.stringMatching(/^(Bad Gateway|Gateway Timeout): /),
    code,
    requestId: answer.headers.get('X-Request-Id'),
    _links: { self: [{ href: FLOW }] },
  })
  // Where Kestra is, and as whom Postern comes, is nobody's business.
  for (const secret of [host, CREDENTIAL]) {
    expect(text).not.toContain(secret)
    expect(edge.logs.join('\n')).not.toContain(secret)
  }
  expect(edge.logs.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'error', code }),
  ])
}

describe('a Kestra that hangs', () => {
  it.each([
    ['takes a request and says nothing', () => {}],
    [
      'begins its headers and stops',
      // Once it is asked: what comes before that is no answer.
      (socket: Socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Ty')),
    ],
  ])('and %s is given up, and its connection with it', async (_, hang) => {
    behave = (socket) => {
      socket.on('data', () => {})
      hang(socket)
    }
    await expectRefusal(await ask(), 504, 'kestra_silent')
    while (sockets.size > 0) await new Promise((done) => setImmediate(done))
  })

  it('in the middle of a large upload is given up as well', async () => {
    behave = (socket) => void socket.pause()
    const body = new Uint8Array(64 * 2 ** 20)
    await expectRefusal(await ask({ method: 'PUT', body }), 504, 'kestra_silent')
  })

  it('once its answer has begun may take as long as it likes', async () => {
    behave = (socket) => {
      socket.once('data', () => {
        socket.write(whole('200 OK', [], 'slow').slice(0, -2))
        setTimeout(() => socket.end('ow'), TIMEOUT_SECONDS * 2000)
      })
    }
    expect(await (await ask()).text()).toBe('slow')
  })

  it('while the client is slow is not to blame', async () => {
    behave = (socket) => {
      socket.on('data', (chunk) => {
        if (String(chunk).includes('the end')) socket.end(whole('200 OK', [], 'done'))
      })
    }
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('the beginning'))
        await new Promise((done) => setTimeout(done, TIMEOUT_SECONDS * 2000))
        controller.enqueue(new TextEncoder().encode('the end'))
        controller.close()
      },
    })
    const answer = await ask({ method: 'PUT', body, duplex: 'half' } as RequestInit)
    expect([answer.status, await answer.text()]).toEqual([200, 'done'])
  })
})

describe('an answer that is none', () => {
  it.each([
    ['is not HTTP', 'ceci n’est pas une réponse\r\n\r\n'],
    ['is empty', ''],
    ['has a status beyond all', whole('999 Odd')],
    ['has a status of no sense', whole('000 Odd')],
    [
      'switches protocols unasked',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['has two lengths', whole('200 OK', ['Content-Length: 7'])],
    ['has a header without a colon', whole('200 OK', ['no colon'])],
    ['ends within its headers', 'HTTP/1.1 200 OK\r\nContent-Type: text/pl'],
  ])('because it %s is 502', async (_, text) => {
    answers(text)
    await expectRefusal(await ask(), 502, 'kestra_unreachable')
  })

  it('because it breaks off is not taken for whole', async () => {
    answers('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this')
    const answer = await ask()
    await expect(answer.text()).rejects.toThrow()
  })
})

describe('an answer of Kestra’s', () => {
  it('that does not know Postern is 502: the caller’s own credential is good', async () => {
    answers(whole('401 Unauthorized', ['WWW-Authenticate: Basic realm="kestra"'], '{}'))
    const answer = await ask()
    expect(answer.headers.get('WWW-Authenticate')).toBeNull()
    await expectRefusal(answer, 502, 'kestra_unauthorized')
  })

  it.each([400, 403, 404, 409, 422, 500, 503])('with the status %i is handed on as it is', async (status) => {
    const body = '{"message":"Kestra’s own"}'
    answers(
      `HTTP/1.1 ${status} Whatever\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${body}`,
    )
    const answer = await ask()
    expect([answer.status, await answer.text()]).toEqual([status, body])
  })

  it.each([204, 304])('without a body comes without one: %i', async (status) => {
    answers(`HTTP/1.1 ${status} Whatever\r\nETag: "1"\r\nConnection: close\r\n\r\n`)
    const answer = await ask()
    expect([answer.status, answer.headers.get('ETag'), await answer.text()]).toEqual([status, '"1"', ''])
  })

  it('that sends the caller elsewhere is not followed, and never leads around Postern', async () => {
    for (const [location, expected] of [
      [`http://${host}/ui/main?x=1#y`, '/ui/main?x=1#y'],
      ['/ui/', '/ui/'],
      ['https://kestra.io/docs', 'https://kestra.io/docs'],
    ] as const) {
      const before = opened
      answers(whole('302 Found', [`Location: ${location}`]))
      const answer = await ask()
      expect([answer.status, answer.headers.get('Location')]).toEqual([302, expected])
      expect(opened - before).toBe(1)
    }
  })
})

describe('a Kestra that is not there', () => {
  it('is 502', async () => {
    const closed = new Promise((done) => kestra.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
    await expectRefusal(await ask(), 502, 'kestra_unreachable')
  })
})
