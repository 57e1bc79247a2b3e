import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  asAdmin,
  type Bot,
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

const PATH = '/api/v1/main/groups'

interface Group {
  readonly id: string
  readonly name: string
}
interface Member {
  readonly id: string
  readonly username: string
  readonly groups: ReadonlyArray<{ id: string; name: string; external: boolean; membership: string }>
}

let admin: Bot
let files: string
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
  files = (
    await post<Group>('/api/v1/main/roles', { name: 'Files', permissions: { NAMESPACE: ['MANAGE_FILES'] } })
  ).id
})

const post = <T>(path: string, json: object, by: Call = admin, status = 200) =>
  expectJson<T>(call(path, { ...by, json }), status)
const createGroup = (json: object = {}) => post<Group>(PATH, { name: crypto.randomUUID(), ...json })
const createAccount = async (path = '/api/v1/main/service-accounts') =>
  (await post<Group>(path, { name: 'bot' })).id
const createUser = async (tenants: string[] = []) => {
  const email = `${crypto.randomUUID()}@example.com`
  return { id: (await post<Group>('/api/v1/users', { email, tenants }, admin, 201)).id, email }
}
const put = (path: string, by: Call = admin, json?: object) =>
  call(`${PATH}/${path}`, { ...by, method: 'PUT', json })
const remove = (path: string, by: Call = admin) => call(`${PATH}/${path}`, { ...by, method: 'DELETE' })
const join = (group: string, account: string, by: Call = admin) => put(`${group}/members/${account}`, by)
const members = async (group: string, query = '', by: Call = admin) =>
  expectJson<{ total: number; results: Member[] }>(call(`${PATH}/${group}/members${query}`, by))
const mayManageFiles = async (bot: Call) => (await call(`${filesOf('prod')}/search`, bot)).status === 200

describe('a group', () => {
  it('is created, read, replaced and deleted, and echoes an empty description', async () => {
    const group = await post<Group>(PATH, { name: 'Bots_1', description: '', namespaceId: '' })
    expect(group).toEqual({ id: expect.stringMatching(/^[0-9A-Za-z]{22}$/), name: 'Bots_1', description: '' })
    expect(await expectJson(call(`${PATH}/${group.id}`, admin))).toEqual(group)
    const changed = { id: group.id, name: 'Robots', namespaceId: '' }
    expect(await expectJson(put(group.id, admin, changed))).toEqual({ id: group.id, name: 'Robots' })
    const answer = await remove(group.id)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    for (const method of ['GET', 'DELETE'])
      await expectJson(call(`${PATH}/${group.id}`, { ...admin, method }), 404)
    await expectJson(put(group.id, admin, { name: 'x' }), 404)
  })

  it.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['members that are no list', { name: 'x', membersId: 'me' }, 'membersId'],
  ])('is refused with %s', async (_, json, path) => {
    expect(await expectJson(call(PATH, { ...admin, json }), 422)).toMatchObject({
      _embedded: { errors: [{ path }] },
    })
  })

  it('has a name that no other group of the tenant has', async () => {
    const { name } = await createGroup()
    const other = await createGroup()
    const before = await inventory()
    const taken = { code: 'group_name_taken', message: expect.stringMatching(/^Conflict: /) }
    expect(await expectJson(call(PATH, { ...admin, json: { name } }), 409)).toMatchObject(taken)
    expect(await expectJson(put(other.id, admin, { name }), 409)).toMatchObject(taken)
    expect(await inventory()).toBe(before)
    await post('/api/v1/acme/groups', { name })
  })

  it('is made with members, or not at all', async () => {
    const bot = await createAccount()
    const { id } = await createGroup({ membersId: [bot, bot] })
    expect((await members(id)).results.map((one) => one.id)).toEqual([bot])
    const before = await inventory()
    await expectJson(call(PATH, { ...admin, json: { name: 'x', membersId: [bot, 'nobody'] } }), 404)
    expect(await inventory()).toBe(before)
  })

  it('is not there for another tenant', async () => {
    const { id } = await createGroup()
    const theirs = `/api/v1/acme/groups/${id}`
    await expectJson(call(theirs, admin), 404)
    await expectJson(call(`${theirs}/members`, admin), 404)
    await expectJson(call(`${theirs}/members/${admin.id}`, { ...admin, method: 'PUT' }), 404)
    await expectJson(call(theirs, { ...admin, method: 'DELETE' }), 404)
  })

  it('takes what its members had by it when it goes', async () => {
    const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    const { id } = await createGroup({ membersId: [bot.id] })
    await bindGroup(id, files, admin)
    expect(await mayManageFiles(bot)).toBe(true)
    await remove(id)
    expect(await mayManageFiles(bot)).toBe(false)
  })
})

