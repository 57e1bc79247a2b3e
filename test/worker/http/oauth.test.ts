import { env } from 'cloudflare:workers'
import {
  base64url,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE } from '../../../shared/wire/oauth.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import { listSigningKeys, openPrivateKey, type SigningKeyRow } from '../../../worker/tokens/signing-keys.ts'
import { unknownToken } from '../support/attacks.ts'
import { HOUR, later, MINUTE } from '../support/clock.ts'
import {
  asAdmin,
  type Bot,
  call,
  createAdmin,
  createBot,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
  ORIGIN,
  setDisabled,
} from '../support/edge.ts'
import { accessTokenFor, exchange, giveBack } from '../support/oauth.ts'
import { costOf } from '../support/round-trips.ts'

/** Open to whoever may look at roles. */
const PATH = '/api/v1/main/roles/viewer_main'

let admin: Bot
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ ROLE: ['VIEW'] }, { namespace: null, by: admin })
})

const refused = (token: string) => expectJson<{ code: string }>(call(PATH, { token }), 401)
const masterKeys = () => deriveKeys(Uint8Array.from(atob(env.MASTER_KEY), (c) => c.charCodeAt(0)))
const mint = (maxAge?: string) =>
  mintToken(bot.id, { by: admin, ...(maxAge === undefined ? {} : { maxAge }) })

async function fetchJwks(): Promise<JSONWebKeySet> {
  return expectJson<JSONWebKeySet & Record<string, unknown>>(call('/.well-known/jwks.json'))
}

