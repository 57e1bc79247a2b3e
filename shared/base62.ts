/** Base62: the alphabet of ids, tokens and checksums. Header-safe, URL-safe, selectable with a double click. */

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Returns as many cryptographically random bytes as asked for. */
export type RandomBytes = (length: number) => Uint8Array

/**
 * Draws `length` characters, each with log2(62) = 5.95 bits.
 *
 * Bytes from 248 up are dropped (248 = 4 × 62): taking them modulo 62 would favour the first characters.
 */
export function drawBase62(length: number, randomBytes: RandomBytes): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += BASE62[byte % 62]
    }
  }
  return text
}

/** Writes a non-negative integer in base62, left-padded with `0` to `width` characters. */
export function toBase62(value: number, width: number): string {
  let text = ''
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text
  return text.padStart(width, '0')
}
