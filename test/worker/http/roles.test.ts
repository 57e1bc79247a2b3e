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

const PATH = '/api/v1/main/roles'
const MANAGED = ['admin_main', 'developer_main', 'editor_main', 'launcher_main', 'viewer_main']

interface Role {
  readonly id: string
  readonly name: string
  readonly permissions: Record<string, string[]>
}

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
})

const create = (json: object, by = admin) => expectJson<Role>(call(PATH, { ...by, json }))
const replace = (id: string, json: object, by = admin) =>
  call(`${PATH}/${id}`, { ...by, method: 'PUT', json })

describe('a role', () => {
  it.each([
    ['no name', { permissions: { FLOW: ['READ'] } }, 'name is required'],
    ['an empty name', { name: '', permissions: { FLOW: ['READ'] } }, 'name must not be empty'],
    ['no permissions', { name: 'x' }, 'permissions is required'],
    ['an empty map', { name: 'x', permissions: {} }, 'permissions must not be empty'],
    ['resources without actions', { name: 'x', permissions: { FLOW: [] } }, 'permissions must not be empty'],
    [
      'an unknown resource',
      { name: 'x', permissions: { FLOWS: ['READ'] } },
      'permissions.FLOWS is not a resource',
    ],
    [
      'an unknown action',
      { name: 'x', permissions: { FLOW: ['FLY'] } },
      'permissions.FLOW.0 is not an action',
    ],
    [
      'a resource in small letters',
      { name: 'x', permissions: { flow: ['READ'] } },
      'permissions.flow is not a resource',
    ],
    [
      'a resource that every object has',
      { name: 'x', permissions: { toString: ['READ'] } },
      'permissions.toString is not a resource',
    ],
    ['an action that every object has', { name: 'x', permissions: { FLOW: ['constructor'] } }, 'FLOW.0'],
    [
      'more resources than there are',
      {
        name: 'x',
        permissions: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`R${i}`, ['READ']])),
      },
      'at most 100',
    ],
    [
      'more actions than there are',
      { name: 'x', permissions: { FLOW: Array(101).fill('READ') } },
      'at most 100',
    ],
    ['a text for a list', { name: 'x', permissions: { FLOW: 'READ' } }, 'permissions.FLOW'],
  ])('is refused with %s', async (_, json, reason) => {
    const before = await inventory()
    const answer = await expectJson<{ message: string }>(call(PATH, { ...admin, json }), 422)
    expect(answer.message).toMatch(/^Invalid entity: /)
    expect(answer.message).toContain(reason)
    expect(await inventory()).toBe(before)
  })

  it.each<[string, Record<string, string[]>]>([
    ['old words', { NAMESPACE: ['READ', 'UPDATE'], FLOW: ['DELETE', 'CREATE', 'UPDATE', 'READ'] }],
    ['new words, out of order', { NAMESPACE: ['MANAGE_FILES', 'VIEW', 'LIST'], KVSTORE: ['LIST'] }],
    ['both', { FLOW: ['READ', 'EXECUTE'], EXECUTION: ['VIEW'] }],
    [
      'names that the new vocabulary dropped',
      { TEMPLATE: ['READ'], IMPERSONATE: ['READ'], SETTING: ['UPDATE'] },
    ],
    ['what grants nothing', { KILL_SWITCH: ['VIEW'], FLOW: ['MANAGE_FILES'], UNKNOWN: ['UNKNOWN'] }],
    ['a word twice, and an empty list', { FLOW: ['READ', 'READ'], ROLE: [] }],
  ])('is echoed word for word: %s', async (_, permissions) => {
    const role = await create({ name: 'My role', permissions })
    const echoed = [role, await expectJson<Role>(call(`${PATH}/${role.id}`, admin))]
    for (const one of echoed) expect(JSON.stringify(one.permissions)).toBe(JSON.stringify(permissions))
  })

  it('answers 200 without what is not set, and ignores what it does not know', async () => {
    const permissions = { FLOW: ['READ'] }
    expect(await create({ id: 'mine', namespaceId: '', isManaged: true, name: 'R', permissions })).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      name: 'R',
      permissions,
      isDefault: false,
      isManaged: false,
    })
    expect(await create({ name: 'R', description: 'Reads', permissions })).toMatchObject({
      description: 'Reads',
    })
  })

  it('is replaced as a whole', async () => {
    const { id } = await create({ name: 'Before', description: 'x', permissions: { FLOW: ['READ'] } })
    const after = { id, name: 'After', permissions: { KVSTORE: ['LIST', 'VIEW'] } }
    const expected = { ...after, isDefault: false, isManaged: false }
    expect(await expectJson(replace(id, after))).toEqual(expected)
    expect(await expectJson(call(`${PATH}/${id}`, admin))).toEqual(expected)
  })

  it('is not there for another tenant', async () => {
    const { id, name, permissions } = await create({ name: 'Ours', permissions: { FLOW: ['READ'] } })
    const path = `/api/v1/acme/roles/${id}`
    await expectJson(call(path, admin), 404)
    await expectJson(call(path, { ...admin, method: 'PUT', json: { name, permissions } }), 404)
    await expectJson(call(path, { ...admin, method: 'DELETE' }), 404)
    await expectJson(call(`${PATH}/${id}`, admin))
  })

  it('is deleted with 204, and then 404', async () => {
    const { id } = await create({ name: 'Gone', permissions: { FLOW: ['READ'] } })
    const answer = await call(`${PATH}/${id}`, { ...admin, method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    for (const method of ['GET', 'DELETE']) await expectJson(call(`${PATH}/${id}`, { ...admin, method }), 404)
  })
})

