import { env } from 'cloudflare:workers'
import { scrypt } from 'node:crypto'
import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN,
  type Bot,
  basic,
  bind,
  call,
  createAdmin,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  RECORDS,
} from '../support/edge.ts'

const PATH = '/api/v1/users'
const PASSWORD = 'InitialPass!1'

interface User {
  readonly id: string
}

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

let count = 0
const newEmail = () => `user${count++}@example.com`
const create = (json: object) => expectJson<User>(call(PATH, { ...admin, json }), 201)
const setPassword = (id: string, password: string) =>
  call(`${PATH}/${id}/password`, { ...admin, method: 'PATCH', json: { password } })
/** 403 for a user without a right, who is known all the same. */
const statusAs = async (email: string, password: string) =>
  (await call(PATH, { authorization: basic(email, password), json: {} })).status

describe('POST /api/v1/users', () => {
  it.each([
    ['no e-mail address', { email: undefined }, 'email'],
    ['an e-mail address without a host', { email: 'ada' }, 'email'],
    ['an e-mail address with a space', { email: 'ada l@example.com' }, 'email'],
    ['an e-mail address with two lines', { email: 'ada@example.com\n' }, 'email'],
    ['a name that is a number', { firstName: 1 }, 'firstName'],
    ['tenants that are no list', { tenants: 'main' }, 'tenants'],
  ])('refuses %s', async (_, changes, path) => {
    const before = await inventory()
    const json = { email: newEmail(), ...changes }
    const answer = await expectJson(call(PATH, { ...admin, json }), 422)
    expect(answer).toMatchObject({ code: 'invalid_entity', _embedded: { errors: [{ path }] } })
    expect(await inventory()).toBe(before)
  })

  it.each([
    ['sh0rt!A', 'must have at least 8 characters'],
    ['NOSMALL!1', 'must contain a lower-case letter'],
    ['nocapital!1', 'must contain an upper-case letter'],
    ['NoDigits!', 'must contain a digit'],
    ['NoSpecial1', 'must contain one of !@#$%^&*'],
    [`Aa1!${'x'.repeat(253)}`, 'must have at most 256 characters'],
  ])('refuses a weak password without repeating it: %s', async (password, rule) => {
    const before = await inventory()
    const answer = await expectJson(call(PATH, { ...admin, json: { email: newEmail(), password } }), 422)
    expect(answer).toMatchObject({ _embedded: { errors: [{ path: 'password', message: rule }] } })
    expect(JSON.stringify(answer)).not.toContain(password)
    expect(await inventory()).toBe(before)
  })

  it('refuses an e-mail address that is taken, whatever its case', async () => {
    const email = newEmail()
    await create({ email })
    const before = await inventory()
    for (const taken of [email, email.toUpperCase()]) {
      expect(await expectJson(call(PATH, { ...admin, json: { email: taken } }), 409)).toMatchObject({
        message: expect.stringMatching(/^Conflict: /),
        code: 'email_taken',
      })
    }
    expect(await inventory()).toBe(before)
  })

  it('refuses a tenant that is not there', async () => {
    const before = await inventory()
    const json = { email: newEmail(), tenants: ['nowhere'] }
    expect(await expectJson(call(PATH, { ...admin, json }), 404)).toMatchObject({ code: 'not_found' })
    expect(await inventory()).toBe(before)
  })

  it('answers 201 with the user, whose username is the e-mail address', async () => {
    const email = newEmail()
    const sent = { email, username: 'other', id: 'mine', namespaceId: '', firstName: null }
    expect(await create(sent)).toMatchObject({
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      username: email,
      email,
      displayName: email,
      tenants: [],
      superAdmin: false,
      instanceOwner: false,
    })
  })

  it('leaves out what is not set, and never shows a password', async () => {
    const user = await create({ email: newEmail(), password: PASSWORD })
    for (const member of ['firstName', 'lastName', 'password', 'description'])
      expect(user).not.toHaveProperty(member)
    expect(JSON.stringify(user)).not.toContain('scrypt')
  })

  it('makes the display name of the names there are', async () => {
    const names = { firstName: 'Ada', lastName: 'Lovelace', tenants: ['main'] }
    expect(await create({ email: newEmail(), ...names })).toMatchObject({
      ...names,
      displayName: 'Ada Lovelace',
      tenants: [{ id: 'main', name: 'main' }],
    })
    expect(await create({ email: newEmail(), lastName: 'Lovelace' })).toMatchObject({
      displayName: 'Lovelace',
    })
  })

  it.each([{ superAdmin: true }, { instanceOwner: true }])(
    'takes the flag under either name: %j',
    async (flag) => {
      expect(await create({ email: newEmail(), ...flag })).toMatchObject({
        superAdmin: true,
        instanceOwner: true,
      })
    },
  )

  it('grants no right by itself', async () => {
    const email = newEmail()
    await create({ email, password: PASSWORD, tenants: ['main'] })
    const as = { authorization: basic(email, PASSWORD) }
    for (const path of [PATH, '/api/v1/main/roles', '/api/v1/main/service-accounts'])
      await expectJson(call(path, { ...as, json: {} }), 403)
  })
})

