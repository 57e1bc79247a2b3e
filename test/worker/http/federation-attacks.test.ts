/**
 * Attacks on keyless access, with real signatures of an issuer that is trusted. The numbers before a title are those of the
 * table in docs/federation.md, those after it of docs/threats.md.
 */

import { env } from 'cloudflare:workers'
import { base64url, decodeJwt, exportSPKI, generateKeyPair, importJWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditLog } from '../support/audit.ts'
import { later, MINUTE } from '../support/clock.ts'
import {
  type Bot,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  inventory,
  ORIGIN,
} from '../support/edge.ts'
import {
  claimsOfRun,
  credentialOf,
  credentialsOf,
  exchangeAssertion,
  ISSUER,
  startIssuer,
  trust,
  type Written,
} from '../support/issuer.ts'

let admin: Bot
let bot: Bot
let issuer: Awaited<ReturnType<typeof startIssuer>>
let policy: { id: string }
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  issuer = await startIssuer(admin)
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { by: admin })
  policy = await trust(bot, admin)
})
afterAll(() => issuer.stop())

const setPolicy = (written: Written = {}) =>
  expectJson(
    call(`${credentialsOf(bot.id)}/${policy.id}`, { ...admin, method: 'PUT', json: credentialOf(written) }),
  )
const encode = (value: unknown) => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value))

/** Signs text that no library would write. */
async function signText(
  claims: string,
  header = JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: issuer.kid }),
) {
  const signed = `${encode(header)}.${encode(claims)}`
  const signature = await crypto.subtle.sign(
    'RSASSA-PKCS1-v1_5',
    issuer.privateKey,
    new TextEncoder().encode(signed),
  )
  return `${signed}.${base64url.encode(new Uint8Array(signature))}`
}

const GENERIC = {
  error: 'invalid_request',
  error_description: 'No federated credential of this Postern accepts this assertion.',
  code: 'assertion_refused',
  requestId: expect.any(String),
}
/** Refused like anything else that is nobody's business, and nothing is left of it. */
async function refuseStranger(assertion: string) {
  const before = await inventory()
  expect(await expectJson(exchangeAssertion(assertion), 400)).toEqual(GENERIC)
  expect(await inventory()).toBe(before)
}
const refuseFor = async (claim: string, claims: object, changes: Record<string, string> = {}) =>
  expect(await expectJson(exchangeAssertion(await issuer.sign(claims), changes), 400)).toMatchObject({
    code: 'assertion_refused',
    failing_claim: claim,
  })
const admit = async (claims: object = {}) =>
  expectJson<{ access_token: string }>(exchangeAssertion(await issuer.sign(claims)))

