/** Reports of leaked tokens, signed as GitHub signs them and not signed at all. */

import { env } from 'cloudflare:workers'
import { exportSPKI, generateKeyPair } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createPartnerKeys,
  PARTNER_KEYS_URI,
  verifyPartnerSignature,
} from '../../../worker/federation/partner-signature.ts'
import { openCopies } from '../../../worker/storage/copies.ts'
import { forgeFor, unknownToken } from '../support/attacks.ts'
import {
  type Bot,
  call,
  createAdmin,
  createUser,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
  RECORDS,
  signIn,
} from '../support/edge.ts'
import { type Isolate, openIsolate, trafficOf } from '../support/isolates.ts'

const KID = 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d'
const URL = 'https://github.com/octocat/hello/blob/0123456/deploy.yml'

let admin: Bot
let isolate: Isolate
let keyPair: CryptoKeyPair
let publicKeys: () => Response
let network: ReturnType<typeof vi.spyOn>

beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  keyPair = (await generateKeyPair('ES256', { extractable: true })) as CryptoKeyPair
})
beforeEach(async () => {
  const key = await exportSPKI(keyPair.publicKey)
  publicKeys = () => Response.json({ public_keys: [{ key_identifier: KID, key, is_current: true }] })
  network = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init as RequestInit)
    if (request.url !== PARTNER_KEYS_URI) throw new Error(`The tests have no ${request.url}`)
    if (!request.headers.get('User-Agent')) return new Response(null, { status: 403 })
    return publicKeys()
  })
  isolate = await openIsolate()
})
afterEach(() => network.mockRestore())

const leakOf = (token: string) => ({ token, type: 'postern_api_token', url: URL, source: 'content' })

/** As GitHub's: DER, both integers as short as they can be and never negative. */
async function signatureOf(body: string, key = keyPair.privateKey): Promise<string> {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const raw = new Uint8Array(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(body)))
  const integers = [raw.subarray(0, 32), raw.subarray(32)].flatMap((part) => {
    const short = part.subarray(part.findIndex((byte) => byte !== 0))
    const value = (short[0] ?? 0) > 127 ? [0, ...short] : [...short]
    return [2, value.length, ...value]
  })
  return btoa(String.fromCharCode(0x30, integers.length, ...integers))
}

const send = (body: string, signature: string, kid = KID, to = isolate) =>
  to.call('/leaks', {
    body,
    headers: {
      'Content-Type': 'application/json',
      'Github-Public-Key-Identifier': kid,
      'Github-Public-Key-Signature': signature,
    },
  })

async function report(...tokens: string[]): Promise<Response> {
  const body = JSON.stringify(tokens.map(leakOf))
  return send(body, await signatureOf(body))
}

const labelsOf = async (answer: Promise<Response>) =>
  (await expectJson<Array<{ label: string }>>(answer)).map(({ label }) => label)

const newToken = async () => (await mintToken(admin.id, { by: admin })).fullToken
const statusOf = async (token: string) => (await isolate.call('/api/v1/me', { token })).status

describe('a report that GitHub signed', () => {
  it('revokes the token at once, and labels each for GitHub by its hash', async () => {
    const [token, forged] = [await newToken(), forgeFor(await newToken())]
    expect(await statusOf(token)).toBe(200)
    const answer = await report(token, forged, 'no token', unknownToken())
    const labels = await expectJson<Array<Record<string, string>>>(answer)
    expect(labels.map(({ label }) => label)).toEqual([
      'true_positive',
      'false_positive',
      'false_positive',
      'false_positive',
    ])
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
    const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(labels[0]).toEqual({ token_hash: hex, token_type: 'postern_api_token', label: 'true_positive' })
    expect(await statusOf(token)).toBe(401)
  })

  it('records where the token was found, and never the token', async () => {
    const token = await newToken()
    const body = JSON.stringify([{ ...leakOf(token), url: `https://example.com/?t=${token}&x=${token}` }])
    await expectJson(send(body, await signatureOf(body)))
    const log = await env.DB.prepare('SELECT * FROM audit_logs WHERE resource_id = ? AND type = ?')
      .bind(token.slice(4, 16), 'DELETE')
      .first()
    expect(log).toMatchObject({ actor_id: 'leaks', actor_name: 'GitHub secret scanning' })
    const shown = `${token.slice(0, 16)}_…`
    expect(JSON.parse(String(log?.after))).toEqual({
      reporter: 'GITHUB',
      url: `https://example.com/?t=${shown}&x=${shown}`,
      source: 'content',
    })
    expect(await dumpTables()).not.toContain(token.slice(17))
    const feed = await env.DB.prepare('SELECT kind, ref FROM changes ORDER BY seq DESC LIMIT 1').first()
    expect(feed).toEqual({ kind: 'token', ref: token.slice(4, 16) })
  })

  it('changes nothing when it comes once more', async () => {
    const token = await newToken()
    expect(await labelsOf(report(token))).toEqual(['true_positive'])
    const before = await inventory()
    expect(await labelsOf(report(token))).toEqual(['false_positive'])
    expect(await inventory()).toBe(before)
  })

  it('of a thousand tokens takes one read and one write, be they known or not', async () => {
    const known = await Promise.all(Array.from({ length: 60 }, newToken))
    const unknown = Array.from({ length: 940 }, unknownToken)
    let labels: string[] = []
    const cost = await trafficOf(isolate, async () => {
      labels = await labelsOf(report(...known, ...unknown))
    })
    expect(labels.filter((label) => label === 'true_positive')).toHaveLength(60)
    expect(cost).toMatchObject({ reads: 2, writes: 1 })
    expect(await statusOf(known.at(-1) ?? '')).toBe(401)
    const nothing = await trafficOf(isolate, () => labelsOf(report(...unknown)))
    expect(nothing).toMatchObject({ reads: 2, writes: 0 })
  })

  it('asks GitHub for its keys once', async () => {
    await report('a')
    await report('b')
    expect(network.mock.calls.length).toBeLessThanOrEqual(1)
  })
})