describe('lists of groups', () => {
  beforeAll(async () => {
    for (const name of ['zebra crossing', 'Alpha', 'beta zebra']) await createGroup({ name })
  })
  const search = (query: string) =>
    expectJson<{ total: number; results: Group[] }>(call(`${PATH}/search?${query}`, admin))
  const names = async (query: string) => (await search(query)).results.map(({ name }) => name)

  it('are sorted by name, in either direction', async () => {
    const up = await names('size=10000&sort=name:asc')
    expect(up).toEqual(up.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())))
    expect(await names('size=10000&sort=name:desc')).toEqual(up.toReversed())
  })

  it('are paged, with the total of all pages', async () => {
    const { total, results } = await search('size=2&page=1')
    expect(results).toHaveLength(2)
    expect((await search('size=10000')).results).toHaveLength(total)
    expect(await search(`size=10000&page=2`)).toEqual({ total, results: [] })
  })

  it.each(['q=ZEBRA', 'filters[q][EQUALS]=zebra', 'filters%5Bq%5D%5BEQUALS%5D=zebra'])(
    'are searched by a part of the name: %s',
    async (query) => {
      expect(await search(query)).toMatchObject({
        total: 2,
        results: [{ name: 'beta zebra' }, { name: 'zebra crossing' }],
      })
    },
  )

  it('are filtered by name, whatever its case', async () => {
    expect(await names('filters[name][EQUALS]=alpha')).toEqual(['Alpha'])
  })

  it('do not show a group that was deleted', async () => {
    const { id, name } = await createGroup()
    expect((await search(`q=${name}`)).total).toBe(1)
    await remove(id)
    expect(await search(`q=${name}`)).toEqual({ total: 0, results: [] })
  })

  it('suggest by text and by id', async () => {
    const { id, name } = await createGroup()
    const suggest = (json: object) => post<Group[]>(`${PATH}/autocomplete`, json)
    expect(await suggest({ q: name.slice(0, 8) })).toMatchObject([{ id }])
    expect(await suggest({ ids: [id, 'nothing'] })).toMatchObject([{ id }])
    expect(await suggest({ q: 'zebra', ids: [id], existingOnly: true })).toHaveLength(3)
    expect((await suggest({})).length).toBeGreaterThan(3)
    expect(await suggest({ q: 'no such group' })).toEqual([])
  })

  it('are read by ids, without those that are unknown', async () => {
    const { id } = await createGroup()
    expect(await post(`${PATH}/ids`, { ids: ['nothing', id] })).toMatchObject([{ id }])
    expect(await post('/api/v1/acme/groups/ids', { ids: [id] })).toEqual([])
  })
})

