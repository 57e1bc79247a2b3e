/** What several tests need: a token, and a server that answers as it is told. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { drawToken } from '../../shared/token-format.ts'

/** Whole, but of nobody. */
export const API_TOKEN = drawToken('API', (length) => new Uint8Array(length).fill(7)).token

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface StandIn extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
}

/** A server on the loopback address, which takes each request whole before it answers. */
export async function startServer(
  answer: (request: Received, response: ServerResponse) => void | Promise<void>,
): Promise<StandIn> {
  const received: Received[] = []
  const server = createServer(async (incoming, response) => {
    const { method = '', url = '', headers } = incoming
    const request = { method, path: url, headers, body: await buffer(incoming) }
    received.push(request)
    await answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export const apiError = (code: string, detail: string) => ({
  message: 'No',
  code,
  detail,
  requestId: 'req-1',
  _links: { self: [{ href: '/', templated: false }] },
})
