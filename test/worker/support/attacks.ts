/** Credentials that look right. */

import { BASE62 } from '../../../shared/base62.ts'
import { drawToken, parseToken } from '../../../shared/token-format.ts'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** A whole token of our format that was never minted. */
export const unknownToken = (): string => drawToken('API', random).token

/** A whole token with the id of another one: its secret is wrong, its checksum right. */
export function forgeFor(token: string): string {
  const id = token.slice(4, 16)
  let isFirst = true
  return drawToken(parseToken(token)?.kind ?? 'API', (length) => {
    const bytes = isFirst ? Uint8Array.from(id, (character) => BASE62.indexOf(character)) : random(length)
    isFirst = false
    return bytes
  }).token
}