describe('a policy', () => {
  beforeEach(() => setPolicy())

  it.each(['repository_id', 'repository_owner_id'])('1: cannot be saved without %s', async (claim) => {
    const json = credentialOf({ name: 'open', match: { [claim]: undefined } })
    await expectJson(call(credentialsOf(bot.id), { ...admin, json }), 422)
  })

  it('1: cannot be saved with an environment in place of a branch', async () => {
    const json = credentialOf({ name: 'open', match: { ref: undefined, environment: 'production' } })
    await expectJson(call(credentialsOf(bot.id), { ...admin, json }), 422)
  })

  it.each(['7890*', '*', '789012|1'])('2: cannot be saved with the repository %s', async (repository_id) => {
    const json = credentialOf({ name: 'wide', match: { repository_id } })
    await expectJson(call(credentialsOf(bot.id), { ...admin, json }), 422)
  })

  it('2: does not admit another owner of a like name', async () => {
    await refuseStranger(await issuer.sign({ repository: 'acme-evil/web', repository_id: '789013' }))
    await refuseStranger(await issuer.sign({ repository_id: '7890123' }))
  })

  it.each([
    'refs/heads/main-evil',
    'evil/refs/heads/main',
    'refs/heads/mai',
    'refs/heads/MAIN',
    ' refs/heads/main',
  ])('3: for main does not admit %s', async (ref) => {
    await refuseFor('ref', { ref })
  })

  it('3: takes a bar for a bar (threat 13)', async () => {
    await setPolicy({ match: { ref: 'refs/heads/main|x' } })
    await refuseFor('ref', { ref: 'refs/heads/main' })
    for (const ref of ['x', 'xmain', 'refs/heads/xmain', 'refs/heads/x', 'refs/heads/mainx']) {
      await refuseFor('ref', { ref })
    }
    await admit({ ref: 'refs/heads/main|x' })
  })

  it('4: takes a dot for a dot (threat 13)', async () => {
    await setPolicy({ match: { ref: 'refs/tags/v1.0' } })
    await refuseFor('ref', { ref: 'refs/tags/v1x0' })
    await admit({ ref: 'refs/tags/v1.0' })
  })

  it('2: with a star admits the rest of that segment and nothing below', async () => {
    await setPolicy({ match: { ref: 'refs/tags/v*' } })
    await admit({ ref: 'refs/tags/v1.2.3' })
    await admit({ ref: 'refs/tags/v' })
    await refuseFor('ref', { ref: 'refs/tags/v1/evil' })
    await refuseFor('ref', { ref: 'refs/tags/release' })
    await refuseFor('ref', { ref: 'refs/heads/v1' })
  })

  it('2: for pull requests admits their merge refs and no others', async () => {
    await setPolicy({ match: { ref: 'refs/pull/*/merge', event_name: 'pull_request' } })
    await admit({ ref: 'refs/pull/12/merge', event_name: 'pull_request' })
    await refuseFor('ref', { ref: 'refs/pull/x/merge', event_name: 'pull_request' })
    await refuseFor('ref', { ref: 'refs/pull/1/2/merge', event_name: 'pull_request' })
    await refuseFor('ref', { ref: 'refs/pull/12/head', event_name: 'pull_request' })
  })

  it('5: does not admit a repository that took over the name, nor an owner that did (threat 12)', async () => {
    await refuseStranger(await issuer.sign({ repository_id: '999' }))
    await refuseFor('repository_owner_id', { repository_owner_id: '999' })
  })

  it.each([
    'repo:acme/web:ref:refs/heads/main',
    'repo:acme@123456/web@789012:ref:refs/heads/main',
    'repository_owner:acme:environment:production',
  ])('5: looks at ids, whatever the subject %s says (threat 12)', async (sub) => {
    await admit({ sub })
    await refuseStranger(await issuer.sign({ sub, repository_id: '999' }))
  })

  it.each(['pull_request_target', 'issue_comment', 'workflow_run', 'schedule', 'pull_request'])(
    '6: does not admit %s unless it names it (threat 12)',
    async (event_name) => {
      await refuseFor('event_name', { event_name })
      await setPolicy({ match: { event_name: ['push', event_name] } })
      await admit({ event_name })
    },
  )

  it('7: with an environment still wants the branch', async () => {
    await setPolicy({ match: { environment: 'production' } })
    await admit()
    await refuseFor('ref', { ref: 'refs/heads/feature', environment: 'production' })
    await refuseFor('environment', { environment: 'staging' })
  })

  it('15: takes a missing claim for one that differs, and so one that is no text', async () => {
    const all = {
      ref: 'refs/heads/main',
      environment: 'production',
      job_workflow_ref: claimsOfRun().job_workflow_ref,
      workflow_ref: claimsOfRun().workflow_ref,
      ref_type: 'branch',
      ref_protected: 'true',
      runner_environment: 'github-hosted',
      repository_visibility: 'private',
      actor_id: '583231',
    }
    await setPolicy({ match: all })
    await admit()
    for (const claim of [...Object.keys(all), 'event_name', 'repository_owner_id']) {
      await refuseFor(claim, { [claim]: undefined })
      await refuseFor(claim, { [claim]: [claimsOfRun()[claim as 'ref']] })
      await refuseFor(claim, { [claim]: null })
    }
    await refuseFor('ref_protected', { ref_protected: true })
    await refuseStranger(await issuer.sign({ repository_id: undefined }))
    await refuseStranger(await issuer.sign({ repository_id: 789012 }))
  })

  it('17: can keep out runners that others share', async () => {
    await setPolicy({ match: { runner_environment: 'github-hosted' } })
    await refuseFor('runner_environment', { runner_environment: 'self-hosted' })
  })

  it('18: bounds what a stranger in the same job can do: one namespace, some permissions, some minutes', async () => {
    await setPolicy({ namespaces: ['prod.web'], permissions: ['NAMESPACE_FILE:CREATE'], maxTtl: 60 })
    const { access_token } = await admit()
    const by = { token: access_token }
    const files = (namespace: string) => `/api/v1/main/namespaces/${namespace}/files?path=a.txt`
    expect((await call(files('prod.web'), { ...by, method: 'DELETE' })).status).toBe(403)
    expect((await call(files('prod'), by)).status).toBe(403)
    expect((await later(MINUTE, () => call(files('prod.web'), by))).status).toBe(401)
  })

  it('19: tells its own repository the name of the claim that differs, and others nothing', async () => {
    await refuseFor('ref', { ref: 'refs/heads/feature' })
    await refuseStranger(await issuer.sign({ repository_id: '1', ref: 'refs/heads/feature' }))
    const assertion = await issuer.sign({ ref: 'refs/heads/feature' })
    expect(await expectJson(exchangeAssertion(assertion), 400)).toEqual({
      ...GENERIC,
      error_description: 'The claim ref is not as the federated credential for this repository wants it.',
      failing_claim: 'ref',
    })
  })

  it('20: never gives more than it grants (threat 23)', async () => {
    await setPolicy({ namespaces: ['prod.dev'], permissions: ['NAMESPACE_FILE:LIST'] })
    for (const changes of [
      { namespace: 'prod.live' },
      { scope: 'NAMESPACE_FILE:DELETE' },
      { scope: 'NAMESPACE_FILE:LIST', namespace: 'other' },
      { scope: 'USER:CREATE' },
      { tenant: 'acme' },
    ]) {
      const answer = await expectJson(exchangeAssertion(await issuer.sign(), changes), 400)
      expect(answer).toMatchObject({ error: 'invalid_scope', code: 'scope_empty' })
    }
  })

  it('21: that is edited ends the access tokens made under it, also for the next write', async () => {
    const { access_token } = await admit()
    const path = '/api/v1/main/namespaces/prod/files/directory?path=/new'
    await setPolicy({ match: { ref: 'refs/heads/other' } })
    expect(await expectJson(call(path, { token: access_token }), 401)).toMatchObject({
      code: 'token_revoked',
    })
    await setPolicy()
    expect((await call(path, { token: access_token })).status).toBe(401)
  })
})

