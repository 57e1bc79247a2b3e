/** What flows through the gateway flows: bodies in flat memory, events one by one, ends and failures as they happen. */

import { existsSync, readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const CREDENTIAL = `Basic ${Buffer.from('kestra@example.com:Canary-kestra1').toString('base64')}`
const FLOW = '/api/v1/main/flows/prod/hello'
const FILES = '/api/v1/main/namespaces/prod/files'
const MIB = 2 ** 20
const BIG = 256 * MIB

let kestra: Upstream
let edge: TestEdge
let token: string

beforeAll(async () => {
  kestra = await startUpstream()
  edge = await startTestEdge({
    KESTRA_URL: `http://${kestra.address}`,
    KESTRA_AUTHORIZATION: CREDENTIAL,
  })
  token = await provision(edge)
})
afterAll(async () => {
  await edge?.stop()
  await kestra?.stop()
})
beforeEach(() => {
  kestra.arrived.length = 0
})

/** A service account that may do what these tests ask for. */
async function provision({ administer }: TestEdge): Promise<string> {
  const { id } = await administer<{ id: string }>('POST', '/service-accounts', { name: 'streamer' })
  const permissions = { FLOW: ['VIEW', 'UPDATE'], EXECUTION: ['FOLLOW'], NAMESPACE: ['MANAGE_FILES'] }
  const { id: roleId } = await administer<{ id: string }>('POST', '/roles', { name: 'Streams', permissions })
  await administer('POST', '/bindings', { type: 'USER', externalId: id, roleId })
  const minted = administer<{ fullToken: string }>('POST', `/service-accounts/${id}/api-tokens`, {
    name: 'ci',
  })
  return (await minted).fullToken
}

const open = (path: string, { method = 'GET', headers = {} as Record<string, string | number> } = {}) =>
  request(`${edge.url}${path}`, {
    method,
    agent: false,
    headers: { Authorization: `Bearer ${token}`, ...headers },
  })

const answerTo = (sent: ClientRequest) =>
  new Promise<IncomingMessage>((done, fail) => sent.on('error', fail).on('response', done))

/** Bytes of this many, written as fast as they are taken. */
async function pour(into: ClientRequest | ServerResponse, bytes: number): Promise<void> {
  const piece = Buffer.alloc(MIB, 7)
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (!into.write(piece)) await new Promise((done) => into.once('drain', done))
  }
  into.end()
}

const isLinux = process.platform === 'linux'
if (!isLinux) console.log('There is no /proc here: how much memory workerd takes is not tested.')

/** What workerd, a child of this process, holds in memory: bytes. */
function workerdMemory(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  const sizes = children.map((pid) => {
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : ''
    return status.includes('workerd') ? Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024 : 0
  })
  return Math.max(...sizes)
}

describe.skipIf(!isLinux)('a body of 256 MiB', () => {
  /** A quarter of the body; what it has been seen to take is a twentieth. */
  const SLACK = 64 * MIB

  it.each([
    ['of known length', { 'Content-Length': BIG }],
    ['in chunks', {}],
  ])('goes up in flat memory, %s', async (_, headers: Record<string, number>) => {
    const before = workerdMemory()
    const sent = open(`${FILES}?path=/big`, { method: 'POST', headers })
    const answer = answerTo(sent)
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, workerdMemory())
    }, 20)
    await pour(sent, BIG)
    const text = await textOf(await answer)
    clearInterval(watch)
    expect(text).toBe(JSON.stringify({ bytes: BIG }))
    expect(kestra.arrived[0]?.headers['content-length']).toBe(headers['Content-Length']?.toString())
    expect(most).toBeGreaterThan(0)
    expect(most - before).toBeLessThan(SLACK)
  })

  it('comes down in flat memory, of its known length', async () => {
    kestra.answer(FILES, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': BIG })
      void pour(response, BIG)
    })
    const before = workerdMemory()
    const sent = open(`${FILES}?path=/big`)
    sent.end()
    const answer = await answerTo(sent)
    let most = 0
    let bytes = 0
    for await (const piece of answer) {
      bytes += piece.length
      most = Math.max(most, bytes % (8 * MIB) < piece.length ? workerdMemory() : 0)
    }
    expect([answer.headers['content-length'], bytes]).toEqual([String(BIG), BIG])
    expect(most).toBeGreaterThan(0)
    expect(most - before).toBeLessThan(SLACK)
  })

  it('begins to arrive before it is whole', async () => {
    kestra.answer(FILES, (incoming, response) => {
      incoming.once('data', () => response.writeHead(200).end('began'))
    })
    const sent = open(`${FILES}?path=/big`, { method: 'POST' })
    const answer = answerTo(sent)
    sent.write('the first piece')
    expect(await textOf(await answer)).toBe('began')
    sent.destroy()
  })
})

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of answer) text += piece
  return text
}

describe('events of an execution', () => {
  const FOLLOW = '/api/v1/main/executions/abc/follow'

  it('come one by one, each as soon as it happens', async () => {
    let say: (text: string) => void = () => {}
    kestra.answer(FOLLOW, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
      say = (text) => void response.write(`data: ${text}\n\n`)
      say('0')
    })
    const sent = open(FOLLOW, { headers: { Accept: 'text/event-stream', 'Last-Event-ID': '41' } })
    sent.end()
    const answer = await answerTo(sent)
    expect(answer.headers['content-type']).toBe('text/event-stream')
    expect(kestra.arrived[0]?.headers['last-event-id']).toBe('41')
    // Kestra says the next one only when this one has been heard.
    let heard = 0
    for await (const piece of answer) {
      expect(String(piece)).toBe(`data: ${heard}\n\n`)
      if (++heard === 5) break
      say(String(heard))
    }
    expect(heard).toBe(5)
  })

  it('end at Kestra when the client goes: with the next one at the latest', async () => {
    const gone = new Promise<void>((done) => {
      kestra.answer(FOLLOW, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        const events = setInterval(() => response.write('data: 0\n\n'), 50)
        response.on('close', () => {
          clearInterval(events)
          done()
        })
      })
    })
    const sent = open(FOLLOW)
    sent.on('error', () => {})
    sent.end()
    const answer = await answerTo(sent)
    answer.on('error', () => {})
    await new Promise((done) => answer.once('data', done))
    sent.destroy()
    await gone
  })
})

describe('a client that goes in the middle of an upload', () => {
  it('leaves no whole one behind', async () => {
    const ended = new Promise<string>((done) => {
      kestra.answer(`${FLOW}-upload`, (incoming) => {
        incoming.on('data', () => {})
        incoming.on('end', () => done('whole'))
        incoming.on('error', () => done('broken off'))
      })
    })
    const sent = open(`${FLOW}-upload`, { method: 'PUT', headers: { 'Content-Length': MIB } })
    sent.on('error', () => {})
    const arrived = kestra.arrived
    sent.write(Buffer.alloc(1000))
    while (arrived.length === 0) await new Promise((done) => setImmediate(done))
    sent.destroy()
    expect(await ended).toBe('broken off')
  })
})
