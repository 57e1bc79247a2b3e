import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { readSettings } from '../../../worker/settings.ts'
import { openDatabase, writeOrThrow } from '../../../worker/storage/database.ts'
import { insertToken } from '../../../worker/storage/tokens.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import { drawMintedToken } from '../../../worker/tokens/mint.ts'
import { HOUR } from '../support/clock.ts'
import {
  auditOf,
  type Bot,
  basic,
  type Call,
  call,
  createAdmin,
  createBot,
  createUser,
  csrfOf,
  expectJson,
  freshEdge,
  inventory,
  PASSWORD,
  type Person,
  RECORDS,
  signIn,
} from '../support/edge.ts'
import { accessTokenFor } from '../support/oauth.ts'

const PATH = '/api/v1/me'
const NEW = 'NewPass!9876'

let admin: Bot
let bot: Bot
let user: Person
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ ROLE: ['VIEW'] }, { by: admin, namespace: null })
  user = await createUser(admin, { firstName: 'Ada', tenants: ['main'] })
})

const patch = (by: Call, json: object) => call(PATH, { ...by, method: 'PATCH', json })
const changePassword = (by: Call, oldPassword: string, newPassword = NEW) =>
  call(`${PATH}/password`, { ...by, method: 'PUT', json: { oldPassword, newPassword } })

describe('GET /api/v1/me', () => {
  it('answers a user with a profile', async () => {
    expect(await expectJson(call(PATH, user))).toEqual({
      id: user.id,
      superAdmin: false,
      instanceOwner: false,
      restricted: false,
      profile: { email: user.email, username: user.email, firstName: 'Ada' },
      auths: [{ id: 'basic-auth', name: 'password', type: 'BASIC_AUTH' }],
      tenants: [{ id: 'main', name: 'main' }],
    })
  })

  it('answers a service account with id and name, and nothing personal', async () => {
    expect(await expectJson(call(PATH, bot))).toEqual({
      id: bot.id,
      name: 'deploy-bot',
      superAdmin: false,
      instanceOwner: false,
      restricted: false,
      auths: [],
      tenants: [{ id: 'main', name: 'main' }],
    })
  })
})

describe('PATCH /api/v1/me', () => {
  it('raises nothing, whatever is sent', async () => {
    const sent = {
      firstName: 'Eve',
      superAdmin: true,
      instanceOwner: true,
      restricted: true,
      disabled: true,
      tenants: [],
      groups: [],
      password: NEW,
      id: admin.id,
    }
    const before = await inventory({ except: RECORDS })
    expect(await expectJson(patch(user, sent))).toEqual({
      ...(await expectJson(call(PATH, user))),
      profile: { email: user.email, username: user.email, firstName: 'Eve' },
      superAdmin: false,
      restricted: false,
      tenants: [{ id: 'main', name: 'main' }],
    })
    expect(await inventory({ except: RECORDS })).toBe(before)
    await expectJson(call(PATH, { authorization: basic(user.email, PASSWORD) }))
  })

  it('changes the e-mail address one signs in with, unless it is taken', async () => {
    const person = await createUser(admin)
    await expectJson(patch(person, { email: user.email.toUpperCase() }), 409)
    const email = `new-${person.email}`
    expect(await expectJson(patch(person, { email }))).toMatchObject({ profile: { email, username: email } })
    await signIn(email)
  })

  it('is not for access tokens, which would outlive themselves', async () => {
    const by = { token: await accessTokenFor(user.token) }
    const before = await inventory()
    await expectJson(call(PATH, by))
    expect(await expectJson(patch(by, { email: 'eve@example.com' }), 403)).toMatchObject({
      code: 'access_token_insufficient',
    })
    expect(await inventory()).toBe(before)
  })
})

describe('who has a token of less than all', () => {
  it('looks at the account, and changes neither its e-mail address nor its password', async () => {
    const person = await createUser(admin)
    const made = call(`${PATH}/api-tokens`, { ...person, json: { name: 'narrow', namespaces: ['prod'] } })
    const by = { token: (await expectJson<{ fullToken: string }>(made)).fullToken }
    expect(await expectJson(call(PATH, by))).toMatchObject({ id: person.id })
    const before = await inventory()
    for (const answer of [patch(by, { email: 'eve@example.com' }), changePassword(by, PASSWORD)])
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'token_narrowed' })
    expect(await inventory()).toBe(before)
  })
})

