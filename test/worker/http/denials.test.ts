/**
 * Walks every route: nothing is open by omission, whoever lacks a right changes nothing, and whoever changes something
 * leaves a record of it.
 */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Permission } from '../../../shared/permissions.ts'
import { routes } from '../../../worker/app.ts'
import {
  deniesCredentials,
  deniesRight,
  type NearMisses,
  nearMisses,
  only,
  type Request,
} from '../support/denies.ts'
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
  mintToken,
} from '../support/edge.ts'
import { filesOf, formOf, writeFile } from '../support/files.ts'

/** Everything else asks for a credential. The tokens in the bodies of the first two are theirs. */
const PUBLIC = [
  'POST /oauth/token',
  'POST /oauth/revoke',
  'GET /.well-known/jwks.json',
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'GET /openapi.json',
  'GET /docs',
]

const ACCOUNTS = '/api/v1/service-accounts'
const TENANT = '/api/v1/:tenant'
const FILES = `${TENANT}/namespaces/:namespace/files`

/** Who may call the others. A route that moves to another right must move here too. */
const RIGHTS: Record<string, string> = {
  'POST /api/v1/users': 'superadmin',
  'GET /api/v1/users/:id': 'superadmin',
  'PATCH /api/v1/users/:id/password': 'superadmin',
  'DELETE /api/v1/users/:id': 'superadmin',
  [`GET ${ACCOUNTS}`]: 'superadmin',
  [`POST ${ACCOUNTS}`]: 'superadmin',
  [`GET ${ACCOUNTS}/:id`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:id`]: 'superadmin',
  [`GET ${ACCOUNTS}/:account/api-tokens`]: 'superadmin',
  [`POST ${ACCOUNTS}/:account/api-tokens`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:account/api-tokens/:token`]: 'superadmin',
  [`GET ${TENANT}/service-accounts`]: 'SERVICE_ACCOUNT:LIST',
  [`POST ${TENANT}/service-accounts`]: 'SERVICE_ACCOUNT:CREATE',
  [`GET ${TENANT}/service-accounts/:id`]: 'SERVICE_ACCOUNT:VIEW',
  [`PUT ${TENANT}/service-accounts/:id`]: 'SERVICE_ACCOUNT:UPDATE',
  [`DELETE ${TENANT}/service-accounts/:id`]: 'SERVICE_ACCOUNT:DELETE',
  [`GET ${TENANT}/service-accounts/:account/api-tokens`]: 'SERVICE_ACCOUNT:VIEW',
  [`POST ${TENANT}/service-accounts/:account/api-tokens`]: 'SERVICE_ACCOUNT:UPDATE',
  [`DELETE ${TENANT}/service-accounts/:account/api-tokens/:token`]: 'SERVICE_ACCOUNT:DELETE',
  [`POST ${TENANT}/roles`]: 'ROLE:CREATE',
  [`GET ${TENANT}/roles/:id`]: 'ROLE:VIEW',
  [`PUT ${TENANT}/roles/:id`]: 'ROLE:UPDATE',
  [`DELETE ${TENANT}/roles/:id`]: 'ROLE:DELETE',
  [`POST ${TENANT}/bindings`]: 'BINDING:CREATE',
  [`GET ${TENANT}/bindings/:id`]: 'BINDING:VIEW',
  [`DELETE ${TENANT}/bindings/:id`]: 'BINDING:DELETE',
  [`POST ${FILES}/plan`]: 'NAMESPACE_FILE:LIST',
  [`POST ${FILES}/blobs`]: 'NAMESPACE_FILE:CREATE',
  [`POST ${FILES}/commit`]: 'NAMESPACE_FILE:CREATE',
  [`GET ${FILES}`]: 'NAMESPACE_FILE:VIEW',
  [`POST ${FILES}`]: 'NAMESPACE_FILE:CREATE',
  [`DELETE ${FILES}`]: 'NAMESPACE_FILE:DELETE',
  [`GET ${FILES}/directory`]: 'NAMESPACE_FILE:LIST',
  [`GET ${FILES}/search`]: 'NAMESPACE_FILE:LIST',
  'POST /api/v1/tenants': 'superadmin',
  'GET /api/v1/tenants/search': 'superadmin',
  'GET /api/v1/tenants/:id': 'superadmin',
  'PUT /api/v1/tenants/:id': 'superadmin',
  'DELETE /api/v1/tenants/:id': 'superadmin',
  [`POST ${TENANT}/namespaces`]: 'NAMESPACE:CREATE body',
  [`GET ${TENANT}/namespaces/search`]: 'NAMESPACE:LIST anywhere',
  [`POST ${TENANT}/namespaces/autocomplete`]: 'NAMESPACE:LIST anywhere',
  [`GET ${TENANT}/namespaces/:namespace`]: 'NAMESPACE:VIEW',
  [`PUT ${TENANT}/namespaces/:namespace`]: 'NAMESPACE:UPDATE',
  [`DELETE ${TENANT}/namespaces/:namespace`]: 'NAMESPACE:DELETE',
  [`GET ${TENANT}/namespaces/:namespace/inherited-variables`]: 'NAMESPACE:VIEW',
  'GET /api/v1/auditlogs/search': 'superadmin',
  'POST /api/v1/auditlogs/find': 'superadmin',
  'GET /api/v1/auditlogs/history/:id': 'superadmin',
  'GET /api/v1/auditlogs/:id/diff': 'superadmin',
  'GET /api/v1/auditlogs/export': 'superadmin',
  [`GET ${TENANT}/auditlogs/search`]: 'AUDITLOG:LIST',
  [`POST ${TENANT}/auditlogs/find`]: 'AUDITLOG:VIEW',
  [`GET ${TENANT}/auditlogs/history/:id`]: 'AUDITLOG:VIEW',
  [`GET ${TENANT}/auditlogs/:id/diff`]: 'AUDITLOG:VIEW',
  [`GET ${TENANT}/auditlogs/export`]: 'AUDITLOG:EXPORT',
}

