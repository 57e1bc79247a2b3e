import { env } from 'cloudflare:workers'
import { scrypt } from 'node:crypto'
import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN,
  auditOf,
  type Bot,
  basic,
  bind,
  call,
  createAdmin,
  createBot,
  createGroup,
  createTenant,
  createUser,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  PASSWORD,
  RECORDS,
  signIn,
} from '../support/edge.ts'

const PATH = '/api/v1/users'

interface User {
  readonly id: string
}

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
  await createGroup('bots')
  await createGroup('people', 'acme')
})

let count = 0
const newEmail = () => `user${count++}@example.com`
const create = (json: object) => expectJson<User>(call(PATH, { ...admin, json }), 201)
const read = (id: string) => expectJson(call(`${PATH}/${id}`, admin))
const change = (method: string, id: string, json?: object, rest = '') =>
  call(`${PATH}/${id}${rest}`, { ...admin, method, ...(json === undefined ? {} : { json }) })
const emptyAnswer = async (answer: Promise<Response>) => {
  const { status, body } = await answer
  return [status, await new Response(body).text()]
}
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

describe('GET /api/v1/users', () => {
  interface List {
    readonly total: number
    readonly results: ReadonlyArray<{ id: string; username: string }>
  }
  const list = (query: string) => expectJson<List>(call(`${PATH}?${query}`, admin))

  it('answers rows with what Kestra’s clients read, and no secret', async () => {
    const user = await create({
      email: newEmail(),
      firstName: 'Ada',
      password: PASSWORD,
      tenants: ['main'],
      superAdmin: true,
    })
    const { results } = await list('size=1000')
    expect(results.find(({ id }) => id === user.id)).toEqual({
      id: user.id,
      username: expect.any(String),
      displayName: 'Ada',
      tenants: [{ id: 'main', name: 'main' }],
      auths: [{ id: 'basic-auth', name: 'password', type: 'BASIC_AUTH' }],
      superAdmin: true,
      instanceOwner: true,
    })
    await change('DELETE', user.id)
  })

  it('has people in it and no service account', async () => {
    const { results } = await list('size=10000')
    expect(results.map(({ id }) => id)).not.toContain(admin.id)
  })

  it.each([
    ['filters[q][EQUALS]', 'findme'],
    ['filters%5Bq%5D%5BEQUALS%5D', 'FINDME'],
    ['q', 'me@example'],
    ['filters[username][EQUALS]', 'Findme@example.com'],
    ['filters[email][STARTS_WITH]', 'findme'],
  ])('finds a user by %s=%s', async (name, value) => {
    if ((await list('q=findme')).total === 0) await create({ email: 'findme@example.com' })
    expect(await list(`${name}=${value}`)).toMatchObject({
      total: 1,
      results: [{ username: 'findme@example.com' }],
    })
  })

  it('filters by the flag under both names', async () => {
    const all = await list('size=1000')
    for (const field of ['super_admin', 'instance_owner']) {
      const [yes, no] = [
        await list(`filters[${field}][EQUALS]=true`),
        await list(`filters[${field}][EQUALS]=false`),
      ]
      expect(yes.total).toBeGreaterThan(0)
      expect(no.total).toBeGreaterThan(0)
      expect(yes.total + no.total).toBe(all.total)
    }
  })

  it('pages and sorts, and is empty past the end', async () => {
    const names = (await list('size=1000&sort=username:desc')).results.map(({ username }) => username)
    expect(names).toEqual(names.toSorted().reverse())
    const second = await list('size=2&page=2&sort=username:desc')
    expect(second.results.map(({ username }) => username)).toEqual(names.slice(2, 4))
    expect(await list('size=10000&page=2')).toEqual({ results: [], total: names.length })
  })

  it('refuses a filter it does not know', async () => {
    const answer = await expectJson(call(`${PATH}?filters[password][STARTS_WITH]=s`, admin), 400)
    expect(answer).toMatchObject({ message: expect.stringMatching(/^Invalid query filters: /) })
  })
})

