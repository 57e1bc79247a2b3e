/** What shows that a text is ours, where others may write or send one: its MAC, as a text too. */

import { base64url } from 'jose'

/** @param key HMAC-SHA-256 */
export const macOfText = async (key: CryptoKey, text: string): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text))))

/** Constant time by specification (Web Cryptography, HMAC verify). @param mac whatever was found there */
export const isMacOfText = (key: CryptoKey, text: string, mac: string): Promise<boolean> =>
  crypto.subtle.verify('HMAC', key, decode(mac), encoder.encode(text))

const encoder = new TextEncoder()

function decode(mac: string): Uint8Array {
  try {
    return base64url.decode(mac)
  } catch {
    return new Uint8Array()
  }
}
