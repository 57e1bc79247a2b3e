/** What Kestra's own clients send before they do anything, replayed request by request. */

import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ADMIN,
  asAdmin,
  type Bot,
  basic,
  call,
  createAdmin,
  createUser,
  expectJson,
  freshEdge,
  type Person,
  signIn,
} from '../support/edge.ts'

/** Keeps cookies as an HTTP client does. */
function cookieJar() {
  const cookies = new Map<string, string>()
  return {
    get header() {
      return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    get: (name: string) => cookies.get(name),
    keep(answer: Response): Response {
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        cookies.set(name, value)
      }
      return answer
    },
  }
}

describe('the first steps of the Go, Java and Python suites', () => {
  beforeEach(async () => {
    await reset()
    await applyD1Migrations(env.DB, env.MIGRATIONS)
  })

  it.each<[string, () => object]>([
    ['as JSON', () => ({ json: { username: ADMIN.username, password: ADMIN.password } })],
    [
      'as a form',
      () => ({ body: new URLSearchParams({ username: ADMIN.username, password: ADMIN.password }) }),
    ],
  ])('lead from nothing to an API token, signing in %s', async (_, credentials) => {
    const jar = cookieJar()
    const setup = { ...ADMIN, tenant: { id: 'main', name: 'Main' }, setupToken: env.SETUP_TOKEN }
    await expectJson(call('/api/v1/setup', { json: setup }))
    await expectJson(call('/api/v1/setup', { json: setup }), 405)

    await expectJson(jar.keep(await call('/login', credentials())))
    expect(jar.get('JWT')).toMatch(/^psu_/)

    const page = jar.keep(await call('/ui/', { headers: { Cookie: jar.header } }))
    const [, csrf = ''] = /<meta name="csrf-token" content="([^"]+)">/.exec(await page.text()) ?? []
    expect(jar.get('csrfToken')).toBe(csrf)

    const { fullToken } = await expectJson<{ fullToken: string }>(
      call('/api/v1/me/api-tokens', {
        json: { name: 'ci-token', maxAge: 'P1D' },
        headers: { Cookie: jar.header, 'X-CSRF-TOKEN': csrf },
      }),
    )
    const by = { token: fullToken }
    await expectJson(call('/api/v1/configs', by))
    await expectJson(call('/api/v1/users', by))
    // The one who set up is also the tenant's administrator.
    await expectJson(call('/api/v1/main/namespaces/any/files/search?q=', by))
  })

  it('of the JavaScript suite: GET /setup says whether there is something to do', async () => {
    expect((await call('/api/v1/setup')).status).toBe(200)
    await expectJson(call('/api/v1/setup', { json: { ...ADMIN, setupToken: env.SETUP_TOKEN } }))
    expect((await call('/api/v1/setup')).status).not.toBe(200)
    // From then on it sends Basic.
    await expectJson(call('/api/v1/users?size=2', asAdmin))
  })
})

describe('a client with its habits', () => {
  let admin: Bot
  let session: string
  let user: Person
  beforeAll(async () => {
    await freshEdge()
    admin = await createAdmin()
    user = await createUser(admin)
    session = await signIn(user.email)
  })

  const configs = (by: object) => call('/api/v1/configs', by)
  const asWrong = { authorization: basic(ADMIN.username, 'Wrong!1234') }

  it('Terraform with nothing but a jwt sends an empty Basic beside the cookie', async () => {
    const sent = { authorization: 'Basic Og==', headers: { Cookie: session } }
    await expectJson(configs(sent))
    expect(await expectJson(call('/api/v1/me', sent))).toMatchObject({ id: user.id })
  })

  it('Terraform with nothing at all is asked for a credential', async () => {
    expect(await expectJson(configs({ authorization: 'Basic Og==' }), 401)).toMatchObject({
      message: 'Unauthorized',
    })
  })

  it('Terraform sends a content type with everything', async () => {
    const headers = { 'Content-Type': 'application/json' }
    await expectJson(call('/api/v1/users', { ...admin, headers }))
    const { id } = await createUser(admin)
    expect((await call(`/api/v1/users/${id}`, { ...admin, method: 'DELETE', headers })).status).toBe(204)
  })

  it('Terraform’s user: created, read at once, planned again without a difference, cleared of groups', async () => {
    const sent = {
      username: 'tf@example.com',
      email: 'tf@example.com',
      namespaceId: '',
      firstName: '',
      lastName: '',
      groups: [],
    }
    const created = await expectJson<{ id: string }>(call('/api/v1/users', { ...admin, json: sent }), 201)
    expect(created).toMatchObject({ username: 'tf@example.com', firstName: '', lastName: '', groups: [] })
    const path = `/api/v1/users/${created.id}`
    expect(await expectJson(call(path, admin))).toEqual(created)
    const put = { ...admin, method: 'PUT', json: { id: created.id, ...sent } }
    expect(await expectJson(call(path, put))).toEqual(created)
    expect(JSON.stringify(created)).not.toContain('null')
    const found = await expectJson(call('/api/v1/users?filters[q][EQUALS]=tf@example.com&size=100', admin))
    expect(found).toMatchObject({ total: 1, results: [{ id: created.id }] })
    const password = { ...admin, method: 'PATCH', json: { password: 'NewPass!9876' } }
    expect(await expectJson(call(`${path}/password`, password))).toMatchObject({ id: created.id })
  })

  it('Kestra’s CLI with both flags sends Basic and Bearer in one header', async () => {
    const authorization = `${basic('someone', 'else')}, Bearer ${user.token}`
    expect(await expectJson(call('/api/v1/me', { authorization }))).toMatchObject({ id: user.id })
  })

  it('VS Code tells a bad credential by the 401 of /configs', async () => {
    for (const by of [{}, { token: 'wrong' }, { headers: { Cookie: 'JWT=wrong' } }, asWrong])
      expect(await expectJson(configs(by), 401)).toMatchObject({ message: 'Unauthorized' })
    for (const by of [user, asAdmin, { headers: { Cookie: session } }]) await expectJson(configs(by))
  })

  it('kestractl sends what only 2.0 knows to a version that is not older', async () => {
    const { version } = await expectJson<{ version: string }>(configs(user))
    expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(2)
    const { id } = await createUser(admin)
    const owner = { ...admin, method: 'PATCH', json: { instanceOwner: true } }
    expect((await call(`/api/v1/users/${id}/superadmin`, owner)).status).toBe(200)
  })

  it('kestractl updates a user by reading and putting back all of it', async () => {
    const { id, email } = await createUser(admin, { superAdmin: true, restricted: true, tenants: ['main'] })
    const path = `/api/v1/users/${id}`
    const read = await expectJson<object>(call(path, admin))
    const json = { ...read, tenants: ['main'], groups: [], lastName: 'Changed' }
    expect(await expectJson(call(path, { ...admin, method: 'PUT', json }))).toMatchObject({
      superAdmin: true,
      restricted: true,
      lastName: 'Changed',
      tenants: [{ id: 'main' }],
    })
    await signIn(email)
  })

  it('a list of a client’s own making is counted and never fails: pages past the end, 10,000 at once', async () => {
    for (const query of ['page=9&size=1000', 'size=10000', 'page=1&size=1000&sort=username:asc'])
      expect(await expectJson(call(`/api/v1/users?${query}`, admin))).toMatchObject({
        results: expect.any(Array),
        total: expect.any(Number),
      })
  })
})