describe('groups and tenants in POST and PUT /api/v1/users', () => {
  it('puts a user into groups by their ids alone, and thereby into their tenants', async () => {
    const groups = ['group-bots', 'group-people']
    expect(await create({ email: newEmail(), groups, restricted: true })).toMatchObject({
      groups: [
        { id: 'group-bots', tenantId: 'main' },
        { id: 'group-people', tenantId: 'acme' },
      ],
      tenants: [
        { id: 'acme', name: 'acme' },
        { id: 'main', name: 'main' },
      ],
      restricted: true,
    })
  })

  it.each([
    ['POST', { groups: ['group-bots', 'nowhere'] }],
    ['PUT', { groups: ['nowhere'], firstName: 'X' }],
    ['PUT', { tenants: ['main', 'nowhere'], firstName: 'X' }],
  ])('refuses what is not there, as a whole: %s %j', async (method, changes) => {
    const { id } = await create({ email: newEmail() })
    const before = await inventory()
    const json = { email: newEmail(), ...changes }
    const answer = method === 'POST' ? call(PATH, { ...admin, json }) : change(method, id, changes)
    expect(await expectJson(answer, 404)).toMatchObject({ code: 'not_found' })
    expect(await inventory()).toBe(before)
    expect(await read(id)).not.toHaveProperty('firstName')
  })

  it('clears the groups with an empty list, and keeps access to the tenant', async () => {
    const { id } = await create({ email: newEmail(), groups: ['group-bots'] })
    expect(await expectJson(change('PUT', id, { groups: [] }))).toMatchObject({
      groups: [],
      tenants: [{ id: 'main' }],
    })
  })

  it('takes everything of a tenant that is not named any more', async () => {
    const { id } = await create({ email: newEmail(), groups: ['group-bots', 'group-people'] })
    await bind(id, 'viewer_main', admin)
    expect(await expectJson(change('PUT', id, { tenants: ['acme'] }))).toMatchObject({
      tenants: [{ id: 'acme' }],
      groups: [{ id: 'group-people', tenantId: 'acme' }],
    })
    const bindings = await env.DB.prepare('SELECT count(*) AS n FROM bindings WHERE account_id = ?')
    expect(await bindings.bind(id).first('n')).toBe(0)
  })

  it('does not make a group’s owner a member', async () => {
    const { id } = await create({ email: newEmail(), groups: ['group-bots'] })
    const own = env.DB.prepare("UPDATE group_members SET membership = 'OWNER' WHERE account_id = ?").bind(id)
    await own.run()
    await expectJson(change('PUT', id, { groups: ['group-bots', 'group-people'] }))
    const row = env.DB.prepare(
      "SELECT membership FROM group_members WHERE account_id = ? AND group_id = 'group-bots'",
    )
    expect(await row.bind(id).first('membership')).toBe('OWNER')
  })
})

describe('PUT /api/v1/users/{id}', () => {
  it('does not know a stranger', async () => {
    await expectJson(change('PUT', 'nobody', {}), 404)
  })

  it('keeps what is left out: password, flags, tenants, groups, names', async () => {
    const user = await createUser(admin, {
      firstName: 'Ada',
      superAdmin: true,
      restricted: true,
      groups: ['group-bots'],
    })
    const before = await read(user.id)
    // What Terraform's provider sends of a user, but for the groups.
    const sent = { id: user.id, username: user.email, email: user.email, namespaceId: '' }
    expect(await expectJson(change('PUT', user.id, sent))).toEqual(before)
    expect(
      await expectJson(change('PUT', user.id, { password: null, tenants: null, superAdmin: null })),
    ).toEqual(before)
    await signIn(user.email)
    await change('DELETE', user.id)
  })

  it('replaces what is there, under the same rules as creating', async () => {
    const { id } = await create({ email: newEmail(), firstName: 'Ada' })
    const email = newEmail()
    expect(
      await expectJson(change('PUT', id, { email, firstName: '', lastName: 'L', restricted: true })),
    ).toMatchObject({
      email,
      username: email,
      firstName: '',
      lastName: 'L',
      displayName: 'L',
      restricted: true,
    })
    await expectJson(change('PUT', id, { password: 'weak' }), 422)
    await expectJson(change('PUT', id, { email: 'nobody' }), 422)
    await expectJson(change('PUT', id, { email: ADMIN.username.toUpperCase() }), 409)
  })

  it('records before and after, and nothing of a password', async () => {
    const { id } = await create({ email: newEmail(), password: PASSWORD })
    await expectJson(change('PUT', id, { firstName: 'Eve', password: 'NewPass!9876' }))
    const log = (await auditOf('UPDATE')).at(-1)
    expect(log).toMatchObject({ resource: 'USER', resource_id: id, actor_id: admin.id })
    expect(JSON.parse(String(log?.after))).toMatchObject({ firstName: 'Eve', password: '(hidden)' })
    expect(JSON.parse(String(log?.before))).not.toHaveProperty('password')
  })
})

