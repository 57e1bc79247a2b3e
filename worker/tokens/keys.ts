/** The keys behind everything stored, derived from the one secret `MASTER_KEY`. They never leave the isolate. */

export interface Keys {
  /** HMAC-SHA-256, for the stored form of API tokens. */
  readonly tokenMac: CryptoKey
  /** AES-256-GCM, for the private signing keys at rest. */
  readonly wrapping: CryptoKey
  /** HMAC-SHA-256, over a password before it is hashed. */
  readonly pepper: CryptoKey
  /** HMAC-SHA-256, for the copies of records in KV. */
  readonly copySeal: CryptoKey
}

/**
 * HKDF-SHA-256 (RFC 5869) with one label for each use, so that no key serves two.
 *
 * @param masterKey 32 random bytes
 */
export async function deriveKeys(masterKey: Uint8Array): Promise<Keys> {
  const source = await crypto.subtle.importKey('raw', masterKey, 'HKDF', false, ['deriveKey'])
  const derive = (label: string, algorithm: SubtleCryptoImportKeyAlgorithm, usages: string[]) =>
    crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(label) },
      source,
      algorithm,
      false,
      usages,
    )
  return {
    tokenMac: await derive('postern:api-token:v1', { name: 'HMAC', hash: 'SHA-256', length: 256 }, [
      'sign',
      'verify',
    ]),
    pepper: await derive('postern:password:v1', { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']),
    copySeal: await derive('postern:record-copy:v1', { name: 'HMAC', hash: 'SHA-256', length: 256 }, [
      'sign',
      'verify',
    ]),
    wrapping: await derive('postern:signing-key:v1', { name: 'AES-GCM', length: 256 }, [
      'encrypt',
      'decrypt',
    ]),
  }
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
