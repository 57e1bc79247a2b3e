/** Walks every route: nothing is open by omission, and whoever lacks a right changes nothing. */

import { beforeAll, describe, expect, it } from 'vitest'
import { GITHUB } from '../../../shared/wire/federation.ts'
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
  mintToken,
} from '../support/edge.ts'
import { filesOf, formOf, writeFile } from '../support/files.ts'
import { credentialOf, ISSUER, JWKS_URI, trust } from '../support/issuer.ts'

/** Everything else asks for a credential. The tokens in the bodies of the first two are theirs. */
const PUBLIC = [
  'POST /oauth/token',
  'POST /oauth/revoke',
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/oauth-protected-resource',
  'GET /api/v1/setup',
  'POST /api/v1/setup',
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
  'POST /oauth/introspect': 'signed-in',
  'GET /api/v1/issuers': 'superadmin',
  'POST /api/v1/issuers': 'superadmin',
  'GET /api/v1/issuers/:id': 'superadmin',
  'PUT /api/v1/issuers/:id': 'superadmin',
  'DELETE /api/v1/issuers/:id': 'superadmin',
  'GET /api/v1/signing-keys': 'superadmin',
  'POST /api/v1/signing-keys/rotate': 'superadmin',
  'GET /api/v1/master-key': 'superadmin',
  'POST /api/v1/master-key/reseal': 'superadmin',
  [`GET ${ACCOUNTS}/:account/federated-credentials`]: 'superadmin',
  [`POST ${ACCOUNTS}/:account/federated-credentials`]: 'superadmin',
  [`GET ${ACCOUNTS}/:account/federated-credentials/:credential`]: 'superadmin',
  [`PUT ${ACCOUNTS}/:account/federated-credentials/:credential`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:account/federated-credentials/:credential`]: 'superadmin',
  [`GET ${TENANT}/service-accounts/:account/federated-credentials`]: 'SERVICE_ACCOUNT:VIEW',
  [`POST ${TENANT}/service-accounts/:account/federated-credentials`]: 'SERVICE_ACCOUNT:UPDATE',
  [`GET ${TENANT}/service-accounts/:account/federated-credentials/:credential`]: 'SERVICE_ACCOUNT:VIEW',
  [`PUT ${TENANT}/service-accounts/:account/federated-credentials/:credential`]: 'SERVICE_ACCOUNT:UPDATE',
  [`DELETE ${TENANT}/service-accounts/:account/federated-credentials/:credential`]: 'SERVICE_ACCOUNT:UPDATE',
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
}

/** What there is to read, change and delete. */
interface World {
  readonly admin: Bot
  readonly account: string
  readonly token: string
  readonly user: string
  readonly role: string
  readonly binding: string
  /** One that nothing names, so that it can be deleted. */
  readonly issuer: string
  readonly credential: string
}

let world: World

const tenant = '/api/v1/main'
const SHA256_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
/** A folder that never held anything: its ETag is "0". */
const PLAN = { root: '/empty', files: [] }

/** One request for each guarded route, which succeeds for who holds the right. */
const requests: Record<string, () => Request> = {
  'POST /api/v1/users': () => ({ path: '/api/v1/users', json: { email: 'new@example.com' } }),
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

  'POST /oauth/introspect': () => ({
    path: '/oauth/introspect',
    body: new URLSearchParams({ token: world.admin.token }),
  }),
  'GET /api/v1/issuers': () => ({ path: '/api/v1/issuers' }),
  'POST /api/v1/issuers': () => ({ path: '/api/v1/issuers', json: { issuer: GITHUB.issuer } }),
  'GET /api/v1/issuers/:id': () => ({ path: `/api/v1/issuers/${world.issuer}` }),
  'PUT /api/v1/issuers/:id': () => ({
    path: `/api/v1/issuers/${world.issuer}`,
    method: 'PUT',
    json: { issuer: 'https://renamed.test', jwksUri: JWKS_URI },
  }),
  'DELETE /api/v1/issuers/:id': () => ({ path: `/api/v1/issuers/${world.issuer}`, method: 'DELETE' }),
  'GET /api/v1/signing-keys': () => ({ path: '/api/v1/signing-keys' }),
  'POST /api/v1/signing-keys/rotate': () => ({ path: '/api/v1/signing-keys/rotate', json: {} }),
  'GET /api/v1/master-key': () => ({ path: '/api/v1/master-key' }),
  'POST /api/v1/master-key/reseal': () => ({ path: '/api/v1/master-key/reseal', method: 'POST' }),
  ...credentialRequests('/api/v1/service-accounts', '/api/v1/service-accounts'),
  ...credentialRequests('/api/v1/:tenant/service-accounts', `${tenant}/service-accounts`),

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
}

/** The same five at the instance and in a tenant. */
function credentialRequests(route: string, parent: string): Record<string, () => Request> {
  const all = `${route}/:account/federated-credentials`
  const path = () => `${parent}/${world.account}/federated-credentials`
  const json = credentialOf({ name: 'new' })
  return {
    [`GET ${all}`]: () => ({ path: path() }),
    [`POST ${all}`]: () => ({ path: path(), json }),
    [`GET ${all}/:credential`]: () => ({ path: `${path()}/${world.credential}` }),
    [`PUT ${all}/:credential`]: () => ({ path: `${path()}/${world.credential}`, method: 'PUT', json }),
    [`DELETE ${all}/:credential`]: () => ({ path: `${path()}/${world.credential}`, method: 'DELETE' }),
  }
}

const named = routes.map(({ method, path, access }) => ({ name: `${method} ${path}`, access }))
const guarded = named.flatMap(({ name, access }) => (access.kind === 'public' ? [] : [{ name, access }]))
type Guarded = (typeof guarded)[number]['access']

const rightOf = (access: Guarded) => (access.kind === 'permission' ? access.permission : access.kind)

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
  const other = { issuer: `https://${crypto.randomUUID()}.test`, jwksUri: JWKS_URI }
  const issuer = await create('/api/v1/issuers', other, 201)
  const credential = await trust({ id: account }, admin)
  return {
    admin,
    account,
    token: token.id,
    user,
    role,
    binding: binding.id,
    issuer,
    credential: credential.id,
  }
}

beforeAll(async () => {
  await freshEdge()
  const admin = await createAdmin()
  await expectJson(call('/api/v1/issuers', { ...admin, json: { issuer: ISSUER, jwksUri: JWKS_URI } }), 201)
  world = await createWorld(admin)
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
    const namespace = name.includes('/:namespace/') ? 'prod' : null
    const by =
      access.kind !== 'permission'
        ? world.admin
        : await createBot(only(access.permission), { namespace, by: world.admin })
    const request = requestOf(name)
    const answer = await call(request.path, { ...request, token: by.token })
    expect(`${answer.status} ${await answer.text()}`).toMatch(/^20[014]/)
  })
})