describe('a report that is not GitHub’s', () => {
  const attacks: Array<[string, (body: string) => Promise<Response>]> = [
    ['a signature over another body', async (body) => send(body, await signatureOf(`${body} `))],
    [
      'a signature by another key',
      async (body) => send(body, await signatureOf(body, (await other()).privateKey)),
    ],
    ['a key that GitHub does not publish', async (body) => send(body, await signatureOf(body), 'unknown')],
    ['an empty signature', (body) => send(body, '')],
    ['a signature that is no base64', (body) => send(body, '%%%')],
    ['a signature that is not DER', (body) => send(body, btoa('x'.repeat(70)))],
    ['a signature cut short', async (body) => send(body, (await signatureOf(body)).slice(0, 40))],
    ['a signature of zeros', (body) => send(body, btoa('\x30\x06\x02\x01\x00\x02\x01\x00'))],
    [
      'a signature and no key',
      async (body) =>
        isolate.call('/leaks', {
          body,
          headers: {
            'Content-Type': 'application/json',
            'Github-Public-Key-Signature': await signatureOf(body),
          },
        }),
    ],
  ]
  const other = async () => (await generateKeyPair('ES256')) as CryptoKeyPair

  it.each(attacks)('and says it is, with %s, does nothing', async (_, attack) => {
    const token = await newToken()
    const before = await inventory()
    const answer = await attack(JSON.stringify([leakOf(token)]))
    expect(await expectJson(answer, 403)).toMatchObject({ code: 'signature_refused' })
    expect(await inventory({ except: RECORDS })).toBe(
      before
        .split('\n')
        .filter((line) => !RECORDS.some((name) => line.startsWith(`${name} `)))
        .join('\n'),
    )
    expect(await statusOf(token)).toBe(200)
  })

  it('is put off while GitHub’s keys cannot be had', async () => {
    await env.COPIES.delete(`issuer-keys ${PARTNER_KEYS_URI}`)
    publicKeys = () => new Response(null, { status: 500 })
    const token = await newToken()
    expect(await expectJson(report(token), 503)).toMatchObject({ code: 'issuer_unavailable' })
    expect(await statusOf(token)).toBe(200)
  })

  it('may come from anyone, unsigned: who has a token may have it revoked, of whatever kind', async () => {
    const user = await createUser(admin)
    const session = (await signIn(user.email)).replace('JWT=', '')
    const json = [leakOf(user.token), leakOf(session)]
    expect(await labelsOf(isolate.call('/leaks', { json }))).toEqual(['true_positive', 'true_positive'])
    expect(await statusOf(user.token)).toBe(401)
    const log = await env.DB.prepare("SELECT after FROM audit_logs WHERE resource_id = ? AND type = 'DELETE'")
      .bind(user.tokenId)
      .first<string>('after')
    expect(JSON.parse(log ?? '')).toMatchObject({ reporter: 'ANYONE' })
  })

  it('is not looked up any more once its sender has guessed too often', async () => {
    const headers = { 'CF-Connecting-IP': '198.51.100.77' }
    const token = await newToken()
    for (let count = 0; count < 20; count++) {
      await isolate.call('/leaks', { json: [leakOf(unknownToken())], headers })
    }
    const before = { ...isolate.traffic }
    const answer = await isolate.call('/leaks', { json: [leakOf(token)], headers })
    expect(await expectJson(answer, 429)).toMatchObject({ code: 'too_many_attempts' })
    expect(isolate.traffic).toEqual(before)
  })

  it('costs nothing when nothing in it looks like a token', async () => {
    const json = Array.from({ length: 1_000 }, (_, index) => leakOf(`ghp_${index}`))
    const cost = await trafficOf(isolate, () => labelsOf(isolate.call('/leaks', { json })))
    expect(cost).toEqual({ reads: 0, writes: 0, gets: 0, puts: 0 })
  })

  it.each([
    ['nothing', []],
    ['more than a thousand', Array.from({ length: 1_001 }, () => leakOf('x'))],
    ['no list', leakOf('x')],
  ])('is refused with %s in it', async (_, json) => {
    expect((await call('/leaks', { json })).status).toBe(422)
  })
})

describe('verifyPartnerSignature', () => {
  it('accepts the example of GitHub’s own documentation', async () => {
    const kid = '90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a'
    const point =
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUqkCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA=='
    const key = `-----BEGIN PUBLIC KEY-----\n${point}\n-----END PUBLIC KEY-----`
    const keys = createPartnerKeys(
      (async () => Response.json({ public_keys: [{ key_identifier: kid, key }] })) as typeof fetch,
      openCopies(env.COPIES),
    )
    const body = new TextEncoder().encode('[{"token":"some_token","type":"some_type","url":"some_url"}]')
    const signature =
      'MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc='
    await env.COPIES.delete(`issuer-keys ${PARTNER_KEYS_URI}`)
    const now = Date.now()
    const verify = (bytes: Uint8Array) =>
      verifyPartnerSignature(keys, bytes, { keyIdentifier: kid, signature }, now)
    expect(await verify(body)).toEqual({ ok: true, value: undefined })
    expect((await verify(body.with(3, 0))).ok).toBe(false)
  })
})
