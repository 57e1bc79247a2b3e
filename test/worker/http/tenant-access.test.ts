import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN,
  asAdmin,
  type Bot,
  basic,
  bind,
  bindGroup,
  type Call,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
  inventory,
  RECORDS,
} from '../support/edge.ts'
import { filesOf } from '../support/files.ts'

const PATH = '/api/v1/main/tenant-access'

interface User {
  readonly id: string
  readonly username: string
}

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
})

const PASSWORD = 'TestPass!1234'
async function createUser(tenants: string[] = []): Promise<User & Call> {
  const username = `${crypto.randomUUID()}@example.com`
  const json = { email: username, tenants, password: PASSWORD }
  const { id } = await expectJson<User>(call('/api/v1/users', { ...admin, json }), 201)
  return { id, username, authorization: basic(username, PASSWORD) }
}
const post = (json: object, by: Call = admin) => call(PATH, { ...by, json })
const on = (method: string, id: string, by: Call = admin) => call(`${PATH}/${id}`, { ...by, method })
const read = (id: string, by: Call = admin) => expectJson<Record<string, unknown>>(on('GET', id, by))
const statusAndText = async (answer: Promise<Response>) => [
  (await answer).status,
  await (await answer).text(),
]

describe('access to a tenant', () => {
  it('is given by e-mail address with 204, once', async () => {
    const user = await createUser()
    expect(await statusAndText(post({ email: user.username.toUpperCase() }))).toEqual([204, ''])
    expect(await read(user.id)).toMatchObject({ userId: user.id })
    const before = await inventory()
    expect(await expectJson(post({ email: user.username }), 409)).toMatchObject({
      code: 'tenant_access_already',
    })
    await expectJson(post({ email: 'nobody@example.com' }), 404)
    await expectJson(post({ email: 'nobody' }), 422)
    await expectJson(post({}), 422)
    expect(await inventory()).toBe(before)
  })

  it('is given by id with 201, once', async () => {
    const user = await createUser()
    expect(await statusAndText(on('PUT', user.id))).toEqual([201, ''])
    expect(await expectJson(on('PUT', user.id), 409)).toMatchObject({ code: 'tenant_access_already' })
    await expectJson(on('PUT', 'nobody'), 404)
  })

  it('is not for service accounts: they are managed as such', async () => {
    const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    for (const method of ['PUT', 'GET', 'DELETE']) await expectJson(on(method, bot.id), 404)
  })

  it('is taken with 204, and with it all that the user held there', async () => {
    const user = await createUser(['main', 'acme'])
    const before = await inventory({ except: RECORDS })
    const { id: group } = await expectJson<User>(
      call('/api/v1/main/groups', { ...admin, json: { name: crypto.randomUUID(), membersId: [user.id] } }),
    )
    await bindGroup(group, 'developer_main', admin)
    await bind(user.id, 'developer_main', admin)
    await expectJson(call(`${filesOf('prod')}/search`, user))
    expect(await statusAndText(on('DELETE', user.id))).toEqual([204, ''])
    await expectJson(call(`${filesOf('prod')}/search`, user), 403)
    for (const method of ['GET', 'DELETE']) await expectJson(on(method, user.id), 404)
    expect(await expectJson(call(`/api/v1/users/${user.id}`, admin))).toMatchObject({
      tenants: [{ id: 'acme' }],
    })
    await on('PUT', user.id)
    await call(`/api/v1/main/groups/${group}`, { ...admin, method: 'DELETE' })
    expect(await inventory({ except: RECORDS })).toBe(before)
    await expectJson(call(`${filesOf('prod')}/search`, user), 403)
  })

  it('says what a user holds, and where it comes from', async () => {
    const user = await createUser(['main'])
    const name = crypto.randomUUID()
    const { id: group } = await expectJson<User>(
      call('/api/v1/main/groups', { ...admin, json: { name, membersId: [user.id] } }),
    )
    const permissions = { NAMESPACE: ['MANAGE_FILES'], FLOW: ['READ', 'CREATE'] }
    const { id: role } = await expectJson<User>(
      call('/api/v1/main/roles', { ...admin, json: { name: 'Deploys', permissions } }),
    )
    const own = await bind(user.id, role, admin, 'prod')
    await bindGroup(group, role, admin)
    const held = {
      id: role,
      name: 'Deploys',
      permissions: [
        { resource: 'NAMESPACE', actions: ['MANAGE_FILES'] },
        { resource: 'FLOW', actions: ['READ', 'CREATE'] },
      ],
    }
    const access = await read(user.id)
    expect(access).toEqual({
      tenantId: 'main',
      userId: user.id,
      username: user.username,
      displayName: user.username,
      groups: [{ id: group, name, external: false }],
      roles: expect.arrayContaining([
        { ...held, namespace: 'prod', origin: 'BINDING', sourceId: own.id },
        { ...held, origin: 'GROUP', sourceId: group },
      ]),
      superAdmin: false,
      instanceOwner: false,
    })
    expect(access.roles).toHaveLength(2)
  })

  it('is read by everyone about themselves, and by nobody else without the right', async () => {
    const [user, other] = [await createUser(['main']), await createUser(['main'])]
    expect(await read(user.id, user)).toMatchObject({ userId: user.id })
    await expectJson(on('GET', other.id, user), 403)
    await expectJson(on('DELETE', user.id, user), 403)
    const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    expect(await read(bot.id, bot)).toMatchObject({ userId: bot.id, roles: [{ namespace: 'prod' }] })
    // Nor does it show which tenants there are.
    for (const tenant of ['acme', 'nowhere'])
      await expectJson(call(`/api/v1/${tenant}/tenant-access/${user.id}`, user), 404)
  })
})