describe('a managed role', () => {
  it.each(MANAGED)('is there from the start and stays as it is: %s', async (id) => {
    const role = await expectJson<Role>(call(`${PATH}/${id}`, admin))
    expect(role).toMatchObject({ isManaged: true })
    const json = { name: 'Mine', permissions: { FLOW: ['READ'] } }
    for (const answer of [replace(id, json), call(`${PATH}/${id}`, { ...admin, method: 'DELETE' })]) {
      expect(await expectJson(answer, 403)).toMatchObject({ message: 'Forbidden', code: 'role_managed' })
    }
    expect(await expectJson(call(`${PATH}/${id}`, admin))).toEqual(role)
  })

  it.each([
    ['developer_main', 200],
    ['editor_main', 403],
    ['viewer_main', 403],
  ])('gives the files of a namespace to who develops there: %s', async (role, status) => {
    const { token, id } = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    await bind(id, role, admin, 'prod')
    expect((await call('/api/v1/main/namespaces/prod/files/search', { token })).status).toBe(status)
  })
})

describe('a change of a role', () => {
  const permissions = { NAMESPACE_FILE: ['LIST'] }
  const search = (bot: Bot) =>
    call('/api/v1/main/namespaces/prod/files/search', {
      ...bot,
      headers: { 'Postern-Consistency': 'strict' },
    }).then(({ status }) => status)

  it('is felt at once by who is bound to it', async () => {
    const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    const { id } = await create({ name: 'Files', permissions })
    await bind(bot.id, id, admin, 'prod')
    expect(await search(bot)).toBe(200)
    await replace(id, { name: 'Files', permissions: { NAMESPACE_FILE: ['VIEW'] } })
    expect(await search(bot)).toBe(403)
    await replace(id, { name: 'Files', permissions })
    expect(await search(bot)).toBe(200)
    const before = await inventory()
    await call(`${PATH}/${id}`, { ...admin, method: 'DELETE' })
    expect(await search(bot)).toBe(403)
    const bindings = (text: string) => Number(/^bindings (\d+)$/m.exec(text)?.[1])
    expect(bindings(await inventory())).toBe(bindings(before) - 1)
  })
})

describe('nobody puts more into a role than they hold', () => {
  const HELD = { ROLE: ['CREATE', 'UPDATE', 'VIEW'], NAMESPACE_FILE: ['LIST', 'VIEW'] }
  let keeper: Bot
  beforeAll(async () => {
    keeper = await createBot(HELD, { namespace: null, by: admin, name: 'keeper' })
    const { id } = await create({ name: 'Deploys', permissions: { NAMESPACE: ['MANAGE_FILES'] } })
    await bind(keeper.id, id, admin, 'prod')
  })

  it.each<[string, Record<string, string[]>]>([
    ['an action they lack', { NAMESPACE_FILE: ['LIST', 'DELETE'] }],
    ['an old word that means more than they hold', { ROLE: ['READ'] }],
    ['an old name for what they lack', { SETTING: ['READ'] }],
    ['what they hold in one namespace alone', { NAMESPACE: ['MANAGE_FILES'] }],
    ['files by way of flows', { FLOW: ['DELETE'] }],
  ])('refuses %s', async (_, permissions) => {
    const { id } = await create({ name: 'Target', permissions: { NAMESPACE_FILE: ['LIST'] } })
    const before = [await inventory(), await expectJson(call(`${PATH}/${id}`, admin))]
    const json = { name: 'More', permissions }
    for (const answer of [call(PATH, { ...keeper, json }), replace(id, json, keeper)]) {
      expect(await expectJson(answer, 403)).toMatchObject({ message: 'Forbidden', code: 'grant_exceeds_own' })
    }
    expect([await inventory(), await expectJson(call(`${PATH}/${id}`, admin))]).toEqual(before)
  })

  it('takes what they hold, in either vocabulary', async () => {
    const { id } = await create({ name: 'Reads files', permissions: { NAMESPACE_FILE: ['READ'] } }, keeper)
    await expectJson(replace(id, { name: 'Creates roles', permissions: { ROLE: ['CREATE'] } }, keeper))
  })
})

