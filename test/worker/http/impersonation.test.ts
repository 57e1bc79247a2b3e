import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOUR, later } from '../support/clock.ts'
import {
  asAdmin,
  type Bot,
  basic,
  bind,
  type Call,
  call,
  createAdmin,
  createBot,
  createTenant,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { filesOf } from '../support/files.ts'
import { accessTokenFor, giveBack } from '../support/oauth.ts'

const PASSWORD = 'TestPass!1234'

interface Impersonation {
  readonly token: string
  readonly exp: string
  readonly user: object
}

let admin: Bot
/** May do one thing in one namespace. */
let target: Bot
let count = 0
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
  target = await createTarget()
})

const createTarget = (name = `target-${count++}`) =>
  createBot({ NAMESPACE_FILE: ['LIST'] }, { namespace: 'prod', by: admin, name })
async function createUser(json: object = {}) {
  const email = `user${count++}@example.com`
  const { id } = await expectJson<{ id: string }>(
    call('/api/v1/users', { ...admin, json: { email, password: PASSWORD, tenants: ['main'], ...json } }),
    201,
  )
  return { id, email, authorization: basic(email, PASSWORD) }
}
const impersonate = (id: string, by: Call = admin, more: Call = {}) =>
  call(`/api/v1/users/${id}/impersonate`, { ...by, method: 'POST', ...more })
const as = (who: string, by: Call = admin): Call => ({ ...by, headers: { 'X-Kestra-Impersonate': who } })
const listFiles = async (by: Call, namespace = 'prod') =>
  (
    await call(`${filesOf(namespace)}/search`, {
      ...by,
      headers: { ...by.headers, 'Postern-Consistency': 'strict' },
    })
  ).status
const lastRecord = () =>
  env.DB.prepare(
    `SELECT type, resource, resource_id AS id, actor_name AS actor, impersonator_name AS impersonator, after
     FROM audit_logs ORDER BY rowid DESC LIMIT 1`,
  ).first<{ type: string; after: string }>()