describe('PATCH /api/v1/users/{id}', () => {
  it('changes names and e-mail address, and nothing else that is sent along', async () => {
    const { id } = await create({ email: newEmail(), lastName: 'Lovelace' })
    const sent = {
      firstName: 'Ada',
      superAdmin: true,
      restricted: true,
      tenants: ['main'],
      password: PASSWORD,
    }
    expect(await expectJson(change('PATCH', id, sent))).toMatchObject({
      displayName: 'Ada Lovelace',
      superAdmin: false,
      restricted: false,
      tenants: [],
      auths: [],
    })
    const email = newEmail()
    expect(await expectJson(change('PATCH', id, { email }))).toMatchObject({ email, firstName: 'Ada' })
    await expectJson(change('PATCH', 'nobody', { email: newEmail() }), 404)
  })
})

describe('the flags of a user', () => {
  it.each(['superadmin', 'instance-owner'])(
    'PATCH …/%s takes either name and answers nothing',
    async (path) => {
      const { id } = await create({ email: newEmail(), password: PASSWORD })
      expect(await emptyAnswer(change('PATCH', id, { superAdmin: true }, `/${path}`))).toEqual([200, ''])
      expect(await read(id)).toMatchObject({ superAdmin: true, instanceOwner: true })
      expect(await emptyAnswer(change('PATCH', id, { instanceOwner: false }, `/${path}`))).toEqual([200, ''])
      expect(await read(id)).toMatchObject({ superAdmin: false, instanceOwner: false })
      await expectJson(change('PATCH', id, {}, `/${path}`), 422)
      await expectJson(change('PATCH', 'nobody', { superAdmin: true }, `/${path}`), 404)
    },
  )

  it('PATCH …/restricted keeps and echoes', async () => {
    const { id } = await create({ email: newEmail() })
    expect(await emptyAnswer(change('PATCH', id, { restricted: true }, '/restricted'))).toEqual([200, ''])
    expect(await read(id)).toMatchObject({ restricted: true })
    await expectJson(change('PATCH', id, {}, '/restricted'), 422)
    await expectJson(change('PATCH', 'nobody', { restricted: true }, '/restricted'), 404)
  })

  it('PATCH …/disabled ends tokens, password and sessions at once, and for good only the sessions', async () => {
    const user = await createUser(admin)
    const session = { headers: { Cookie: await signIn(user.email) } }
    const statuses = async () => [
      (await call('/api/v1/me', { token: user.token })).status,
      (await call('/api/v1/me', session)).status,
      (await call('/api/v1/me', { authorization: basic(user.email, PASSWORD) })).status,
    ]
    expect(await statuses()).toEqual([200, 200, 200])
    expect(await emptyAnswer(change('PATCH', user.id, { disabled: true }, '/disabled'))).toEqual([200, ''])
    expect(await read(user.id)).toMatchObject({ disabled: true })
    expect(await statuses()).toEqual([401, 401, 401])
    await change('PATCH', user.id, { disabled: false }, '/disabled')
    expect(await read(user.id)).not.toHaveProperty('disabled')
    expect(await statuses()).toEqual([200, 401, 200])
  })
})

