/**
 * HMACs at once. Node computes them on threads of its own, which end in an order that no seed determines; here they come
 * from `node:crypto` instead, the same bytes, before anything else happens.
 */

import { createHmac, KeyObject, timingSafeEqual, type webcrypto } from 'node:crypto'

export function makeCryptoImmediate(): void {
  const { subtle } = crypto
  const { deriveKey } = subtle
  const secrets = new WeakMap<CryptoKey, KeyObject>()
  const secretOf = (key: CryptoKey): KeyObject => {
    const secret = secrets.get(key) ?? KeyObject.from(key as webcrypto.CryptoKey)
    secrets.set(key, secret)
    return secret
  }
  const hmac = (key: CryptoKey, data: Uint8Array) => createHmac('sha256', secretOf(key)).update(data).digest()
  Object.assign(subtle, {
    // Workers have it beside the standard's own.
    timingSafeEqual,
    // Node hands out a key's bytes only of those that may be taken out.
    deriveKey: (algorithm: never, source: never, type: never, _: boolean, usages: never) =>
      deriveKey.call(subtle, algorithm, source, type, true, usages),
    sign: async (_: 'HMAC', key: CryptoKey, data: Uint8Array) => new Uint8Array(hmac(key, data)).buffer,
    verify: async (_: 'HMAC', key: CryptoKey, mac: Uint8Array, data: Uint8Array) => {
      const own = hmac(key, data)
      return mac.length === own.length && timingSafeEqual(own, mac)
    },
  })
}