describe('POST /oauth/token', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type', 'invalid_entity'],
    ['another type of subject token', { subject_token_type: 'urn:x' }, 'invalid_request', 'invalid_entity'],
    ['another type of token', { requested_token_type: 'urn:x' }, 'invalid_request', 'invalid_entity'],
    ['an unknown scope', { scope: 'files' }, 'invalid_scope', 'invalid_entity'],
    ['a scope of nothing', { scope: '' }, 'invalid_scope', 'invalid_entity'],
    ['a namespace that is none', { namespace: 'Prod' }, 'invalid_scope', 'invalid_entity'],
    ['a tenant that is none', { tenant: 'users' }, 'invalid_scope', 'invalid_entity'],
    ['a permission that is not held', { scope: 'ROLE:DELETE' }, 'invalid_scope', 'scope_empty'],
    ['a tenant where nothing is held', { tenant: 'acme' }, 'invalid_scope', 'scope_empty'],
    ['more than fifteen minutes', { lifetime_seconds: '901' }, 'invalid_request', 'invalid_entity'],
    ['no time', { lifetime_seconds: '0' }, 'invalid_request', 'invalid_entity'],
    ['another audience', { audience: 'https://other.test' }, 'invalid_target', 'target_unknown'],
    ['another resource', { resource: 'https://other.test' }, 'invalid_target', 'target_unknown'],
    ['an actor', { actor_token: 'x' }, 'invalid_request', 'invalid_entity'],
    ['a subject token that is none', { subject_token: 'x' }, 'invalid_request', 'token_malformed'],
    ['an empty subject token', { subject_token: '' }, 'invalid_request', 'token_malformed'],
  ])('refuses %s in the OAuth shape', async (_, changes, error, code) => {
    const before = await inventory()
    const answer = await expectJson(exchange(bot.token, changes), 400)
    expect(answer).toEqual({
      error,
      error_description: expect.any(String),
      code,
      requestId: expect.any(String),
    })
    expect(JSON.stringify(answer)).not.toContain(bot.token)
    expect(await inventory()).toBe(before)
  })

  it('refuses a request without a subject token', async () => {
    const body = new URLSearchParams({ grant_type: TOKEN_EXCHANGE, subject_token_type: ACCESS_TOKEN_TYPE })
    expect(await expectJson(call('/oauth/token', { body }), 400)).toMatchObject({
      error: 'invalid_request',
      code: 'invalid_entity',
    })
  })

  it('refuses a token that is unknown, revoked, or expired', async () => {
    expect(await expectJson(exchange(unknownToken()), 400)).toMatchObject({ code: 'token_unknown' })
    const revoked = await mint()
    await giveBack(revoked.fullToken)
    expect(await expectJson(exchange(revoked.fullToken), 400)).toMatchObject({ code: 'token_unknown' })
    const { fullToken } = await mint('PT1H')
    const answer = await later(HOUR, () => expectJson(exchange(fullToken), 400))
    expect(answer).toMatchObject({ error: 'invalid_request', code: 'token_expired' })
  })

  it('refuses the token of a disabled account', async () => {
    const other = await createBot({ ROLE: ['VIEW'] }, { by: admin, name: 'sleeper' })
    await setDisabled(other.id, 1)
    expect(await expectJson(exchange(other.token), 400)).toMatchObject({ code: 'account_disabled' })
  })

  it('refuses an access token as subject token, so that none is prolonged', async () => {
    const accessToken = await accessTokenFor(bot.token)
    expect(await expectJson(exchange(accessToken), 400)).toMatchObject({
      error: 'invalid_request',
      code: 'token_malformed',
    })
  })

  it('answers an access token that anyone can check with the published keys', async () => {
    const answer = await exchange(bot.token)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    const body = await expectJson<{ access_token: string }>(answer)
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 600,
      account: { id: bot.id, name: 'deploy-bot' },
    })
    const { payload, protectedHeader } = await jwtVerify(
      body.access_token,
      createLocalJWKSet(await fetchJwks()),
      { algorithms: ['ES256'], typ: 'at+jwt', issuer: ORIGIN, audience: ORIGIN },
    )
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: ORIGIN,
      aud: ORIGIN,
      sub: bot.id,
      client_id: bot.id,
      ptk: bot.tokenId,
      pos: expect.any(Number),
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 600,
    })
    await expectJson(call(PATH, { token: body.access_token }))
  })

  it('costs two round trips to D1, one of them to record it', async () => {
    await exchange(bot.token)
    expect(await costOf(() => exchange(bot.token))).toMatchObject({ roundTrips: 2 })
  })

  it('gives each access token an id of its own', async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => accessTokenFor(bot.token)))
    expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(3)
  })

  it('never lets it outlive the API token it was made from', async () => {
    const { fullToken } = await mint('PT5M')
    const body = await expectJson<{ access_token: string; expires_in: number }>(exchange(fullToken))
    expect(body.expires_in).toBeLessThanOrEqual(300)
    await later(4 * MINUTE, () => expectJson(call(PATH, { token: body.access_token })))
    const answer = await later(5 * MINUTE, () => refused(body.access_token))
    expect(answer).toMatchObject({ code: 'token_expired' })
  })
})

describe('POST /oauth/revoke', () => {
  it.each([
    ['nothing that is a token', () => 'x'],
    ['an unknown token', unknownToken],
    ['an unsigned JWT', () => `${base64url.encode('{"alg":"none"}')}.${base64url.encode('{}')}.`],
  ])('answers 200 to %s and changes nothing', async (_, token) => {
    const before = await inventory()
    expect((await giveBack(token())).status).toBe(200)
    expect(await inventory()).toBe(before)
  })

  it('takes no notice of an access token whose signature is not ours', async () => {
    const accessToken = await accessTokenFor(bot.token)
    const before = await inventory()
    const forged = await new SignJWT(decodeJwt(accessToken))
      .setProtectedHeader({ ...decodeProtectedHeader(accessToken), alg: 'ES256' })
      .sign((await generateKeyPair('ES256')).privateKey)
    expect((await giveBack(forged)).status).toBe(200)
    expect(await inventory()).toBe(before)
    await expectJson(call(PATH, { token: accessToken }))
  })

  it('ends an access token alone, twice without error', async () => {
    const accessToken = await accessTokenFor(bot.token)
    expect((await giveBack(accessToken)).status).toBe(200)
    expect((await giveBack(accessToken)).status).toBe(200)
    expect(await refused(accessToken)).toMatchObject({ code: 'token_revoked' })
    await expectJson(call(PATH, { token: bot.token }))
  })

  it('takes a token back whose time is over or whose account sleeps, so that it never wakes', async () => {
    const { fullToken } = await mint('PT1H')
    const before = await inventory()
    await later(HOUR, () => giveBack(fullToken))
    expect(await inventory()).not.toBe(before)
    const sleeper = await createBot({ ROLE: ['VIEW'] }, { namespace: null, by: admin, name: 'sleeper' })
    await setDisabled(sleeper.id, 1)
    await giveBack(sleeper.token)
    await setDisabled(sleeper.id, null)
    expect(await refused(sleeper.token)).toMatchObject({ code: 'token_unknown' })
  })

  it('ends an API token with all access tokens made from it', async () => {
    const { fullToken } = await mint()
    const accessToken = await accessTokenFor(fullToken)
    await giveBack(fullToken)
    expect(await refused(fullToken)).toMatchObject({ code: 'token_unknown' })
    expect(await refused(accessToken)).toMatchObject({ code: 'token_revoked' })
  })
})

