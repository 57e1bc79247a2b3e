import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bot,
  bind,
  bindGroup,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
  RECORDS,
} from '../support/edge.ts'

const INSTANCE = '/api/v1/service-accounts'
const TENANT = '/api/v1/main/service-accounts'
const ACCOUNTS = {
  SERVICE_ACCOUNT: ['CREATE', 'READ', 'UPDATE', 'DELETE'],
}

interface Account {
  readonly id: string
  readonly name: string
}

let admin: Bot
/** Manages the tenant's service accounts, and nothing else. */
let manager: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  manager = await createBot(ACCOUNTS, { namespace: null, by: admin, name: 'manager' })
  await createTenant('acme')
})

const create = (json: object, path = TENANT, by = admin) => expectJson<Account>(call(path, { ...by, json }))
const read = (id: string, path = TENANT) => expectJson(call(`${path}/${id}`, admin))

describe('the name of a service account', () => {
  it.each([
    ['MY_SERVICE_ACCOUNT', 'must contain only lower-case letters, digits and hyphens'],
    ['myServiceAccount', 'must contain only lower-case letters, digits and hyphens'],
    ['my-service-account-', 'must end with a lower-case letter or a digit'],
    ['-my-service-account', 'must start with a lower-case letter or a digit'],
    ['my--service-account', 'must not contain two hyphens in a row'],
    ['a'.repeat(64), 'must have at most 63 characters'],
    ['', 'must not be empty'],
    ['my account', 'must contain only lower-case letters, digits and hyphens'],
    ['bot\n', 'must contain only lower-case letters, digits and hyphens'],
  ])('is refused: %j', async (name, rule) => {
    const before = await inventory()
    for (const path of [TENANT, INSTANCE]) {
      const answer = await expectJson(call(path, { ...admin, json: { name } }), 422)
      expect(answer).toMatchObject({
        message: expect.stringMatching(/^Invalid entity: name /),
        code: 'invalid_entity',
        _embedded: { errors: expect.arrayContaining([{ path: 'name', message: rule }]) },
      })
    }
    expect(await inventory()).toBe(before)
  })

  it.each([
    ['no name', {}],
    ['null', { name: null }],
    ['a number', { name: 1 }],
  ])('is required: %s', async (_, json) => {
    const answer = await expectJson(call(TENANT, { ...admin, json }), 422)
    expect(answer).toMatchObject({ _embedded: { errors: [{ path: 'name' }] } })
  })

  it.each(['my-service-account', 'my-service-account-1', 'a', '1', 'a'.repeat(63)])(
    'is accepted: %s',
    async (name) => {
      expect(await create({ name })).toMatchObject({ name })
    },
  )

  it('may be another account’s too', async () => {
    const [one, two] = [await create({ name: 'twin' }), await create({ name: 'twin' })]
    expect(one.id).not.toBe(two.id)
  })
})

describe.each([TENANT, INSTANCE])('POST %s', (path) => {
  it.each([
    ['not JSON', '{"name":', 'invalid_json'],
    ['nothing', '', 'invalid_json'],
    ['a list', '[]', 'invalid_entity'],
  ])('refuses %s', async (_, body, code) => {
    const headers = { 'Content-Type': 'application/json' }
    expect(await expectJson(call(path, { ...admin, body, headers }), 422)).toMatchObject({ code })
  })

  it('refuses a form', async () => {
    const answer = await expectJson(call(path, { ...admin, body: new URLSearchParams({ name: 'x' }) }), 415)
    expect(answer).toMatchObject({ code: 'unsupported_media_type' })
  })

  it('refuses more than a megabyte', async () => {
    const json = { name: 'x', description: 'x'.repeat(2 ** 20) }
    expect(await expectJson(call(path, { ...admin, json }), 413)).toMatchObject({ code: 'body_too_large' })
  })

  it('answers 200 with the account, without what is not set', async () => {
    expect(await create({ name: 'plain', description: null, groups: null }, path)).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      name: 'plain',
      superAdmin: false,
      instanceOwner: false,
      ...(path === INSTANCE ? { tenants: [] } : { groups: [] }),
    })
  })

  it('ignores members it does not know', async () => {
    const sent = { id: 'mine', namespaceId: '', username: 'x', password: 'x', name: 'plain' }
    const { id } = await create(sent, path)
    expect(id).not.toBe('mine')
    expect(
      await env.DB.prepare('SELECT password FROM accounts WHERE id = ?').bind(id).first('password'),
    ).toBeNull()
  })

  it.each([{ superAdmin: true }, { instanceOwner: true }])(
    'takes the flag under either name: %j',
    async (flag) => {
      const account = await create({ name: 'powerful', description: '', ...flag }, path)
      expect(account).toMatchObject({ superAdmin: true, instanceOwner: true, description: '' })
    },
  )
})

