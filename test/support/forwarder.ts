/** A door in front of the edge that counts what goes through it and can stand in the way. */

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Forwarder {
  readonly url: string
  /** `POST /oauth/token` and so on, in order of arrival. */
  readonly requests: string[]
  /** Called before a request is passed on: returns true when it has answered itself. */
  intercept: (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean
  /** Called when the answer is there: returns true when it is to get lost on its way back. */
  loses: (request: IncomingMessage) => boolean
  stop(): Promise<void>
}

export async function startForwarder(target: string): Promise<Forwarder> {
  const requests: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`)
    if (await forwarder.intercept(incoming, outgoing)) return
    // The edge must see the address it was called under: it is the issuer of its tokens.
    const onward = request(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers })
    onward.on('response', (answer) => {
      if (forwarder.loses(incoming)) outgoing.destroy()
      else answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers))
    })
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const forwarder: Forwarder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    intercept: () => false,
    loses: () => false,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return forwarder
}