describe('POST /api/v1/users/{id}/impersonate', () => {
  it('answers with a token that may do what the account may, for an hour', async () => {
    const answer = await impersonate(target.id)
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    const { token, ...rest } = await expectJson<Impersonation>(answer)
    expect(token).toMatch(/^psi_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
    expect(rest).toEqual({
      exp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      user: {
        id: target.id,
        username: expect.stringMatching(/^target-/),
        displayName: expect.any(String),
        type: 'SERVICE_ACCOUNT',
      },
    })
    expect(await listFiles({ token })).toBe(200)
    expect(await listFiles({ token }, 'production')).toBe(403)
    await expectJson(call('/api/v1/service-accounts', { token }), 403)
    await later(HOUR - 1000, async () => expect(await listFiles({ token })).toBe(200))
    await later(HOUR, async () => expect(await listFiles({ token })).toBe(401))
    expect(await dumpTables()).not.toContain(token)
  })

  it('takes users as well, and clients that send no body or no type', async () => {
    const user = await createUser()
    for (const more of [
      {},
      { json: {} },
      { json: { reason: 'To see' } },
      { headers: { Accept: 'application/json' } },
    ]) {
      expect(await expectJson(impersonate(user.id, asAdmin, more))).toMatchObject({
        user: { id: user.id, username: user.email, type: 'STANDARD' },
      })
    }
    await expectJson(impersonate(user.id, admin, { json: { reason: 'x'.repeat(501) } }), 422)
  })

  it('is recorded with the reason, and all that is done with it with both names (threat 24)', async () => {
    const user = await createUser()
    await bind(user.id, 'admin_main', admin)
    const { token } = await expectJson<Impersonation>(
      impersonate(user.id, admin, { json: { reason: 'Ticket 7' } }),
    )
    const record = await lastRecord()
    expect(record).toMatchObject({ type: 'IMPERSONATE', resource: 'USER', id: user.id, actor: 'root' })
    expect(JSON.parse(record?.after ?? '')).toEqual({
      name: user.email,
      reason: 'Ticket 7',
      tokenId: token.slice(4, 16),
    })
    await expectJson(call('/api/v1/main/groups', { token, json: { name: crypto.randomUUID() } }))
    expect(await lastRecord()).toMatchObject({ type: 'CREATE', actor: user.email, impersonator: 'root' })
  })

  it('does not know accounts that are not there, or are disabled', async () => {
    const gone = await createTarget()
    await env.DB.prepare('UPDATE accounts SET disabled_at = 1 WHERE id = ?').bind(gone.id).run()
    const before = await inventory()
    for (const id of ['nobody', gone.id]) {
      expect(await expectJson(impersonate(id), 404)).toMatchObject({ code: 'not_found' })
    }
    expect(await inventory()).toBe(before)
  })

  it('ends when the token is given back', async () => {
    const { token } = await expectJson<Impersonation>(impersonate(target.id))
    await giveBack(token)
    expect(await listFiles({ token })).toBe(401)
  })

  it('ends when its holder is no superadmin any more, is disabled, or is gone', async () => {
    const second = await createUser({ superAdmin: true })
    const mint = async () => (await expectJson<Impersonation>(impersonate(target.id, second))).token
    const token = await mint()
    const set = (column: string, value: number | null) =>
      env.DB.batch([
        env.DB.prepare(`UPDATE accounts SET ${column} = ? WHERE id = ?`).bind(value, second.id),
        env.DB.prepare("INSERT INTO changes (at, kind, ref) VALUES (0, 'account', ?)").bind(second.id),
      ])
    expect(await listFiles({ token })).toBe(200)
    await set('is_superadmin', 0)
    expect(await listFiles({ token })).toBe(401)
    await set('is_superadmin', 1)
    await set('disabled_at', 1)
    expect(await listFiles({ token })).toBe(401)
    await set('disabled_at', null)
    expect(await listFiles({ token })).toBe(200)
    await call(`/api/v1/users/${second.id}`, { ...admin, method: 'DELETE' })
    expect(await listFiles({ token })).toBe(401)
  })

  it('leaves no expired tokens behind', async () => {
    const tokens = () =>
      env.DB.prepare('SELECT count(*) AS n FROM tokens WHERE impersonator_id = ?')
        .bind(admin.id)
        .first<number>('n')
    await expectJson(impersonate(target.id))
    await later(2 * HOUR, async () => {
      await expectJson(impersonate(target.id))
      await expectJson(impersonate(target.id))
      expect(await tokens()).toBe(2)
    })
  })
})

describe('X-Kestra-Impersonate', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['an e-mail address, in whatever case', async () => (await createUserWithFiles()).email.toUpperCase()],
    ['an id', () => target.id],
    ['the name of a service account', async () => (await createTarget('only-one')) && 'only-one'],
  ])('lets one request act as somebody named by %s', async (_, who) => {
    const credential = as(await who())
    expect(await listFiles(credential)).toBe(200)
    expect(await listFiles(credential, 'production')).toBe(403)
    await expectJson(call('/api/v1/service-accounts', credential), 403)
    await expectJson(call('/api/v1/service-accounts', admin))
  })
  const createUserWithFiles = async () => {
    const user = await createUser()
    await bind(user.id, 'developer_main', admin, 'prod')
    return user
  }

  it('takes no name that two service accounts have', async () => {
    await createTarget('twin')
    await createTarget('twin')
    expect(await expectJson(call(`${filesOf('prod')}/search`, as('twin')), 404)).toMatchObject({
      code: 'not_found',
    })
  })

  it('takes an id for that account’s, though another is called like it', async () => {
    const meant = await createTarget()
    const impostor = await createTarget(meant.id.toLowerCase())
    const { id } = await expectJson<{ id: string }>(call('/api/v1/me', as(meant.id)))
    expect([id, impostor.id === meant.id]).toEqual([meant.id, false])
  })

  it('works with every credential', async () => {
    expect(await listFiles(as(target.id, asAdmin))).toBe(200)
    expect(await listFiles(as(target.id, { token: await accessTokenFor(admin.token) }))).toBe(200)
    await expectJson(call(`${filesOf('prod')}/search`, as(target.id, {})), 401)
  })

  it('is recorded with both names (threat 24)', async () => {
    await listFiles(as(target.id))
    const record = await lastRecord()
    expect(record).toMatchObject({
      type: 'IMPERSONATE',
      resource: 'SERVICE_ACCOUNT',
      id: target.id,
      actor: 'root',
    })
    expect(JSON.parse(record?.after ?? '')).toMatchObject({
      request: 'GET /api/v1/main/namespaces/prod/files/search',
    })
    const key = 'canary'.repeat(8)
    await call(`/api/v1/main/roles/${key}`, as(target.id))
    expect(JSON.parse((await lastRecord())?.after ?? '')).toMatchObject({
      request: 'GET /api/v1/main/roles/…',
    })
    expect(await dumpTables()).not.toContain(key)
    const user = await createUser()
    await bind(user.id, 'admin_main', admin)
    await expectJson(call('/api/v1/main/groups', { ...as(user.email), json: { name: crypto.randomUUID() } }))
    expect(await lastRecord()).toMatchObject({ type: 'CREATE', actor: user.email, impersonator: 'root' })
  })

  describe('without being a superadmin', () => {
    const helper = (permissions: Record<string, string[]> = {}, namespace: string | null = null) =>
      createBot({ USER: ['IMPERSONATE'], NAMESPACE_FILE: ['LIST'], ...permissions }, { namespace, by: admin })
    const refused = async (who: string, by: Call, code: string) => {
      const before = await inventory()
      expect(await expectJson(call(`${filesOf('prod')}/search`, as(who, by)), 403)).toMatchObject({
        message: 'Forbidden',
        code,
      })
      expect(await inventory()).toBe(before)
    }

    it('takes the permission, in the whole tenant', async () => {
      expect(await listFiles(as(target.id, await helper()))).toBe(200)
      await refused(target.id, await helper({}, 'prod'), 'permission_missing')
      await refused(
        target.id,
        await createBot({ NAMESPACE_FILE: ['LIST'] }, { by: admin }),
        'permission_missing',
      )
    })

    it('takes it in every tenant that the other belongs to', async () => {
      const abroad = await createTarget()
      const { id } = await expectJson<{ id: string }>(
        call('/api/v1/acme/roles', {
          ...admin,
          json: { name: 'Files', permissions: { NAMESPACE_FILE: ['LIST'] } },
        }),
      )
      await bind(abroad.id, id, admin, 'prod', 'acme')
      await refused(abroad.id, await helper(), 'permission_missing')
      const homeless = await createUser({ tenants: [] })
      await refused(homeless.email, await helper(), 'permission_missing')
    })

    it('does not tell who is not there', async () => {
      await refused('nobody@example.com', await helper(), 'permission_missing')
    })

    it('reaches no superadmin, and nobody who holds more (threat 24)', async () => {
      const chief = await createUser({ superAdmin: true })
      await refused(chief.email, await helper(), 'superadmin_required')
      const strong = await createBot({ SECRET: ['VIEW'] }, { namespace: 'prod', by: admin })
      await refused(strong.id, await helper(), 'grant_exceeds_own')
      const keeper = await helper({ SECRET: ['VIEW'] })
      expect(await listFiles(as(strong.id, keeper))).toBe(403)
      await expectJson(impersonate(target.id, keeper), 403)
    })
  })
})

