import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { later } from '../support/clock.ts'
import {
  cookieFrom,
  createVisitor,
  look,
  send,
  sendAlone,
  type Visitor,
  wordsOf,
} from '../support/console.ts'
import {
  type Bot,
  call,
  createAdmin,
  createTenant,
  createUser,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  PASSWORD,
  RECORDS,
} from '../support/edge.ts'
import { rowsReadBy } from '../support/rows-read.ts'

const USERS = '/ui/main/iam/users'
const WEEK = 7 * 86_400_000
const NEW_PASSWORD = 'Another!234'

let admin: Bot
/** Administers the instance. */
let root: Visitor
/** Of the tenant `main`, and may do nothing. */
let outsider: Visitor
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('other')
  root = await createVisitor(admin, undefined, { superAdmin: true })
  outsider = await createVisitor(admin)
})

const someUser = (more: object = {}) => createUser(admin, { tenants: ['main'], ...more })
const newEmail = () => `${crypto.randomUUID()}@example.com`
const isThere = async (id: string) => (await call(`/api/v1/users/${id}`, admin)).status === 200

interface Invited {
  readonly id: string
  readonly email: string
  readonly link: string
}
const invite = (json: object = {}, tenant = 'main') =>
  expectJson<Invited>(
    call(`/api/v1/${tenant}/invitations`, { ...admin, json: { email: newEmail(), ...json } }),
    201,
  )
const pathOf = ({ link }: Invited) => new URL(link).pathname

type Takes = Record<string, readonly string[]> | 'superadmin'

/** Every page and form about users, and what it takes. `:user` and `:invitation` are made for each. */
const PLACES: readonly {
  readonly path: string
  readonly takes: Takes
  /** Absent where there is no form. */
  readonly fields?: Record<string, string>
  readonly isFormOnly?: boolean
}[] = [
  { path: USERS, takes: { USER: ['LIST'] } },
  { path: `${USERS}/new`, takes: 'superadmin', fields: { email: 'made@example.com' } },
  { path: `${USERS}/invite`, takes: { INVITATION: ['CREATE'] }, fields: { email: 'asked@example.com' } },
  { path: `${USERS}/invitations`, takes: { INVITATION: ['LIST'] } },
  { path: `${USERS}/invitations/:invitation/withdraw`, takes: { INVITATION: ['DELETE'] }, fields: {} },
  { path: `${USERS}/:user`, takes: { USER: ['VIEW'] } },
  { path: `${USERS}/:user/settings`, takes: 'superadmin', fields: { email: 'renamed@example.com' } },
  { path: `${USERS}/:user/end-sessions`, takes: 'superadmin', fields: {}, isFormOnly: true },
  { path: `${USERS}/:user/password`, takes: 'superadmin', fields: { password: NEW_PASSWORD } },
  { path: `${USERS}/:user/disable`, takes: 'superadmin', fields: {} },
  { path: `${USERS}/:user/enable`, takes: 'superadmin', fields: {} },
  { path: `${USERS}/:user/remove`, takes: { USER: ['DELETE'] }, fields: {} },
  { path: `${USERS}/:user/delete`, takes: 'superadmin', fields: { typed: ':email' } },
]

async function prepare(path: string, fields: Record<string, string> = {}) {
  const user = path.includes(':user') ? await someUser() : undefined
  const invitation = path.includes(':invitation') ? await invite() : undefined
  return {
    path: path.replace(':user', user?.id ?? '').replace(':invitation', invitation?.id ?? ''),
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value.replace(':email', user?.email ?? '')]),
    ),
  }
}

const whoMay = (takes: Takes): Promise<Visitor> =>
  takes === 'superadmin' ? Promise.resolve(root) : createVisitor(admin, takes)

/** Everything in the tables that a form could change, to compare. */
async function state(): Promise<string> {
  const { results } = await env.DB.prepare(
    'SELECT id, name, first_name, password, is_superadmin, disabled_at FROM accounts ORDER BY id',
  ).all()
  return `${JSON.stringify(results)}\n${await inventory({ except: RECORDS })}`
}