describe('DELETE …/api-tokens/{id}', () => {
  it('ends the access tokens made from the API token as well', async () => {
    const { id, fullToken } = await mint()
    const accessToken = await accessTokenFor(fullToken)
    await expectJson(call(PATH, { token: accessToken }))
    const path = `/api/v1/main/service-accounts/${bot.id}/api-tokens/${id}`
    expect((await call(path, { ...asAdmin, method: 'DELETE' })).status).toBe(200)
    expect(await refused(accessToken)).toMatchObject({ code: 'token_revoked' })
  })
})

describe('an access token that was tampered with (threats 8, 10)', () => {
  interface Genuine {
    readonly text: string
    readonly header: { alg: string; typ: string; kid: string }
    readonly claims: JWTPayload
    readonly publicJwk: Record<string, unknown>
    /** Signs with Postern's own key, as only Postern can. */
    readonly sign: (claims: object, header?: object) => Promise<string>
  }

  let genuine: Genuine
  beforeAll(async () => {
    const text = await accessTokenFor(bot.token)
    const header = decodeProtectedHeader(text) as Genuine['header']
    const claims = decodeJwt(text)
    const { keys } = await fetchJwks()
    const [active] = await listSigningKeys(openDatabase(env.DB))
    const key = await openPrivateKey(await masterKeys(), active as SigningKeyRow)
    const sign = (changes: object, more: object = {}) =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ ...header, ...more }).sign(key)
    genuine = { text, header, claims, publicJwk: { ...keys[0] }, sign }
  })

  const encode = (value: unknown) => base64url.encode(JSON.stringify(value))
  const foreign = async (changes: object, claims: object = {}) => {
    const { privateKey } = await generateKeyPair('ES256')
    return new SignJWT({ ...genuine.claims, ...claims })
      .setProtectedHeader({ ...genuine.header, ...changes })
      .sign(privateKey)
  }
  const withHmac = (secret: Uint8Array) =>
    new SignJWT(genuine.claims).setProtectedHeader({ ...genuine.header, alg: 'HS256' }).sign(secret)
  const publicSpki = async () => {
    const key = (await importJWK(genuine.publicJwk, 'ES256', { extractable: true })) as CryptoKey
    return new Uint8Array((await crypto.subtle.exportKey('spki', key)) as ArrayBuffer)
  }
  const [part0, part1, part2] = [0, 1, 2].map((index) => () => genuine.text.split('.')[index] ?? '') as [
    () => string,
    () => string,
    () => string,
  ]

  it('is let in as long as nothing is changed', async () => {
    await expectJson(call(PATH, { token: await genuine.sign({}) }))
  })

  it.each<[string, () => Promise<string> | string]>([
    ['alg none, without a signature', () => `${encode({ ...genuine.header, alg: 'none' })}.${part1()}.`],
    [
      'alg none, with the signature',
      () => `${encode({ ...genuine.header, alg: 'none' })}.${part1()}.${part2()}`,
    ],
    ['no signature', () => `${part0()}.${part1()}.`],
    [
      'another token’s signature',
      async () => `${part0()}.${part1()}.${(await accessTokenFor(bot.token)).split('.')[2]}`,
    ],
    ['two parts', () => `${part0()}.${part1()}`],
    ['HS256 with the public key’s bytes', async () => withHmac(await publicSpki())],
    [
      'HS256 with the public key as PEM',
      async () => {
        const base64 = btoa(String.fromCharCode(...(await publicSpki())))
        const pem = `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`
        return withHmac(new TextEncoder().encode(pem))
      },
    ],
    [
      'HS256 with the public JWK',
      () => withHmac(new TextEncoder().encode(JSON.stringify(genuine.publicJwk))),
    ],
    ['a foreign key', () => foreign({})],
    ['a foreign key and a kid of its own', () => foreign({ kid: 'foreign' })],
    ['our key and another kid', () => genuine.sign({}, { kid: 'other' })],
    [
      'a foreign key that the header carries',
      async () => {
        const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
        return new SignJWT(genuine.claims)
          .setProtectedHeader({ ...genuine.header, jwk: await exportJWK(publicKey), jku: `${ORIGIN}/x` })
          .sign(privateKey)
      },
    ],
    ['a kid that is SQL', () => genuine.sign({}, { kid: "' OR 1=1 --" })],
    ['a kid that is broken Unicode', () => genuine.sign({}, { kid: '\ud800' })],
    ['a kid that is a number', () => `${encode({ ...genuine.header, kid: 1 })}.${part1()}.${part2()}`],
    [
      'another subject in the payload',
      () => `${part0()}.${encode({ ...genuine.claims, sub: admin.id })}.${part2()}`,
    ],
    [
      'a later expiry in the payload',
      () => `${part0()}.${encode({ ...genuine.claims, exp: 9e12 })}.${part2()}`,
    ],
    ['another audience', () => genuine.sign({ aud: 'https://other.test' })],
    ['several audiences', () => genuine.sign({ aud: [ORIGIN, 'https://other.test'] })],
    ['no audience', () => genuine.sign({ aud: undefined })],
    ['another issuer', () => genuine.sign({ iss: 'https://other.test' })],
    ['no issuer', () => genuine.sign({ iss: undefined })],
    ['the type of an identity token', () => genuine.sign({}, { typ: 'JWT' })],
    ['no type', () => genuine.sign({}, { typ: undefined })],
    ['no expiry', () => genuine.sign({ exp: undefined })],
    [
      'an expiry that is a text',
      () => `${part0()}.${encode({ ...genuine.claims, exp: 'never' })}.${part2()}`,
    ],
    ['a time before which it is not valid', () => genuine.sign({ nbf: (genuine.claims.iat ?? 0) + 3_600 })],
    ['another subject than the API token’s', () => genuine.sign({ sub: admin.id })],
    ['another account’s API token', () => genuine.sign({ ptk: admin.tokenId })],
    ['an API token that is not there', () => genuine.sign({ ptk: 'none' })],
    ['an API token that is a list', () => `${part0()}.${encode({ ...genuine.claims, ptk: [] })}.${part2()}`],
    [
      'an extension that must be understood',
      () => `${encode({ ...genuine.header, crit: ['x'], x: 1 })}.${part1()}.${part2()}`,
    ],
    ['a payload that is not JSON', () => `${part0()}.${base64url.encode('x')}.${part2()}`],
    ['a payload that is a list', () => `${part0()}.${encode([])}.${part2()}`],
    ['a header that is not JSON', () => `eyJ.${part1()}.${part2()}`],
  ])('is refused with %s', async (_, attack) => {
    expect(await refused(await attack())).toMatchObject({
      message: 'Unauthorized',
      code: expect.stringMatching(/^token_(malformed|unknown|revoked)$/),
    })
  })

  it('is refused with a key that its header carries or leads to, and nobody is asked for one (threat 9)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const theirs = { ...(await exportJWK(publicKey)), kid: 'theirs', alg: 'ES256', use: 'sig' }
    const network = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => Response.json({ keys: [theirs] }))
    const attacks = [
      { jku: 'https://evil.test/keys' },
      { jku: `${ORIGIN}/.well-known/jwks.json` },
      { x5u: 'https://evil.test/chain.pem' },
      { x5c: ['MIIB'] },
      { jwk: theirs },
      { kid: 'https://evil.test/keys', jku: 'https://evil.test/keys' },
      { b64: false },
      { crit: ['exp'], exp: 9e12 },
    ]
    for (const attack of attacks) {
      for (const kid of ['theirs', genuine.header.kid]) {
        const signed = `${encode({ ...genuine.header, kid, ...attack })}.${part1()}`
        const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
        const bytes = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed))
        const forged = `${signed}.${base64url.encode(new Uint8Array(bytes))}`
        const cost = await costOf(async () => {
          expect(await refused(forged)).toMatchObject({
            code: expect.stringMatching(/^token_(malformed|unknown)$/),
          })
        })
        // The feed at most: the route is a strict one.
        expect(cost.roundTrips).toBeLessThanOrEqual(1)
      }
    }
    expect(network).not.toHaveBeenCalled()
    network.mockRestore()
  })

  it('is refused after its ten minutes', async () => {
    const answer = await later(10 * MINUTE, () => refused(genuine.text))
    expect(answer).toMatchObject({ message: 'Unauthorized', code: 'token_expired' })
  })
})

