/** Requests as they are written, byte by byte: what any HTTP client would tidy up or refuse to send. */

import { connect } from 'node:net'

export interface RawAnswer {
  /** 0 when the server hung up without one. */
  readonly status: number
  /** Head and body as they came. */
  readonly text: string
}

/** @param bytes the whole request, with a `Connection: close` of its own */
export function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') fail(error)
    })
    socket.on('close', () => done({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text }))
    socket.write(bytes)
  })
}