describe('GET /api/v1/users/{id}', () => {
  it('knows neither a stranger nor a service account', async () => {
    for (const id of ['nobody', admin.id]) await expectJson(call(`${PATH}/${id}`, admin), 404)
  })

  it('answers what creating answered', async () => {
    const user = await create({ email: newEmail(), firstName: 'Ada', tenants: ['main'] })
    expect(await expectJson(call(`${PATH}/${user.id}`, admin))).toEqual(user)
  })
})

describe('PATCH /api/v1/users/{id}/password', () => {
  it.each(['Weak!1', ''])('refuses a weak password and leaves the old one: %j', async (password) => {
    const email = newEmail()
    const { id } = await create({ email, password: PASSWORD })
    await expectJson(setPassword(id, password), 422)
    expect(await statusAs(email, PASSWORD)).toBe(403)
  })

  it('does not know a stranger', async () => {
    await expectJson(setPassword('nobody', PASSWORD), 404)
  })

  it('ends the old password at once', async () => {
    const email = newEmail()
    const { id } = await create({ email, password: PASSWORD })
    expect(await expectJson(setPassword(id, 'NewPass!9876'))).toMatchObject({ id, username: email })
    expect(await statusAs(email, PASSWORD)).toBe(401)
    expect(await statusAs(email, 'NewPass!9876')).toBe(403)
  })

  it('does not let in by a hash that was put into the table by hand', async () => {
    const email = newEmail()
    const { id } = await create({ email, password: PASSWORD })
    const salt = new Uint8Array(16)
    const hash = await new Promise<Uint8Array>((resolve, reject) => {
      const planted = new TextEncoder().encode('Planted!1')
      scrypt(planted, salt, 32, { N: 1_024, r: 8, p: 1 }, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
    const stored = `scrypt$1024,8,1$${base64url.encode(salt)}$${base64url.encode(hash)}`
    await env.DB.prepare('UPDATE accounts SET password = ? WHERE id = ?').bind(stored, id).run()
    expect(await statusAs(email, 'Planted!1')).toBe(401)
  })

  it('stores no password, and the same one never twice alike', async () => {
    for (const _ of [1, 2]) await create({ email: newEmail(), password: PASSWORD })
    const stored = await dumpTables()
    expect(stored).not.toContain(PASSWORD)
    const hashes = stored.match(/scrypt\$[^"]+/g) ?? []
    expect(hashes.length).toBeGreaterThan(2)
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('DELETE /api/v1/users/{id}', () => {
  it('keeps the last superadmin who can sign in', async () => {
    const first = await env.DB.prepare('SELECT id FROM accounts WHERE name = ?')
      .bind(ADMIN.username)
      .first<string>('id')
    // Neither of these can stand in: one has no password, one is no superadmin.
    for (const other of [{ superAdmin: true }, { password: PASSWORD }])
      await create({ email: newEmail(), ...other })
    const before = await inventory()
    const remove = () => call(`${PATH}/${first}`, { ...admin, method: 'DELETE' })
    expect(await expectJson(remove(), 409)).toMatchObject({ code: 'last_superadmin' })
    expect(await inventory()).toBe(before)
    await create({ email: newEmail(), superAdmin: true, password: PASSWORD })
    expect((await remove()).status).toBe(204)
  })

  it('answers 204, then 404', async () => {
    const { id } = await create({ email: newEmail() })
    const answer = await call(`${PATH}/${id}`, { ...admin, method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    for (const method of ['GET', 'DELETE']) await expectJson(call(`${PATH}/${id}`, { ...admin, method }), 404)
  })

  it('ends access at once, takes bindings along and frees the e-mail address', async () => {
    const before = await inventory({ except: RECORDS })
    const email = newEmail()
    const { id } = await create({ email, password: PASSWORD, tenants: ['main'] })
    await bind(id, 'viewer_main', admin)
    expect(await statusAs(email, PASSWORD)).toBe(403)
    await call(`${PATH}/${id}`, { ...admin, method: 'DELETE' })
    expect(await statusAs(email, PASSWORD)).toBe(401)
    expect(await inventory({ except: RECORDS })).toBe(before)
    await create({ email })
  })
})
