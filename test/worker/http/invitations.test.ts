import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOUR, later } from '../support/clock.ts'
import {
  type Bot,
  basic,
  bindGroup,
  type Call,
  call,
  createAdmin,
  createBot,
  createTenant,
  createUser,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  ORIGIN,
} from '../support/edge.ts'
import { filesOf } from '../support/files.ts'

const PATH = '/api/v1/main/invitations'
const PASSWORD = 'TestPass!1234'
const WEEK = 7 * 24 * HOUR

interface Invitation {
  readonly id: string
  readonly email: string
  readonly status: string
  readonly link?: string
}

let admin: Bot
let count = 0
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
})

const newEmail = () => `guest${count++}@example.com`
const invite = (json: object = {}, by: Call = admin) =>
  call(PATH, { ...by, json: { email: newEmail(), ...json } })
const invited = (json: object = {}, by: Call = admin) => expectJson<Invitation>(invite(json, by), 201)
const tokenOf = ({ link }: Invitation) => link?.split('/').at(-1) ?? ''
const accept = (token: string, json: object = {}) =>
  call('/api/v1/invitations/accept', { json: { token, password: PASSWORD, ...json } })
const createGroup = async () =>
  (
    await expectJson<{ id: string }>(
      call('/api/v1/main/groups', { ...admin, json: { name: crypto.randomUUID() } }),
    )
  ).id
const listFiles = async (email: string, namespace: string) =>
  (await call(`${filesOf(namespace)}/search`, { authorization: basic(email, PASSWORD) })).status

