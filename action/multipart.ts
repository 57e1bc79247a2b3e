/**
 * Files as multipart/form-data (RFC 7578), piece by piece. Not FormData: it would copy every content several times
 * over, and have Node load the whole of undici for it.
 */

import { randomUUID } from 'node:crypto'
import type { Streamed } from './body.ts'

export interface Part {
  /** Of the field; like the file's, made of what needs no quoting. */
  readonly name: string
  readonly fileName: string
  readonly length: number
  open(): AsyncIterable<Uint8Array>
}

export function multipart(parts: readonly Part[]): Streamed {
  const boundary = `postern-${randomUUID()}`
  const heads = parts.map(({ name, fileName }, index) =>
    Buffer.from(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\n` +
        `Content-Disposition: form-data; name="${name}"; filename="${fileName}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    ),
  )
  const end = Buffer.from(`\r\n--${boundary}--\r\n`)
  const lengths = [...heads, ...parts, end].map(({ length }) => length)
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: lengths.reduce((sum, length) => sum + length, 0),
    async *open() {
      for (const [index, part] of parts.entries()) {
        yield heads[index] ?? end
        yield* part.open()
      }
      yield end
    },
  }
}
