/**
 * Reads a zip archive (PKWARE's APPNOTE) that somebody sends to be unpacked. Nothing it says of itself is believed:
 * what it says is held to limits before anything is inflated, and what comes out is held to what it said.
 */

import { crc32 } from 'node:zlib'
import { Inflate } from 'fflate'
import { type FilePath, parseFilePath } from '../../shared/file-path.ts'
import {
  MAX_ARCHIVE_BYTES,
  MAX_ARCHIVE_ENTRIES,
  MAX_INFLATION,
  MIN_SUSPICIOUS_BYTES,
} from '../../shared/limits.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { FileError } from './errors.ts'

export interface UnpackedFile {
  readonly path: FilePath
  readonly bytes: Uint8Array
}

interface Entry {
  readonly path: FilePath
  readonly method: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  /** Of its local header. */
  readonly offset: number
}

/** The end of the central directory, a file in the central directory, a file before its bytes. */
const END = { signature: 0x06054b50, bytes: 22 }
const CENTRAL = { signature: 0x02014b50, bytes: 46 }
const LOCAL = { signature: 0x04034b50, bytes: 30 }
const MAX_COMMENT_BYTES = 65_535
const STORED = 0
const DEFLATED = 8
const SLICE_BYTES = 4096
/** Of the general purpose flags. */
const IS_ENCRYPTED = 0x0001

/**
 * The files of an archive; folders come into being by themselves. All or nothing.
 *
 * @returns `path_refused` for a path that no file may have, `path_taken` for two entries of one path,
 *   `archive_too_large`, or `archive_refused` for an archive that is damaged, encrypted or of a kind nobody needs here
 */
export function unpackArchive(archive: Uint8Array): Result<UnpackedFile[], FileError> {
  try {
    const entries = readEntries(archive)
    if (!entries.ok) return entries
    return ok(entries.value.map((entry) => ({ path: entry.path, bytes: inflate(archive, entry) })))
  } catch (error) {
    // A view that is read beyond its end, a stream that is none: whatever breaks here is the archive's fault.
    const reason = error instanceof Refused ? error.message : 'The archive is damaged.'
    return err({ code: 'archive_refused', reason })
  }
}

class Refused extends Error {}

function readEntries(archive: Uint8Array): Result<Entry[], FileError> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  if (count > MAX_ARCHIVE_ENTRIES) return tooLarge(`has ${count} entries; at most ${MAX_ARCHIVE_ENTRIES}`)
  const entries: Entry[] = []
  const paths = new Set<FilePath>()
  let total = 0
  for (let index = 0, at = view.getUint32(end + 16, true); index < count; index++) {
    if (view.getUint32(at, true) !== CENTRAL.signature) throw new Refused('The archive is damaged.')
    const flags = view.getUint16(at + 8, true)
    const nameLength = view.getUint16(at + 28, true)
    const name = decodeName(archive.subarray(at + CENTRAL.bytes, at + CENTRAL.bytes + nameLength))
    const head = {
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    }
    at += CENTRAL.bytes + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    const path = parseFilePath(name)
    if (!path.ok)
      return err({ code: 'path_refused', reason: `${path.error} In the archive: ${name.slice(0, 100)}` })
    if (/[\\/]$/.test(name)) continue
    if (paths.has(path.value) || path.value === '/') return err({ code: 'path_taken', path: path.value })
    paths.add(path.value)
    if (flags & IS_ENCRYPTED) throw new Refused('The archive is encrypted.')
    const isKnown = head.method === DEFLATED || (head.method === STORED && head.size === head.compressedSize)
    if (!isKnown) throw new Refused(`${name} is compressed in a way that is not supported.`)
    if (head.size > MIN_SUSPICIOUS_BYTES && head.size > head.compressedSize * MAX_INFLATION)
      return tooLarge(`would inflate ${name} more than ${MAX_INFLATION} times`)
    total += head.size
    if (total > MAX_ARCHIVE_BYTES) return tooLarge(`holds more than ${MAX_ARCHIVE_BYTES} bytes`)
    entries.push({ path: path.value, ...head })
  }
  return ok(entries)
}

/** It stands at the very end, before a comment of any length. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END.bytes
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END.signature) return at
  }
  throw new Refused('This is no zip archive.')
}

/** UTF-8 whether the flag for it is set or not: few who write such names set it. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Refused('The archive has names that are not UTF-8.')
  }
}

function inflate(
  archive: Uint8Array,
  { path, method, crc, compressedSize, size, offset }: Entry,
): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  if (view.getUint32(offset, true) !== LOCAL.signature) throw new Refused('The archive is damaged.')
  const start = offset + LOCAL.bytes + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  const compressed = archive.subarray(start, start + compressedSize)
  const bytes = method === STORED ? compressed : inflateUpTo(size, compressed)
  if (bytes.byteLength !== size || crc32(bytes) !== crc) {
    throw new Refused(`${path} is not what the archive says it is.`)
  }
  return bytes
}

/** Slice by slice, since it is to stop soon after it has more than it should: a byte can become a thousand. */
function inflateUpTo(size: number, compressed: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(size)
  let length = 0
  const inflate = new Inflate((chunk) => {
    if (length + chunk.byteLength > size) throw new Refused('The archive inflates to more than it says.')
    bytes.set(chunk, length)
    length += chunk.byteLength
  })
  for (let at = 0; at < compressed.byteLength; at += SLICE_BYTES) {
    inflate.push(compressed.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= compressed.byteLength)
  }
  return bytes.subarray(0, length)
}

const tooLarge = (reason: string): Result<never, FileError> =>
  err({ code: 'archive_too_large', reason: `The archive ${reason}.` })
