/** The service behind a proxy: remembers what reached it, and answers with the number of bytes that came, or as told. */

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export interface Upstream {
  /** Host and port. */
  readonly address: string
  /** In order of arrival; as soon as the headers are there. */
  readonly arrived: Arrived[]
  /** Resolves with the first bytes of the next body. */
  firstBytes(): Promise<void>
  /** How the next requests for this path are answered, the query aside. */
  answer(path: string, listener: RequestListener): void
  stop(): Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const arrived: Arrived[] = []
  const listeners = new Map<string, RequestListener>()
  let onBytes = () => {}
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    arrived.push({ method, url, headers })
    const answer = listeners.get(url.replace(/\?.*/, '')) ?? count
    return answer(request, response)
  })
  async function count(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let bytes = 0
    for await (const chunk of request) {
      bytes += chunk.length
      onBytes()
    }
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ bytes }))
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    firstBytes: () =>
      new Promise((done) => {
        onBytes = done
      }),
    answer: (path, listener) => void listeners.set(path, listener),
    stop: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
}