describe('lists of users', () => {
  const list = (query: string, tenant = 'main') =>
    expectJson<{ total: number; results: User[] }>(call(`/api/v1/${tenant}/tenant-access?${query}`, admin))

  it('hold the users of the tenant, and neither others nor service accounts', async () => {
    const [ours, theirs] = [await createUser(['main']), await createUser(['acme'])]
    const { total, results } = await list('size=10000&sort=username:asc')
    const ids = results.map(({ id }) => id)
    expect(ids).toContain(ours.id)
    expect(ids).not.toContain(theirs.id)
    expect(ids).not.toContain(admin.id)
    expect(results).toHaveLength(total)
    expect(await list(`q=${ours.username.slice(0, 12)}`)).toEqual({
      total: 1,
      results: [
        {
          id: ours.id,
          username: ours.username,
          displayName: ours.username,
          groups: [],
          auths: [{ name: 'BASIC_AUTH', type: 'BASIC_AUTH' }],
        },
      ],
    })
    expect((await list(`filters[username][EQUALS]=${ADMIN.username}`)).results).toHaveLength(1)
  })

  it('suggest users of the tenant by a part of the address, and others by the whole of it', async () => {
    const [ours, theirs] = [await createUser(['main']), await createUser(['acme'])]
    const suggest = async (json: object) =>
      (await expectJson<User[]>(call(`${PATH}/autocomplete`, { ...admin, json }))).map(({ id }) => id)
    expect(await suggest({ q: ours.username.slice(0, 10) })).toEqual([ours.id])
    expect(await suggest({ username: ours.username })).toEqual([ours.id])
    expect(await suggest({ q: theirs.username.slice(0, -1) })).toEqual([])
    expect(await suggest({ q: theirs.username })).toEqual([theirs.id])
    expect(await suggest({ q: theirs.username, existingOnly: true })).toEqual([])
    expect(await suggest({ ids: [ours.id, theirs.id, admin.id] })).toEqual([ours.id])
  })
})

describe('GET /api/v1/{tenant}/acls', () => {
  it('lists resources with actions, the managed roles, and all actions', async () => {
    const get = <T>(what: string) => expectJson<T>(call(`/api/v1/main/acls/${what}`, asAdmin))
    expect(await get('permissions')).toMatchObject({
      FLOW: expect.arrayContaining(['VIEW', 'EXECUTE']),
      EXECUTION: expect.arrayContaining(['KILL']),
    })
    const templates = await get<Record<string, object>>('templates')
    expect(Object.keys(templates)).toEqual(['ADMIN', 'DEVELOPER', 'EDITOR', 'LAUNCHER', 'VIEWER'])
    expect(templates.VIEWER).toMatchObject({ FLOW: ['VIEW', 'LIST', 'EXPORT'] })
    expect(await get('actions')).toEqual(expect.arrayContaining(['VIEW', 'MANAGE_FILES']))
  })

  it.each(['VIEW', 'DELETE'])('is for whoever may do anything with roles: %s', async (action) => {
    const bot = await createBot({ ROLE: [action] }, { namespace: null, by: admin })
    await expectJson(call('/api/v1/main/acls/permissions', bot))
  })
})
