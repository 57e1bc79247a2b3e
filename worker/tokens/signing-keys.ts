/** The keys that sign access tokens: ES256, private halves wrapped in D1, public halves published as a JWKS. */

import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Copies } from '../storage/copies.ts'
import type { Database } from '../storage/database.ts'
import { newId, randomBytes } from '../storage/ids.ts'
import { listSigningKeys, type SigningKey } from '../storage/tokens.ts'
import { type Keys, keysOf, utf8 } from './keys.ts'

export { listSigningKeys, type SigningKey as SigningKeyRow } from '../storage/tokens.ts'

export const ALGORITHM = 'ES256'

/** How long others may keep the JWKS, and how long KV keeps a copy: a key must be published both before it signs. */
export const JWKS_MAX_AGE_SECONDS = 300
export const JWKS_COPY_SECONDS = 60

const NONCE_BYTES = 12
const JWKS_COPY = 'jwks'

export async function createSigningKey(keys: Keys, now: number): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const kid = newId()
  const sealed = await sealPrivateJwk(keys, kid, await exportJWK(privateKey))
  return { kid, state: 'active', since: now, ...sealed, createdAt: now }
}

/** The same key under the MASTER_KEY of now. */
export const resealSigningKey = async (keys: Keys, key: SigningKey): Promise<SigningKey> => ({
  ...key,
  ...(await sealPrivateJwk(keys, key.kid, await openPrivateJwk(keys, key))),
})

async function sealPrivateJwk(keys: Keys, kid: string, jwk: JWK) {
  const nonce = randomBytes(NONCE_BYTES)
  const sealed = await crypto.subtle.encrypt(gcm(nonce, kid), keys.wrapping, utf8(JSON.stringify(jwk)))
  const wrappedPrivateJwk = new Uint8Array([...nonce, ...new Uint8Array(sealed)])
  return { wrappedPrivateJwk, keyVersion: keys.version }
}

/** The half of a key that signs. Opened once for each time it was read. */
export async function openPrivateKey(keys: Keys, key: SigningKey): Promise<CryptoKey> {
  const privateKey = privateKeys.get(key) ?? (await importKey(await openPrivateJwk(keys, key)))
  privateKeys.set(key, privateKey)
  return privateKey
}

const privateKeys = new WeakMap<SigningKey, CryptoKey>()

/** The key that verifies what this one signed. Opened once for each time it was read. */
export async function openPublicKey(keys: Keys, key: SigningKey): Promise<CryptoKey> {
  const publicKey =
    publicKeys.get(key) ?? (await importKey(toPublicJwk(key.kid, await openPrivateJwk(keys, key))))
  publicKeys.set(key, publicKey)
  return publicKey
}

const publicKeys = new WeakMap<SigningKey, CryptoKey>()

/**
 * The public keys (RFC 7517 §5). Anyone may ask, so D1 is asked only when KV has no copy. Others learn of a new key
 * after the copy's life and their own cache's together.
 */
export async function readJwks(db: Database, keys: Keys, copies: Copies): Promise<{ keys: JWK[] }> {
  const copy = await copies.get<{ keys: JWK[] }>(JWKS_COPY)
  if (copy) return copy
  return publishJwks(keys, copies, await listSigningKeys(db))
}

/** Makes the copy that others are given from now on. */
export async function publishJwks(
  keys: Keys,
  copies: Copies,
  stored: readonly SigningKey[],
): Promise<{ keys: JWK[] }> {
  const jwks = {
    keys: await Promise.all(stored.map(async (key) => toPublicJwk(key.kid, await openPrivateJwk(keys, key)))),
  }
  if (jwks.keys.length > 0) await copies.put(JWKS_COPY, jwks, JWKS_COPY_SECONDS)
  return jwks
}

/** @throws when the row was not sealed under our own key */
async function openPrivateJwk(
  keys: Keys,
  { kid, keyVersion, wrappedPrivateJwk: wrapped }: SigningKey,
): Promise<JWK> {
  const opened = await crypto.subtle.decrypt(
    gcm(wrapped.subarray(0, NONCE_BYTES), kid),
    (keysOf(keys, keyVersion) ?? keys).wrapping,
    wrapped.subarray(NONCE_BYTES),
  )
  return JSON.parse(new TextDecoder().decode(opened))
}

const toPublicJwk = (kid: string, { kty, crv, x, y }: JWK): JWK =>
  ({ kty, crv, x, y, kid, alg: ALGORITHM, use: 'sig' }) as JWK

const importKey = async (jwk: JWK): Promise<CryptoKey> => (await importJWK(jwk, ALGORITHM)) as CryptoKey

/** The key's id is authenticated with it: a wrapped key cannot be passed off as another one's. */
const gcm = (nonce: Uint8Array, kid: string) => ({ name: 'AES-GCM', iv: nonce, additionalData: utf8(kid) })
