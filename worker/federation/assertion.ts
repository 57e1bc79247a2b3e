/** Assertions of others, checked. What they are good for is decided by `match.ts`. */

import { type CryptoKey, compactVerify, importJWK, type JWK } from 'jose'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Algorithm } from '../../shared/wire/federation.ts'
import { ALGORITHMS } from '../../shared/wire/federation.ts'
import type { Issuer } from '../storage/federation.ts'
import type { AssertionError } from './errors.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { parseUniqueJson } from './unique-json.ts'

const MAX_LENGTH = 16_384
const MAX_CLAIM_LENGTH = 1_024
/** Clocks differ. Expiry is not given any. */
const SKEW_SECONDS = 60
const MAX_LIFETIME_SECONDS = 900

/** Headers that would say where a key is, or change what is signed (RFC 7515 §4.1, RFC 7797). */
const FORBIDDEN_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip']

const Header = v.looseObject({
  alg: v.picklist(ALGORITHMS),
  kid: v.pipe(v.string(), v.maxLength(255)),
  typ: v.optional(v.pipe(v.string(), v.regex(/^jwt$/i))),
})

/** Whatever is compared, kept or shown: printable, and no longer than anybody's names are. */
export const isPlainClaim = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= MAX_CLAIM_LENGTH &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value)

const Claim = v.custom<string>(isPlainClaim)
const Instant = v.pipe(v.number(), v.integer(), v.minValue(0))

const Claims = v.looseObject({
  iss: Claim,
  aud: v.union([v.string(), v.array(v.string())]),
  sub: v.optional(Claim),
  jti: v.pipe(Claim, v.minLength(1), v.maxLength(255)),
  iat: Instant,
  nbf: v.optional(Instant),
  exp: Instant,
})
export type Claims = v.InferOutput<typeof Claims>

export interface Assertion {
  readonly header: v.InferOutput<typeof Header>
  /** Nothing says yet that they are true. */
  readonly claims: Claims
  readonly text: string
}

/** Reads without any I/O; `undefined` for what cannot be an assertion, whoever signed it. */
export function readAssertion(text: string): Assertion | undefined {
  const parts = text.split('.')
  if (text.length > MAX_LENGTH || parts.length !== 3) return undefined
  const [header, claims] = parts.slice(0, 2).map((part) => parseUniqueJson(decode(part) ?? ''))
  const readHeader = v.safeParse(Header, header)
  const readClaims = v.safeParse(Claims, claims)
  if (!readHeader.success || !readClaims.success) return undefined
  if (FORBIDDEN_HEADERS.some((name) => name in readHeader.output)) return undefined
  return { header: readHeader.output, claims: readClaims.output, text }
}

/** Unpadded base64url of UTF-8, and no other spelling of it (RFC 7515 §2). */
function decode(part: string): string | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined
  try {
    const base64 = part.replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * In this order:
 * 1. the algorithm is one that the issuer's row allows;
 * 2. the key is the issuer's own, by `kid`, and of that algorithm;
 * 3. the signature holds. Up to here every refusal is the same;
 * 4. the times: not expired, not from the future, not longer-lived than such a thing has to be;
 * 5. the audience is this Postern and nobody else.
 */
export async function proveAssertion(
  keys: IssuerKeys,
  issuer: Issuer,
  { header, claims, text }: Assertion,
  audience: string,
  now: number,
): Promise<Result<void, AssertionError>> {
  if (!issuer.algorithms.includes(header.alg)) return err({ code: 'assertion_refused' })
  const found = await keys.find(issuer.jwksUri, header.kid, now)
  if (!found.ok) return found
  const isGenuine = found.value !== undefined && (await isSignedBy(found.value, header.alg, text))
  if (!isGenuine) return err({ code: 'assertion_refused' })
  return judgeClaims(claims, audience, Math.floor(now / 1000))
}

async function isSignedBy(jwk: JWK, algorithm: Algorithm, text: string): Promise<boolean> {
  // The key has the say: the header can only agree (RFC 8725 §3.1).
  if ((jwk.alg ?? algorithm) !== algorithm || (jwk.use ?? 'sig') !== 'sig') return false
  try {
    const key = (await importJWK(jwk, algorithm)) as CryptoKey
    await compactVerify(text, key, { algorithms: [algorithm] })
    return key.type === 'public'
  } catch {
    return false
  }
}

export function judgeClaims(
  { aud, iat, nbf, exp }: Claims,
  audience: string,
  nowSeconds: number,
): Result<void, AssertionError> {
  if (exp <= nowSeconds) return err({ code: 'assertion_expired' })
  const begins = Math.max(iat, nbf ?? iat)
  if (begins > nowSeconds + SKEW_SECONDS) return err({ code: 'assertion_refused', failingClaim: 'iat' })
  if (exp - iat > MAX_LIFETIME_SECONDS) return err({ code: 'assertion_refused', failingClaim: 'exp' })
  // A list of one is the same; a list of more was made for others as well.
  const named = Array.isArray(aud) ? aud : [aud]
  return named.length === 1 && named[0] === audience ? ok(undefined) : err({ code: 'audience_mismatch' })
}
