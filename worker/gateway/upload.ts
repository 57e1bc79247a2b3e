/** A request's body on its way to Kestra, watched: whose turn it is shows who keeps the other waiting. */

import type { Patience } from './patience.ts'

/** Bytes. The platform hands out 4 KiB unless it is offered more, and then watching costs sixteen times the CPU. */
const PIECE = 256 * 1024

/** As long as it was announced to be; a body of unknown length goes in chunks. Who only looks has none. */
export function watchUpload({ method, body, headers }: Request, patience: Patience): ReadableStream | null {
  if (body === null || method === 'GET' || method === 'HEAD') return null
  const length = headers.get('Content-Length')
  const { readable, writable } =
    length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length))
  // Where it breaks off, what reads the other end is told, and answers for it.
  void feed(body, writable, patience)
  return readable
}

async function feed(body: ReadableStream, into: WritableStream, patience: Patience): Promise<void> {
  const reader = body.getReader({ mode: 'byob' })
  const writer = into.getWriter()
  try {
    let buffer = new ArrayBuffer(PIECE)
    for (;;) {
      patience.rest()
      const { done, value } = await reader.read(new Uint8Array(buffer))
      patience.start()
      if (done) break
      await writer.write(value)
      buffer = value.buffer as ArrayBuffer
    }
    await writer.close()
  } catch (error) {
    await Promise.allSettled([writer.abort(error), reader.cancel(error)])
  }
}
