import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { filesOf } from '../support/files.ts'

const PATH = '/api/v1/main/bindings'

let admin: Bot
let account: string
let role: string
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
  account = await create('/api/v1/main/service-accounts', { name: 'deploy-bot' })
  role = await create('/api/v1/main/roles', { name: 'Deploys', permissions: { NAMESPACE: ['MANAGE_FILES'] } })
})

const create = async (path: string, json: object, status = 200) =>
  (await expectJson<{ id: string }>(call(path, { ...admin, json }), status)).id
const request = () => ({ type: 'USER', externalId: account, roleId: role })

describe('POST /api/v1/{tenant}/bindings', () => {
  it.each<[string, object, string]>([
    ['no type', { type: undefined }, 'type'],
    ['another type', { type: 'ROBOT' }, 'type'],
    ['no account', { externalId: undefined }, 'externalId'],
    ['no role', { roleId: undefined }, 'roleId'],
    ['an account that is too long for an id', { externalId: 'x'.repeat(129) }, 'externalId'],
    ['a namespace that cannot be', { namespaceId: 'Prod' }, 'namespaceId'],
  ])('refuses %s', async (_, changes, path) => {
    const before = await inventory()
    const answer = await expectJson(call(PATH, { ...admin, json: { ...request(), ...changes } }), 422)
    expect(answer).toMatchObject({ code: 'invalid_entity', _embedded: { errors: [{ path }] } })
    expect(await inventory()).toBe(before)
  })

  it.each<[string, () => Promise<object> | object]>([
    ['an unknown account', () => ({ externalId: 'nobody' })],
    ['an unknown role', () => ({ roleId: 'nothing' })],
    [
      'a role of another tenant',
      async () => {
        const theirs = { name: 'Theirs', permissions: { FLOW: ['READ'] } }
        return { roleId: await create('/api/v1/acme/roles', theirs) }
      },
    ],
  ])('does not know %s', async (_, changes) => {
    const json = { ...request(), ...(await changes()) }
    const before = await inventory()
    const answer = await expectJson(call(PATH, { ...admin, json }), 404)
    expect(answer).toMatchObject({ code: 'not_found' })
    expect(await inventory()).toBe(before)
  })

  it('binds a service account with the type USER, and names its namespace twice', async () => {
    const json = { ...request(), namespaceId: 'company.team', id: 'mine' }
    const binding = await expectJson<{ id: string }>(call(PATH, { ...admin, json }))
    expect(binding).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      type: 'USER',
      namespace: 'company.team',
      namespaceId: 'company.team',
      role: { id: role, name: 'Deploys' },
      user: {
        id: account,
        username: 'deploy-bot',
        displayName: 'deploy-bot',
        type: 'SERVICE_ACCOUNT',
      },
    })
    expect(await expectJson(call(`${PATH}/${binding.id}`, admin))).toEqual(binding)
  })

  it.each([{}, { namespaceId: '' }, { namespaceId: null }])(
    'binds in the whole tenant and names no namespace with %j',
    async (where) => {
      const binding = await expectJson(call(PATH, { ...admin, json: { ...request(), ...where } }))
      expect(Object.keys(binding).sort()).toEqual(['id', 'role', 'type', 'user'])
    },
  )

  it('shows a user by name', async () => {
    const user = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' }
    const id = await create('/api/v1/users', user, 201)
    expect(await expectJson(call(PATH, { ...admin, json: { ...request(), externalId: id } }))).toMatchObject({
      user: { id, username: 'ada@example.com', displayName: 'Ada Lovelace', type: 'STANDARD' },
    })
  })
})