describe('who acts as somebody else', () => {
  it('looks at that account, and takes nothing from it: no token, no password, no e-mail address', async () => {
    const person = await createUser(admin)
    const keys = await deriveKeys(readSettings(env).masterKey)
    const now = Date.now()
    const { token, fullToken } = await drawMintedToken(keys, {
      kind: 'IMPERSONATION',
      accountId: person.id,
      impersonatorId: admin.id,
      createdAt: now,
      expiresAt: now + HOUR,
    })
    const db = openDatabase(env.DB)
    await writeOrThrow(db, [insertToken(db, token)])
    const by = { token: fullToken }
    expect(await expectJson(call(PATH, by))).toMatchObject({ id: person.id })
    const before = await inventory()
    for (const answer of [
      patch(by, { email: 'eve@example.com' }),
      changePassword(by, PASSWORD),
      call(`${PATH}/api-tokens`, { ...by, json: { name: 'x' } }),
    ])
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'impersonating' })
    expect(await inventory()).toBe(before)
  })
})

describe('/api/v1/me/api-tokens', () => {
  it.each<[string, () => Bot]>([
    ['a user', () => user],
    ['a service account', () => bot],
  ])('lets %s mint, list and revoke, always with 200', async (_, who) => {
    const own = who()
    const minted = await expectJson<{ id: string; fullToken: string }>(
      call(`${PATH}/api-tokens`, { ...own, json: { name: 'ci-token', maxAge: 'P1D' } }),
    )
    const by = { token: minted.fullToken }
    expect(await expectJson(call(PATH, by))).toMatchObject({ id: own.id })
    expect(await expectJson(call(`${PATH}/api-tokens`, by))).toMatchObject({
      total: 2,
      results: [{ id: own.tokenId }, { id: minted.id, name: 'ci-token', exp: expect.any(String) }],
    })
    const gone = await call(`${PATH}/api-tokens/${minted.id}`, { ...own, method: 'DELETE' })
    expect(gone.status).toBe(200)
    await expectJson(call(PATH, by), 401)
  })

  it('knows no token of somebody else', async () => {
    const path = `${PATH}/api-tokens/${bot.tokenId}`
    await expectJson(call(path, { ...user, method: 'DELETE' }), 404)
    await expectJson(call(PATH, bot))
  })

  it('mints nothing for an access token', async () => {
    const by = { token: await accessTokenFor(bot.token) }
    const before = await inventory()
    const answer = await expectJson(call(`${PATH}/api-tokens`, { ...by, json: { name: 'x' } }), 403)
    expect(answer).toMatchObject({ code: 'access_token_insufficient' })
    expect(await inventory()).toBe(before)
  })
})

describe('PUT /api/v1/me/password', () => {
  it('refuses a wrong old password, and says nothing of the new one', async () => {
    const person = await createUser(admin)
    const answer = await expectJson(changePassword(person, 'Wrong!1234'), 422)
    expect(answer).toMatchObject({ code: 'old_password_wrong' })
    expect(JSON.stringify(answer)).not.toContain(NEW)
    await signIn(person.email)
  })

  it('refuses a weak new password', async () => {
    const person = await createUser(admin)
    await expectJson(changePassword(person, PASSWORD, 'weak'), 422)
    await signIn(person.email)
  })

  it('ends the old password and all sessions, but no API token', async () => {
    const person = await createUser(admin)
    const sessions = [await signIn(person.email), await signIn(person.email)]
    const by = { headers: await csrfOf(sessions[0] ?? '') }
    expect((await changePassword(by, PASSWORD)).status).toBe(200)
    for (const Cookie of sessions) await expectJson(call(PATH, { headers: { Cookie } }), 401)
    await expectJson(call(PATH, { authorization: basic(person.email, PASSWORD) }), 401)
    await expectJson(call(PATH, { authorization: basic(person.email, NEW) }))
    await expectJson(call(PATH, person))
  })

  it('is no way to guess the password with a stolen token', async () => {
    const person = await createUser(admin)
    for (let i = 0; i < 10; i++) await expectJson(changePassword(person, `Wrong!${i}xx`), 422)
    expect(await expectJson(changePassword(person, PASSWORD), 422)).toMatchObject({
      code: 'old_password_wrong',
    })
    expect((await auditOf('ACCOUNT_LOCKED')).at(-1)).toMatchObject({ resource_id: person.id })
  })
})