describe('members', () => {
  it('come by id and go, and are told with all their groups', async () => {
    const [one, two] = [await createGroup({ name: 'a group' }), await createGroup({ name: 'b group' })]
    const bot = await createAccount()
    await expectJson(join(one.id, bot))
    const group = (of: Group, membership = 'MEMBER') => ({ ...of, external: false, membership })
    const member = { id: bot, username: 'bot', displayName: 'bot', groups: [group(one), group(two)] }
    expect(await expectJson(join(two.id, bot))).toEqual(member)
    expect(await members(two.id)).toEqual({ total: 1, results: [member] })
    expect(await expectJson(remove(`${two.id}/members/${bot}`))).toEqual({ ...member, groups: [group(one)] })
    expect(await members(two.id)).toEqual({ total: 0, results: [] })
  })

  it('come by e-mail address, and then belong to the tenant, with its default role', async () => {
    await env.DB.prepare("UPDATE roles SET is_default = 1 WHERE id = 'viewer_main'").run()
    const { id } = await createGroup()
    const user = await createUser()
    expect(await expectJson(join(id, user.email.toUpperCase()))).toMatchObject({
      id: user.id,
      groups: [{ id, membership: 'MEMBER' }],
    })
    expect(await expectJson(call(`/api/v1/users/${user.id}`, admin))).toMatchObject({
      tenants: [{ id: 'main' }],
    })
    const row = await env.DB.prepare('SELECT role_id FROM bindings WHERE account_id = ?')
      .bind(user.id)
      .first()
    expect(row).toEqual({ role_id: 'viewer_main' })
    await expectJson(remove(`${id}/members/${user.email}`))
    // Leaving a group does not end the access that it came with.
    expect(await expectJson(call(`/api/v1/users/${user.id}`, admin))).toMatchObject({
      tenants: [{ id: 'main' }],
    })
  })

  it('are added once, and only removed when they are there', async () => {
    const { id } = await createGroup()
    const bot = await createAccount()
    await expectJson(join(id, bot))
    const before = await inventory()
    expect(await expectJson(join(id, bot), 409)).toMatchObject({ code: 'member_already' })
    const other = await createAccount()
    expect(await expectJson(remove(`${id}/members/${other}`), 409)).toMatchObject({ code: 'member_not' })
    expect(await expectJson(put(`${id}/members/membership/${other}?membership=OWNER`), 409)).toMatchObject({
      code: 'member_not',
    })
    for (const path of [`${id}/members/nobody`, `nothing/members/${bot}`]) {
      await expectJson(put(path), 404)
      await expectJson(remove(path), 404)
    }
    expect((await inventory()).length).toBe(before.length)
  })

  it.each([
    ['membership=MANAGER', 422],
    ['', 400],
  ])('become nothing but OWNER or MEMBER: %j', async (query, status) => {
    const bot = await createAccount()
    const { id } = await createGroup({ membersId: [bot] })
    await expectJson(put(`${id}/members/membership/${bot}?${query}`), status)
    expect((await members(id)).results[0]?.groups[0]?.membership).toBe('MEMBER')
  })

  it('are paged, sorted, filtered and searched by name', async () => {
    const users = await Promise.all([1, 2, 3].map(() => createUser(['main'])))
    const bot = await createAccount()
    const { id } = await createGroup({ membersId: [bot, ...users.map((user) => user.id)] })
    const sorted = users.map(({ email }) => email).sort()
    const names = async (query: string) => (await members(id, query)).results.map(({ username }) => username)
    const all = [...sorted, 'bot'].sort()
    expect(await names('?sort=username:asc')).toEqual(all)
    expect(await members(id, '?page=2&size=3')).toMatchObject({ total: 4, results: [{ username: all[3] }] })
    expect(await names(`?filters[username][EQUALS]=${sorted[1]?.toUpperCase()}`)).toEqual([sorted[1]])
    expect(await members(id, '?q=EXAMPLE.com')).toMatchObject({ total: 3 })
    expect(await names('?filters[q][EQUALS]=bot')).toEqual(['bot'])
  })
})

describe('an owner of a group', () => {
  it('changes who is in their own group, without the permission, and in no other', async () => {
    const owner = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
    const bot = await createAccount()
    const own = await createGroup({ membersId: [owner.id] })
    const other = await createGroup({ membersId: [owner.id] })
    await bindGroup(own.id, files, admin)
    await expectJson(join(own.id, bot, owner), 403)
    await expectJson(put(`${own.id}/members/membership/${owner.id}?membership=OWNER`))
    await expectJson(join(own.id, bot, owner))
    expect((await members(own.id, '', owner)).total).toBe(2)
    await expectJson(put(`${own.id}/members/membership/${bot}?membership=OWNER`, owner))
    await expectJson(remove(`${own.id}/members/${bot}`, owner))
    await expectJson(join(other.id, bot, owner), 403)
    await expectJson(put(own.id, owner, { name: 'mine' }), 403)
    await expectJson(remove(own.id, owner), 403)
  })
})