describe('a binding', () => {
  it('is not there for another tenant', async () => {
    const { id } = await bind(account, role, admin)
    for (const method of ['GET', 'DELETE'])
      await expectJson(call(`/api/v1/acme/bindings/${id}`, { ...admin, method }), 404)
    await expectJson(call(`${PATH}/${id}`, admin))
  })

  it('is removed with 204, and then 404', async () => {
    const { id } = await bind(account, role, admin)
    const answer = await call(`${PATH}/${id}`, { ...admin, method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    for (const method of ['GET', 'DELETE']) await expectJson(call(`${PATH}/${id}`, { ...admin, method }), 404)
  })

  it.each([
    ['prod', 200],
    ['prod.team', 200],
    ['prod.team.app', 200],
    ['production', 403],
    ['prod-x', 403],
    ['pro', 403],
    ['dev.prod', 403],
  ])('in prod reaches %s with %i', async (namespace, status) => {
    const bot = await createBot({ NAMESPACE_FILE: ['LIST'] }, { namespace: 'prod', by: admin })
    expect((await call(`${filesOf(namespace)}/search`, bot)).status).toBe(status)
  })

  it('gives access at once, and takes it at once', async () => {
    const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    const search = async () => (await call(`${filesOf('prod')}/search`, bot)).status
    expect(await search()).toBe(403)
    const one = await bind(bot.id, role, admin, 'prod')
    const two = await bind(bot.id, role, admin)
    expect(await search()).toBe(200)
    await call(`${PATH}/${two.id}`, { ...admin, method: 'DELETE' })
    expect(await search()).toBe(200)
    await call(`${PATH}/${one.id}`, { ...admin, method: 'DELETE' })
    expect(await search()).toBe(403)
  })
})

describe('nobody binds more than they hold', () => {
  let keeper: Bot
  beforeAll(async () => {
    keeper = await createBot({ BINDING: ['CREATE', 'VIEW'] }, { namespace: null, by: admin, name: 'keeper' })
    await bind(keeper.id, role, admin, 'prod')
  })

  it.each<[string, () => object]>([
    ['a role in the whole tenant that they hold in a namespace', () => ({})],
    ['a role in another namespace than theirs', () => ({ namespaceId: 'dev' })],
    ['a role in a namespace that only looks like theirs', () => ({ namespaceId: 'production' })],
    ['a role with more than they hold', () => ({ roleId: 'admin_main', namespaceId: 'prod' })],
    ['such a role to themselves', () => ({ roleId: 'admin_main', externalId: keeper.id })],
  ])('refuses %s', async (_, changes) => {
    const before = await inventory()
    const answer = await expectJson(call(PATH, { ...keeper, json: { ...request(), ...changes() } }), 403)
    expect(answer).toMatchObject({ message: 'Forbidden', code: 'grant_exceeds_own' })
    expect(await inventory()).toBe(before)
  })

  it('hides the accounts of other tenants, unless they belong to none', async () => {
    const theirs = await create('/api/v1/acme/service-accounts', { name: 'theirs' })
    const homeless = await create('/api/v1/service-accounts', { name: 'homeless' })
    const bindAs = (externalId: string) =>
      call(PATH, { ...keeper, json: { ...request(), externalId, namespaceId: 'prod' } })
    const before = await inventory()
    expect(await expectJson(bindAs(theirs), 404)).toMatchObject({ code: 'not_found' })
    expect(await inventory()).toBe(before)
    await expectJson(bindAs(homeless))
  })

  it.each(['prod', 'prod.team'])('binds what they hold where they hold it: %s', async (namespaceId) => {
    expect(await expectJson(call(PATH, { ...keeper, json: { ...request(), namespaceId } }))).toMatchObject({
      namespace: namespaceId,
    })
  })
})

describe('a binding of a group', () => {
  let group: string
  beforeAll(async () => {
    group = await create('/api/v1/main/groups', { name: 'Bots' })
  })

  it('names the group, and governs all who are in it at once', async () => {
    const [one, two] = [
      await createBot({ KVSTORE: ['VIEW'] }, { by: admin }),
      await createBot({ KVSTORE: ['VIEW'] }, { by: admin }),
    ]
    const member = (bot: Bot, method: string) =>
      expectJson(call(`/api/v1/main/groups/${group}/members/${bot.id}`, { ...admin, method }))
    const search = async () =>
      Promise.all([one, two].map(async (bot) => (await call(`${filesOf('prod.x')}/search`, bot)).status))
    await member(one, 'PUT')
    expect(await search()).toEqual([403, 403])
    const json = { type: 'GROUP', externalId: group, roleId: role, namespaceId: 'prod' }
    const binding = await expectJson<{ id: string }>(call(PATH, { ...admin, json }))
    expect(binding).toEqual({
      id: expect.any(String),
      type: 'GROUP',
      namespace: 'prod',
      namespaceId: 'prod',
      role: { id: role, name: 'Deploys' },
      group: { id: group, name: 'Bots' },
    })
    expect(await search()).toEqual([200, 403])
    await member(two, 'PUT')
    expect(await search()).toEqual([200, 200])
    await member(one, 'DELETE')
    expect(await search()).toEqual([403, 200])
    await call(`${PATH}/${binding.id}`, { ...admin, method: 'DELETE' })
    expect(await search()).toEqual([403, 403])
  })

  it.each<[string, () => object]>([
    ['an account', () => ({ externalId: account })],
    ['nothing', () => ({ externalId: 'nothing' })],
  ])('is not made of %s', async (_, changes) => {
    const json = { type: 'GROUP', externalId: group, roleId: role, ...changes() }
    expect(await expectJson(call(PATH, { ...admin, json }), 404)).toMatchObject({ code: 'not_found' })
  })

  it('is not made of a group of another tenant, or of a group taken for an account', async () => {
    const theirs = await create('/api/v1/acme/groups', { name: 'Bots' })
    await expectJson(call(PATH, { ...admin, json: { type: 'GROUP', externalId: theirs, roleId: role } }), 404)
    await expectJson(call(PATH, { ...admin, json: { type: 'USER', externalId: group, roleId: role } }), 404)
  })
})

describe('POST /api/v1/{tenant}/bindings/bulk', () => {
  const bulk = (json: unknown, by = admin) => call(`${PATH}/bulk`, { ...by, json })

  it('takes none at all', async () => {
    expect(await expectJson(bulk([]))).toEqual([])
  })

  it('makes all of them, in their order', async () => {
    const wanted = ['a', 'b', 'c'].map((namespaceId) => ({ ...request(), namespaceId }))
    expect(await expectJson<object[]>(bulk(wanted))).toMatchObject([
      { namespace: 'a' },
      { namespace: 'b' },
      { namespace: 'c' },
    ])
  })

  it.each<[string, number, object]>([
    ['an unknown role', 404, { roleId: 'nothing' }],
    ['an unknown account', 404, { externalId: 'nobody' }],
    ['an unknown group', 404, { type: 'GROUP', externalId: 'nothing' }],
    ['a binding without a type', 422, { type: undefined }],
  ])('makes none when one of them is %s', async (_, status, changes) => {
    const before = await inventory()
    await expectJson(bulk([request(), { ...request(), ...changes }]), status)
    expect(await inventory()).toBe(before)
  })

  it('makes none when one of them is above oneself', async () => {
    const binder = await createBot({ BINDING: ['CREATE'] }, { namespace: null, by: admin })
    await bind(binder.id, role, admin, 'prod')
    const before = await inventory()
    const wanted = [{ ...request(), namespaceId: 'prod' }, request()]
    expect(await expectJson(bulk(wanted, binder), 403)).toMatchObject({ code: 'grant_exceeds_own' })
    expect(await inventory()).toBe(before)
  })

  it('takes at most a hundred', async () => {
    await expectJson(bulk(Array(101).fill(request())), 422)
  })
})

describe('GET /api/v1/{tenant}/bindings/search', () => {
  const search = (query: string) =>
    expectJson<{ total: number; results: Array<{ id: string; type: string }> }>(
      call(`${PATH}/search?${query}`, admin),
    )
  let bot: string
  let group: string
  beforeAll(async () => {
    bot = await create('/api/v1/main/service-accounts', { name: 'searched' })
    group = await create('/api/v1/main/groups', { name: 'Searchers' })
    await bind(bot, role, admin, 'dev')
    await bind(bot, 'viewer_main', admin)
    await expectJson(
      call(PATH, { ...admin, json: { type: 'GROUP', externalId: group, roleId: role, namespaceId: 'dev' } }),
    )
  })

  it.each<[string, () => string, number]>([
    ['the account', () => `id=${bot}`, 2],
    ['the group', () => `id=${group}`, 1],
    ['the account, as a filter', () => `filters[id][EQUALS]=${bot}`, 2],
    ['type and namespace', () => 'type=GROUP&namespace=dev', 1],
    ['type and account', () => `type=GROUP&id=${bot}`, 0],
    ['namespace and account', () => `id=${bot}&namespace=dev`, 1],
    ['the name of the account', () => 'q=searched', 2],
    ['the name of the group', () => 'q=searchers', 1],
    ['nobody', () => 'id=nobody', 0],
  ])('finds by %s', async (_, query, total) => {
    const found = await search(query())
    expect(found.total).toBe(total)
    expect(found.results).toHaveLength(total)
  })

  it('sorts by type and pages', async () => {
    const all = await search('size=1000&sort=type:asc')
    const types = all.results.map(({ type }) => type)
    expect(types).toEqual(types.toSorted())
    expect(types).toContain('GROUP')
    expect(all.results).toHaveLength(all.total)
    expect((await search('size=2&page=2&sort=type:asc')).results).toEqual(all.results.slice(2, 4))
  })

  it('shows a tenant its own', async () => {
    expect(await expectJson(call('/api/v1/acme/bindings/search', admin))).toEqual({ results: [], total: 0 })
  })

  it('refuses a type that there is not', async () => {
    await expectJson(call(`${PATH}/search?type=ROBOT`, admin), 422)
  })
})
