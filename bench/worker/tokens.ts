/** Libraries that check a token by itself: one fixed token, or a JWT with a key at hand. */

import { bearerAuth } from 'hono/bearer-auth'
import { jwt } from 'hono/jwt'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { guarded, ORIGIN, type Row, randomText } from './row.ts'

const CLAIMS = { iss: ORIGIN, aud: ORIGIN, sub: 'one', client_id: 'one', jti: 'a', ptk: 'b' }

export async function tokenRows(): Promise<Row[]> {
  const fixed = randomText(66)
  const secret = randomText(32)
  const secretKey = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  )
  const pair = await generateKeyPair('ES256')
  const sign = (alg: string, key: CryptoKey, typ = 'at+jwt') =>
    new SignJWT(CLAIMS).setProtectedHeader({ alg, typ }).setIssuedAt().setExpirationTime('1h').sign(key)
  const hs256 = await sign('HS256', secretKey)
  const es256 = await sign('ES256', pair.privateKey)
  // Hono's own middleware takes this type alone.
  const plain = await sign('HS256', secretKey, 'JWT')

  return [
    row('hono bearerAuth, a fixed token', fixed, bearerAuth({ token: fixed })),
    row('hono jwt, HS256', plain, jwt({ secret, alg: 'HS256' })),
    row('jose, HS256', hs256, joseGuard('HS256', secretKey)),
    row('jose, ES256', es256, joseGuard('ES256', pair.publicKey)),
  ]
}

type Guard = Parameters<typeof guarded>[0]

function row(name: string, token: string, guard: Guard): Row {
  const app = guarded(guard)
  return { name, group: 'peer', credential: () => token, fetch: (request) => app.fetch(request) }
}

const joseGuard =
  (alg: string, key: CryptoKey): Guard =>
  async (c, next) => {
    const token = c.req.header('Authorization')?.slice('Bearer '.length) ?? ''
    try {
      await jwtVerify(token, key, { algorithms: [alg], issuer: ORIGIN, audience: ORIGIN, typ: 'at+jwt' })
    } catch {
      return c.json({ message: 'Unauthorized' }, 401)
    }
    return next()
  }
