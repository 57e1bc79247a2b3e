/**
 * The text of an API token: `pst_<id 12>_<secret 43><checksum 6>`, all base62, 66 characters.
 *
 * The id is public and the lookup key; the secret has 256 bits; the checksum is CRC-32 of all before it, so that
 * a mistyped or cut token is refused before any I/O and secret scanners find no false positives.
 * What is stored of a token, and how it is checked, is the worker's business.
 */

import { drawBase62, type RandomBytes, toBase62 } from './base62.ts'

/** For secret scanners. The checksum is to be verified after a match. */
export const API_TOKEN_PATTERN = /\bpst_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}\b/

const WHOLE_TOKEN = new RegExp(`^${API_TOKEN_PATTERN.source}$`)
const ID_LENGTH = 12
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6

export interface ApiTokenText {
  /** Twelve base62 characters, unique, no secret. */
  readonly id: string
  /** The whole token: a secret. */
  readonly token: string
}

export function drawApiToken(randomBytes: RandomBytes): ApiTokenText {
  const id = drawBase62(ID_LENGTH, randomBytes)
  const body = `pst_${id}_${drawBase62(SECRET_LENGTH, randomBytes)}`
  return { id, token: body + checksum(body) }
}

/** Reads a token without any I/O; `undefined` when length, alphabet or checksum is wrong. */
export function parseApiToken(text: string): ApiTokenText | undefined {
  const id = WHOLE_TOKEN.exec(text)?.[1]
  if (id === undefined) return undefined
  const body = text.slice(0, -CHECKSUM_LENGTH)
  return text === body + checksum(body) ? { id, token: text } : undefined
}

/** What may be shown of a token (the wire's `prefix`): enough to recognise it, nothing of its secret. */
export const visiblePrefix = (id: string): string => `pst_${id}`

function checksum(body: string): string {
  return toBase62(crc32(body), CHECKSUM_LENGTH)
}

/** CRC-32 as in ISO 3309 and zip, over ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
