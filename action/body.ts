/** What a request carries, and how it is written: JSON, a form, or bytes that are not held in memory together. */

export type Body = string | URLSearchParams | Streamed
/** Bytes that are not held in memory together; opened anew for each try. */
export interface Streamed {
  /** The content type. */
  readonly type: string
  readonly length: number
  open(): AsyncIterable<Uint8Array>
}

interface Encoded {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | AsyncIterable<Uint8Array>
  readonly length: number
}

export function encode(body: Body | undefined): Encoded {
  if (body === undefined) return { headers: {}, length: 0 }
  if (typeof body === 'string') return encoded('application/json', body, Buffer.byteLength(body))
  if (body instanceof URLSearchParams) {
    const text = body.toString()
    return encoded('application/x-www-form-urlencoded', text, text.length)
  }
  return encoded(body.type, body.open(), body.length)
}

const encoded = (type: string, body: NonNullable<Encoded['body']>, length: number): Encoded => ({
  headers: { 'Content-Type': type, 'Content-Length': String(length) },
  body,
  length,
})
