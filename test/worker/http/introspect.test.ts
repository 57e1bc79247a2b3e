import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { permissions } from '../../../shared/permissions.ts'
import { unknownToken } from '../support/attacks.ts'
import { HOUR, later } from '../support/clock.ts'
import {
  asAdmin,
  type Bot,
  type Call,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
  mintToken,
  ORIGIN,
} from '../support/edge.ts'
import { accessTokenFor, exchange, giveBack } from '../support/oauth.ts'

let admin: Bot
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  await createTenant('acme')
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { by: admin })
})

const ask = async (token: string, by: Call) =>
  expectJson(call('/oauth/introspect', { ...by, body: new URLSearchParams({ token }) }))
const INACTIVE = { active: false }

describe('POST /oauth/introspect', () => {
  it('tells what an API token is', async () => {
    expect(await ask(bot.token, admin)).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: ORIGIN,
      aud: ORIGIN,
      sub: bot.id,
      client_id: bot.id,
      username: 'deploy-bot',
      jti: bot.tokenId,
      iat: expect.any(Number),
      as_of: expect.any(Number),
    })
  })

  it('tells what an access token is, and of which scope', async () => {
    const { access_token } = await expectJson<{ access_token: string }>(
      exchange(bot.token, { scope: 'NAMESPACE_FILE:VIEW', namespace: 'prod', tenant: 'main' }),
    )
    const { iat, exp, jti } = decodeJwt(access_token)
    expect(await ask(access_token, admin)).toMatchObject({
      active: true,
      sub: bot.id,
      scope: 'NAMESPACE_FILE:VIEW',
      ns: ['prod'],
      tenant: 'main',
      iat,
      exp,
      jti,
    })
  })

  it('tells what a narrow API token is left with', async () => {
    const json = { name: 'narrow', permissions: ['NAMESPACE_FILE:VIEW', 'ROLE:VIEW'] }
    const { fullToken } = await expectJson<{ fullToken: string }>(
      call(`/api/v1/main/service-accounts/${bot.id}/api-tokens`, { ...admin, json }),
    )
    expect(await ask(fullToken, admin)).toMatchObject({ scope: 'NAMESPACE_FILE:VIEW' })
  })

  it('says no more of a token that is not good than that', async () => {
    const { fullToken } = await mintToken(bot.id, { by: admin, maxAge: 'PT1H' })
    expect(await ask(fullToken, admin)).toMatchObject({ exp: expect.any(Number) })
    await later(HOUR, async () => expect(await ask(fullToken, admin)).toEqual(INACTIVE))
    const accessToken = await accessTokenFor(fullToken)
    await giveBack(fullToken)
    for (const token of [fullToken, accessToken, unknownToken(), 'x', 'eyJx', '']) {
      expect(await ask(token, admin)).toEqual(INACTIVE)
    }
  })

  it('tells an account about itself', async () => {
    expect(await ask(bot.token, bot)).toMatchObject({ active: true, sub: bot.id })
    expect(await ask(await accessTokenFor(bot.token), bot)).toMatchObject({ active: true, sub: bot.id })
  })

  it('tells who may look at such accounts where the token is of use, and nobody else', async () => {
    const see = (permission: Record<string, string[]>, name: string, tenant = 'main') =>
      createBot(permission, { by: admin, name, tenant, namespace: null })
    expect(await ask(bot.token, await see({ SERVICE_ACCOUNT: ['VIEW'] }, 'gateway'))).toMatchObject({
      active: true,
    })
    expect(await ask(bot.token, await see({ USER: ['VIEW'] }, 'users-only'))).toEqual(INACTIVE)
    expect(await ask(bot.token, await see({ SERVICE_ACCOUNT: ['VIEW'] }, 'elsewhere', 'acme'))).toEqual(
      INACTIVE,
    )
    expect(await ask(admin.token, bot)).toEqual(INACTIVE)
  })

  it('takes a password from an administrator too', async () => {
    expect(await ask(bot.token, asAdmin)).toMatchObject({ active: true })
  })

  it('asks for a credential in the shape of OAuth, with a challenge', async () => {
    const answer = await call('/oauth/introspect', { body: new URLSearchParams({ token: bot.token }) })
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="postern", Basic realm="postern"')
    expect(await expectJson(answer, 401)).toMatchObject({
      error: 'invalid_token',
      code: 'credentials_missing',
    })
  })

  it('refuses a parameter that comes twice', async () => {
    const body = new URLSearchParams([
      ['token', bot.token],
      ['token', admin.token],
    ])
    expect(await expectJson(call('/oauth/introspect', { ...admin, body }), 400)).toMatchObject({
      error: 'invalid_request',
      code: 'invalid_entity',
    })
  })
})

describe('GET /.well-known/oauth-authorization-server', () => {
  it('names endpoints that are there, under the issuer that tokens have', async () => {
    const answer = await call('/.well-known/oauth-authorization-server')
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300')
    const metadata = await expectJson<Record<string, unknown>>(answer)
    expect(metadata.issuer).toBe(decodeJwt(await accessTokenFor(bot.token)).iss)
    expect(metadata.grant_types_supported).toEqual(['urn:ietf:params:oauth:grant-type:token-exchange'])
    expect(metadata.scopes_supported).toEqual([...permissions])
    for (const name of ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint']) {
      const { status } = await call(`${metadata[name]}`.slice(ORIGIN.length), { method: 'POST' })
      expect([400, 401]).toContain(status)
    }
    expect((await call(`${metadata.jwks_uri}`.slice(ORIGIN.length))).status).toBe(200)
  })
})

describe('GET /.well-known/oauth-protected-resource', () => {
  it('points at the authorization server', async () => {
    expect(await expectJson(call('/.well-known/oauth-protected-resource'))).toMatchObject({
      resource: ORIGIN,
      authorization_servers: [ORIGIN],
      bearer_methods_supported: ['header'],
    })
  })
})