describe('an audience', () => {
  beforeEach(() => setPolicy())

  it.each<[string, unknown]>([
    ['another service', 'https://sts.amazonaws.com'],
    ['the owner, as GitHub has it by default', 'https://github.com/acme'],
    ['a slash more', `${ORIGIN}/`],
    ['capitals', ORIGIN.toUpperCase()],
    ['us and others', [ORIGIN, 'https://theirs.test']],
    ['others and us', ['https://theirs.test', ORIGIN]],
    ['nobody', []],
    ['us twice', [ORIGIN, ORIGIN]],
  ])('8: of %s is refused', async (_, aud) => {
    const before = await inventory()
    const answer = await expectJson(exchangeAssertion(await issuer.sign({ aud })), 400)
    expect(answer).toMatchObject({ error: 'invalid_request', code: 'audience_mismatch' })
    expect(await inventory()).toBe(before)
  })

  it('8: in a list of one is the same audience', async () => {
    await admit({ aud: [ORIGIN] })
  })

  it('8: that is missing or no text is refused', async () => {
    for (const aud of [undefined, null, 1, {}, [1]]) await refuseStranger(await issuer.sign({ aud }))
  })

  it.each(['audience', 'resource'])('9: asked for as %s can be no other server', async (name) => {
    const answer = exchangeAssertion(await issuer.sign(), { [name]: 'https://evil.test' })
    expect(await expectJson(answer, 400)).toMatchObject({ error: 'invalid_target', code: 'target_unknown' })
    await expectJson(exchangeAssertion(await issuer.sign(), { [name]: ORIGIN }))
  })

  it('9: that an evil server had made for itself is of no use here', async () => {
    const aud = 'https://evil.test'
    const answer = await expectJson(exchangeAssertion(await issuer.sign({ aud })), 400)
    expect(answer).toMatchObject({ code: 'audience_mismatch' })
  })
})

