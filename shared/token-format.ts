/**
 * The text of an opaque token: `pst_<id 12>_<secret 43><checksum 6>`, all base62, 66 characters. The letters before
 * the first underscore say what kind it is; a token of one kind is never taken where another is meant.
 *
 * The id is public and the lookup key; the secret has 256 bits; the checksum is CRC-32 of all before it, so that
 * a mistyped or cut token is refused before any I/O and secret scanners find no false positives.
 * What is stored of a token, and how it is checked, is the worker's business.
 */

import { drawBase62, type RandomBytes, toBase62 } from './base62.ts'

/** For secret scanners. The checksum is to be verified after a match. */
export const API_TOKEN_PATTERN = /\bpst_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}\b/

/** What each kind of token begins with. */
const PREFIXES = { API: 'pst', SESSION: 'psu', IMPERSONATION: 'psi', INVITATION: 'psv' } as const
export type TokenKind = keyof typeof PREFIXES

const KINDS = new Map(Object.entries(PREFIXES).map(([kind, prefix]) => [prefix as string, kind as TokenKind]))
const WHOLE_TOKEN = /^(ps[tuiv])_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}$/
export const TOKEN_LENGTH = 66
const ID_LENGTH = 12
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6

export interface TokenText {
  readonly kind: TokenKind
  /** Twelve base62 characters, unique, no secret. */
  readonly id: string
  /** The whole token: a secret. */
  readonly token: string
}

/** @param id where it is not to be drawn as well */
export function drawToken(
  kind: TokenKind,
  randomBytes: RandomBytes,
  id: string = drawBase62(ID_LENGTH, randomBytes),
): TokenText {
  const body = `${PREFIXES[kind]}_${id}_${drawBase62(SECRET_LENGTH, randomBytes)}`
  return { kind, id, token: body + checksum(body) }
}

/** Reads a token without any I/O; `undefined` when prefix, length, alphabet or checksum is wrong. */
export function parseToken(text: string): TokenText | undefined {
  const [, prefix = '', id = ''] = WHOLE_TOKEN.exec(text) ?? []
  const kind = KINDS.get(prefix)
  if (kind === undefined) return undefined
  return text.endsWith(checksum(text.slice(0, -CHECKSUM_LENGTH))) ? { kind, id, token: text } : undefined
}

/** What may be shown of an API token (the wire's `prefix`): enough to recognise it, nothing of its secret. */
export const visiblePrefix = (id: string): string => `${PREFIXES.API}_${id}`

function checksum(body: string): string {
  return toBase62(crc32(body), CHECKSUM_LENGTH)
}

/** CRC-32 as in ISO 3309 and zip, over ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    crc = (crc >>> 8) ^ (REMAINDERS[(crc ^ text.charCodeAt(i)) & 0xff] as number)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** What each byte leaves. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  return crc
})
