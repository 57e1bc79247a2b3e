/** Where every opaque token comes from: drawn, and known from then on by its MAC alone. */

import { drawToken } from '../../shared/token-format.ts'
import { randomBytes } from '../storage/ids.ts'
import type { Token } from '../storage/tokens.ts'
import { type Keys, utf8 } from './keys.ts'

export interface MintedToken {
  readonly token: Token
  /** The secret: for one answer, and nowhere else. */
  readonly fullToken: string
}

/** @param rest what is said of the token; what is left out is empty, or never; an id is drawn */
export async function drawMintedToken(
  keys: Keys,
  rest: Pick<Token, 'kind' | 'accountId' | 'createdAt'> & Partial<Token>,
): Promise<MintedToken> {
  const { id, token: fullToken } = drawToken(rest.kind, randomBytes, rest.id)
  const token: Token = {
    name: '',
    description: '',
    expiresAt: null,
    extendsBy: null,
    lastUsedAt: null,
    impersonatorId: null,
    narrowing: null,
    ...rest,
    id,
    ...(await macOf(keys, fullToken)),
  }
  return { token, fullToken }
}

/**
 * What is stored of a token's text, and what that hangs on. The text's first letters are part of it: one kind is never
 * taken for another.
 */
export const macOf = async (keys: Keys, text: string): Promise<Pick<Token, 'mac' | 'keyVersion'>> => ({
  mac: new Uint8Array(await crypto.subtle.sign('HMAC', keys.tokenMac, utf8(text))),
  keyVersion: keys.version,
})