describe('a page about users', () => {
  it.each(PLACES.filter(({ isFormOnly }) => !isFormOnly))(
    '$path shows who may see it',
    async ({ path, takes }) => {
      const place = await prepare(path)
      expect((await look((await whoMay(takes)).cookie, place.path)).status).toBe(200)
      const refused = await look(outsider.cookie, place.path)
      expect(refused.status).toBe(403)
      expect(await refused.text()).toMatch(/This takes/)
      const away = await call(place.path)
      expect([away.status, away.headers.get('Location')]).toEqual([
        303,
        `/ui/sign-in?next=${encodeURIComponent(place.path)}`,
      ])
    },
  )

  it.each(PLACES.filter(({ fields }) => fields))(
    '$path does nothing for who may not, nor without the token of the session',
    async ({ path, takes, fields }) => {
      const place = await prepare(path, fields)
      const { cookie } = await whoMay(takes)
      const before = await state()
      expect((await send(outsider.cookie, place.path, place.fields)).status).toBe(403)
      expect((await send(cookie, place.path, place.fields, 'A'.repeat(43))).status).toBe(403)
      expect((await sendAlone(place.path, place.fields)).status).toBe(303)
      expect(await state()).toBe(before)
      expect((await send(cookie, place.path, place.fields)).status).toBeOneOf([200, 303])
    },
  )
})

describe('the list of users', () => {
  it('offers nothing that its reader may not do', async () => {
    const reader = await createVisitor(admin, { USER: ['LIST'] })
    const words = await wordsOf(await look(reader.cookie, USERS))
    for (const word of ['Invite', 'Invitations', 'Create user', 'Of all tenants'])
      expect(words).not.toContain(word)
    expect(await wordsOf(await look(root.cookie, USERS))).toContain('Of all tenants')
  })

  it('shows users of other tenants to superadmins only', async () => {
    const { email } = await createUser(admin, { tenants: ['other'] })
    const reader = await createVisitor(admin, { USER: ['LIST'] })
    const path = `${USERS}?of=all&q=${email}`
    expect(await wordsOf(await look(reader.cookie, path))).not.toContain(email)
    expect(await wordsOf(await look(root.cookie, path))).toContain(email)
  })

  it('tells when somebody last signed in', async () => {
    const user = await createVisitor(admin)
    expect(await wordsOf(await look(root.cookie, `${USERS}?q=${user.email}`))).toContain('just now')
    const never = await someUser()
    expect(await wordsOf(await look(root.cookie, `${USERS}?q=${never.email}`))).toContain('None on record')
  })

  it.each([USERS, `${USERS}?page=3`, `${USERS}?sort=name:desc`, `${USERS}?of=all`, `${USERS}/invitations`])(
    'reads its own rows whatever their number: %s',
    async (path) => {
      const grow = (from: number, to: number) =>
        env.DB.batch(
          [
            `INSERT INTO accounts (id, kind, name, is_superadmin, created_at)
            SELECT 'grown' || n, 'USER', 'grown-' || substr('0000' || n, -5) || '@example.com', 0, 0 FROM r`,
            "INSERT INTO tenant_access SELECT 'main', 'grown' || n, 'USER', 'grown-' || substr('0000' || n, -5) || '@example.com' FROM r",
            `INSERT INTO invitations (id, tenant_id, email, mac, roles, group_ids, is_superadmin, inviter_id, created_at, expires_at)
            SELECT 'grown' || n, 'main', 'asked-' || n, x'00', '[]', '[]', 0, '${admin.id}', 0, 0 FROM r`,
          ].map((sql) =>
            env.DB.prepare(
              sql.replace(
                /SELECT/,
                `WITH RECURSIVE r(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM r WHERE n + 1 < ${to}) SELECT`,
              ),
            ),
          ),
        )
      const count = await env.DB.prepare(
        "SELECT count(*) AS n FROM accounts WHERE id LIKE 'grown%'",
      ).first<number>('n')
      if (!count) await grow(0, 100)
      const cost = () => rowsReadBy(async () => expect((await look(root.cookie, path)).status).toBe(200))
      await cost()
      const few = await cost()
      if (count !== 2000) await grow(count || 100, 2000)
      expect(few).toBeGreaterThan(0)
      expect(await cost()).toBe(few)
    },
  )
})