describe('POST /api/v1/service-accounts', () => {
  it('refuses a tenant that is not there, and creates nothing', async () => {
    const before = await inventory()
    const json = { name: 'lost', tenants: ['main', 'nowhere'] }
    expect(await expectJson(call(INSTANCE, { ...admin, json }), 404)).toMatchObject({
      code: 'not_found',
    })
    expect(await inventory()).toBe(before)
  })

  it('puts the account into several tenants', async () => {
    expect(await create({ name: 'both', tenants: ['main', 'acme'] }, INSTANCE)).toMatchObject({
      tenants: [
        { id: 'acme', name: 'acme' },
        { id: 'main', name: 'main' },
      ],
    })
  })
})

describe('a service account of a tenant', () => {
  it('is not there for another tenant, and not as a user', async () => {
    const { id } = await create({ name: 'local' })
    for (const path of [`/api/v1/acme/service-accounts/${id}`, `/api/v1/users/${id}`, `${TENANT}/nobody`]) {
      expect(await expectJson(call(path, admin), 404)).toMatchObject({
        code: 'not_found',
        message: expect.stringMatching(/^Not Found: /),
      })
    }
  })

  it('is not created in a tenant that is not there', async () => {
    const answer = await expectJson(
      call('/api/v1/nowhere/service-accounts', { ...admin, json: { name: 'x' } }),
      404,
    )
    expect(answer).toMatchObject({ code: 'not_found' })
  })

  it('is read as it was written, at both levels', async () => {
    const account = await create({ name: 'local', description: 'Says what it is for' })
    expect(await read(account.id)).toEqual(account)
    const { groups: _, ...atInstance } = account as Account & { groups: object[] }
    expect(await read(account.id, INSTANCE)).toEqual({
      ...atInstance,
      tenants: [{ id: 'main', name: 'main' }],
    })
  })
})

describe('PUT /api/v1/{tenant}/service-accounts/{id}', () => {
  const replace = (id: string, json: object, by = admin) =>
    call(`${TENANT}/${id}`, { ...by, method: 'PUT', json })

  it('replaces name and description, and takes the id a client repeats', async () => {
    const { id } = await create({ name: 'before', description: 'Before' })
    const after = await expectJson(replace(id, { id, name: 'after', groups: null }))
    expect(after).toEqual({ id, name: 'after', groups: [], superAdmin: false, instanceOwner: false })
    expect(await read(id)).toEqual(after)
  })

  it('leaves the flag as it is when nothing is said of it', async () => {
    const { id } = await create({ name: 'powerful', superAdmin: true })
    expect(await expectJson(replace(id, { name: 'powerful' }))).toMatchObject({ superAdmin: true })
    expect(await expectJson(replace(id, { name: 'powerful', superAdmin: false }))).toMatchObject({
      instanceOwner: false,
    })
  })

  it('takes in an account that belongs to no tenant yet', async () => {
    const { id } = await create({ name: 'homeless' }, INSTANCE)
    await expectJson(call(`${TENANT}/${id}`, admin), 404)
    await expectJson(replace(id, { name: 'housed' }))
    expect(await read(id)).toMatchObject({ name: 'housed' })
  })

  it('does not take in an account that works in another tenant', async () => {
    const { id } = await create({ name: 'homeless' }, INSTANCE)
    const role = { name: 'Theirs', permissions: { FLOW: ['READ'] } }
    const { id: roleId } = await create(role, '/api/v1/acme/roles')
    await bind(id, roleId, admin, undefined, 'acme')
    for (const by of [manager, admin]) await expectJson(replace(id, { name: 'mine' }, by), 404)
    expect(await read(id, INSTANCE)).toMatchObject({ name: 'homeless', tenants: [] })
  })

  it('does not know an account that is not there', async () => {
    await expectJson(replace('nobody', { name: 'x' }), 404)
  })
})

