/**
 * Nobody raises their own rights, whichever way they try: everything an account may do afterwards it could do before.
 * The account has every right to manage accounts, groups, roles and bindings, and little else to hand out.
 */

import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileGrants, includesGrants } from '../../../worker/access/grants.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { findAccountHolder } from '../../../worker/storage/holders.ts'
import {
  type Bot,
  bind,
  bindGroup,
  type Call,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
} from '../support/edge.ts'

const MANAGING = {
  SERVICE_ACCOUNT: ['CREATE', 'READ', 'UPDATE', 'DELETE'],
  USER: ['READ', 'CREATE', 'UPDATE', 'DELETE', 'IMPERSONATE'],
  GROUP: ['READ', 'CREATE', 'UPDATE', 'DELETE'],
  ROLE: ['READ', 'CREATE', 'UPDATE', 'DELETE'],
  BINDING: ['READ', 'CREATE', 'DELETE'],
}
const STRONG = { SECRET: ['READ', 'UPDATE'] }

const db = openDatabase(env.DB)
let admin: Bot
let manager: Bot
/** Each with more than the manager holds. */
let strong: { bot: Bot; role: string; group: string }
/** Nothing in them yet. */
let weak: { role: string; group: string }

const create = async (path: string, json: object) =>
  (await expectJson<{ id: string }>(call(`/api/v1/main/${path}`, { ...admin, json }))).id

beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  manager = await createBot(MANAGING, { namespace: null, by: admin, name: 'manager' })
  // What it holds in one namespace is not what it holds in another.
  await bind(manager.id, 'developer_main', admin, 'dev')
  const bot = await createBot(STRONG, { namespace: 'prod', by: admin, name: 'strong' })
  strong = {
    bot,
    role: await create('roles', { name: 'Strong', permissions: STRONG }),
    group: await create('groups', { name: 'Strong' }),
  }
  await bindGroup(strong.group, strong.role, admin, 'prod')
  weak = {
    role: await create('roles', { name: 'Weak', permissions: { GROUP: ['VIEW'] } }),
    group: await create('groups', { name: 'Weak', membersId: [manager.id] }),
  }
  await bind(manager.id, weak.role, admin)
})

interface Attempt extends Call {
  readonly path: string
  readonly json?: object
}

const main = (path: string) => `/api/v1/main/${path}`
const self = () => manager.id
const put = (path: string, json?: object): Attempt => ({
  path: main(path),
  method: 'PUT',
  ...(json ? { json } : {}),
})
const post = (path: string, json: object): Attempt => ({ path: main(path), json })

/** What could raise the manager if it worked; each is to be refused. */
const ATTEMPTS: Record<string, () => Attempt> = {
  'binds a stronger role to itself': () =>
    post('bindings', { type: 'USER', externalId: self(), roleId: strong.role, namespaceId: 'prod' }),
  'binds its role of one namespace in another': () =>
    post('bindings', { type: 'USER', externalId: self(), roleId: 'developer_main', namespaceId: 'prod' }),
  'binds its role of a namespace in the whole tenant': () =>
    post('bindings', { type: 'USER', externalId: self(), roleId: 'developer_main' }),
  'binds a stronger role to its own group': () =>
    post('bindings', { type: 'GROUP', externalId: weak.group, roleId: strong.role, namespaceId: 'prod' }),
  'hides it among others': () =>
    post('bindings/bulk', [
      { type: 'USER', externalId: self(), roleId: weak.role },
      { type: 'USER', externalId: self(), roleId: 'admin_main' },
    ]),
  'edits the role it has': () => put(`roles/${weak.role}`, { name: 'Weak', permissions: STRONG }),
  'makes a stronger role': () => post('roles', { name: 'Mine', permissions: STRONG }),
  'makes a role of old words that mean more': () =>
    post('roles', { name: 'Mine', permissions: { FLOW: ['DELETE'] } }),
  'makes a stronger role the default': () =>
    put(`roles/${strong.role}`, { name: 'Strong', permissions: STRONG, isDefault: true }),
  'edits a managed role': () =>
    put('roles/viewer_main', { name: 'Viewer', permissions: { GROUP: ['VIEW'] } }),
  'joins a stronger group': () => put(`groups/${strong.group}/members/${self()}`),
  'joins it by its own body': () =>
    put(`service-accounts/${self()}`, { name: 'manager', groups: [{ id: strong.group }] }),
  'puts an account of its own into it': () =>
    post('service-accounts', { name: 'puppet', groups: [{ id: strong.group }] }),
  'mints a token of a stronger account': () =>
    post(`service-accounts/${strong.bot.id}/api-tokens`, { name: 'mine' }),
  'mints one at the instance': () => ({
    path: `/api/v1/service-accounts/${strong.bot.id}/api-tokens`,
    json: { name: 'mine' },
  }),
  'makes itself a superadmin': () => put(`service-accounts/${self()}`, { name: 'manager', superAdmin: true }),
  'makes itself an instance owner': () => ({
    path: `/api/v1/service-accounts/${self()}/instance-owner`,
    method: 'PATCH',
    json: { instanceOwner: true },
  }),
  'makes a superadmin': () => post('service-accounts', { name: 'puppet', instanceOwner: true }),
  'acts as a stronger account': () => ({
    path: main('groups/search'),
    headers: { 'X-Kestra-Impersonate': strong.bot.id },
  }),
  'gets a token to act as one': () => ({
    path: `/api/v1/users/${strong.bot.id}/impersonate`,
    method: 'POST',
  }),
}