describe('an assertion', () => {
  beforeEach(() => setPolicy())

  it('10: is accepted once (threat 14)', async () => {
    const assertion = await issuer.sign({ jti: 'once' })
    await expectJson(exchangeAssertion(assertion))
    for (const _ of [1, 2]) {
      expect(await expectJson(exchangeAssertion(assertion), 400)).toMatchObject({
        error: 'invalid_request',
        code: 'assertion_replayed',
      })
    }
    expect(await auditLog('LOGIN_FAILURE', bot.id)).toMatchObject({
      after: { code: 'assertion_replayed', assertion: 'once' },
    })
  })

  it('10: is accepted once by fifty who have it at the same time (threat 14)', async () => {
    const assertion = await issuer.sign()
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchangeAssertion(assertion)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(49)
  })

  it('10: that was refused by its policy is spent as well, and recorded once', async () => {
    const assertion = await issuer.sign({ ref: 'refs/heads/x' })
    const codes = []
    for (const _ of [1, 2, 3]) codes.push((await expectJson(exchangeAssertion(assertion), 400)).code)
    expect(codes).toEqual(['assertion_refused', 'assertion_replayed', 'assertion_replayed'])
    const before = await inventory()
    await expectJson(exchangeAssertion(assertion), 400)
    expect(await inventory()).toBe(before)
  })

  it('10: without an id is refused', async () => {
    for (const jti of [undefined, '', 7]) await refuseStranger(await issuer.sign({ jti }))
  })

  it('10: is forgotten when nobody can present it any more', async () => {
    await admit()
    await later(20 * MINUTE, async () => {
      await admit()
      const { results } = await env.DB.prepare('SELECT * FROM spent_assertions').all()
      expect(results).toHaveLength(1)
    })
  })

  it.each<[string, () => Promise<string>]>([
    [
      'alg none, without a signature',
      async () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claimsOfRun())}.`,
    ],
    [
      'alg none, with a signature',
      async () => {
        const [, claims, signature] = (await issuer.sign()).split('.')
        return `${encode({ alg: 'none', typ: 'JWT', kid: issuer.kid })}.${claims}.${signature}`
      },
    ],
    [
      'HS256 with the public key as PEM',
      async () => {
        const key = (await importJWK(issuer.publicJwk, 'RS256', { extractable: true })) as CryptoKey
        return issuer.sign({}, { alg: 'HS256' }, new TextEncoder().encode(await exportSPKI(key)))
      },
    ],
    [
      'HS256 with the public JWK',
      async () =>
        issuer.sign({}, { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(issuer.publicJwk))),
    ],
    [
      'an algorithm that the issuer does not use',
      async () => {
        const { privateKey } = await generateKeyPair('ES256')
        return issuer.sign({}, { alg: 'ES256' }, privateKey)
      },
    ],
    ['somebody else’s key', async () => issuer.sign({}, {}, (await generateKeyPair('RS256')).privateKey)],
    ['jku', () => issuer.sign({}, { jku: 'https://evil.test/keys' })],
    ['x5u', () => issuer.sign({}, { x5u: 'https://evil.test/cert' })],
    ['jwk', () => issuer.sign({}, { jwk: issuer.publicJwk })],
    ['x5c', () => issuer.sign({}, { x5c: ['MII'] })],
    [
      'crit',
      () =>
        signText(
          JSON.stringify(claimsOfRun()),
          JSON.stringify({ alg: 'RS256', kid: issuer.kid, crit: ['exp'], exp: 1 }),
        ),
    ],
    ['the type of an access token', () => issuer.sign({}, { typ: 'at+jwt' })],
    ['no key id', () => issuer.sign({}, { kid: undefined })],
    [
      'another run’s signature',
      async () => {
        const [header, claims] = (await issuer.sign()).split('.')
        return `${header}.${claims}.${(await issuer.sign()).split('.')[2]}`
      },
    ],
  ])('11: with %s is refused (threats 8, 9)', async (_, attack) => {
    // Now its keys are known.
    await admit()
    const fetches = issuer.fetches()
    await refuseStranger(await attack())
    expect(issuer.fetches()).toBe(fetches)
  })

  it('11: with a header about its key that leads nowhere is still its issuer’s', async () => {
    await expectJson(exchangeAssertion(await issuer.sign({}, { x5t: 'anything' })))
  })

  it.each([
    `${ISSUER}/`,
    ISSUER.toUpperCase(),
    `${ISSUER}/acme`,
    'https://token.actions.githubusercontent.com',
    'http://issuer.test',
    `${ISSUER}#`,
  ])('13: of the issuer %s is refused, and nobody is asked for its keys (threat 15)', async (iss) => {
    const fetches = issuer.fetches()
    await refuseStranger(await issuer.sign({ iss }))
    expect(issuer.fetches()).toBe(fetches)
  })

  it.each<[string, (now: number) => object, string]>([
    ['made in the future', (now) => ({ iat: now + 120, nbf: now - 300, exp: now + 400 }), 'iat'],
    ['not valid yet', (now) => ({ nbf: now + 120 }), 'iat'],
    ['valid for a day', (now) => ({ exp: now + 86_400 }), 'exp'],
  ])('14: that is %s is refused', async (_, times, claim) => {
    await refuseFor(claim, times(Math.floor(Date.now() / 1000)))
  })

  it('14: that has expired is refused to the second', async () => {
    const now = Math.floor(Date.now() / 1000)
    const assertion = await issuer.sign({ exp: now + 30 })
    const answer = await later(30_000, () => expectJson(exchangeAssertion(assertion), 400))
    expect(answer).toMatchObject({ code: 'assertion_expired' })
  })

  it.each(['iat', 'exp'])('14: without %s is refused', async (claim) => {
    for (const value of [undefined, 'never', -1, 1.5])
      await refuseStranger(await issuer.sign({ [claim]: value }))
  })

  const textOf = (more: string) => JSON.stringify(claimsOfRun()).replace('{', `{${more},`)

  it.each([
    '"repository_id":"1"',
    String.raw`"repository\u005fid":"1"`,
    '"repository_id" : "1"',
    '"nested":{"a":1,"a":2}',
    '"list":[{"a":1,"b":{"c":1,"c":1}}]',
  ])('16: with a name twice (%s) is refused', async (more) => {
    await refuseStranger(await signText(textOf(more)))
  })

  it('16: with a header twice is refused', async () => {
    const header = `{"alg":"none","alg":"RS256","typ":"JWT","kid":"${issuer.kid}"}`
    await refuseStranger(await signText(JSON.stringify(claimsOfRun()), header))
  })

  it('16: with equal names in different objects, or in a text, is not', async () => {
    const more = String.raw`"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}],"d":"\"x\":1,\"x\":2"`
    await expectJson(exchangeAssertion(await signText(textOf(more))))
  })

  it.each<[string, unknown]>([
    ['ten thousand characters', `refs/heads/${'x'.repeat(10_000)}`],
    ['a line break', 'refs/heads/main\n::error::x'],
    ['a NUL', 'refs/heads/main\u0000'],
    ['a line separator', 'refs/heads/\u2028main'],
  ])('22: whose branch has %s fits no policy', async (_, ref) => {
    await refuseFor('ref', { ref })
    const { after } = (await auditLog('LOGIN_FAILURE', bot.id)) as { after: object }
    expect(after).not.toHaveProperty('ref')
  })

  it('22: whose unneeded claims are too long or strange is taken without them', async () => {
    const { access_token } = await admit({ actor: 'x'.repeat(2_000), sha: 'a\u0007b', run_id: { a: 1 } })
    const kept = Object.keys(decodeJwt(access_token).wl as object)
    for (const claim of ['actor', 'sha', 'run_id']) expect(kept).not.toContain(claim)
    expect(kept).toContain('run_number')
  })

  it('22: whose id is longer than any is refused', async () => {
    await refuseStranger(await issuer.sign({ jti: 'x'.repeat(256) }))
    await refuseStranger(await issuer.sign({ jti: 'a\nb' }))
  })

  it('22: that is larger than any is refused unread', async () => {
    const answer = exchangeAssertion(await issuer.sign({ padding: 'x'.repeat(20_000) }))
    expect(await expectJson(answer, 400)).toMatchObject({ code: 'invalid_entity' })
  })

  it.each<[string, () => Promise<string>]>([
    ['as it is', () => issuer.sign()],
    ['with the type of an access token', () => issuer.sign({}, { typ: 'at+jwt' })],
    [
      'from our own name',
      () => issuer.sign({ iss: ORIGIN, sub: bot.id, ptk: bot.tokenId }, { typ: 'at+jwt' }),
    ],
    ['of GitHub’s other kind, for its own API', async () => `ghs_${'a1B2'.repeat(9)}`],
  ])('is no access token: as a bearer it opens nothing, %s (threat 10)', async (_, sign) => {
    const token = await sign()
    const fetches = issuer.fetches()
    for (const path of ['/api/v1/main/namespaces/prod/files/search', '/api/v1/me']) {
      const { code } = await expectJson(call(path, { token }), 401)
      expect(code).toMatch(/^token_(malformed|unknown)$/)
    }
    expect(issuer.fetches()).toBe(fetches)
  })

  it.each([
    'x',
    'a.b.c',
    '..',
    `${encode({ alg: 'RS256', kid: 'x' })}.${encode([])}.x`,
    `${encode({ alg: 'RS256', kid: 'x' })}.${encode('null')}.x`,
    `${encode('{"alg":"RS256"')}.${encode({})}.x`,
    'ö.ö.ö',
  ])('is not %s', async (text) => {
    await refuseStranger(text)
  })
})

