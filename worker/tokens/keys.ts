/**
 * The keys behind everything stored, derived from the one secret `MASTER_KEY`. They never leave the isolate. While a
 * MASTER_KEY replaces another both are there: new rows hang on the new one, and each row says which one it is.
 */

import { base64url } from 'jose'

export interface Keys {
  /** Which MASTER_KEY these are of. Says nothing of it: derived like the others, under a label of its own. */
  readonly version: string
  /** HMAC-SHA-256, for the stored form of API tokens. */
  readonly tokenMac: CryptoKey
  /** AES-256-GCM, for the private signing keys at rest. */
  readonly wrapping: CryptoKey
  /** HMAC-SHA-256, over a password before it is hashed. */
  readonly pepper: CryptoKey
  /** HMAC-SHA-256, over whose sign-ins are counted. */
  readonly signIn: CryptoKey
  /** HMAC-SHA-256, over a session's id: the token that its pages send back. */
  readonly csrf: CryptoKey
  /** HMAC-SHA-256, over a session's id and a form's nonce: the public id of the token that the form mints. */
  readonly once: CryptoKey
  /** HMAC-SHA-256, for the copies of records in KV. */
  readonly copySeal: CryptoKey
  /** HMAC-SHA-256, over the hash of a backup. */
  readonly backupSeal: CryptoKey
  /** HMAC-SHA-256, over the seals of the audit log. */
  readonly auditSeal: CryptoKey
  /** Those of the MASTER_KEY before. */
  readonly previous?: Keys
}

/** The keys that a row hangs on. Rows from before there were versions hang on the oldest. */
export function keysOf(keys: Keys, version: string): Keys | undefined {
  if (version === '') return keys.previous ?? keys
  return [keys, keys.previous].find((one) => one?.version === version)
}

/**
 * HKDF-SHA-256 (RFC 5869) with one label for each use, so that no key serves two.
 *
 * @param masterKey 32 random bytes
 * @param previous the one before, for as long as rows hang on it
 */
export async function deriveKeys(masterKey: Uint8Array, previous?: Uint8Array): Promise<Keys> {
  const source = await crypto.subtle.importKey('raw', masterKey, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const hkdf = (label: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: utf8(label),
  })
  const derive = (label: string, algorithm: SubtleCryptoImportKeyAlgorithm, usages: string[]) =>
    crypto.subtle.deriveKey(hkdf(label), source, algorithm, false, usages)
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  const version = await crypto.subtle.deriveBits(hkdf('postern:key-version:v1'), source, 96)
  return {
    version: base64url.encode(new Uint8Array(version)),
    tokenMac: await derive('postern:api-token:v1', hmac, ['sign', 'verify']),
    pepper: await derive('postern:password:v1', hmac, ['sign']),
    signIn: await derive('postern:sign-in:v1', hmac, ['sign']),
    csrf: await derive('postern:csrf:v1', hmac, ['sign', 'verify']),
    once: await derive('postern:once:v1', hmac, ['sign']),
    copySeal: await derive('postern:record-copy:v1', hmac, ['sign', 'verify']),
    backupSeal: await derive('postern:backup:v1', hmac, ['sign', 'verify']),
    auditSeal: await derive('postern:audit-seal:v1', hmac, ['sign', 'verify']),
    wrapping: await derive('postern:signing-key:v1', { name: 'AES-GCM', length: 256 }, [
      'encrypt',
      'decrypt',
    ]),
    ...(previous === undefined ? {} : { previous: await deriveKeys(previous) }),
  }
}

const encoder = new TextEncoder()

export const utf8 = (text: string): Uint8Array => encoder.encode(text)