describe('the default role', () => {
  const read = async (id: string) =>
    (await expectJson<Role & { isDefault: boolean }>(call(`${PATH}/${id}`, admin))).isDefault
  const permissions = { FLOW: ['READ'] }

  it('is one at most: another one takes its place', async () => {
    const first = await create({ name: 'first', permissions, isDefault: true })
    expect(await read(first.id)).toBe(true)
    const second = await create({ name: 'second', permissions, isDefault: true })
    expect([await read(first.id), await read(second.id)]).toEqual([false, true])
    await expectJson(replace(first.id, { name: 'first', permissions, isDefault: true }))
    expect([await read(first.id), await read(second.id)]).toEqual([true, false])
    await expectJson(replace(first.id, { name: 'first', permissions, isDefault: true }))
    expect(await read(first.id)).toBe(true)
    await expectJson(replace(first.id, { name: 'first', permissions }))
    expect(await read(first.id)).toBe(false)
  })

  it('is another one in each tenant', async () => {
    const ours = await create({ name: 'ours', permissions, isDefault: true })
    await expectJson(
      call('/api/v1/acme/roles', { ...admin, json: { name: 'theirs', permissions, isDefault: true } }),
    )
    expect(await read(ours.id)).toBe(true)
  })

  it('is not made of a role that holds more than oneself: whoever joins would get it', async () => {
    const maker = await createBot({ ROLE: ['CREATE', 'UPDATE'] }, { namespace: null, by: admin })
    const strong = await create({ name: 'strong', permissions: { SECRET: ['READ'] } })
    const json = { name: 'strong', permissions: { SECRET: ['READ'] }, isDefault: true }
    expect(await expectJson(replace(strong.id, json, maker), 403)).toMatchObject({
      code: 'grant_exceeds_own',
    })
    expect(await read(strong.id)).toBe(false)
  })
})

describe('lists of roles', () => {
  interface Summary {
    readonly id: string
    readonly name: string
  }
  const search = (query: string) =>
    expectJson<{ total: number; results: Summary[] }>(call(`${PATH}/search?${query}`, admin))
  let reader: Role
  beforeAll(async () => {
    reader = await create({ name: 'Grand Reader', permissions: { FLOW: ['READ'], SECRET: ['VIEW'] } })
  })

  it('say how many resources a role is about, and whether it is managed', async () => {
    expect(await search('filters[name][EQUALS]=grand reader&size=100')).toEqual({
      total: 1,
      results: [
        { id: reader.id, name: 'Grand Reader', isDefault: false, isManaged: false, permissionCount: 2 },
      ],
    })
    expect((await search('filters[name][EQUALS]=ADMIN')).results).toMatchObject([
      { id: 'admin_main', isManaged: true },
    ])
  })

  it.each(['q=d%20READ', 'filters[q][EQUALS]=rand%20reader'])('are searched by %s', async (query) => {
    expect(await search(query)).toMatchObject({ total: 1, results: [{ id: reader.id }] })
  })

  it('are sorted and paged', async () => {
    const all = await search('size=1000&sort=name:desc')
    const names = all.results.map(({ name }) => name.toLowerCase())
    expect(names).toEqual(names.toSorted().toReversed())
    expect(all.results).toHaveLength(all.total)
    expect((await search('size=2&page=2&sort=name:desc')).results).toEqual(all.results.slice(2, 4))
  })

  it('suggest by text and by id, and read by ids', async () => {
    const post = (path: string, json: object) =>
      expectJson<Summary[]>(call(`${PATH}/${path}`, { ...admin, json }))
    expect(await post('autocomplete', { q: 'Grand Re' })).toMatchObject([{ id: reader.id }])
    expect(await post('autocomplete', { ids: [reader.id] })).toMatchObject([{ id: reader.id }])
    expect(await post('ids', { ids: ['nothing', reader.id] })).toEqual([{ ...reader, deleted: false }])
  })
})
