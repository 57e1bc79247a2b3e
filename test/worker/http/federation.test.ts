/** Keyless: a run of a workflow acts as a service account, by the identity token that its platform gives it. */

import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { auditLog } from '../support/audit.ts'
import { HOUR, later, MINUTE } from '../support/clock.ts'
import {
  asAdmin,
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  inventory,
  ORIGIN,
  RECORDS,
} from '../support/edge.ts'
import { readFile, writeFile } from '../support/files.ts'
import {
  credentialOf,
  credentialsOf,
  exchangeAssertion,
  ISSUER,
  JWKS_URI,
  MATCH,
  startIssuer,
  trust,
  type Written,
} from '../support/issuer.ts'
import { exchange, giveBack } from '../support/oauth.ts'
import { costOf } from '../support/round-trips.ts'

interface Exchanged {
  readonly access_token: string
  readonly expires_in: number
  readonly scope?: string
}

let admin: Bot
let bot: Bot
let issuer: Awaited<ReturnType<typeof startIssuer>>
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  issuer = await startIssuer(admin)
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { by: admin })
})
afterAll(() => issuer.stop())

/** Each test has policies of its own. */
const made: string[] = []
afterEach(async () => {
  for (const path of made.splice(0)) await call(path, { ...admin, method: 'DELETE' })
})
async function trustBot(written: Written = {}, account = bot) {
  const credential = await trust(account, admin, written)
  made.push(`${credentialsOf(account.id)}/${credential.id}`)
  return credential
}

const admit = async (claims: object = {}, changes: Record<string, string> = {}) =>
  expectJson<Exchanged>(exchangeAssertion(await issuer.sign(claims), changes))
const refuse = async (claims: object = {}, changes: Record<string, string> = {}) =>
  expectJson(exchangeAssertion(await issuer.sign(claims), changes), 400)