describe('PATCH /api/v1/service-accounts/{id}', () => {
  const change = (id: string, json: object) => call(`${INSTANCE}/${id}`, { ...admin, method: 'PATCH', json })

  it('wants the name even when it stays', async () => {
    const { id } = await create({ name: 'still' })
    expect(await expectJson(change(id, { description: 'x' }), 422)).toMatchObject({
      _embedded: { errors: [{ path: 'name', message: 'is required' }] },
    })
  })

  it('leaves the description as it is when nothing is said of it', async () => {
    const { id } = await create({ name: 'before', description: 'Stays' })
    expect(await expectJson(change(id, { name: 'after' }))).toMatchObject({ description: 'Stays' })
    expect(await expectJson(change(id, { name: 'after', description: null }))).not.toHaveProperty(
      'description',
    )
  })

  it('changes name and description, never the flag', async () => {
    const { id } = await create({ name: 'before' })
    const sent = { name: 'after', description: 'Better', superAdmin: true }
    expect(await expectJson(change(id, sent))).toEqual({
      id,
      name: 'after',
      description: 'Better',
      superAdmin: false,
      instanceOwner: false,
      tenants: [{ id: 'main', name: 'main' }],
    })
    await expectJson(change('nobody', sent), 404)
  })
})

describe('a list of service accounts', () => {
  it.each(['page=0', 'page=-1', 'page=one', 'size=0', 'size=10001', 'size='])(
    'refuses ?%s',
    async (query) => {
      await expectJson(call(`${TENANT}?${query}`, admin), 422)
    },
  )

  it('goes through all pages by name, and on to an empty one', async () => {
    await createTenant('paged')
    const path = '/api/v1/paged/service-accounts'
    for (const name of ['c', 'a', 'b']) await create({ name }, path)
    const page = (query: string) =>
      expectJson<{ results: Account[]; total: number }>(call(`${path}?${query}`, admin))
    const names = async (query: string) => (await page(query)).results.map(({ name }) => name)
    expect(await names('page=1&size=2')).toEqual(['a', 'b'])
    expect(await names('page=2&size=2')).toEqual(['c'])
    expect(await page('page=3&size=2')).toEqual({ results: [], total: 3 })
    expect(await names('size=10000')).toEqual(['a', 'b', 'c'])
    expect(await names('unknown=x')).toEqual(['a', 'b', 'c'])
  })

  it('holds ten unless asked for more, and rows as each level has them', async () => {
    await createTenant('many')
    for (let i = 0; i < 11; i++) await create({ name: `a${i}` }, '/api/v1/many/service-accounts')
    const tenant = await expectJson<{ results: object[]; total: number }>(
      call('/api/v1/many/service-accounts', admin),
    )
    expect(tenant).toMatchObject({ total: 11, results: { length: 10 } })
    expect(tenant.results[0]).toEqual({
      id: expect.any(String),
      username: 'a0',
      displayName: 'a0',
      name: 'a0',
      groups: [],
      auths: [],
    })
    const { results } = await expectJson<{ results: Account[] }>(call(`${INSTANCE}?size=1000`, admin))
    expect(results.find(({ name }) => name === 'a0')).toEqual({
      id: expect.any(String),
      name: 'a0',
      superAdmin: false,
      instanceOwner: false,
      tenants: [{ id: 'many', name: 'many' }],
    })
  })
})

