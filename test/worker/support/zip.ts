/** Zip archives, written byte by byte where they have to lie. */

import { crc32 } from 'node:zlib'
import { deflateSync } from 'fflate'

export interface ZipEntry {
  readonly name: string | Uint8Array
  readonly content?: string | Uint8Array
  readonly isStored?: boolean
  /** What the headers say instead of the truth. */
  readonly claims?: { readonly size?: number; readonly compressedSize?: number; readonly crc?: number }
  readonly method?: number
  readonly flags?: number
  /** Has its bytes where this entry has them. */
  readonly sharesWith?: number
}

const UTF8 = 0x0800

export function zipOf(entries: readonly ZipEntry[], count = entries.length): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  const central: Uint8Array[] = []
  const offsets: number[] = []
  let at = 0
  for (const entry of entries) {
    const name = typeof entry.name === 'string' ? new TextEncoder().encode(entry.name) : entry.name
    const { content = '' } = entry
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const data = entry.isStored ? bytes : deflateSync(bytes)
    const head = new DataView(new ArrayBuffer(26))
    head.setUint16(0, 20, true)
    head.setUint16(2, entry.flags ?? UTF8, true)
    head.setUint16(4, entry.method ?? (entry.isStored ? 0 : 8), true)
    head.setUint32(10, entry.claims?.crc ?? crc32(bytes), true)
    head.setUint32(14, entry.claims?.compressedSize ?? data.byteLength, true)
    head.setUint32(18, entry.claims?.size ?? bytes.byteLength, true)
    head.setUint16(22, name.byteLength, true)
    const offset = entry.sharesWith === undefined ? at : (offsets[entry.sharesWith] ?? 0)
    offsets.push(offset)
    if (entry.sharesWith === undefined) {
      const local = [word(0x04034b50), new Uint8Array(head.buffer), name, data]
      parts.push(...local)
      at += local.reduce((sum, { byteLength }) => sum + byteLength, 0)
    }
    const tail = new DataView(new ArrayBuffer(14))
    tail.setUint32(10, offset, true)
    central.push(
      word(0x02014b50),
      new Uint8Array([20, 0]),
      new Uint8Array(head.buffer),
      new Uint8Array(tail.buffer),
      name,
    )
  }
  const directory = concat(central)
  const end = new DataView(new ArrayBuffer(18))
  end.setUint16(4, count, true)
  end.setUint16(6, count, true)
  end.setUint32(8, directory.byteLength, true)
  end.setUint32(12, at, true)
  return concat([...parts, directory, word(0x06054b50), new Uint8Array(end.buffer)])
}

function word(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, value, true)
  return new Uint8Array(view.buffer)
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}
