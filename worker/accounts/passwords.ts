/**
 * Passwords of users at rest: scrypt over an HMAC, stored with its parameters as `scrypt$N,r,p$salt$hash$version`. The
 * HMAC's key is not in the database: neither guessing at a copy of it nor slipping a row into it gets anyone in. The
 * version says which key it is.
 */

import { scrypt } from 'node:crypto'
import { base64url } from 'jose'
import { randomBytes } from '../storage/ids.ts'
import { type Keys, keysOf, utf8 } from '../tokens/keys.ts'

/** OWASP's password storage cheat sheet lists these as equal to N=2^17 p=1, which needs more memory than a worker has. */
const PARAMETERS = { N: 2 ** 14, r: 8, p: 5 }

/** The platform refuses more (workerd, `limit-enforcer.h`); a stored hash must not be able to ask for it. */
const MAX_WORK = 2 ** 20

const SALT_BYTES = 16
const HASH_BYTES = 32

export async function hashPassword(keys: Keys, password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const { N, r, p } = PARAMETERS
  const hash = await derive(keys, password, salt, PARAMETERS)
  const stored = ['scrypt', `${N},${r},${p}`, base64url.encode(salt), base64url.encode(hash)].join('$')
  return stored + versionSuffix(keys)
}

/** How a stored password ends that hangs on these keys. */
export const versionSuffix = ({ version }: Keys): string => `$${version}`

/** Whether it would be stored otherwise today; only who knows the password can do that. */
export function isOutdated(keys: Keys, stored: string): boolean {
  const { N, r, p } = PARAMETERS
  return !stored.startsWith(`scrypt$${N},${r},${p}$`) || !stored.endsWith(versionSuffix(keys))
}

/**
 * Without a stored hash (no such user, or one without a password) the same work is done for nothing, so that time
 * does not tell who exists.
 *
 * @param kdf for tests to count
 */
export async function verifyPassword(
  keys: Keys,
  password: string,
  stored: string | null | undefined,
  kdf: typeof scrypt = scrypt,
): Promise<boolean> {
  const { parameters, salt, hash, version } = parse(stored) ?? {
    parameters: PARAMETERS,
    salt: new Uint8Array(SALT_BYTES),
    hash: undefined,
    version: keys.version,
  }
  // Under a MASTER_KEY that is gone the same work comes to nothing.
  const derived = await derive(keysOf(keys, version) ?? keys, password, salt, parameters, kdf)
  return hash !== undefined && derived.length === hash.length && crypto.subtle.timingSafeEqual(derived, hash)
}

function parse(stored: string | null | undefined) {
  const [scheme, numbers, salt, hash, version = ''] = stored?.split('$') ?? []
  if (scheme !== 'scrypt' || !numbers || !salt || !hash) return undefined
  const [N = 0, r = 0, p = 0] = numbers.split(',').map(Number)
  if (!(N * r * p > 0 && N * r * p <= MAX_WORK)) return undefined
  return { parameters: { N, r, p }, salt: base64url.decode(salt), hash: base64url.decode(hash), version }
}

async function derive(
  keys: Keys,
  password: string,
  salt: Uint8Array,
  parameters: typeof PARAMETERS,
  kdf: typeof scrypt = scrypt,
): Promise<Uint8Array> {
  // NFKC, so that a password typed on another keyboard is the same password (NIST SP 800-63B §5.1.1.2).
  const mac = await crypto.subtle.sign('HMAC', keys.pepper, utf8(password.normalize('NFKC')))
  return new Promise((resolve, reject) => {
    kdf(new Uint8Array(mac), salt, HASH_BYTES, parameters, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
