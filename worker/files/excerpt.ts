/** The beginning of a file, for people to read. */

/** Bytes. Escaped, five times as many must fit on a page, and of a difference two sides. */
export const EXCERPT_BYTES = 8192

export interface Excerpt {
  /** Absent where the file is no text, or not in UTF-8. */
  readonly text?: string
  /** Of the whole file, bytes. */
  readonly size: number
}

export async function readExcerpt(body: ReadableStream<Uint8Array>, size: number): Promise<Excerpt> {
  const bytes = new Uint8Array(Math.min(size, EXCERPT_BYTES))
  let length = 0
  // What is not read is let go of: a file may have hundreds of megabytes.
  for await (const chunk of body) {
    const piece = chunk.subarray(0, bytes.length - length)
    bytes.set(piece, length)
    length += piece.length
    if (length === bytes.length) break
  }
  if (bytes.includes(0)) return { size }
  try {
    // `stream` forgives a character that is cut in two at the end.
    return {
      size,
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes, { stream: true }),
    }
  } catch {
    return { size }
  }
}