describe('the keys of an issuer', () => {
  beforeEach(() => setPolicy())

  it('12: are not asked for again because of a thousand key ids that do not exist (threat 16)', async () => {
    await admit()
    const before = issuer.fetches()
    // The clock stands still: a slow machine is as good as a fast one.
    await later(0, async () => {
      // The key is looked for before the signature can be checked.
      const [, claims, signature] = (await issuer.sign()).split('.')
      for (let count = 0; count < 1_000; count++) {
        const header = encode({ alg: 'RS256', typ: 'JWT', kid: `invented-${count}` })
        expect((await exchangeAssertion(`${header}.${claims}.${signature}`)).status).toBe(400)
      }
    })
    expect(issuer.fetches() - before).toBeLessThanOrEqual(1)
  })

  it('that cannot be had say nothing about an assertion: it is to be sent again later (threat 37)', async () => {
    issuer.answers(() => new Response(null, { status: 500 }))
    const assertion = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 800 }, { kid: 'unknown' })
    await later(MINUTE, async () => {
      const answer = await exchangeAssertion(assertion)
      expect(answer.headers.get('Retry-After')).toBe('30')
      expect(await expectJson(answer, 503)).toMatchObject({
        error: 'server_error',
        code: 'issuer_unavailable',
      })
    })
  })
})