describe('an invitation', () => {
  it('answers with a link that is a secret, and shows it once', async () => {
    const email = newEmail()
    const roles = [{ id: 'developer_main', namespaces: ['prod'] }]
    const { link, ...rest } = await invited({ email, roles, createUserIfNotExist: false })
    expect(link).toMatch(new RegExp(`^${ORIGIN}/ui/invitations/psv_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$`))
    expect(rest).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{12}$/),
      email,
      status: 'PENDING',
      tenantId: 'main',
      roles,
      groups: [],
      superAdmin: false,
      instanceOwner: false,
      sentAt: expect.any(String),
      expiredAt: expect.any(String),
    })
    expect(await expectJson(call(`${PATH}/${rest.id}`, admin))).toEqual(rest)
    expect(await dumpTables()).not.toContain(link?.split('/').at(-1))
  })

  it('gives who takes it up an account with what was promised, and nothing else', async () => {
    const group = await createGroup()
    await bindGroup(group, 'developer_main', admin, 'team')
    const roles = [{ id: 'developer_main', namespaces: ['prod', 'dev'] }]
    const invitation = await invited({ roles, groups: [group] })
    const { id, username } = await expectJson<{ id: string; username: string }>(
      accept(tokenOf(invitation), { firstName: 'Ada', superAdmin: true }),
    )
    expect(username).toBe(invitation.email)
    for (const namespace of ['prod', 'dev.x', 'team']) expect(await listFiles(username, namespace)).toBe(200)
    expect(await listFiles(username, 'production')).toBe(403)
    expect(await expectJson(call(`/api/v1/users/${id}`, admin))).toMatchObject({
      firstName: 'Ada',
      superAdmin: false,
      tenants: [{ id: 'main' }],
    })
    expect(await expectJson(call(`${PATH}/${invitation.id}`, admin))).toMatchObject({
      status: 'ACCEPTED',
      acceptedAt: expect.any(String),
    })
  })

  it('is taken up once, also by two at the same time', async () => {
    const token = tokenOf(await invited())
    const answers = await Promise.all([accept(token), accept(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, expect.toBeOneOf([409, 410])])
    const before = await inventory()
    expect(await expectJson(accept(token), 410)).toMatchObject({ code: 'invitation_used' })
    expect(await inventory()).toBe(before)
  })

  it('expires after a week', async () => {
    const invitation = await invited()
    await later(WEEK, async () => {
      expect(await expectJson(accept(tokenOf(invitation)), 410)).toMatchObject({ code: 'invitation_expired' })
      expect(await expectJson(call(`${PATH}/${invitation.id}`, admin))).toMatchObject({ status: 'EXPIRED' })
      await invited({ email: invitation.email })
    })
  })

  it.each<[string, (token: string) => string]>([
    ['nothing', () => ''],
    ['half of it', (token) => token.slice(0, 40)],
    ['the id', (token) => token.slice(4, 16)],
    ['a token of another kind', () => admin.token],
  ])('is not taken up with %s', async (_, change) => {
    const token = tokenOf(await invited())
    const before = await inventory()
    await expectJson(accept(change(token)), 404)
    expect(await inventory()).toBe(before)
  })

  it('is not taken up with a weak password, which leaves it as it was', async () => {
    const token = tokenOf(await invited())
    await expectJson(accept(token, { password: 'weak' }), 422)
    await expectJson(accept(token))
  })

  it('does not sign anybody in: its token is no credential', async () => {
    expect((await call(`${PATH}/search`, { token: tokenOf(await invited()) })).status).toBe(401)
  })

  it('is there once for an e-mail address, until it is withdrawn', async () => {
    const invitation = await invited()
    const email = invitation.email.toUpperCase()
    expect(await expectJson(invite({ email }), 409)).toMatchObject({ code: 'invitation_pending' })
    const answer = await call(`${PATH}/${invitation.id}`, { ...admin, method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    await expectJson(accept(tokenOf(invitation)), 404)
    for (const method of ['GET', 'DELETE'])
      await expectJson(call(`${PATH}/${invitation.id}`, { ...admin, method }), 404)
    await invited({ email })
  })

  it('lets a user who exists in at once, with 204', async () => {
    const email = newEmail()
    const json = { email, password: PASSWORD }
    const { id } = await expectJson<{ id: string }>(call('/api/v1/users', { ...admin, json }), 201)
    const answer = await invite({ email, roles: [{ id: 'developer_main', namespaces: ['prod'] }] })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect(await listFiles(email, 'prod')).toBe(200)
    expect(await expectJson(call(`/api/v1/users/${id}`, admin))).toMatchObject({ tenants: [{ id: 'main' }] })
    await expectJson(invite({ email }), 409)
  })

  it.each<[string, number, object]>([
    ['an unknown role', 404, { roles: [{ id: 'nothing' }] }],
    ['an unknown group', 404, { groups: ['nothing'] }],
    ['no e-mail address', 422, { email: 'nobody' }],
    ['a namespace that cannot be', 422, { roles: [{ id: 'viewer_main', namespaces: ['Prod'] }] }],
  ])('is refused with %s', async (_, status, json) => {
    const before = await inventory()
    await expectJson(invite(json), status)
    expect(await inventory()).toBe(before)
  })
})

describe('lists of invitations', () => {
  it('are filtered by address and status, and belong to a tenant', async () => {
    const [one, two] = [await invited(), await invited()]
    await expectJson(accept(tokenOf(two)))
    const search = async (query: string, tenant = 'main') => {
      const path = `/api/v1/${tenant}/invitations/search?size=1000&${query}`
      const { results } = await expectJson<{ results: Invitation[] }>(call(path, admin))
      return results.map(({ id }) => id)
    }
    expect(await search(`email=${one.email}`)).toEqual([one.id])
    expect(await search(`filters[email][EQUALS]=${one.email}`)).toEqual([one.id])
    expect(await search('status=ACCEPTED')).toContain(two.id)
    expect(await search('status=PENDING')).not.toContain(two.id)
    expect(await search(`q=${one.email.slice(0, 6)}`)).toContain(one.id)
    expect(await search('', 'acme')).toEqual([])
    expect(await expectJson(call(`${PATH}/email/${one.email}`, admin))).toMatchObject([{ id: one.id }])
    expect(JSON.stringify(await expectJson(call(`${PATH}/search?size=1000`, admin)))).not.toContain('psv_')
  })
})

describe('GET /api/v1/me/invitations', () => {
  const mine = (by: Call) => expectJson<Invitation[]>(call('/api/v1/me/invitations', by))

  it('shows what one came in by, without the link', async () => {
    const invitation = await invited()
    await expectJson(accept(tokenOf(invitation)))
    const [found, ...others] = await mine({ authorization: basic(invitation.email, PASSWORD) })
    expect(found).toMatchObject({ id: invitation.id, status: 'ACCEPTED', tenantId: 'main' })
    expect([found?.link, others]).toEqual([undefined, []])
  })

  it('is an empty list for who was never invited, and for a service account', async () => {
    await invited()
    expect(await mine(await createUser(admin, { tenants: ['main'] }))).toEqual([])
    expect(await mine(admin)).toEqual([])
  })

  it('does not tell who merely takes an invited address of a tenant they are not in', async () => {
    const email = newEmail()
    await expectJson(call('/api/v1/acme/invitations', { ...admin, json: { email } }), 201)
    const thief = await createUser(admin, { tenants: ['main'] })
    await expectJson(call('/api/v1/me', { ...thief, method: 'PATCH', json: { email } }))
    expect(await mine(thief)).toEqual([])
  })
})

describe('nobody promises more than they hold', () => {
  let host: Bot
  beforeAll(async () => {
    host = await createBot(
      { INVITATION: ['CREATE'], NAMESPACE_FILE: ['LIST'] },
      { namespace: null, by: admin, name: 'host' },
    )
  })

  it.each<[string, () => Promise<object> | object, string]>([
    [
      'a stronger role',
      () => ({ roles: [{ id: 'developer_main', namespaces: ['prod'] }] }),
      'grant_exceeds_own',
    ],
    ['the flag', () => ({ superAdmin: true }), 'superadmin_required'],
    ['the flag under its other name', () => ({ instanceOwner: true }), 'superadmin_required'],
    [
      'a group, without managing members',
      async () => ({ groups: [await createGroup()] }),
      'permission_missing',
    ],
  ])('not %s', async (_, what, code) => {
    const json = await what()
    const before = await inventory()
    expect(await expectJson(invite(json, host), 403)).toMatchObject({ message: 'Forbidden', code })
    expect(await inventory()).toBe(before)
  })

  it('also not when it is taken up: the inviter may have lost it since, or be gone', async () => {
    const { id: role } = await expectJson<{ id: string }>(
      call('/api/v1/main/roles', {
        ...admin,
        json: { name: 'Lists', permissions: { NAMESPACE_FILE: ['LIST'] } },
      }),
    )
    const roles = [{ id: role, namespaces: ['prod'] }]
    const [fine, lost, disabled, gone] = [
      await invited({ roles }, host),
      await invited({ roles }, host),
      await invited({ roles }, host),
      await invited({ roles }, host),
    ]
    const set = (at: number | null) =>
      env.DB.prepare('UPDATE accounts SET disabled_at = ? WHERE id = ?').bind(at, host.id).run()
    await expectJson(accept(tokenOf(fine)))
    await set(1)
    await expectJson(accept(tokenOf(disabled)), 404)
    await set(null)
    await expectJson(accept(tokenOf(disabled)))
    await expectJson(
      call(`/api/v1/main/roles/${role}`, {
        ...admin,
        method: 'PUT',
        json: { name: 'Lists', permissions: { NAMESPACE_FILE: ['LIST', 'DELETE'] } },
      }),
    )
    await expectJson(accept(tokenOf(lost)), 404)
    await call(`/api/v1/service-accounts/${host.id}`, { ...admin, method: 'DELETE' })
    await expectJson(accept(tokenOf(gone)), 404)
  })

  it('is recorded without the secret', async () => {
    const invitation = await invited()
    await expectJson(accept(tokenOf(invitation)))
    const { results } = await env.DB.prepare(
      'SELECT type, actor_name AS actor FROM audit_logs WHERE resource_id = ? ORDER BY rowid',
    )
      .bind(invitation.id)
      .all()
    expect(results).toEqual([
      { type: 'CREATE', actor: 'root' },
      { type: 'UPDATE', actor: invitation.email },
    ])
  })
})
