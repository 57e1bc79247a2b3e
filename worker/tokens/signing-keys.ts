/** The keys that sign access tokens: ES256, private halves wrapped in D1, public halves published as a JWKS. */

import { exportJWK, generateKeyPair, importJWK } from 'jose'
import type { Copies } from '../storage/copies.ts'
import type { Database } from '../storage/database.ts'
import { newId, randomBytes } from '../storage/ids.ts'
import { listSigningKeys, type SigningKey } from '../storage/tokens.ts'
import { type Keys, utf8 } from './keys.ts'

export const ALGORITHM = 'ES256'

/** How long others may keep the JWKS (seconds); a key must be published this long before it signs. */
export const JWKS_MAX_AGE_SECONDS = 300

const NONCE_BYTES = 12
const JWKS_COPY = 'jwks'

export async function createSigningKey(keys: Keys, now: number): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const kid = newId()
  const nonce = randomBytes(NONCE_BYTES)
  const sealed = await crypto.subtle.encrypt(
    gcm(nonce, kid),
    keys.wrapping,
    utf8(JSON.stringify(await exportJWK(privateKey))),
  )
  return {
    kid,
    state: 'active',
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' } as JsonWebKey,
    wrappedPrivateJwk: new Uint8Array([...nonce, ...new Uint8Array(sealed)]),
    createdAt: now,
  }
}

/** The key that signs now. @throws when there is none: set-up makes one in the same transaction as all else. */
export async function openActiveKey(db: Database, keys: Keys): Promise<{ kid: string; key: CryptoKey }> {
  const active = (await listSigningKeys(db)).find((key) => key.state === 'active')
  if (!active) throw new Error('There is no active signing key')
  const { kid, wrappedPrivateJwk: wrapped } = active
  const opened = await crypto.subtle.decrypt(
    gcm(wrapped.subarray(0, NONCE_BYTES), kid),
    keys.wrapping,
    wrapped.subarray(NONCE_BYTES),
  )
  return { kid, key: await importKey(JSON.parse(new TextDecoder().decode(opened))) }
}

export const importKey = async (jwk: JsonWebKey): Promise<CryptoKey> =>
  (await importJWK(jwk as Parameters<typeof importJWK>[0], ALGORITHM)) as CryptoKey

/**
 * The public keys (RFC 7517 §5). Anyone may ask, so D1 is asked only when KV has no copy; a copy may be as old as
 * others may keep the answer anyway.
 */
export async function readJwks(db: Database, copies: Copies): Promise<{ keys: JsonWebKey[] }> {
  const copy = await copies.get<{ keys: JsonWebKey[] }>(JWKS_COPY)
  if (copy) return copy
  const jwks = { keys: (await listSigningKeys(db)).map((key) => key.publicJwk) }
  if (jwks.keys.length > 0) await copies.put(JWKS_COPY, jwks, JWKS_MAX_AGE_SECONDS)
  return jwks
}

/** The key's id is authenticated with it: a wrapped key cannot be passed off as another one's. */
const gcm = (nonce: Uint8Array, kid: string) => ({ name: 'AES-GCM', iv: nonce, additionalData: utf8(kid) })