describe('DELETE', () => {
  it.each([
    [TENANT, 200],
    [INSTANCE, 204],
  ])('%s/{id} answers %i, then 404', async (path, status) => {
    const { id } = await create({ name: 'short-lived' })
    const answer = await call(`${path}/${id}`, { ...admin, method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([status, ''])
    await expectJson(call(`${path}/${id}`, { ...admin, method: 'DELETE' }), 404)
    await expectJson(call(`${path}/${id}`, admin), 404)
  })

  it('takes tokens and bindings along, and ends access at once', async () => {
    const before = await inventory({ except: RECORDS })
    const { id } = await create({ name: 'short-lived' })
    await bind(id, 'viewer_main', admin, 'prod')
    const { fullToken } = await mintToken(id, { by: admin })
    expect((await call(TENANT, { token: fullToken })).status).toBe(403)
    await call(`${TENANT}/${id}`, { ...admin, method: 'DELETE' })
    expect((await call(TENANT, { token: fullToken })).status).toBe(401)
    expect(await inventory({ except: RECORDS })).toBe(before)
  })
})

describe('nobody manages an account above their own', () => {
  it.each([
    ['superAdmin', { superAdmin: true }],
    ['instanceOwner', { instanceOwner: true }],
  ])('refuses to create one with the flag %s', async (_, flag) => {
    const before = await inventory()
    const answer = await expectJson(call(TENANT, { ...manager, json: { name: 'x', ...flag } }), 403)
    expect(answer).toMatchObject({ message: 'Forbidden', code: 'superadmin_required' })
    expect(await inventory()).toBe(before)
  })

  it('refuses to raise the flag of one, be it their own', async () => {
    const { id } = await create({ name: 'plain' })
    for (const one of [id, manager.id]) {
      const json = { name: 'plain', superAdmin: true }
      const answer = await call(`${TENANT}/${one}`, { ...manager, method: 'PUT', json })
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'superadmin_required' })
      expect(await read(one)).toMatchObject({ superAdmin: false })
    }
  })

  it.each<[string, object]>([
    ['a superadmin’s account', { superAdmin: true, tenants: ['main'] }],
    ['an account that another tenant shares', { tenants: ['main', 'acme'] }],
  ])('refuses to touch %s', async (_, what) => {
    const { id } = await create({ name: 'above', ...what }, INSTANCE)
    const { id: token } = await mintToken(id, { by: admin })
    const path = `${TENANT}/${id}`
    const before = [await inventory(), await read(id)]
    const attempts = [
      { path, method: 'PUT', json: { name: 'mine', superAdmin: false } },
      { path, method: 'DELETE' },
      { path: `${path}/api-tokens`, json: { name: 'mine' } },
      { path: `${path}/api-tokens/${token}`, method: 'DELETE' },
    ]
    for (const attempt of attempts) {
      const answer = await expectJson(call(attempt.path, { ...manager, ...attempt }), 403)
      expect(answer).toMatchObject({ message: 'Forbidden', code: 'superadmin_required' })
    }
    expect([await inventory(), await read(id)]).toEqual(before)
  })

  it('hides the accounts of other tenants', async () => {
    const { id } = await create({ name: 'theirs' }, '/api/v1/acme/service-accounts')
    for (const method of ['GET', 'DELETE'])
      await expectJson(call(`${TENANT}/${id}`, { ...manager, method }), 404)
    await expectJson(call(`${TENANT}/${id}`, { ...manager, method: 'PUT', json: { name: 'x' } }), 404)
    const { results } = await expectJson<{ results: Account[] }>(call(`${TENANT}?size=1000`, manager))
    expect(results.map((row) => row.id)).not.toContain(id)
    expect(await read(id, INSTANCE)).toMatchObject({ name: 'theirs' })
  })
})