describe('one user', () => {
  it('of another tenant is nobody here, except for superadmins', async () => {
    const { id } = await createUser(admin, { tenants: ['other'] })
    const reader = await createVisitor(admin, { USER: ['VIEW', 'DELETE'] })
    expect((await look(reader.cookie, `${USERS}/${id}`)).status).toBe(404)
    expect((await send(reader.cookie, `${USERS}/${id}/remove`)).status).toBe(404)
    const seen = await look(root.cookie, `${USERS}/${id}`)
    expect(seen.status).toBe(200)
    expect(await seen.text()).toContain('Does not belong to main')
  })

  it('of which only a superadmin sees where else they belong', async () => {
    const { id } = await someUser({ tenants: ['main', 'other'] })
    const reader = await createVisitor(admin, { USER: ['VIEW'] })
    expect(await wordsOf(await look(reader.cookie, `${USERS}/${id}`))).not.toContain('other')
    expect(await wordsOf(await look(root.cookie, `${USERS}/${id}`))).toContain('main, other')
  })

  it('who is a service account is not one', async () => {
    expect((await look(root.cookie, `${USERS}/${admin.id}`)).status).toBe(404)
    expect((await send(root.cookie, `${USERS}/${admin.id}/delete`, { typed: 'root' })).status).toBe(404)
    expect(
      (await send(root.cookie, `${USERS}/${admin.id}/password`, { password: NEW_PASSWORD })).status,
    ).toBe(404)
  })

  it('is deleted when the e-mail address is typed, and not before', async () => {
    const { id, email } = await someUser()
    const refused = await send(root.cookie, `${USERS}/${id}/delete`, { typed: 'somebody@example.com' })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain(`Typed text is not ${email}`)
    expect(await isThere(id)).toBe(true)
    expect((await send(root.cookie, `${USERS}/${id}/delete`, { typed: email })).headers.get('Location')).toBe(
      USERS,
    )
    expect(await isThere(id)).toBe(false)
  })

  it('is not taken out of use who is the last superadmin with a password', async () => {
    await env.DB.prepare("UPDATE accounts SET is_superadmin = 0 WHERE kind = 'USER' AND id <> ?")
      .bind(root.id)
      .run()
    for (const [path, fields] of [
      ['disable', {}],
      ['delete', { typed: root.email }],
      ['settings', { email: root.email }],
    ] as const) {
      const refused = await send(root.cookie, `${USERS}/${root.id}/${path}`, fields)
      expect(refused.status).toBe(409)
      expect(await refused.text()).toContain('last superadmin who can sign in')
    }
  })

  it('keeps what was typed in a form that was not taken, except a password', async () => {
    const taken = await send(root.cookie, `${USERS}/new`, {
      email: outsider.email,
      firstName: 'Grace',
      password: NEW_PASSWORD,
    })
    expect(taken.status).toBe(409)
    const markup = await taken.text()
    expect(markup).toContain('value="Grace"')
    expect(markup).toContain('>A user with this e-mail address exists.<')
    expect(markup).not.toContain(NEW_PASSWORD)
  })

  it('shows what somebody is called as text, wherever it stands', async () => {
    const hostile = `</title><img src=x onerror=alert(1)>"'`
    const { id, email } = await someUser({ firstName: hostile })
    const answers = [
      ...['', '/settings', '/password', '/disable', '/enable', '/remove', '/delete'].map(
        (tab) => `/${id}${tab}`,
      ),
      `?q=${email}`,
    ].map((path) => look(root.cookie, `${USERS}${path}`))
    for (const answer of await Promise.all(answers)) {
      const markup = await answer.text()
      expect(markup).not.toContain('<img')
      expect(markup).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;')
    }
  })
})

