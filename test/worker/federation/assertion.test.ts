import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ok } from '../../../shared/result.ts'
import type { Algorithm } from '../../../shared/wire/federation.ts'
import { proveAssertion, readAssertion } from '../../../worker/federation/assertion.ts'
import { ORIGIN } from '../support/edge.ts'
import { claimsOfRun } from '../support/issuer.ts'

let privateKey: CryptoKey
let jwk: JWK
beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  privateKey = pair.privateKey
  jwk = await exportJWK(pair.publicKey)
})

/** One RSA key serves RS256 and PS256 alike: what it may be used for, its own `alg` and the issuer's row say. */
async function prove(signedBy: Algorithm, allowed: Algorithm[], key: object = {}) {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey)
  const name = signedBy === 'PS256' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
  const algorithm = { name, hash: 'SHA-256' }
  const signing = await crypto.subtle.importKey('pkcs8', pkcs8 as ArrayBuffer, algorithm, false, ['sign'])
  const text = await new SignJWT(claimsOfRun()).setProtectedHeader({ alg: signedBy, kid: 'k' }).sign(signing)
  const assertion = readAssertion(text)
  if (!assertion) throw new Error('The assertion cannot be read')
  const issuer = {
    id: 'i',
    name: 'i',
    issuer: assertion.claims.iss,
    jwksUri: 'https://issuer.test/keys',
    algorithms: allowed,
    isEnabled: true,
    createdAt: 0,
  }
  const keys = { find: async () => ok({ ...jwk, ...key }) }
  const proved = await proveAssertion(keys, issuer, assertion, ORIGIN, Date.now())
  return proved.ok ? 'proved' : proved.error.code
}

describe('proveAssertion', () => {
  it('takes the algorithms that the issuer’s row allows, and no others', async () => {
    expect(await prove('RS256', ['RS256'])).toBe('proved')
    expect(await prove('PS256', ['PS256', 'RS256'])).toBe('proved')
    expect(await prove('PS256', ['RS256'])).toBe('assertion_refused')
    expect(await prove('RS256', ['PS256'])).toBe('assertion_refused')
  })

  it('11: lets the key have the say, whatever the header says (threat 8)', async () => {
    expect(await prove('PS256', ['RS256', 'PS256'], { alg: 'RS256' })).toBe('assertion_refused')
    expect(await prove('RS256', ['RS256'], { alg: 'RS256' })).toBe('proved')
  })

  it('takes no key that is for something else', async () => {
    expect(await prove('RS256', ['RS256'], { use: 'enc' })).toBe('assertion_refused')
    expect(await prove('RS256', ['RS256'], { use: 'sig' })).toBe('proved')
    expect(await prove('RS256', ['RS256'], { kty: 'oct', k: 'AAAA' })).toBe('assertion_refused')
  })
})
