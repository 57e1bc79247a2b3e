/** GitHub's signature under a report of its secret scanning: ECDSA on P-256 over the bytes of the body. */

import { importSPKI } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Copies } from '../storage/copies.ts'
import type { AssertionError } from './errors.ts'
import { createIssuerKeys, type KeysOf } from './issuer-keys.ts'

/** GitHub's documentation of its partner programme names this address. */
export const PARTNER_KEYS_URI = 'https://api.github.com/meta/public_keys/secret_scanning'

interface PartnerKey {
  readonly kid: string
  readonly pem: string
}

export type PartnerKeys = KeysOf<PartnerKey>

const PublicKeys = v.pipe(
  v.object({
    public_keys: v.pipe(v.array(v.object({ key_identifier: v.string(), key: v.string() })), v.maxLength(100)),
  }),
  v.transform(({ public_keys }) => ({
    keys: public_keys.map(({ key_identifier, key }): PartnerKey => ({ kid: key_identifier, pem: key })),
  })),
)

/** Kept like those of issuers: by the same rules, which spare GitHub invented identifiers. */
export const createPartnerKeys = (send: typeof fetch, copies: Copies): PartnerKeys =>
  createIssuerKeys(send, copies, PublicKeys)

export interface PartnerSignature {
  readonly keyIdentifier: string
  /** DER in base64. */
  readonly signature: string
}

export async function verifyPartnerSignature(
  keys: PartnerKeys,
  bytes: Uint8Array,
  { keyIdentifier, signature }: PartnerSignature,
  now: number,
): Promise<Result<void, AssertionError | { readonly code: 'signature_refused' }>> {
  const found = await keys.find(PARTNER_KEYS_URI, keyIdentifier, now)
  if (!found.ok) return found
  const raw = fromDer(signature)
  const isGood =
    found.value !== undefined &&
    raw !== undefined &&
    (await crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      await importSPKI(found.value.pem, 'ES256'),
      raw,
      bytes,
    ))
  return isGood ? ok(undefined) : err({ code: 'signature_refused' })
}

/** Web Cryptography wants both integers in 32 bytes each, one after the other; DER gives each a length and a sign. */
function fromDer(signature: string): Uint8Array | undefined {
  const bytes = decode(signature)
  const [sequence, length, , lengthOfR = 0] = bytes
  if (sequence !== 0x30 || length !== bytes.length - 2) return undefined
  const both = [integerAt(bytes, 2), integerAt(bytes, 4 + lengthOfR)]
  if (both.some((one) => one === undefined || one.length > 32)) return undefined
  const raw = new Uint8Array(64)
  both.forEach((one, index) => {
    raw.set(one ?? [], 32 * (index + 1) - (one?.length ?? 0))
  })
  return raw
}

/** Without the zero that keeps it from being negative. */
function integerAt(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const [tag, length = 0] = bytes.subarray(at)
  const value = bytes.subarray(at + 2, at + 2 + length)
  if (tag !== 0x02 || length === 0 || value.length !== length) return undefined
  return value[0] === 0 ? value.subarray(1) : value
}

function decode(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