describe('the last superadmin', () => {
  const byName = (name: string) =>
    env.DB.prepare('SELECT id FROM accounts WHERE name = ?').bind(name).first<string>('id')

  it.each([
    ['lose the flag', 'PATCH', '/superadmin', { superAdmin: false }],
    ['lose the flag by PUT', 'PUT', '', { instanceOwner: false }],
    ['be disabled', 'PATCH', '/disabled', { disabled: true }],
    ['lose the password', 'DELETE', '/auths/BASIC_AUTH', undefined],
  ])('cannot %s', async (_, method, rest, json) => {
    const id = (await byName(ADMIN.username)) ?? ''
    await env.DB.prepare("UPDATE accounts SET is_superadmin = 0 WHERE kind = 'USER' AND id <> ?")
      .bind(id)
      .run()
    const before = await inventory()
    expect(await expectJson(change(method, id, json, rest), 409)).toMatchObject({ code: 'last_superadmin' })
    expect(await inventory()).toBe(before)
    const second = await createUser(admin, { superAdmin: true })
    expect((await change(method, second.id, json, rest)).status).toBe(200)
  })
})

describe('DELETE /api/v1/users/{id}/auths/{auth}', () => {
  it.each(['basic-auth', 'password', 'BASIC_AUTH'])('takes the password away by %s', async (auth) => {
    const user = await createUser(admin)
    expect(await expectJson(change('DELETE', user.id, undefined, `/auths/${auth}`))).toMatchObject({
      id: user.id,
      auths: [],
    })
    expect(await statusAs(user.email, PASSWORD)).toBe(401)
    await expectJson(call('/api/v1/me', { token: user.token }))
    await expectJson(change('DELETE', user.id, undefined, `/auths/${auth}`), 404)
  })

  it('does not know OIDC, nor a stranger', async () => {
    const { id } = await create({ email: newEmail(), password: PASSWORD })
    await expectJson(change('DELETE', id, undefined, '/auths/OIDC'), 404)
    await expectJson(change('DELETE', 'nobody', undefined, '/auths/BASIC_AUTH'), 404)
    expect(await read(id)).toMatchObject({ auths: [{ type: 'BASIC_AUTH' }] })
  })
})

describe('DELETE /api/v1/users/{id}/refresh-token', () => {
  it('ends all sessions of that user and of nobody else; tokens stay', async () => {
    const [user, other] = [await createUser(admin), await createUser(admin)]
    const sessions = [await signIn(user.email), await signIn(user.email), await signIn(other.email)]
    const statuses = async () =>
      Promise.all(sessions.map(async (Cookie) => (await call('/api/v1/me', { headers: { Cookie } })).status))
    expect(await statuses()).toEqual([200, 200, 200])
    for (const _ of ['once', 'again'])
      expect(await emptyAnswer(change('DELETE', user.id, undefined, '/refresh-token'))).toEqual([204, ''])
    expect(await statuses()).toEqual([401, 401, 200])
    await expectJson(call('/api/v1/me', { token: user.token }))
    await expectJson(change('DELETE', 'nobody', undefined, '/refresh-token'), 404)
  })
})

describe('/api/v1/users/{id}/api-tokens', () => {
  it('answers 201, a list, 204, and knows no stranger', async () => {
    const { id } = await create({ email: newEmail() })
    const path = '/api-tokens'
    const minted = await expectJson<{ id: string; fullToken: string }>(
      change('POST', id, { name: 'laptop', maxAge: 'P1D' }, path),
      201,
    )
    expect(await expectJson(call(`${PATH}/${id}${path}`, admin))).toMatchObject({
      total: 1,
      results: [{ id: minted.id, name: 'laptop', description: '', expired: false, extended: false }],
    })
    await expectJson(call('/api/v1/me', { token: minted.fullToken }))
    expect(await emptyAnswer(change('DELETE', id, undefined, `${path}/${minted.id}`))).toEqual([204, ''])
    await expectJson(call('/api/v1/me', { token: minted.fullToken }), 401)
    await expectJson(change('DELETE', id, undefined, `${path}/${minted.id}`), 404)
    for (const method of ['GET', 'POST'])
      await expectJson(change(method, 'nobody', method === 'POST' ? { name: 'x' } : undefined, path), 404)
  })

  it('knows no token of somebody else, nor a session', async () => {
    const [user, other] = [await createUser(admin), await createUser(admin)]
    await signIn(user.email)
    const session = await env.DB.prepare("SELECT id FROM tokens WHERE kind = 'SESSION' AND account_id = ?")
      .bind(user.id)
      .first<string>('id')
    for (const token of [other.tokenId, session])
      await expectJson(change('DELETE', user.id, undefined, `/api-tokens/${token}`), 404)
    expect(await expectJson(call(`${PATH}/${user.id}/api-tokens`, admin))).toMatchObject({ total: 1 })
  })
})