describe('an account that manages others and holds little itself', () => {
  it.each(Object.entries(ATTEMPTS))('is refused when it %s (threat 22)', async (_, attempt) => {
    const { path, ...what } = attempt()
    expect(await expectJson(call(path, { ...what, token: manager.token }), 403)).toMatchObject({
      message: 'Forbidden',
    })
  })

  it('could do none of this by accident of the example: who holds it all may', async () => {
    const allowed = ['binds a stronger role to itself', 'joins a stronger group', 'makes a stronger role']
    for (const name of allowed) {
      const { path, ...what } = (ATTEMPTS[name] as () => Attempt)()
      expect((await call(path, { ...what, token: admin.token })).status).toBe(200)
    }
    await call(main(`groups/${strong.group}/members/${manager.id}`), { ...admin, method: 'DELETE' })
    const { results } = await expectJson<{ results: Array<{ id: string; role: { id: string } }> }>(
      call(main(`bindings/search?id=${manager.id}&size=100`), admin),
    )
    for (const { id, role } of results)
      if (role.id === strong.role) await call(main(`bindings/${id}`), { ...admin, method: 'DELETE' })
  })
})

describe('any sequence of what it may do', () => {
  const namespaces = fc.constantFrom(undefined, 'dev', 'dev.x', 'prod', 'development')
  const anAction: fc.Arbitrary<() => Attempt> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('weak', 'strong', 'developer_main', 'viewer_main', 'admin_main'),
        namespaces,
        fc.boolean(),
      )
      .map(([role, namespaceId, isGroup]) => () => {
        const roleId = role === 'weak' ? weak.role : role === 'strong' ? strong.role : role
        const subject = isGroup
          ? { type: 'GROUP', externalId: weak.group }
          : { type: 'USER', externalId: self() }
        return post('bindings', { ...subject, roleId, namespaceId })
      }),
    fc
      .dictionary(
        fc.constantFrom('SECRET', 'GROUP', 'FLOW', 'NAMESPACE', 'USER'),
        fc.subarray(['READ', 'UPDATE', 'DELETE'], { minLength: 1 }),
        {
          minKeys: 1,
          maxKeys: 2,
        },
      )
      .map((permissions) => () => put(`roles/${weak.role}`, { name: 'Weak', permissions })),
    fc.constantFrom('weak', 'strong').map((which) => () => {
      const group = which === 'weak' ? weak.group : strong.group
      return put(`groups/${group}/members/${self()}`)
    }),
    fc.constant(() => put(`groups/${weak.group}/members/membership/${self()}?membership=OWNER`)),
  )

  it('leaves it with no more than it had (threat 22)', async () => {
    const grants = async () => compileGrants((await findAccountHolder(db, manager.id))?.grants ?? [])
    const before = await grants()
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(fc.array(anAction, { minLength: 1, maxLength: 6 }), async (actions) => {
        for (const action of actions) {
          const { path, ...what } = action()
          statuses.add((await call(path, { ...what, token: manager.token })).status)
        }
        expect(includesGrants(before, await grants())).toBe(true)
      }),
      { seed: 17, numRuns: 40 },
    )
    // Some of it worked, some of it did not, and none of it was an accident.
    expect([...statuses].sort()).toEqual([200, 403, 409])
  })
})