describe('an invitation', () => {
  it('is shown with its link once, and the link is stored nowhere', async () => {
    const email = newEmail()
    const shown = await send(root.cookie, `${USERS}/invite`, { email })
    expect(shown.status).toBe(200)
    const [link = ''] = /https:\/\/postern\.test\/ui\/invitations\/psv_\w+/.exec(await shown.text()) ?? []
    const token = link.slice(link.lastIndexOf('/') + 1)
    expect(token).toMatch(/^psv_\w{62}$/)
    expect(await dumpTables()).not.toContain(token)
    const again = await send(root.cookie, `${USERS}/invite`, { email })
    expect(again.status).toBe(409)
    expect(await again.text()).not.toContain('psv_')
    expect(await (await look(root.cookie, `${USERS}/invitations`)).text()).not.toContain(token)
    expect((await call(`/ui/invitations/${token}`)).status).toBe(200)
  })

  it('promises the roles in the namespaces that were named', async () => {
    const email = newEmail()
    await send(root.cookie, `${USERS}/invite`, {
      email,
      roles: ['viewer_main', 'editor_main'],
      namespaces: 'company.team, company.prod',
    })
    const [found] = await expectJson<unknown[]>(call(`/api/v1/main/invitations/email/${email}`, admin))
    const namespaces = ['company.team', 'company.prod']
    expect(found).toMatchObject({
      roles: [
        { id: 'viewer_main', namespaces },
        { id: 'editor_main', namespaces },
      ],
      superAdmin: false,
    })
  })

  it('promises no more than its inviter holds', async () => {
    const inviter = await createVisitor(admin, { INVITATION: ['CREATE'] })
    for (const more of [{ roles: 'admin_main' }, { superadmin: 'on' }]) {
      const refused = await send(inviter.cookie, `${USERS}/invite`, { email: newEmail(), ...more })
      expect(refused.status).toBe(403)
    }
    const page = await wordsOf(await look(inviter.cookie, `${USERS}/invite`))
    for (const word of ['Roles', 'Groups', 'Superadmin']) expect(page).not.toContain(`${word} Admin`)
  })

  it('lets somebody in at once who has an account', async () => {
    const { id, email } = await createUser(admin, { tenants: ['other'] })
    const answer = await send(root.cookie, `${USERS}/invite`, { email })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, USERS])
    await expectJson(call(`/api/v1/main/tenant-access/${id}`, admin))
  })

  it('lets in who makes an account with it, and signs them in', async () => {
    const invitation = await invite()
    const before = await sendAlone(pathOf(invitation), { password: 'weak' })
    expect(before.status).toBe(422)
    const answer = await sendAlone(pathOf(invitation), { password: NEW_PASSWORD, firstName: 'Ada' })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/ui/'])
    const me = await call('/api/v1/me', { headers: { Cookie: cookieFrom(answer, 'JWT') ?? '' } })
    expect(await expectJson(me)).toMatchObject({ profile: { email: invitation.email, firstName: 'Ada' } })
  })

  it('says of each code what is the matter with it', async () => {
    const used = await invite()
    await sendAlone(pathOf(used), { password: NEW_PASSWORD })
    const expired = await invite()
    const withdrawn = await invite()
    await call(`/api/v1/main/invitations/${withdrawn.id}`, { ...admin, method: 'DELETE' })
    const heading = async (path: string) => {
      const answer = await call(path)
      return [answer.status, /<h1>(.*?)<\/h1>/.exec(await answer.text())?.[1]]
    }
    expect(await heading(pathOf(used))).toEqual([410, 'This invitation was taken up'])
    for (const path of [pathOf(withdrawn), '/ui/invitations/psv_nothing', pathOf(expired).slice(0, -1)]) {
      expect(await heading(path)).toEqual([404, 'This invitation is of no use'])
    }
    await later(WEEK, async () => {
      expect(await heading(pathOf(expired))).toEqual([410, 'This invitation has expired'])
      const answer = await sendAlone(pathOf(expired), { password: NEW_PASSWORD })
      expect([answer.status, cookieFrom(answer, 'JWT')]).toEqual([410, undefined])
    })
  })

  it('is taken up with the account that one has by now, by nobody else, once', async () => {
    const email = newEmail()
    const here = await invite({ email, roles: [{ id: 'viewer_main' }] })
    const there = await invite({ email }, 'other')
    const first = await sendAlone(pathOf(there), { password: PASSWORD })
    const cookie = cookieFrom(first, 'JWT') ?? ''
    const own = pathOf(here)
    expect(await (await call(own)).text()).toContain(`/ui/sign-in?next=${encodeURIComponent(own)}`)
    expect((await sendAlone(own, { password: PASSWORD })).status).toBe(409)
    expect(await wordsOf(await look(outsider.cookie, own))).toContain(
      `You are signed in as ${outsider.email}`,
    )
    const before = await inventory({ except: RECORDS })
    expect((await send(outsider.cookie, `${own}/join`)).status).toBe(404)
    expect((await sendAlone(`${own}/join`, {})).status).toBe(303)
    expect(await inventory({ except: RECORDS })).toBe(before)
    expect(await wordsOf(await look(cookie, own))).toContain('Join main')
    const joined = await send(cookie, `${own}/join`)
    expect(joined.headers.get('Location')).toBe('/ui/')
    const { id } = await expectJson<{ id: string }>(call('/api/v1/me', { headers: { Cookie: cookie } }))
    expect(await expectJson(call(`/api/v1/main/tenant-access/${id}`, admin))).toMatchObject({
      roles: [{ id: 'viewer_main' }],
    })
    expect((await send(cookie, `${own}/join`)).status).toBe(410)
  })

  it('makes nobody a superadmin whose inviter is none any more', async () => {
    const inviter = await createVisitor(admin, undefined, { superAdmin: true })
    const email = newEmail()
    const shown = await send(inviter.cookie, `${USERS}/invite`, { email, superadmin: 'on' })
    const [path = ''] = /\/ui\/invitations\/psv_\w+/.exec(await shown.text()) ?? []
    await call(`/api/v1/users/${inviter.id}/superadmin`, {
      ...admin,
      method: 'PATCH',
      json: { superAdmin: false },
    })
    expect((await call(path)).status).toBe(404)
    expect((await sendAlone(path, { password: PASSWORD })).status).toBe(404)
  })
})