describe('while impersonating', () => {
  let user: Awaited<ReturnType<typeof createUser>>
  let plain: Awaited<ReturnType<typeof createUser>>
  let disguises: Call[]
  beforeAll(async () => {
    plain = await createUser()
    user = await createUser({ superAdmin: true })
    await bind(user.id, 'admin_main', admin)
    const { token } = await expectJson<Impersonation>(impersonate(user.id))
    disguises = [as(user.email), { token }]
  })

  it.each<[string, () => [string, Call]]>([
    ['a token', () => [`/api/v1/service-accounts/${target.id}/api-tokens`, { json: { name: 'mine' } }]],
    [
      'a token of a tenant’s account',
      () => [`/api/v1/main/service-accounts/${target.id}/api-tokens`, { json: { name: 'mine' } }],
    ],
    ['another impersonation', () => [`/api/v1/users/${target.id}/impersonate`, { method: 'POST' }]],
    [
      'a password',
      () => [`/api/v1/users/${user.id}/password`, { method: 'PATCH', json: { password: PASSWORD } }],
    ],
    [
      'a superadmin',
      () => [
        `/api/v1/service-accounts/${target.id}/superadmin`,
        { method: 'PATCH', json: { superAdmin: true } },
      ],
    ],
    [
      'a superadmin of a user',
      () => [`/api/v1/users/${plain.id}/superadmin`, { method: 'PATCH', json: { superAdmin: true } }],
    ],
    [
      'a superadmin of a user by the whole of what is said of them',
      () => [`/api/v1/users/${plain.id}`, { method: 'PUT', json: { email: plain.email, superAdmin: true } }],
    ],
    [
      'a user who is one',
      () => ['/api/v1/users', { json: { email: 'masked@example.com', superAdmin: true } }],
    ],
    [
      'a service account that is one',
      () => ['/api/v1/service-accounts', { json: { name: 'masked', superAdmin: true } }],
    ],
    [
      'one of a service account by the whole of what is said of it',
      () => [
        `/api/v1/main/service-accounts/${target.id}`,
        { method: 'PUT', json: { name: 'masked', groups: [], superAdmin: true } },
      ],
    ],
  ])('nobody makes %s (threat 24)', async (_, attempt) => {
    const [path, what] = attempt()
    for (const disguise of disguises) {
      const answer = await expectJson(call(path, { ...disguise, ...what }), 403)
      expect(answer).toMatchObject({ message: 'Forbidden', code: 'impersonating' })
    }
  })

  it('nobody becomes a third (threat 24)', async () => {
    const { token } = await expectJson<Impersonation>(impersonate(user.id))
    expect(await expectJson(call('/api/v1/service-accounts', as(target.id, { token })), 403)).toMatchObject({
      code: 'impersonating',
    })
  })

  it('an access token made of it names both, and cannot outlive it', async () => {
    const { token } = await expectJson<Impersonation>(impersonate(target.id))
    const by = { token: await accessTokenFor(token) }
    expect(decodeJwt(by.token)).toMatchObject({ sub: target.id, act: { sub: admin.id } })
    expect(await listFiles(by)).toBe(200)
    await giveBack(token)
    expect(await listFiles(by)).toBe(401)
  })
})