describe('PUT /api/v1/{tenant}/users/{id}/groups', () => {
  const set = (id: string, groupIds: unknown, by: { token: string } = admin) =>
    call(`/api/v1/main/users/${id}/groups`, { ...by, method: 'PUT', json: { groupIds } })

  it('replaces the groups of that tenant and leaves those of others', async () => {
    const { id } = await create({ email: newEmail(), groups: ['group-people'], tenants: ['main'] })
    expect(await emptyAnswer(set(id, ['group-bots']))).toEqual([204, ''])
    expect(await read(id)).toMatchObject({ groups: [{ id: 'group-bots' }, { id: 'group-people' }] })
    expect((await set(id, [])).status).toBe(204)
    expect(await read(id)).toMatchObject({ groups: [{ id: 'group-people' }] })
  })

  it('does not know a user without access to the tenant, nor a group of another tenant', async () => {
    const { id } = await create({ email: newEmail() })
    await expectJson(set(id, ['group-bots']), 404)
    await expectJson(set('nobody', []), 404)
    const inside = await create({ email: newEmail(), tenants: ['main'] })
    for (const group of ['group-people', 'nowhere'])
      await expectJson(set(inside.id, ['group-bots', group]), 404)
    expect(await read(inside.id)).toMatchObject({ groups: [] })
  })

  it.each([undefined, 'group-bots', [1]])(
    'refuses a payload that is no list of ids: %j',
    async (groupIds) => {
      const { id } = await create({ email: newEmail(), tenants: ['main'] })
      await expectJson(set(id, groupIds), 422)
    },
  )

  it('lets nobody into a group that holds more than the one who asks', async () => {
    const group = await createGroup('owners')
    await env.DB.prepare(
      "INSERT INTO bindings (id, tenant_id, group_id, role_id, created_at) VALUES ('b-owners', 'main', ?, 'admin_main', 0)",
    )
      .bind(group)
      .run()
    const bot = await createBot({ GROUP: ['MANAGE_MEMBERS'] }, { namespace: null, by: admin })
    const { id } = await create({ email: newEmail(), tenants: ['main'] })
    expect(await expectJson(set(id, [group], bot), 403)).toMatchObject({ code: 'grant_exceeds_own' })
    expect((await set(id, ['group-bots'], bot)).status).toBe(204)
    expect(await read(id)).toMatchObject({ groups: [{ id: 'group-bots' }] })
    // Who is in already stays in: nothing is handed over.
    expect((await set(id, ['group-bots', group])).status).toBe(204)
    expect((await set(id, ['group-bots', group], bot)).status).toBe(204)
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

  it('does not let in by a hash that was put into the table by hand (threat 2)', async () => {
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
    const ids: string[] = []
    for (const _ of [1, 2]) ids.push((await create({ email: newEmail(), password: PASSWORD })).id)
    expect(await dumpTables()).not.toContain(PASSWORD)
    const { results } = await env.DB.prepare('SELECT password FROM accounts WHERE id IN (?, ?)')
      .bind(...ids)
      .all<{ password: string }>()
    expect(results.map(({ password }) => password)).toEqual([
      expect.stringMatching(/^scrypt\$/),
      expect.stringMatching(/^scrypt\$/),
    ])
    expect(results[0]?.password).not.toBe(results[1]?.password)
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
