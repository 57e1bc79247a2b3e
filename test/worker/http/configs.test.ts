import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN,
  asAdmin,
  type Bot,
  call,
  createAdmin,
  expectJson,
  freshEdge,
  inventory,
  ORIGIN,
} from '../support/edge.ts'

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

describe('GET /api/v1/configs', () => {
  const configs = (by: object) => expectJson<{ uuid: string }>(call('/api/v1/configs', by))

  it('tells Kestra’s clients what they are talking to', async () => {
    expect(await configs(admin)).toEqual({
      version: '2.0.0',
      edition: 'EE',
      uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      url: ORIGIN,
      tenants: { storageByTenant: false, secretByTenant: false },
      systemNamespace: 'system',
      isAnonymousUsageEnabled: false,
      passwordConfiguration: {
        minLength: 8,
        minUpperCase: 1,
        minLowerCase: 1,
        minDigits: 1,
        minSpecialCharacters: 1,
      },
    })
  })

  it('has one id for everybody and for good, and another one in another Postern', async () => {
    const { uuid } = await configs(admin)
    expect((await configs(asAdmin)).uuid).toBe(uuid)
    await freshEdge()
    admin = await createAdmin()
    expect((await configs(admin)).uuid).not.toBe(uuid)
  })
})

describe('what anyone may ask', () => {
  it('GET /api/v1/auths: a password is the way, and there is no mail', async () => {
    expect(await expectJson(call('/api/v1/auths'))).toEqual({
      loginPassword: true,
      mailsEnabled: false,
      passwordless: false,
      oauths: [],
    })
  })

  it('GET /api/v1/configs/login: whether anybody could sign in', async () => {
    expect(await expectJson(call('/api/v1/configs/login'))).toEqual({ isBasicAuthInitialized: true })
    await reset()
    await applyD1Migrations(env.DB, env.MIGRATIONS)
    expect(await expectJson(call('/api/v1/configs/login'))).toEqual({ isBasicAuthInitialized: false })
    await freshEdge()
    admin = await createAdmin()
  })

  it.each([
    'Root!1234',
    'TestPass!1234',
    'NewPass!9876',
    'OldPass!1',
    'NewPass!1',
    'InitialPass!1',
    'Password!234',
  ])('POST /api/v1/validate-password: %s would do', async (body) => {
    const answer = await call('/api/v1/validate-password', {
      body,
      headers: { 'Content-Type': 'text/plain' },
    })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  it.each(['', 'nocapital!1', 'NOSMALL!1', 'NoDigits!', 'NoSpecial1', 'Ab!1'])(
    'POST /api/v1/validate-password: says which rule is broken and repeats nothing: %j',
    async (body) => {
      const sent = { body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } }
      const answer = await expectJson(call('/api/v1/validate-password', sent), 422)
      expect(answer).toMatchObject({ message: expect.stringMatching(/^Invalid entity: must /) })
      if (body !== '') expect(JSON.stringify(answer)).not.toContain(body)
    },
  )

  it('POST /api/v1/forgotten-password: 200 for everybody, and nothing happens', async () => {
    const before = await inventory()
    for (const username of [ADMIN.username, 'nobody@example.com']) {
      const answer = await call('/api/v1/forgotten-password', { json: { username } })
      expect([answer.status, await answer.text()]).toEqual([200, ''])
    }
    expect(await inventory()).toBe(before)
  })

  it('POST /api/v1/reset-password: never 200, since nobody was sent a token', async () => {
    const json = { token: 'x', password: 'NewPass!9876' }
    expect(await expectJson(call('/api/v1/reset-password', { json }), 422)).toMatchObject({
      code: 'reset_unavailable',
    })
    await expectJson(call('/api/v1/me', asAdmin))
  })
})

describe('GET /api/v1/license-info', () => {
  it('says that nothing expires', async () => {
    expect(await expectJson(call('/api/v1/license-info', admin))).toMatchObject({
      type: 'POSTERN',
      expired: false,
    })
  })
})
