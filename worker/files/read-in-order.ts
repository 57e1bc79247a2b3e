/**
 * Contents of many files, read from R2 with as few calls as there are objects: files come in the order in which their
 * contents lie there, and each object is one stream that is taken apart while it runs.
 */

import type { Contents } from '../storage/contents.ts'
import type { StoredFile } from '../storage/files.ts'

export interface Piece {
  readonly file: StoredFile
  readonly chunk: Uint8Array
  readonly isLast: boolean
}

/** Contents up to here are held for the next file that has the same; larger ones are read again. */
const MAX_HELD_BYTES = 1024 * 1024

/** How many calls it takes. @param files sorted by object and offset */
export function countReads(files: readonly StoredFile[]): number {
  const isRead = files.filter((file, index) => {
    const previous = files[index - 1]
    const isAgain = previous?.object === file.object && previous.offset === file.offset
    return file.size > 0 && (previous?.object !== file.object || (isAgain && file.size > MAX_HELD_BYTES))
  })
  return isRead.length
}

/** @param files sorted by object and offset */
export async function* readInOrder(contents: Contents, files: readonly StoredFile[]): AsyncGenerator<Piece> {
  let open: OpenObject | undefined
  let held: { readonly file: StoredFile; readonly bytes: Uint8Array } | undefined
  try {
    for (const [index, file] of files.entries()) {
      if (file.size === 0) {
        yield { file, chunk: new Uint8Array(0), isLast: true }
      } else if (held?.file.sha256 === file.sha256) {
        yield { file, chunk: held.bytes, isLast: true }
      } else {
        if (open?.key !== file.object || open.at > file.offset) {
          await open?.close()
          open = await openObject(contents, file, endOf(files, index))
        }
        await open.skip(file.offset - open.at)
        if (file.size <= MAX_HELD_BYTES) {
          held = { file, bytes: await open.takeAll(file.size) }
          yield { file, chunk: held.bytes, isLast: true }
        } else {
          for (let left = file.size; left > 0; ) {
            const chunk = await open.take(left)
            left -= chunk.byteLength
            yield { file, chunk, isLast: left === 0 }
          }
        }
      }
    }
  } finally {
    await open?.close()
  }
}

/** Where the last content ends that is wanted from the object of this file. */
function endOf(files: readonly StoredFile[], index: number): number {
  const object = files[index]?.object
  let end = 0
  for (let i = index; files[i]?.object === object; i++) {
    const { offset, size } = files[i] as StoredFile
    end = Math.max(end, offset + size)
  }
  return end
}

interface OpenObject {
  readonly key: string
  /** Where in the object the next byte comes from. */
  readonly at: number
  /** Some bytes: at least one, at most so many. */
  take(max: number): Promise<Uint8Array>
  takeAll(size: number): Promise<Uint8Array>
  skip(size: number): Promise<void>
  close(): Promise<void>
}

async function openObject(
  contents: Contents,
  { object, offset }: StoredFile,
  end: number,
): Promise<OpenObject> {
  const stream: ReadableStream<Uint8Array> = await contents.get({ object, offset, size: end - offset })
  const reader = stream.getReader()
  let at = offset
  let rest: Uint8Array = new Uint8Array(0)
  const take = async (max: number): Promise<Uint8Array> => {
    while (rest.byteLength === 0) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`R2 cut the object ${object} short`)
      rest = value
    }
    const chunk = rest.subarray(0, max)
    rest = rest.subarray(chunk.byteLength)
    at += chunk.byteLength
    return chunk
  }
  return {
    key: object,
    get at() {
      return at
    },
    take,
    async takeAll(size) {
      const bytes = new Uint8Array(size)
      for (let filled = 0; filled < size; ) {
        const chunk = await take(size - filled)
        bytes.set(chunk, filled)
        filled += chunk.byteLength
      }
      return bytes
    },
    async skip(size) {
      for (let left = size; left > 0; ) left -= (await take(left)).byteLength
    },
    close: () => reader.cancel(),
  }
}
