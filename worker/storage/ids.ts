/** Ids of rows: opaque, base62, 22 characters (131 bits), never with a `/`. */

import { drawBase62 } from '../../shared/base62.ts'

export const newId = (): string => drawBase62(22, randomBytes)

export const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
