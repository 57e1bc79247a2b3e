/** Walks every route: nothing is open by omission, and whoever lacks a right changes nothing. */

import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../../worker/app.ts'
import {
  deniesCredentials,
  deniesRight,
  type NearMisses,
  nearMisses,
  only,
  permissionOf,
  type Request,
} from '../support/denies.ts'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  createTenant,
  createUser,
  expectJson,
  freshEdge,
  mintToken,
  PASSWORD,
} from '../support/edge.ts'
import { filesOf, formOf, writeFile } from '../support/files.ts'

/** Everything else asks for a credential. The tokens in the bodies of the first two, and of the last, are theirs. */
const PUBLIC = [
  'POST /oauth/token',
  'POST /oauth/revoke',
  'GET /.well-known/jwks.json',
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /login',
  'POST /api/v1/login',
  'GET /ui/',
  'GET /api/v1/auths',
  'GET /api/v1/configs/login',
  'POST /api/v1/validate-password',
  'POST /api/v1/forgotten-password',
  'POST /api/v1/reset-password',
  'POST /api/v1/invitations/accept',
]

const ACCOUNTS = '/api/v1/service-accounts'
const TENANT = '/api/v1/:tenant'
const FILES = `${TENANT}/namespaces/:namespace/files`

/** Who may call the others. A route that moves to another right must move here too. */
const RIGHTS: Record<string, string> = {
  'POST /api/v1/logout': 'signed-in',
  'GET /api/v1/configs': 'signed-in',
  'GET /api/v1/license-info': 'signed-in',
  'GET /api/v1/me': 'signed-in',
  'PATCH /api/v1/me': 'user',
  'PUT /api/v1/me/password': 'user',
  'GET /api/v1/me/api-tokens': 'signed-in',
  'POST /api/v1/me/api-tokens': 'signed-in',
  'DELETE /api/v1/me/api-tokens/:token': 'signed-in',
  'GET /api/v1/users': 'superadmin',
  'POST /api/v1/users': 'superadmin',
  'GET /api/v1/users/:id': 'superadmin',
  'PUT /api/v1/users/:id': 'superadmin',
  'PATCH /api/v1/users/:id': 'superadmin',
  'DELETE /api/v1/users/:id': 'superadmin',
  'PATCH /api/v1/users/:id/password': 'superadmin',
  'PATCH /api/v1/users/:id/superadmin': 'superadmin',
  'PATCH /api/v1/users/:id/instance-owner': 'superadmin',
  'PATCH /api/v1/users/:id/restricted': 'superadmin',
  'PATCH /api/v1/users/:id/disabled': 'superadmin',
  'DELETE /api/v1/users/:id/auths/:auth': 'superadmin',
  'DELETE /api/v1/users/:id/refresh-token': 'superadmin',
  'GET /api/v1/users/:account/api-tokens': 'superadmin',
  'POST /api/v1/users/:account/api-tokens': 'superadmin',
  'DELETE /api/v1/users/:account/api-tokens/:token': 'superadmin',
  [`PUT ${TENANT}/users/:id/groups`]: 'GROUP:MANAGE_MEMBERS',
  [`PATCH ${ACCOUNTS}/:id/disabled`]: 'superadmin',
  'POST /api/v1/users/:id/impersonate': 'superadmin',
  [`GET ${ACCOUNTS}`]: 'superadmin',
  [`POST ${ACCOUNTS}`]: 'superadmin',
  [`GET ${ACCOUNTS}/:id`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:id`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id/superadmin`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id/instance-owner`]: 'superadmin',
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
  [`GET ${TENANT}/groups/search`]: 'GROUP:LIST',
  [`POST ${TENANT}/groups/autocomplete`]: 'GROUP:LIST',
  [`POST ${TENANT}/groups/ids`]: 'GROUP:LIST',
  [`POST ${TENANT}/groups`]: 'GROUP:CREATE',
  [`GET ${TENANT}/groups/:id`]: 'GROUP:VIEW',
  [`PUT ${TENANT}/groups/:id`]: 'GROUP:UPDATE',
  [`DELETE ${TENANT}/groups/:id`]: 'GROUP:DELETE',
  [`GET ${TENANT}/groups/:id/members`]: 'GROUP:VIEW',
  [`PUT ${TENANT}/groups/:id/members/membership/:account`]: 'GROUP:MANAGE_MEMBERS',
  [`PUT ${TENANT}/groups/:id/members/:account`]: 'GROUP:MANAGE_MEMBERS',
  [`DELETE ${TENANT}/groups/:id/members/:account`]: 'GROUP:MANAGE_MEMBERS',
  [`GET ${TENANT}/roles/search`]: 'ROLE:LIST',
  [`POST ${TENANT}/roles/autocomplete`]: 'ROLE:LIST',
  [`POST ${TENANT}/roles/ids`]: 'ROLE:LIST',
  [`POST ${TENANT}/roles`]: 'ROLE:CREATE',
  [`GET ${TENANT}/roles/:id`]: 'ROLE:VIEW',
  [`PUT ${TENANT}/roles/:id`]: 'ROLE:UPDATE',
  [`DELETE ${TENANT}/roles/:id`]: 'ROLE:DELETE',
  [`GET ${TENANT}/bindings/search`]: 'BINDING:LIST',
  [`POST ${TENANT}/bindings/bulk`]: 'BINDING:CREATE',
  [`POST ${TENANT}/bindings`]: 'BINDING:CREATE',
  [`GET ${TENANT}/bindings/:id`]: 'BINDING:VIEW',
  [`DELETE ${TENANT}/bindings/:id`]: 'BINDING:DELETE',
  [`GET ${TENANT}/tenant-access`]: 'USER:LIST',
  [`POST ${TENANT}/tenant-access`]: 'USER:CREATE',
  [`POST ${TENANT}/tenant-access/autocomplete`]: 'USER:LIST',
  [`PUT ${TENANT}/tenant-access/:account`]: 'USER:CREATE',
  [`GET ${TENANT}/tenant-access/:account`]: 'USER:VIEW',
  [`DELETE ${TENANT}/tenant-access/:account`]: 'USER:DELETE',
  [`POST ${TENANT}/invitations`]: 'INVITATION:CREATE',
  [`GET ${TENANT}/invitations/search`]: 'INVITATION:LIST',
  [`GET ${TENANT}/invitations/email/:email`]: 'INVITATION:LIST',
  [`GET ${TENANT}/invitations/:id`]: 'INVITATION:VIEW',
  [`DELETE ${TENANT}/invitations/:id`]: 'INVITATION:DELETE',
  [`GET ${TENANT}/acls/permissions`]: 'any of ROLE',
  [`GET ${TENANT}/acls/templates`]: 'any of ROLE',
  [`GET ${TENANT}/acls/actions`]: 'any of ROLE',
  [`GET ${TENANT}/access/explain`]: 'signed-in',
  [`POST ${FILES}/plan`]: 'NAMESPACE_FILE:LIST',
  [`POST ${FILES}/blobs`]: 'NAMESPACE_FILE:CREATE',
  [`POST ${FILES}/commit`]: 'NAMESPACE_FILE:CREATE',
  [`GET ${FILES}`]: 'NAMESPACE_FILE:VIEW',
  [`POST ${FILES}`]: 'NAMESPACE_FILE:CREATE',
  [`DELETE ${FILES}`]: 'NAMESPACE_FILE:DELETE',
  [`GET ${FILES}/directory`]: 'NAMESPACE_FILE:LIST',
  [`GET ${FILES}/search`]: 'NAMESPACE_FILE:LIST',
}

/** What there is to read, change and delete. */
interface World {
  readonly admin: Bot
  readonly account: string
  readonly token: string
  readonly user: string
  readonly userToken: string
  /** Who asks, where accounts act on themselves. */
  readonly own: Bot
  /** Belongs to the tenant; the other one does not. */
  readonly tenantUser: string
  readonly role: string
  readonly binding: string
  readonly group: string
  /** Of the group; the account is not in it. */
  readonly member: string
  readonly invitation: string
}

let world: World

const tenant = '/api/v1/main'
const SHA256_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
/** A folder that never held anything: its ETag is "0". */
const PLAN = { root: '/empty', files: [] }

const ofUser = (rest = '', method = 'GET', json?: object): Request => ({
  path: `/api/v1/users/${world.user}${rest}`,
  method,
  ...(json === undefined ? {} : { json }),
})

/** One request for each guarded route, which succeeds for who holds the right. */
const requests: Record<string, () => Request> = {
  'POST /api/v1/logout': () => ({ path: '/api/v1/logout', method: 'POST' }),
  'GET /api/v1/configs': () => ({ path: '/api/v1/configs' }),
  'GET /api/v1/license-info': () => ({ path: '/api/v1/license-info' }),
  'GET /api/v1/me': () => ({ path: '/api/v1/me' }),
  'PATCH /api/v1/me': () => ({ path: '/api/v1/me', method: 'PATCH', json: { firstName: 'New' } }),
  'PUT /api/v1/me/password': () => ({
    path: '/api/v1/me/password',
    method: 'PUT',
    json: { oldPassword: PASSWORD, newPassword: 'NewPass!9876' },
  }),
  'GET /api/v1/me/api-tokens': () => ({ path: '/api/v1/me/api-tokens' }),
  'POST /api/v1/me/api-tokens': () => ({ path: '/api/v1/me/api-tokens', json: { name: 'new' } }),
  'DELETE /api/v1/me/api-tokens/:token': () => ({
    path: `/api/v1/me/api-tokens/${world.own.tokenId}`,
    method: 'DELETE',
  }),
  'POST /api/v1/users/:id/impersonate': () => ({
    path: `/api/v1/users/${world.user}/impersonate`,
    method: 'POST',
  }),

  'GET /api/v1/users': () => ({ path: '/api/v1/users' }),
  'POST /api/v1/users': () => ({ path: '/api/v1/users', json: { email: 'new@example.com' } }),
  'GET /api/v1/users/:id': () => ofUser(),
  'PUT /api/v1/users/:id': () => ofUser('', 'PUT', { firstName: 'New' }),
  'PATCH /api/v1/users/:id': () => ofUser('', 'PATCH', { firstName: 'New' }),
  'DELETE /api/v1/users/:id': () => ofUser('', 'DELETE'),
  'PATCH /api/v1/users/:id/password': () => ofUser('/password', 'PATCH', { password: 'NewPass!9876' }),
  'PATCH /api/v1/users/:id/superadmin': () => ofUser('/superadmin', 'PATCH', { superAdmin: true }),
  'PATCH /api/v1/users/:id/instance-owner': () => ofUser('/instance-owner', 'PATCH', { instanceOwner: true }),
  'PATCH /api/v1/users/:id/restricted': () => ofUser('/restricted', 'PATCH', { restricted: true }),
  'PATCH /api/v1/users/:id/disabled': () => ofUser('/disabled', 'PATCH', { disabled: true }),
  'DELETE /api/v1/users/:id/auths/:auth': () => ofUser('/auths/BASIC_AUTH', 'DELETE'),
  'DELETE /api/v1/users/:id/refresh-token': () => ofUser('/refresh-token', 'DELETE'),
  'GET /api/v1/users/:account/api-tokens': () => ofUser('/api-tokens'),
  'POST /api/v1/users/:account/api-tokens': () => ofUser('/api-tokens', 'POST', { name: 'new' }),
  'DELETE /api/v1/users/:account/api-tokens/:token': () => ofUser(`/api-tokens/${world.userToken}`, 'DELETE'),
  'PUT /api/v1/:tenant/users/:id/groups': () => ({
    path: `${tenant}/users/${world.user}/groups`,
    method: 'PUT',
    json: { groupIds: [] },
  }),

  'PATCH /api/v1/service-accounts/:id/disabled': () => ({
    path: `/api/v1/service-accounts/${world.account}/disabled`,
    method: 'PATCH',
    json: { disabled: true },
  }),
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
  'PATCH /api/v1/service-accounts/:id/superadmin': () => ({
    path: `/api/v1/service-accounts/${world.account}/superadmin`,
    method: 'PATCH',
    json: { superAdmin: true },
  }),
  'PATCH /api/v1/service-accounts/:id/instance-owner': () => ({
    path: `/api/v1/service-accounts/${world.account}/instance-owner`,
    method: 'PATCH',
    json: { instanceOwner: true },
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

  'GET /api/v1/:tenant/groups/search': () => ({ path: `${tenant}/groups/search` }),
  'POST /api/v1/:tenant/groups/autocomplete': () => ({ path: `${tenant}/groups/autocomplete`, json: {} }),
  'POST /api/v1/:tenant/groups/ids': () => ({ path: `${tenant}/groups/ids`, json: { ids: [] } }),
  'POST /api/v1/:tenant/groups': () => ({
    path: `${tenant}/groups`,
    json: { name: crypto.randomUUID(), membersId: [] },
  }),
  'GET /api/v1/:tenant/groups/:id': () => ({ path: `${tenant}/groups/${world.group}` }),
  'PUT /api/v1/:tenant/groups/:id': () => ({
    path: `${tenant}/groups/${world.group}`,
    method: 'PUT',
    json: { name: crypto.randomUUID() },
  }),
  'DELETE /api/v1/:tenant/groups/:id': () => ({
    path: `${tenant}/groups/${world.group}`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/groups/:id/members': () => ({ path: `${tenant}/groups/${world.group}/members` }),
  'PUT /api/v1/:tenant/groups/:id/members/membership/:account': () => ({
    path: `${tenant}/groups/${world.group}/members/membership/${world.member}?membership=OWNER`,
    method: 'PUT',
  }),
  'PUT /api/v1/:tenant/groups/:id/members/:account': () => ({
    path: `${tenant}/groups/${world.group}/members/${world.account}`,
    method: 'PUT',
  }),
  'DELETE /api/v1/:tenant/groups/:id/members/:account': () => ({
    path: `${tenant}/groups/${world.group}/members/${world.member}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/roles/search': () => ({ path: `${tenant}/roles/search` }),
  'POST /api/v1/:tenant/roles/autocomplete': () => ({ path: `${tenant}/roles/autocomplete`, json: {} }),
  'POST /api/v1/:tenant/roles/ids': () => ({ path: `${tenant}/roles/ids`, json: { ids: [] } }),
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

  'GET /api/v1/:tenant/bindings/search': () => ({ path: `${tenant}/bindings/search` }),
  'POST /api/v1/:tenant/bindings/bulk': () => ({
    path: `${tenant}/bindings/bulk`,
    json: [{ type: 'USER', externalId: world.account, roleId: world.role }],
  }),
  'POST /api/v1/:tenant/bindings': () => ({
    path: `${tenant}/bindings`,
    json: { type: 'USER', externalId: world.account, roleId: world.role },
  }),
  'GET /api/v1/:tenant/bindings/:id': () => ({ path: `${tenant}/bindings/${world.binding}` }),
  'DELETE /api/v1/:tenant/bindings/:id': () => ({
    path: `${tenant}/bindings/${world.binding}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/tenant-access': () => ({ path: `${tenant}/tenant-access` }),
  'POST /api/v1/:tenant/tenant-access': () => ({
    path: `${tenant}/tenant-access`,
    json: { email: `${world.account}@example.com` },
  }),
  'POST /api/v1/:tenant/tenant-access/autocomplete': () => ({
    path: `${tenant}/tenant-access/autocomplete`,
    json: {},
  }),
  'PUT /api/v1/:tenant/tenant-access/:account': () => ({
    path: `${tenant}/tenant-access/${world.user}`,
    method: 'PUT',
  }),
  'GET /api/v1/:tenant/tenant-access/:account': () => ({
    path: `${tenant}/tenant-access/${world.tenantUser}`,
  }),
  'DELETE /api/v1/:tenant/tenant-access/:account': () => ({
    path: `${tenant}/tenant-access/${world.tenantUser}`,
    method: 'DELETE',
  }),

  'POST /api/v1/:tenant/invitations': () => ({
    path: `${tenant}/invitations`,
    json: { email: `${crypto.randomUUID()}@example.com` },
  }),
  'GET /api/v1/:tenant/invitations/search': () => ({ path: `${tenant}/invitations/search` }),
  'GET /api/v1/:tenant/invitations/email/:email': () => ({
    path: `${tenant}/invitations/email/somebody@example.com`,
  }),
  'GET /api/v1/:tenant/invitations/:id': () => ({ path: `${tenant}/invitations/${world.invitation}` }),
  'DELETE /api/v1/:tenant/invitations/:id': () => ({
    path: `${tenant}/invitations/${world.invitation}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/acls/permissions': () => ({ path: `${tenant}/acls/permissions` }),
  'GET /api/v1/:tenant/acls/templates': () => ({ path: `${tenant}/acls/templates` }),
  'GET /api/v1/:tenant/acls/actions': () => ({ path: `${tenant}/acls/actions` }),
  'GET /api/v1/:tenant/access/explain': () => ({
    path: `${tenant}/access/explain?permission=FLOW:EXECUTE`,
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
}

const named = routes.map(({ method, path, access }) => ({ name: `${method} ${path}`, access }))
const guarded = named.flatMap(({ name, access }) => (access.kind === 'public' ? [] : [{ name, access }]))
type Guarded = (typeof guarded)[number]['access']

function rightOf(access: Guarded): string {
  if (access.kind === 'permission') return access.permission
  return access.kind === 'resource' ? `any of ${access.resource}` : access.kind
}

async function createWorld(admin: Bot): Promise<World> {
  const create = async (path: string, json: object, status = 200) =>
    (await expectJson<{ id: string }>(call(path, { ...admin, json }), status)).id
  // Without a role: who mints a token for an account must hold all that it holds.
  const account = await create(`${tenant}/service-accounts`, { name: 'victim' })
  const token = await mintToken(account, { by: admin })
  const { id: user, tokenId: userToken } = await createUser(admin, { tenants: [] })
  const { id: tenantUser } = await createUser(admin, { tenants: ['main'] })
  const own = await createUser(admin)
  const role = await create(`${tenant}/roles`, { name: 'victim', permissions: only('BINDING:CREATE') })
  const binding = await bind(user, role, admin)
  const member = await create(`${tenant}/service-accounts`, { name: 'member' })
  const group = await create(`${tenant}/groups`, { name: `victim ${member}`, membersId: [member] })
  const invitation = await create(`${tenant}/invitations`, { email: `${account}@example.org` }, 201)
  await writeFile('prod', 'a.txt', 'a', admin)
  return {
    admin,
    account,
    token: token.id,
    user,
    userToken,
    own,
    tenantUser,
    role,
    binding: binding.id,
    group,
    member,
    invitation,
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

const whoMay = async (access: Guarded, namespace: string | null): Promise<Bot> => {
  switch (access.kind) {
    case 'signed-in':
    case 'user':
      return world.own
    case 'superadmin':
      return world.admin
    case 'permission':
    case 'resource':
      return createBot(only(permissionOf(access)), { namespace, by: world.admin })
  }
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
    const namespace = name.includes('/:namespace/') ? 'prod' : null
    const by = await whoMay(access, namespace)
    const request = requestOf(name)
    const answer = await call(request.path, { ...request, token: by.token })
    expect(`${answer.status} ${await answer.text()}`).toMatch(/^20[014]/)
  })
})