describe('GET /.well-known/jwks.json', () => {
  it('asks D1 once, and then has a copy', async () => {
    await env.COPIES.delete('jwks')
    expect(await costOf(fetchJwks)).toMatchObject({ roundTrips: 1 })
    const again = await costOf(async () => expect((await fetchJwks()).keys).toHaveLength(1))
    expect(again).toEqual({ statements: 0, roundTrips: 0 })
  })

  it('publishes the public half and nothing else', async () => {
    const { keys } = await fetchJwks()
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        alg: 'ES256',
        use: 'sig',
      },
    ])
  })
})

describe('a signing key that was put into the table by hand (threat 2)', () => {
  it('signs nobody in', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = new TextEncoder().encode(JSON.stringify(await exportJWK(privateKey)))
    await env.DB.prepare(
      `INSERT INTO signing_keys (kid, state, wrapped_private_jwk, created_at) VALUES ('planted', 'retiring', ?, 0)`,
    )
      .bind(jwk)
      .run()
    const forged = await new SignJWT(decodeJwt(await accessTokenFor(bot.token)))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'planted' })
      .sign(privateKey)
    expect(await refused(forged)).toMatchObject({ code: 'token_unknown' })
    await env.DB.prepare("DELETE FROM signing_keys WHERE kid = 'planted'").run()
  })
})