describe('PATCH /api/v1/service-accounts/{id}/disabled', () => {
  const setDisabled = (id: string, disabled: unknown) =>
    call(`${INSTANCE}/${id}/disabled`, { ...admin, method: 'PATCH', json: { disabled } })

  it('refuses every token at once, and takes them again when it is enabled', async () => {
    const bot = await createBot({ ROLE: ['VIEW'] }, { by: admin, name: 'paused' })
    const answer = await setDisabled(bot.id, true)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await expectJson(call('/api/v1/me', bot), 401)).toMatchObject({ code: 'account_disabled' })
    expect((await setDisabled(bot.id, true)).status).toBe(200)
    await setDisabled(bot.id, false)
    await expectJson(call('/api/v1/me', bot))
  })

  it('ends what is known of the account, and is recorded', async () => {
    const { id } = await create({ name: 'paused' })
    const rows = (table: string, column: string) =>
      env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${column} = ?`).bind(id).first<number>('n')
    const before = [await rows('changes', 'ref'), await rows('audit_logs', 'resource_id')]
    await setDisabled(id, true)
    const after = [await rows('changes', 'ref'), await rows('audit_logs', 'resource_id')]
    expect(after).toEqual(before.map((count) => (count ?? 0) + 1))
  })

  it('does not know a stranger, a user, or what is not a boolean', async () => {
    await expectJson(setDisabled('nobody', true), 404)
    const json = { email: 'disabled@example.com' }
    const { id } = await expectJson<Account>(call('/api/v1/users', { ...admin, json }), 201)
    await expectJson(setDisabled(id, true), 404)
    await expectJson(setDisabled(manager.id, 'yes'), 422)
  })
})

describe('the groups of a service account', () => {
  interface WithGroups extends Account {
    readonly groups: ReadonlyArray<{ id: string }>
  }
  const createGroup = async (path = '/api/v1/main/groups') =>
    (await expectJson<Account>(call(path, { ...admin, json: { name: crypto.randomUUID() } }))).id
  const replace = (id: string, json: object, by = admin) =>
    call(`${TENANT}/${id}`, { ...by, method: 'PUT', json: { name: 'bot', ...json } })

  it('come with it, are replaced with it, and are told by id', async () => {
    const [one, two] = [await createGroup(), await createGroup()]
    const account = (await create({ name: 'bot', groups: [{ id: one }] })) as WithGroups
    expect(account.groups).toEqual([{ id: one }])
    expect(await read(account.id)).toEqual(account)
    const replaced = await expectJson<WithGroups>(
      replace(account.id, { id: account.id, groups: [{ id: two }] }),
    )
    expect(replaced.groups).toEqual([{ id: two }])
    const { results } = await expectJson<{ results: object[] }>(call(`${TENANT}?q=bot&size=1000`, admin))
    expect(results).toContainEqual({
      id: account.id,
      username: 'bot',
      displayName: 'bot',
      name: 'bot',
      groups: [{ id: two, name: expect.any(String), external: false }],
      auths: [],
    })
  })

  it.each([{}, { groups: null }, { groups: [] }])('are none with %j', async (json) => {
    const group = await createGroup()
    expect(await create({ name: 'bot', ...json })).toMatchObject({ groups: [] })
    const { id } = await create({ name: 'bot', groups: [{ id: group }] })
    expect(await expectJson(replace(id, json))).toMatchObject({ groups: [] })
  })

  it('must be there, in this tenant', async () => {
    const theirs = await createGroup('/api/v1/acme/groups')
    const { id } = await create({ name: 'bot' })
    const before = await inventory()
    for (const group of ['nothing', theirs]) {
      const groups = [{ id: group }]
      await expectJson(call(TENANT, { ...admin, json: { name: 'bot', groups } }), 404)
      await expectJson(replace(id, { groups }), 404)
    }
    expect(await inventory()).toBe(before)
  })

  it('are left alone by who may not manage their members', async () => {
    const group = await createGroup()
    const groups = [{ id: group }]
    const { id } = await create({ name: 'bot', groups })
    const before = await inventory()
    for (const answer of [
      replace(id, {}, manager),
      call(TENANT, { ...manager, json: { name: 'bot', groups } }),
    ]) {
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'permission_missing' })
    }
    expect(await inventory()).toBe(before)
    await expectJson(replace(id, { name: 'renamed', groups }, manager))
  })

  it('are not joined by who holds less than they do', async () => {
    const group = await createGroup()
    await bindGroup(group, 'viewer_main', admin)
    const keeper = await createBot(
      { ...ACCOUNTS, GROUP: ['MANAGE_MEMBERS'] },
      { namespace: null, by: admin, name: 'keeper' },
    )
    const groups = [{ id: group }]
    const { id } = await create({ name: 'bot' })
    const before = await inventory()
    for (const answer of [
      replace(id, { groups }, keeper),
      call(TENANT, { ...keeper, json: { name: 'bot', groups } }),
    ]) {
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'grant_exceeds_own' })
    }
    expect(await inventory()).toBe(before)
  })
})

describe('the superadmin flag of a service account', () => {
  const set = (id: string, path: string, json: object, by = admin) =>
    call(`${INSTANCE}/${id}/${path}`, { ...by, method: 'PATCH', json })

  it.each([
    ['superadmin', { superAdmin: true }],
    ['superadmin', { instanceOwner: true }],
    ['instance-owner', { instanceOwner: true }],
    ['instance-owner', { superAdmin: true }],
  ])('is set by PATCH …/%s with %j', async (path, json) => {
    const { id } = await create({ name: 'bot' })
    const answer = await set(id, path, json)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await read(id)).toMatchObject({ superAdmin: true, instanceOwner: true })
    await set(id, path, { superAdmin: false })
    expect(await read(id)).toMatchObject({ superAdmin: false, instanceOwner: false })
  })

  it('must be given, of an account that is there', async () => {
    const { id } = await create({ name: 'bot' })
    await expectJson(set(id, 'superadmin', {}), 422)
    await expectJson(set('nobody', 'superadmin', { superAdmin: true }), 404)
  })

  it('is taken at once', async () => {
    const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    await set(bot.id, 'superadmin', { superAdmin: true })
    await expectJson(call(INSTANCE, bot))
    await set(bot.id, 'superadmin', { superAdmin: false })
    await expectJson(call(INSTANCE, bot), 403)
  })
})