describe('a run of a workflow', () => {
  it('gets an access token for its service account, which says what the run is', async () => {
    const policy = await trustBot()
    const answer = await admit()
    expect(answer).toEqual({
      access_token: expect.any(String),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 600,
      account: { id: bot.id, name: 'deploy-bot' },
      policy: { id: policy.id, name: 'web-main' },
    })
    const claims = decodeJwt(answer.access_token)
    expect(claims).toMatchObject({ sub: bot.id, client_id: bot.id, fc: policy.id, fcv: 1, aud: ORIGIN })
    expect(claims.wl).toEqual({
      repository: 'acme/web',
      repository_id: '789012',
      ref: 'refs/heads/main',
      sha: '0123456789abcdef0123456789abcdef01234567',
      workflow_ref: 'acme/web/.github/workflows/deploy.yml@refs/heads/main',
      run_id: '4242',
      run_number: '7',
      run_attempt: '1',
      actor: 'octocat',
      event_name: 'push',
    })
    const by = { token: answer.access_token }
    expect((await writeFile('prod', 'a.txt', 'a', by)).status).toBe(200)
    expect((await writeFile('dev', 'a.txt', 'a', by)).status).toBe(403)
  })

  it('may present its identity token under either name that RFC 8693 has for it', async () => {
    await trustBot()
    await admit({}, { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' })
  })

  it('is recorded with what it was, and by which policy it came in', async () => {
    await trustBot()
    const { access_token } = await admit({ jti: 'recorded' })
    expect(await auditLog('LOGIN', bot.id)).toMatchObject({
      actor_id: bot.id,
      actor_name: 'deploy-bot',
      after: {
        accessToken: decodeJwt(access_token).jti,
        assertion: 'recorded',
        issuer: ISSUER,
        policy: 'web-main',
        policyVersion: 1,
        repository_id: '789012',
        run_id: '4242',
        check_run_id: '99',
        sha: '0123456789abcdef0123456789abcdef01234567',
      },
    })
  })

  it('is recorded when a policy for its repository refuses it, with the reason', async () => {
    await trustBot()
    await refuse({ ref: 'refs/heads/feature' })
    expect(await auditLog('LOGIN_FAILURE', bot.id)).toMatchObject({
      after: { code: 'assertion_refused', reason: 'ref', policy: 'web-main', ref: 'refs/heads/feature' },
    })
  })

  it('leaves nothing behind when nobody here knows its repository', async () => {
    await trustBot()
    const assertion = await issuer.sign({ repository_id: '1' })
    const before = await inventory()
    await expectJson(exchangeAssertion(assertion), 400)
    expect(await inventory()).toBe(before)
  })

  it('does not act as a superadmin, whoever the account is', async () => {
    const { id } = await expectJson<{ id: string }>(
      call('/api/v1/service-accounts', {
        ...asAdmin,
        json: { name: 'boss', superAdmin: true, tenants: ['main'] },
      }),
    )
    await bind(id, 'viewer_main', asAdmin)
    await trustBot({ name: 'boss' }, { ...bot, id })
    const { access_token } = await admit()
    expect((await call('/api/v1/service-accounts', { token: access_token })).status).toBe(403)
  })

  it('gives its access token back like any other', async () => {
    await trustBot()
    const { access_token } = await admit()
    await giveBack(access_token)
    expect(await expectJson(readFile('prod', 'a.txt', { token: access_token }), 401)).toMatchObject({
      code: 'token_revoked',
    })
  })

  it('cannot prolong its access token by exchanging it', async () => {
    await trustBot()
    const { access_token } = await admit()
    for (const type of ['access_token', 'jwt', 'id_token']) {
      const answer = exchange(access_token, {
        subject_token_type: `urn:ietf:params:oauth:token-type:${type}`,
      })
      await expectJson(answer, 400)
    }
  })
})

describe('what an answer costs at D1', () => {
  it.each<[string, () => Promise<string>, number]>([
    ['nothing for what cannot be an assertion', async () => 'a.b.c', 0],
    ['one round trip for a foreign issuer', () => issuer.sign({ iss: 'https://foreign.test' }), 1],
    ['two for a stranger', () => issuer.sign({ repository_id: '1' }), 2],
    ['three for one that its policy refuses', () => issuer.sign({ ref: 'refs/heads/x' }), 3],
    ['five for one that is accepted', () => issuer.sign(), 5],
  ])('is %s', async (_, make, roundTrips) => {
    await trustBot()
    await admit()
    const assertion = await make()
    expect(await costOf(() => exchangeAssertion(assertion))).toMatchObject({ roundTrips })
  })
})

describe('which account and policy', () => {
  let other: Bot
  beforeAll(async () => {
    other = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { by: admin, name: 'other-bot' })
  })

  it('is asked back when several accounts would do, and the caller is told of nothing else', async () => {
    await trustBot()
    await trustBot({}, other)
    expect(await refuse()).toMatchObject({ code: 'assertion_refused', failing_claim: 'service_account' })
  })

  it.each([
    ['id', () => other.id],
    ['name', () => 'other-bot'],
  ])('is settled by its %s', async (_, serviceAccount) => {
    await trustBot()
    await trustBot({}, other)
    expect(await admit({}, { service_account: serviceAccount() })).toMatchObject({
      account: { id: other.id, name: 'other-bot' },
    })
  })

  it('is nobody when the account that is named has no policy for the repository', async () => {
    await trustBot()
    const answer = await refuse({}, { service_account: 'other-bot' })
    expect(answer).toMatchObject({ code: 'assertion_refused' })
    expect(answer).not.toHaveProperty('failing_claim')
  })

  it('is, of several policies of one account, the oldest that gives what is asked', async () => {
    await trustBot({ name: 'plan', permissions: ['NAMESPACE_FILE:LIST'] })
    await trustBot({ name: 'deploy' })
    expect(await admit()).toMatchObject({ policy: { name: 'plan' } })
    expect(await admit({}, { scope: 'NAMESPACE_FILE:DELETE' })).toMatchObject({ policy: { name: 'deploy' } })
  })
})

describe('how much', () => {
  it('is what the account has, within what the policy grants, within what is asked', async () => {
    await trustBot({
      namespaces: ['prod.web'],
      permissions: ['NAMESPACE_FILE:CREATE', 'NAMESPACE_FILE:VIEW'],
    })
    const { access_token, scope } = await admit({}, { scope: 'NAMESPACE_FILE:CREATE NAMESPACE_FILE:DELETE' })
    expect(scope).toBe('NAMESPACE_FILE:CREATE')
    expect(decodeJwt(access_token)).toMatchObject({ scope, ns: ['prod.web'] })
    const by = { token: access_token }
    expect((await writeFile('prod.web', 'a.txt', 'a', by)).status).toBe(200)
    expect((await writeFile('prod.web.sub', 'a.txt', 'a', by)).status).toBe(200)
    expect((await writeFile('prod', 'a.txt', 'a', by)).status).toBe(403)
    expect((await readFile('prod.web', 'a.txt', by)).status).toBe(403)
  })

  it.each<[number, number, Written]>([
    [60, 60, {}],
    [900, 900, {}],
    [900, 300, { maxTtl: 300 }],
  ])('asked for %i seconds, a token lives %i', async (asked, given, written) => {
    await trustBot(written)
    const { access_token, expires_in } = await admit({}, { lifetime_seconds: `${asked}` })
    expect(expires_in).toBe(given)
    const { iat = 0, exp = 0 } = decodeJwt(access_token)
    expect(exp - iat).toBe(given)
  })

  it('never lasts longer than the policy', async () => {
    await trustBot({ expiresAt: new Date(Date.now() + 2 * MINUTE).toISOString() })
    const { access_token, expires_in } = await admit()
    expect(expires_in).toBeLessThanOrEqual(120)
    const answer = await later(2 * MINUTE, () => call('/api/v1/main/roles/x', { token: access_token }))
    expect(answer.status).toBe(401)
    await later(2 * MINUTE, async () => {
      const refusal = await refuse()
      expect(refusal).toMatchObject({ code: 'assertion_refused' })
      expect(refusal).not.toHaveProperty('failing_claim')
    })
    expect(await auditLog('LOGIN_FAILURE', bot.id)).toMatchObject({ after: { reason: 'credential_expired' } })
  })
})

describe('what ends an access token that came by federation', () => {
  const ends = async (end: (policy: { id: string }) => Promise<unknown>) => {
    const policy = await trustBot()
    const { access_token } = await admit()
    await expectJson(call('/api/v1/main/namespaces/prod/files/search', { token: access_token }))
    await end(policy)
    return expectJson(call('/api/v1/main/namespaces/prod/files/search', { token: access_token }), 401)
  }
  const put = (id: string, written: Written) =>
    expectJson(
      call(`${credentialsOf(bot.id)}/${id}`, { ...admin, method: 'PUT', json: credentialOf(written) }),
    )

  it('is the deletion of its policy', async () => {
    const answer = await ends(({ id }) =>
      call(`${credentialsOf(bot.id)}/${id}`, { ...admin, method: 'DELETE' }),
    )
    expect(answer).toMatchObject({ code: 'token_revoked' })
  })

  it('is switching its policy off', async () => {
    expect(await ends(({ id }) => put(id, { enabled: false }))).toMatchObject({ code: 'token_revoked' })
  })

  it('is switching its issuer off', async () => {
    const { results } = await expectJson<{ results: Array<{ id: string }> }>(call('/api/v1/issuers', admin))
    const turn = (enabled: boolean) =>
      expectJson(
        call(`/api/v1/issuers/${results[0]?.id}`, {
          ...admin,
          method: 'PUT',
          json: { issuer: ISSUER, jwksUri: JWKS_URI, enabled },
        }),
      )
    expect(await ends(() => turn(false))).toMatchObject({ code: 'token_revoked' })
    expect(await refuse()).toMatchObject({ code: 'assertion_refused' })
    await turn(true)
  })

  it('is its end', async () => {
    await trustBot()
    const { access_token } = await admit()
    await later(HOUR, () => expectJson(readFile('prod', 'a.txt', { token: access_token }), 401))
  })
})

describe('the policies of a service account', () => {
  const path = () => credentialsOf(bot.id)

  it('are echoed as they are, with the events they are for unless told otherwise', async () => {
    const { id } = await trustBot({ namespaces: ['prod'], maxTtl: 120 })
    const expected = {
      id,
      name: 'web-main',
      issuer: ISSUER,
      match: { ...MATCH, event_name: ['push', 'workflow_dispatch'] },
      namespaces: ['prod'],
      maxTtl: 120,
      enabled: true,
      version: 1,
    }
    expect(await expectJson(call(`${path()}/${id}`, admin))).toEqual(expected)
    expect(await expectJson(call(path(), admin))).toEqual({ results: [expected], total: 1 })
    const { id: _, ...rest } = expected
    const replaced = await expectJson(
      call(`${path()}/${id}`, { ...admin, method: 'PUT', json: { ...rest, name: 'renamed' } }),
    )
    expect(replaced).toEqual({ ...expected, name: 'renamed', version: 2 })
  })

  it('have names of their own', async () => {
    await trustBot()
    const before = await inventory()
    const answer = await expectJson(call(path(), { ...admin, json: credentialOf() }), 409)
    expect(answer).toMatchObject({ code: 'credential_name_taken' })
    expect(await inventory()).toBe(before)
  })

  it('are twenty at most', async () => {
    for (let count = 0; count < 20; count++) await trustBot({ name: `policy-${count}` })
    const before = await inventory()
    const answer = await expectJson(call(path(), { ...admin, json: credentialOf() }), 409)
    expect(answer).toMatchObject({ code: 'credentials_too_many' })
    expect(await inventory()).toBe(before)
  })

  it('name an issuer that is there', async () => {
    const json = { ...credentialOf(), issuer: 'https://nobody.test' }
    expect(await expectJson(call(path(), { ...admin, json }), 404)).toMatchObject({ code: 'not_found' })
  })

  it('keep their issuer from being deleted', async () => {
    await trustBot()
    const { results } = await expectJson<{ results: Array<{ id: string }> }>(call('/api/v1/issuers', admin))
    const answer = call(`/api/v1/issuers/${results[0]?.id}`, { ...admin, method: 'DELETE' })
    expect(await expectJson(answer, 409)).toMatchObject({ code: 'issuer_in_use' })
  })

  it('go with their account', async () => {
    const before = await inventory({ except: RECORDS })
    const { id } = await expectJson<{ id: string }>(
      call('/api/v1/main/service-accounts', { ...admin, json: { name: 'short-lived' } }),
    )
    await trust({ id }, admin)
    await call(`/api/v1/main/service-accounts/${id}`, { ...admin, method: 'DELETE' })
    expect(await inventory({ except: RECORDS })).toBe(before)
  })

  it('are made only by who holds all that they give', async () => {
    const clerk = await createBot(
      { SERVICE_ACCOUNT: ['UPDATE'] },
      { by: admin, name: 'clerk', namespace: null },
    )
    const answer = await expectJson(call(path(), { ...clerk, json: credentialOf() }), 403)
    expect(answer).toMatchObject({ code: 'grant_exceeds_own' })
    const json = credentialOf({ namespaces: ['elsewhere'] })
    const { id } = await expectJson<{ id: string }>(call(path(), { ...clerk, json }), 201)
    made.push(`${path()}/${id}`)
    // What gives nothing now would give something later; whoever widens it must hold that.
    await expectJson(call(`${path()}/${id}`, { ...clerk, method: 'PUT', json: credentialOf() }), 403)
  })

  it.each<[string, Written]>([
    ['a name with capitals', { name: 'Web' }],
    ['more than fifteen minutes', { maxTtl: 901 }],
    ['no time at all', { maxTtl: 0 }],
    ['no namespace', { namespaces: [] }],
    ['no permission', { permissions: [] }],
    ['an unknown permission', { permissions: ['FILES:WRITE'] }],
    ['an end that is no time', { expiresAt: 'tomorrow' }],
    ['a claim that cannot be matched', { match: { sub: 'repo:acme/web:ref:refs/heads/main' } }],
    ['an id that is a number', { match: { repository_id: 789012 } }],
    ['a claim that is empty', { match: { environment: '' } }],
    ['a list that is empty', { match: { ref: [] } }],
    ['a ref that is no ref', { match: { ref: 'main' } }],
    ['a star in the middle', { match: { ref: 'refs/*/main' } }],
    ['two stars', { match: { ref: 'refs/heads/*/*' } }],
    ['a star in an environment', { match: { environment: 'prod*' } }],
  ])('cannot have %s', async (_, written) => {
    const before = await inventory()
    await expectJson(call(path(), { ...admin, json: credentialOf(written) }), 422)
    expect(await inventory()).toBe(before)
  })
})

describe('the issuers of an instance', () => {
  it('are GitHub’s by its name alone', async () => {
    const json = { issuer: 'https://token.actions.githubusercontent.com' }
    const made = await expectJson<{ id: string }>(call('/api/v1/issuers', { ...admin, json }), 201)
    expect(made).toEqual({
      id: expect.any(String),
      name: 'GitHub Actions',
      issuer: 'https://token.actions.githubusercontent.com',
      jwksUri: 'https://token.actions.githubusercontent.com/.well-known/jwks',
      algorithms: ['RS256'],
      enabled: true,
    })
    const again = await expectJson(call('/api/v1/issuers', { ...admin, json }), 409)
    expect(again).toMatchObject({ code: 'issuer_taken' })
    const path = `/api/v1/issuers/${made.id}`
    expect(await expectJson(call(path, admin))).toEqual(made)
    expect((await call(path, { ...admin, method: 'DELETE' })).status).toBe(204)
    await expectJson(call(path, admin), 404)
  })

  it.each<[string, object]>([
    ['no address of its keys', { issuer: 'https://other.test' }],
    ['http', { issuer: 'http://other.test', jwksUri: JWKS_URI }],
    ['keys by http', { issuer: 'https://other.test', jwksUri: 'http://other.test/keys' }],
    ['an address instead of a name', { issuer: 'https://other.test', jwksUri: 'https://10.0.0.1/keys' }],
    ['an address in disguise', { issuer: 'https://other.test', jwksUri: 'https://0x7f.1/keys' }],
    ['one number for an address', { issuer: 'https://other.test', jwksUri: 'https://2130706433/keys' }],
    ['this machine', { issuer: 'https://other.test', jwksUri: 'https://localhost/keys' }],
    ['a port', { issuer: 'https://other.test', jwksUri: 'https://other.test:8443/keys' }],
    ['somebody’s name in it', { issuer: 'https://other.test', jwksUri: 'https://a@other.test/keys' }],
    ['a shared secret', { issuer: 'https://other.test', jwksUri: JWKS_URI, algorithms: ['HS256'] }],
    ['no signature', { issuer: 'https://other.test', jwksUri: JWKS_URI, algorithms: ['none'] }],
    ['no algorithm', { issuer: 'https://other.test', jwksUri: JWKS_URI, algorithms: [] }],
  ])('cannot have %s (threat 15)', async (_, json) => {
    const before = await inventory()
    await expectJson(call('/api/v1/issuers', { ...admin, json }), 422)
    expect(await inventory()).toBe(before)
  })
})