/** What else it takes, by what the request is about. */
const ALSO: Record<string, Permission> = {
  [`GET ${TENANT}/auditlogs/:id/diff`]: 'ROLE:VIEW',
}

/** What there is to read, change and delete. */
interface World {
  readonly admin: Bot
  readonly account: string
  readonly token: string
  readonly user: string
  readonly role: string
  readonly binding: string
  /** A tenant without files. */
  readonly tenant: string
  /** The id of the role's audit record. */
  readonly record: string
}

let world: World

const tenant = '/api/v1/main'
const SHA256_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
/** A folder that never held anything: its ETag is "0". */
const PLAN = { root: '/empty', files: [] }

/** One request for each guarded route, which succeeds for who holds the right. */
const requests: Record<string, () => Request> = {
  'POST /api/v1/users': () => ({
    path: '/api/v1/users',
    json: { email: `new-${world.account}@example.com` },
  }),
  'GET /api/v1/users/:id': () => ({ path: `/api/v1/users/${world.user}` }),
  'PATCH /api/v1/users/:id/password': () => ({
    path: `/api/v1/users/${world.user}/password`,
    method: 'PATCH',
    json: { password: 'NewPass!9876' },
  }),
  'DELETE /api/v1/users/:id': () => ({ path: `/api/v1/users/${world.user}`, method: 'DELETE' }),

  'GET /api/v1/service-accounts': () => ({ path: '/api/v1/service-accounts' }),
  'POST /api/v1/service-accounts': () => ({ path: '/api/v1/service-accounts', json: { name: 'new' } }),
  'GET /api/v1/service-accounts/:id': () => ({ path: `/api/v1/service-accounts/${world.account}` }),
  'PATCH /api/v1/service-accounts/:id': () => ({
    path: `/api/v1/service-accounts/${world.account}`,
    method: 'PATCH',
    json: { name: 'new' },
  }),
  'DELETE /api/v1/service-accounts/:id': () => ({
    path: `/api/v1/service-accounts/${world.account}`,
    method: 'DELETE',
  }),
  'GET /api/v1/service-accounts/:account/api-tokens': () => ({
    path: `/api/v1/service-accounts/${world.account}/api-tokens`,
  }),
  'POST /api/v1/service-accounts/:account/api-tokens': () => ({
    path: `/api/v1/service-accounts/${world.account}/api-tokens`,
    json: { name: 'new' },
  }),
  'DELETE /api/v1/service-accounts/:account/api-tokens/:token': () => ({
    path: `/api/v1/service-accounts/${world.account}/api-tokens/${world.token}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/service-accounts': () => ({ path: `${tenant}/service-accounts` }),
  'POST /api/v1/:tenant/service-accounts': () => ({
    path: `${tenant}/service-accounts`,
    json: { name: 'new' },
  }),
  'GET /api/v1/:tenant/service-accounts/:id': () => ({
    path: `${tenant}/service-accounts/${world.account}`,
  }),
  'PUT /api/v1/:tenant/service-accounts/:id': () => ({
    path: `${tenant}/service-accounts/${world.account}`,
    method: 'PUT',
    json: { name: 'new' },
  }),
  'DELETE /api/v1/:tenant/service-accounts/:id': () => ({
    path: `${tenant}/service-accounts/${world.account}`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/service-accounts/:account/api-tokens': () => ({
    path: `${tenant}/service-accounts/${world.account}/api-tokens`,
  }),
  'POST /api/v1/:tenant/service-accounts/:account/api-tokens': () => ({
    path: `${tenant}/service-accounts/${world.account}/api-tokens`,
    json: { name: 'new' },
  }),
  'DELETE /api/v1/:tenant/service-accounts/:account/api-tokens/:token': () => ({
    path: `${tenant}/service-accounts/${world.account}/api-tokens/${world.token}`,
    method: 'DELETE',
  }),

  'POST /api/v1/:tenant/roles': () => ({
    path: `${tenant}/roles`,
    json: { name: 'new', permissions: only('ROLE:CREATE') },
  }),
  'GET /api/v1/:tenant/roles/:id': () => ({ path: `${tenant}/roles/${world.role}` }),
  'PUT /api/v1/:tenant/roles/:id': () => ({
    path: `${tenant}/roles/${world.role}`,
    method: 'PUT',
    json: { name: 'new', permissions: only('ROLE:UPDATE') },
  }),
  'DELETE /api/v1/:tenant/roles/:id': () => ({ path: `${tenant}/roles/${world.role}`, method: 'DELETE' }),

  'POST /api/v1/:tenant/bindings': () => ({
    path: `${tenant}/bindings`,
    json: { type: 'USER', externalId: world.account, roleId: world.role },
  }),
  'GET /api/v1/:tenant/bindings/:id': () => ({ path: `${tenant}/bindings/${world.binding}` }),
  'DELETE /api/v1/:tenant/bindings/:id': () => ({
    path: `${tenant}/bindings/${world.binding}`,
    method: 'DELETE',
  }),

  'POST /api/v1/:tenant/namespaces/:namespace/files/plan': () => ({
    path: `${filesOf('prod')}/plan`,
    json: PLAN,
  }),
  'POST /api/v1/:tenant/namespaces/:namespace/files/blobs': () => ({
    path: `${filesOf('prod')}/blobs`,
    body: formOf('x', 'blob', SHA256_OF_X),
  }),
  'POST /api/v1/:tenant/namespaces/:namespace/files/commit': () => ({
    path: `${filesOf('prod')}/commit`,
    json: { plan: PLAN },
    headers: { 'If-Match': '"0"', 'Idempotency-Key': 'denied-for-ever' },
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files': () => ({ path: `${filesOf('prod')}?path=a.txt` }),
  'POST /api/v1/:tenant/namespaces/:namespace/files': () => ({
    path: `${filesOf('prod')}?path=b.txt`,
    body: formOf('b'),
  }),
  'DELETE /api/v1/:tenant/namespaces/:namespace/files': () => ({
    path: `${filesOf('prod')}?path=a.txt`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/directory': () => ({
    path: `${filesOf('prod')}/directory`,
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/search': () => ({ path: `${filesOf('prod')}/search` }),

  'POST /api/v1/tenants': () => ({
    path: '/api/v1/tenants',
    json: { id: `${world.tenant}-new`, name: 'New' },
  }),
  'GET /api/v1/tenants/search': () => ({ path: '/api/v1/tenants/search' }),
  'GET /api/v1/tenants/:id': () => ({ path: `/api/v1/tenants/${world.tenant}` }),
  'PUT /api/v1/tenants/:id': () => ({
    path: `/api/v1/tenants/${world.tenant}`,
    method: 'PUT',
    json: { name: 'Other' },
  }),
  'DELETE /api/v1/tenants/:id': () => ({ path: `/api/v1/tenants/${world.tenant}`, method: 'DELETE' }),

  'POST /api/v1/:tenant/namespaces': () => ({
    path: `${tenant}/namespaces`,
    json: { id: `prod.${world.tenant}` },
  }),
  'GET /api/v1/:tenant/namespaces/search': () => ({ path: `${tenant}/namespaces/search` }),
  'POST /api/v1/:tenant/namespaces/autocomplete': () => ({
    path: `${tenant}/namespaces/autocomplete`,
    json: { q: 'prod' },
  }),
  'GET /api/v1/:tenant/namespaces/:namespace': () => ({ path: `${tenant}/namespaces/prod` }),
  'PUT /api/v1/:tenant/namespaces/:namespace': () => ({
    path: `${tenant}/namespaces/prod`,
    method: 'PUT',
    json: { description: 'Other' },
  }),
  'DELETE /api/v1/:tenant/namespaces/:namespace': () => ({
    path: `${tenant}/namespaces/prod`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/inherited-variables': () => ({
    path: `${tenant}/namespaces/prod/inherited-variables`,
  }),

  ...Object.fromEntries(
    ['/api/v1', tenant].flatMap((base) => {
      const declared = `${base === tenant ? TENANT : base}/auditlogs`
      const requests: Array<[string, () => Request]> = [
        [`GET ${declared}/search`, () => ({ path: `${base}/auditlogs/search` })],
        [`POST ${declared}/find`, () => ({ path: `${base}/auditlogs/find`, json: { resource: 'ROLE' } })],
        [`GET ${declared}/history/:id`, () => ({ path: `${base}/auditlogs/history/${world.role}` })],
        [`GET ${declared}/:id/diff`, () => ({ path: `${base}/auditlogs/${world.record}/diff` })],
        [`GET ${declared}/export`, () => ({ path: `${base}/auditlogs/export` })],
      ]
      return requests
    }),
  ),
}

const named = routes.map(({ method, path, access }) => ({ name: `${method} ${path}`, access }))
const guarded = named.flatMap(({ name, access }) => (access.kind === 'public' ? [] : [{ name, access }]))
type Guarded = (typeof guarded)[number]['access']

function rightOf(access: Guarded): string {
  if (access.kind === 'superadmin') return access.kind
  return access.where === 'path' ? access.permission : `${access.permission} ${access.where}`
}

async function createWorld(admin: Bot): Promise<World> {
  const create = async (path: string, json: object, status = 200) =>
    (await expectJson<{ id: string }>(call(path, { ...admin, json }), status)).id
  // Without a role: who mints a token for an account must hold all that it holds.
  const account = await create(`${tenant}/service-accounts`, { name: 'victim' })
  const token = await mintToken(account, { by: admin })
  const user = await create('/api/v1/users', { email: `${account}@example.com` }, 201)
  const role = await create(`${tenant}/roles`, { name: 'victim', permissions: only('BINDING:CREATE') })
  const binding = await bind(user, role, admin)
  await writeFile('prod', 'a.txt', 'a', admin)
  // There since the last world, unless this one was made because it was deleted.
  await call(`${tenant}/namespaces`, { ...admin, json: { id: 'prod' } })
  const emptyTenant = await create('/api/v1/tenants', { id: `t-${account.toLowerCase()}`, name: 'Victim' })
  const history = await expectJson<Array<{ id: string }>>(call(`${tenant}/auditlogs/history/${role}`, admin))
  return {
    admin,
    account,
    token: token.id,
    user,
    role,
    binding: binding.id,
    tenant: emptyTenant,
    record: history[0]?.id ?? '',
  }
}

beforeAll(async () => {
  await freshEdge()
  world = await createWorld(await createAdmin())
  await createTenant('acme')
})

describe('the table of routes', () => {
  it('is public only where this list says so', () => {
    expect(
      named
        .filter(({ access }) => access.kind === 'public')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(PUBLIC.toSorted())
  })

  it('asks for these rights on every other route', () => {
    expect(Object.fromEntries(guarded.map(({ name, access }) => [name, rightOf(access)]))).toEqual(RIGHTS)
  })

  it('has a request for every guarded route here, and none for another', () => {
    expect(Object.keys(requests).sort()).toEqual(guarded.map(({ name }) => name).sort())
  })
})

const requestOf = (name: string): Request => {
  const request = requests[name]
  if (!request) throw new Error(`There is no request for ${name}`)
  return request()
}

/** By right: many routes ask for the same one. */
const misses = new Map<string, NearMisses>()

describe.each(guarded)('$name', ({ name, access }) => {
  beforeAll(async () => {
    world = await createWorld(world.admin)
  })

  it('refuses every credential that is not good', async () => {
    await deniesCredentials(requestOf(name), world.admin, world.admin)
  })

  it('refuses who comes close to the right', async () => {
    const right = rightOf(access)
    const near = misses.get(right) ?? (await nearMisses(access, 'acme', world.admin))
    misses.set(right, near)
    for (const credential of Object.values(near)) await deniesRight(requestOf(name), access, credential)
  })

  it('serves who has just the right', async () => {
    const isPlaced =
      /\/:namespace(\/|$)/.test(name) || (access.kind === 'permission' && access.where !== 'path')
    const namespace = isPlaced ? 'prod' : null
    const also = ALSO[name]
    const by =
      access.kind === 'superadmin'
        ? world.admin
        : await createBot(
            { ...only(access.permission), ...(also ? only(also) : {}) },
            { namespace, by: world.admin },
          )
    const request = requestOf(name)
    const answer = await call(request.path, { ...request, token: by.token })
    expect(`${answer.status} ${await answer.text()}`).toMatch(/^20[014]/)
    // Nobody else is to get it from a cache.
    expect(answer.headers.get('Cache-Control')).toContain('no-store')
  })
})

/** Routes that change nothing, whatever their method looks like. */
const READING = ['/files/plan', '/namespaces/autocomplete', '/auditlogs/find']

/** What leaves no audit record, and why. */
const UNRECORDED: Record<string, string> = {
  [`POST ${FILES}/blobs`]: 'a content that no file refers to is nothing yet',
  [`POST ${FILES}/commit`]: 'the deployment is the record',
  [`POST ${FILES}`]: 'the revision is the record',
  [`DELETE ${FILES}`]: 'the revision is the record',
}

/** What leaves no row in the change feed, because no verdict depends on it. */
const UNFED = [
  ...Object.keys(UNRECORDED),
  `POST ${TENANT}/namespaces`,
  `PUT ${TENANT}/namespaces/:namespace`,
  `DELETE ${TENANT}/namespaces/:namespace`,
  'PUT /api/v1/tenants/:id',
]

const isReading = (name: string) => name.startsWith('GET ') || READING.some((end) => name.endsWith(end))
const changing = guarded.filter(({ name }) => !isReading(name))

const countRows = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0

async function sendAsAdmin(name: string): Promise<Response> {
  const request = requestOf(name)
  return call(request.path, { ...request, token: world.admin.token })
}

describe.each(changing)('$name', ({ name }) => {
  const isRecorded = !(name in UNRECORDED)
  const isFed = !UNFED.includes(name)
  const expected = [...(isRecorded ? ['audit_logs'] : []), ...(isFed ? ['changes'] : [])]
  beforeAll(async () => {
    world = await createWorld(world.admin)
  })

  it.runIf(expected.length > 0)('does nothing at all when its records cannot be written', async () => {
    for (const table of expected) {
      await env.DB.prepare(
        `CREATE TRIGGER broken AFTER INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END`,
      ).run()
      const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      try {
        const before = await inventory()
        expect((await sendAsAdmin(name)).status).toBe(503)
        expect(await inventory()).toBe(before)
      } finally {
        await env.DB.prepare('DROP TRIGGER broken').run()
        log.mockRestore()
      }
    }
  })

  it(`leaves ${expected.join(' and ') || 'no records'}`, async () => {
    const tables = ['audit_logs', 'changes']
    const before = await Promise.all(tables.map(countRows))
    expect((await sendAsAdmin(name)).status).toBeLessThan(300)
    const after = await Promise.all(tables.map(countRows))
    expect(tables.filter((_, index) => after[index] !== before[index])).toEqual(expected)
  })
})

describe.each(guarded.filter(({ name }) => isReading(name)))('$name', ({ name }) => {
  beforeAll(async () => {
    world = await createWorld(world.admin)
  })

  it('changes nothing', async () => {
    const before = await inventory()
    expect((await sendAsAdmin(name)).status).toBeLessThan(300)
    expect(await inventory()).toBe(before)
  })
})