describe('nobody hands over more than they hold by putting accounts into groups', () => {
  let keeper: Bot
  let powerful: Group
  beforeAll(async () => {
    keeper = await createBot({ GROUP: ['MANAGE_MEMBERS', 'CREATE'] }, { namespace: null, by: admin })
    powerful = await createGroup()
    await bindGroup(powerful.id, 'admin_main', admin)
  })

  it.each<[string, () => string]>([
    ['others', () => account],
    ['themselves', () => keeper.id],
  ])('not %s', async (_, who) => {
    account = await createAccount()
    const before = await inventory()
    expect(await expectJson(join(powerful.id, who(), keeper), 403)).toMatchObject({
      code: 'grant_exceeds_own',
    })
    expect(await inventory()).toBe(before)
  })
  let account: string

  it('not by making a member an owner', async () => {
    const member = await createAccount()
    await expectJson(join(powerful.id, member))
    const path = (membership: string) =>
      `${powerful.id}/members/membership/${member}?membership=${membership}`
    expect(await expectJson(put(path('OWNER'), keeper), 403)).toMatchObject({ code: 'grant_exceeds_own' })
    await expectJson(put(path('OWNER')))
    await expectJson(put(path('MEMBER'), keeper))
  })

  it('but what they hold, where they hold it', async () => {
    const inProd = await createGroup()
    await bindGroup(inProd.id, files, admin, 'prod.team')
    await expectJson(join(inProd.id, await createAccount(), keeper), 403)
    await bind(keeper.id, files, admin, 'prod')
    await expectJson(join(inProd.id, await createAccount(), keeper))
    const everywhere = await createGroup()
    await bindGroup(everywhere.id, files, admin)
    await expectJson(join(everywhere.id, await createAccount(), keeper), 403)
  })

  it('nor draws accounts into the tenant without the right to add them', async () => {
    const { id } = await createGroup()
    const { id: outsider, email } = await createUser()
    const theirs = await createAccount('/api/v1/acme/service-accounts')
    const before = await inventory()
    for (const who of [outsider, email, theirs, 'nobody']) {
      expect(await expectJson(join(id, who, keeper), 404)).toMatchObject({ code: 'not_found' })
      expect(await expectJson(remove(`${id}/members/${who}`, keeper), 404)).toMatchObject({
        code: 'not_found',
      })
    }
    await expectJson(call(PATH, { ...keeper, json: { name: 'x', membersId: [outsider] } }), 404)
    expect(await inventory()).toBe(before)
    const host = await createBot(
      { GROUP: ['MANAGE_MEMBERS'], USER: ['CREATE'], SERVICE_ACCOUNT: ['CREATE'] },
      { namespace: null, by: admin },
    )
    await expectJson(join(id, outsider, host))
    // Another tenant's service account stays that tenant's, also for who may make service accounts here.
    await expectJson(join(id, theirs, host), 404)
    await expectJson(join(id, await createAccount('/api/v1/service-accounts'), host))
  })
})

describe('a change of a group', () => {
  it('is recorded, and ends what is known of whom it touches', async () => {
    const bot = await createAccount()
    const trace = async (from: number) => {
      const { results: ends } = await env.DB.prepare('SELECT kind, ref FROM changes WHERE seq > ?')
        .bind(from)
        .all()
      const log = await env.DB.prepare(
        'SELECT type, resource, actor_name AS actor, before IS NOT NULL AS before, after IS NOT NULL AS after FROM audit_logs ORDER BY rowid DESC LIMIT 1',
      ).first()
      return { ends, log }
    }
    const now = async () =>
      (await env.DB.prepare('SELECT max(seq) AS seq FROM changes').first<number>('seq')) ?? 0
    const { id } = await createGroup()
    const step = async (change: () => Promise<Response>) => {
      const from = await now()
      await expectJson(change().then((answer) => new Response('{}', { status: answer.status })))
      return trace(from)
    }
    const log = (type: string, resource: string, before: number, after: number) => ({
      type,
      resource,
      actor: 'root',
      before,
      after,
    })
    const account = [{ kind: 'account', ref: bot }]
    expect(await step(() => join(id, bot))).toEqual({
      ends: account,
      log: log('CREATE', 'GROUP_MEMBERSHIP', 0, 1),
    })
    expect(await step(() => put(`${id}/members/membership/${bot}?membership=OWNER`))).toEqual({
      ends: account,
      log: log('UPDATE', 'GROUP_MEMBERSHIP', 1, 1),
    })
    expect(await step(() => remove(`${id}/members/${bot}`))).toEqual({
      ends: account,
      log: log('DELETE', 'GROUP_MEMBERSHIP', 1, 0),
    })
    expect(await step(() => put(id, admin, { name: 'renamed' }))).toEqual({
      ends: [],
      log: log('UPDATE', 'GROUP', 1, 1),
    })
    expect(await step(() => remove(id))).toEqual({
      ends: [{ kind: 'group', ref: id }],
      log: log('DELETE', 'GROUP', 1, 0),
    })
  })
})

it('leaves nothing of a group that was made, filled, bound and deleted', async () => {
  const bot = await createAccount()
  const before = await inventory({ except: RECORDS })
  const { id } = await createGroup({ membersId: [bot] })
  await bindGroup(id, files, admin, 'prod')
  await remove(id)
  expect(await inventory({ except: RECORDS })).toBe(before)
})

it('serves clients that leave the tenant out', async () => {
  await expectJson(call('/api/v1/groups/search', asAdmin))
})