describe('the private key at rest (threat 1)', () => {
  interface Row {
    readonly kid: string
    readonly wrapped_private_jwk: number[]
  }

  it('can be read with the master key alone', async () => {
    const row = await env.DB.prepare('SELECT * FROM signing_keys').first<Row>()
    const wrapped = Uint8Array.from(row?.wrapped_private_jwk ?? [])
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: wrapped.slice(0, 12), additionalData: new TextEncoder().encode(row?.kid) },
      (await masterKeys()).wrapping,
      wrapped.slice(12),
    )
    const { d } = JSON.parse(new TextDecoder().decode(opened)) as { d: string }
    expect(d).toMatch(/^[\w-]{43}$/)
    const stored = await dumpTables()
    expect(stored).not.toContain(d)
    expect(stored).not.toContain('\\"d\\"')
  })

  it('cannot be passed off under another id', async () => {
    const rename = (sql: string) =>
      env.DB.batch([
        env.DB.prepare("INSERT INTO changes (at, kind, ref) SELECT 0, 'key', kid FROM signing_keys"),
        env.DB.prepare(sql),
      ])
    await rename("UPDATE signing_keys SET kid = 'x' || kid")
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await exchange(bot.token)).status).toBe(500)
    log.mockRestore()
    await rename('UPDATE signing_keys SET kid = substr(kid, 2)')
    await accessTokenFor(bot.token)
  })
})
