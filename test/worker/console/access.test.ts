import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN,
  type Bot,
  bind,
  bindGroup,
  type Call,
  call,
  createAdmin,
  createBot,
  createUser,
  csrfOf,
  expectJson,
  freshEdge,
  inventory,
  type Person,
  RECORDS,
  signIn,
  toRequest,
} from '../support/edge.ts'
import { costOf } from '../support/round-trips.ts'

const IAM = '/ui/main/iam'
const HOSTILE = `<script>alert(1)</script>"'><img src=x>`

let admin: Bot
let bot: Bot
let root: string
let outsider: Person
let outside: string
let group: string
let role: string
let binding: string
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  root = await signIn(ADMIN.username, ADMIN.password)
  bot = await createBot({ FLOW: ['READ'] }, { by: admin, name: 'pipeline' })
  outsider = await createUser(admin)
  outside = await signIn(outsider.email)
  group = await create('groups', { name: HOSTILE, description: HOSTILE, membersId: [bot.id, outsider.id] })
  role = await create('roles', { name: HOSTILE, description: HOSTILE, permissions: { FLOW: ['READ'] } })
  binding = (await bind(bot.id, role, admin)).id
  await bindGroup(group, role, admin, 'prod')
})

const create = async (what: string, json: object) =>
  (await expectJson<{ id: string }>(call(`/api/v1/main/${what}`, { ...admin, json }))).id

const look = (cookie: string, path: string) => call(IAM + path, { headers: { Cookie: cookie } })

/** A form as a browser sends it, with the token of its session or another. */
async function send(
  cookie: string,
  path: string,
  fields: ReadonlyArray<readonly [string, string]>,
  csrf?: string,
): Promise<Response> {
  const token = csrf ?? (await csrfOf(cookie))['X-CSRF-TOKEN']
  const body = new URLSearchParams([...fields.map(([name, value]) => [name, value]), ['csrf', token]])
  const request = toRequest(IAM + path, { headers: { Cookie: cookie }, body })
  return exports.default.fetch(new Request(request, { redirect: 'manual' }))
}

/** Somebody who holds just this in the whole tenant. */
async function holderOf(permissions: Record<string, string[]>, namespace?: string) {
  const user = await createUser(admin)
  const id = await create('roles', { name: `of ${user.email}`, permissions })
  await bind(user.id, id, admin, namespace)
  return { ...user, session: await signIn(user.email) }
}

const PAGES: ReadonlyArray<readonly [string, () => string, string]> = [
  ['groups', () => '/groups', 'GROUP:LIST'],
  ['a new group', () => '/groups/new', 'GROUP:CREATE'],
  ['a group', () => `/groups/${group}`, 'GROUP:VIEW'],
  ['new members', () => `/groups/${group}/members/new`, 'GROUP:MANAGE_MEMBERS'],
  ['a member', () => `/groups/${group}/members/${bot.id}`, 'GROUP:MANAGE_MEMBERS'],
  ['access of a group', () => `/groups/${group}/access`, 'GROUP:VIEW'],
  ['settings of a group', () => `/groups/${group}/settings`, 'GROUP:UPDATE'],
  ['the end of a group', () => `/groups/${group}/delete`, 'GROUP:DELETE'],
  ['roles', () => '/roles', 'ROLE:LIST'],
  ['a new role', () => '/roles/new', 'ROLE:CREATE'],
  ['a role', () => `/roles/${role}`, 'ROLE:VIEW'],
  ['a role’s change', () => `/roles/${role}/edit`, 'ROLE:UPDATE'],
  ['holders of a role', () => `/roles/${role}/holders`, 'BINDING:LIST'],
  ['the end of a role', () => `/roles/${role}/delete`, 'ROLE:DELETE'],
  ['bindings', () => '/bindings', 'BINDING:LIST'],
  ['bindings of one', () => `/bindings?subject=USER.${bot.id}`, 'BINDING:LIST'],
  ['bindings of whom', () => '/bindings?q=pipe', 'BINDING:LIST'],
  ['a new binding', () => '/bindings/new', 'BINDING:CREATE'],
  ['a new binding of one', () => `/bindings/new?subject=GROUP.${group}&role=${role}`, 'BINDING:CREATE'],
  ['a binding', () => `/bindings/${binding}`, 'BINDING:VIEW'],
  ['a binding’s successor', () => `/bindings/${binding}/replace`, 'BINDING:CREATE'],
  ['the end of a binding', () => `/bindings/${binding}/delete`, 'BINDING:DELETE'],
  ['access of an account', () => `/service-accounts/${bot.id}/access`, 'SERVICE_ACCOUNT:VIEW'],
  ['groups of an account', () => `/service-accounts/${bot.id}/groups`, 'SERVICE_ACCOUNT:VIEW'],
  ['more groups', () => `/service-accounts/${bot.id}/groups/new`, 'SERVICE_ACCOUNT:VIEW'],
  ['access of another', () => `/access?account=${bot.id}&permission=FLOW:VIEW`, 'BINDING:LIST'],
]

describe('a page', () => {
  it.each(PAGES)(
    'of %s shows names as text to who may see it, and tells others what it takes',
    async (...row) => {
      const [, path, permission] = row
      const shown = await look(root, path())
      expect(shown.status).toBe(200)
      const markup = await shown.text()
      expect(markup).not.toContain('<script>alert')
      expect(markup).not.toContain('<img src=x')
      const refused = await look(outside, path())
      expect(refused.status).toBe(403)
      expect(await refused.text()).toContain(`This takes ${permission}`)
    },
  )

  it.each([
    '/groups/nothing',
    `/groups/nothing/members/new`,
    '/roles/nothing',
    '/roles/nothing/holders',
    '/bindings/nothing',
    '/bindings/nothing/delete',
    '/bindings/new?subject=USER.nobody',
    '/bindings?subject=GROUP.nothing',
    '/service-accounts/nobody/access',
    '/service-accounts/nobody/groups/new',
  ])('about what is not there says so: %s', async (path) => {
    expect((await look(root, path)).status).toBe(404)
  })

  it('takes an address that makes no sense as if that were not there', async () => {
    for (const path of [
      '/groups?page=x&sort=secret',
      '/access?permission=NO:SUCH&namespace=%00',
      '/bindings/new?subject=x',
    ]) {
      expect((await look(root, path)).status).toBe(200)
    }
  })

  it('shows no name of an account that is in another tenant alone', async () => {
    const { id } = await expectJson<{ id: string }>(
      call('/api/v1/service-accounts', { ...admin, json: { name: 'stowaway', tenants: [] } }),
    )
    await env.DB.prepare("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)").run()
    await env.DB.prepare("INSERT INTO tenant_access VALUES ('other', ?, 'SERVICE_ACCOUNT', 'stowaway')")
      .bind(id)
      .run()
    const { session } = await holderOf({ BINDING: ['READ', 'CREATE'], ROLE: ['READ'] })
    for (const path of [
      `/bindings/new?subject=USER.${id}`,
      `/bindings?subject=USER.${id}`,
      `/access?account=${id}`,
    ]) {
      expect(await (await look(session, path)).text(), path).not.toContain('stowaway')
    }
  })
})

const FORMS: ReadonlyArray<
  readonly [() => string, ReadonlyArray<readonly [string, string | (() => string)]>]
> = [
  [() => '/groups/new', [['name', 'forged']]],
  [() => `/groups/${group}/members/new`, [['accounts', () => admin.id]]],
  [() => `/groups/${group}/members/${bot.id}/membership`, [['membership', 'OWNER']]],
  [() => `/groups/${group}/members/${bot.id}/remove`, []],
  [() => `/groups/${group}/settings`, [['name', 'forged']]],
  [() => `/groups/${group}/delete`, [['typed', HOSTILE]]],
  [
    () => '/roles/new',
    [
      ['name', 'forged'],
      ['permissions', 'FLOW:READ'],
    ],
  ],
  [
    () => `/roles/${role}/edit`,
    [
      ['name', 'forged'],
      ['permissions', 'FLOW:READ'],
    ],
  ],
  [() => `/roles/${role}/delete`, [['typed', HOSTILE]]],
  [() => `/bindings/new?subject=USER.${outsider.id}`, [['role', () => role]]],
  [() => `/bindings/${binding}/replace`, [['role', () => role]]],
  [() => `/bindings/${binding}/delete`, []],
  [() => `/service-accounts/${bot.id}/groups/new`, [['groups', () => group]]],
]

const state = async () => {
  const { results } = await env.DB.prepare('SELECT * FROM group_members ORDER BY account_id').all()
  const names = await env.DB.prepare(
    'SELECT (SELECT group_concat(name) FROM roles) || (SELECT group_concat(name) FROM groups) AS n',
  ).first('n')
  return JSON.stringify([await inventory({ except: RECORDS }), results, names])
}

describe('a form', () => {
  it.each(FORMS.map(([path, fields]) => ({ path, fields })))(
    'is refused to who may not, and to who has no token of the session ($path)',
    async ({ path, fields }) => {
      const filled = fields.map(
        ([name, value]) => [name, typeof value === 'string' ? value : value()] as const,
      )
      const before = await state()
      expect((await send(outside, path(), filled)).status).toBe(403)
      for (const csrf of ['', (await csrfOf(outside))['X-CSRF-TOKEN']]) {
        expect((await send(root, path(), filled, csrf)).status).toBe(403)
      }
      expect(await state()).toBe(before)
    },
  )

  it('gives nobody more than they hold who sends it', async () => {
    const { id, session } = await holderOf({
      BINDING: ['CREATE', 'READ'],
      ROLE: ['READ', 'CREATE', 'UPDATE'],
      SERVICE_ACCOUNT: ['READ'],
      GROUP: ['READ', 'UPDATE'],
      USER: ['READ'],
    })
    const powerful = await create('groups', { name: 'powerful' })
    await bindGroup(powerful, 'admin_main', admin)
    const before = await state()
    const attempts = [
      await send(session, `/bindings/new?subject=USER.${id}`, [['role', 'admin_main']]),
      await send(session, `/bindings/new?subject=GROUP.${powerful}`, [['role', 'admin_main']]),
      await send(session, '/roles/new', [
        ['name', 'mine'],
        ['permissions', 'SECRET:READ'],
      ]),
      await send(session, `/roles/${role}/edit`, [
        ['name', 'mine'],
        ['permissions', 'SECRET:READ'],
      ]),
      await send(session, `/groups/${powerful}/members/new`, [['accounts', bot.id]]),
      await send(session, `/service-accounts/${bot.id}/groups/new`, [['groups', powerful]]),
    ]
    for (const answer of attempts) {
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('obody can grant more than they hold')
    }
    expect(await state()).toBe(before)
    const offered = await (await look(session, `/bindings/new?subject=USER.${id}`)).text()
    expect(offered).not.toContain('value="admin_main"')
    expect(await (await look(session, `/service-accounts/${bot.id}/groups/new`)).text()).not.toContain(
      'powerful',
    )
  })

  it('replaces a binding only for who may also delete one', async () => {
    const { session } = await holderOf({ BINDING: ['CREATE', 'READ'], FLOW: ['READ'] })
    const before = await state()
    const answer = await send(session, `/bindings/${binding}/replace`, [['role', role]])
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('BINDING:DELETE')
    expect(await state()).toBe(before)
  })

  it('puts a binding in the place of another in one transaction, and records both', async () => {
    const { id } = await bind(bot.id, role, admin, 'before')
    const before = await state()
    expect((await send(root, `/bindings/${id}/replace`, [['role', 'nothing']])).status).toBe(404)
    expect(await state()).toBe(before)
    const answer = await send(root, `/bindings/${id}/replace`, [
      ['role', role],
      ['namespace', 'after'],
    ])
    expect(answer.status).toBe(303)
    const successor = answer.headers.get('Location')?.split('/').at(-1)
    const { results } = await env.DB.prepare(
      "SELECT type, resource_id FROM audit_logs WHERE resource = 'BINDING' AND resource_id IN (?, ?) ORDER BY rowid",
    )
      .bind(id, successor)
      .all()
    expect(results).toEqual([
      { type: 'CREATE', resource_id: id },
      { type: 'DELETE', resource_id: id },
      { type: 'CREATE', resource_id: successor },
    ])
    expect((await look(root, `/bindings/${id}`)).status).toBe(404)
  })

  it('lets an owner of a group change who is in it, and nothing else of it', async () => {
    const own = await create('groups', { name: 'owned', membersId: [outsider.id] })
    await call(`/api/v1/main/groups/${own}/members/membership/${outsider.id}?membership=OWNER`, {
      ...admin,
      method: 'PUT',
    })
    expect((await look(outside, `/groups/${own}`)).status).toBe(200)
    expect((await send(outside, `/groups/${own}/members/new`, [['other', bot.id]])).status).toBe(303)
    expect((await send(outside, `/groups/${own}/members/${bot.id}/remove`, [])).status).toBe(303)
    for (const path of ['settings', 'delete', 'access']) {
      expect((await look(outside, `/groups/${own}/${path}`)).status, path).toBe(403)
    }
    expect((await look(outside, `/groups/${group}`)).status).toBe(403)
  })

  it('adds all of several members or none', async () => {
    const together = await create('groups', { name: 'together' })
    const answer = await send(root, `/groups/${together}/members/new`, [
      ['accounts', bot.id],
      ['accounts', 'nobody'],
    ])
    expect(answer.status).toBe(404)
    const { results } = await expectJson<{ results: object[] }>(
      call(`/api/v1/main/groups/${together}/members`, admin),
    )
    expect(results).toEqual([])
  })

  it('adds a hundred for the price of one, by id or e-mail address, and no more at once', async () => {
    const users = Array.from({ length: 100 }, (_, index) => ({
      id: `many${index}`,
      name: `Many${index}@example.com`,
    }))
    await env.DB.batch(
      users.map(({ id, name }) =>
        env.DB.prepare(
          "INSERT INTO accounts (id, kind, name, is_superadmin, created_at) VALUES (?, 'USER', ?, 0, 0)",
        ).bind(id, name),
      ),
    )
    const { 'X-CSRF-TOKEN': token } = await csrfOf(root)
    const idOf = async (name: string) => create('groups', { name })
    const add = async (into: string, who: readonly string[]) => {
      const accounts = who.map((one) => ['accounts', one] as [string, string])
      const path = `/groups/${into}/members/new`
      let status = 0
      const cost = await costOf(async () => {
        status = (await send(root, path, accounts, token)).status
      })
      return { status, cost }
    }
    const asked = users.map(({ id, name }, index) => (index % 2 ? id : name.toLowerCase()))
    const one = await add(await idOf('one'), asked.slice(0, 1))
    const crowd = await idOf('crowd')
    expect(await add(crowd, asked.slice(1))).toEqual({ ...one, status: 303 })
    const { total } = await expectJson<{ total: number }>(call(`/api/v1/main/groups/${crowd}/members`, admin))
    expect(total).toBe(99)
    expect((await add(crowd, [...asked, 'one more'])).status).toBe(422)

    const found = async (membersId: string[]) =>
      costOf(() => create('groups', { name: `founded with ${membersId.length}`, membersId }))
    const ids = users.map(({ id }) => id)
    expect(await found(ids)).toEqual(await found(ids.slice(0, 1)))
  })

  it('is shown again with what was typed where it was not taken', async () => {
    const answer = await send(root, `/bindings/new?subject=USER.${bot.id}`, [
      ['role', role],
      ['namespace', 'Not A Namespace'],
    ])
    expect(answer.status).toBe(422)
    const markup = await answer.text()
    expect(markup).toContain('value="Not A Namespace"')
    expect(markup).toMatch(new RegExp(`value="${role}" checked`))
    expect(markup).toContain('Namespace must be lower-case')
  })

  it('deletes nothing whose name was not typed', async () => {
    const before = await state()
    for (const path of [`/groups/${group}/delete`, `/roles/${role}/delete`]) {
      for (const typed of ['', 'Something else', HOSTILE.slice(1)]) {
        const answer = await send(root, path, [['typed', typed]])
        expect(answer.status).toBe(422)
      }
    }
    expect(await state()).toBe(before)
  })

  it('leads back to pages of the console alone', async () => {
    const to = async (back: string) => {
      const { id } = await bind(bot.id, role, admin)
      const answer = await send(root, `/bindings/${id}/delete?back=${encodeURIComponent(back)}`, [])
      return answer.headers.get('Location')
    }
    expect(await to(`${IAM}/service-accounts/${bot.id}/access`)).toBe(
      `${IAM}/service-accounts/${bot.id}/access`,
    )
    for (const back of [
      'https://evil.example/',
      '//evil.example/ui/',
      '/ui//evil.example',
      'javascript:alert(1)',
    ]) {
      expect(await to(back)).toBe('/ui/')
    }
  })
})

describe('a role', () => {
  it.each([
    ['in the old vocabulary', { FLOW: ['UPDATE', 'READ'], EXECUTION: ['CREATE'] }],
    ['in the new vocabulary', { FLOW: ['EXECUTE', 'VIEW', 'CREATE'], NAMESPACE: ['MANAGE_FILES'] }],
    ['in both', { SECRET: ['READ', 'VIEW', 'DELETE'], KVSTORE: ['LIST'], FLOW: ['CREATE'] }],
    [
      'with names that mean nothing here',
      { SETTING: ['READ'], WORKER_GROUP: ['CREATE', 'VIEW'], FLOW: ['LOCK', 'READ'] },
    ],
    ['with an empty list', { FLOW: [], TRIGGER: ['READ'], ROLE: ['LIST', 'VIEW'] }],
  ])('%s is saved as it was when nothing is ticked or unticked', async (_, permissions) => {
    const id = await create('roles', { name: 'kept', description: 'as it is', permissions })
    const markup = await (await look(root, `/roles/${id}/edit`)).text()
    const ticked = [...markup.matchAll(/<input type="checkbox" name="permissions" value="([^"]+)" checked/g)]
    const answer = await send(root, `/roles/${id}/edit`, [
      ['name', 'kept'],
      ['description', 'as it is'],
      ...ticked.map(([, word = '']) => ['permissions', word] as const),
    ])
    expect(answer.status).toBe(303)
    const saved = await expectJson<{ permissions: object }>(call(`/api/v1/main/roles/${id}`, admin))
    expect(JSON.stringify(saved.permissions)).toBe(JSON.stringify(permissions))
  })

  it('cannot be changed or deleted where it is managed, but copied', async () => {
    const copy = await (await look(root, '/roles/new?copy=viewer_main')).text()
    expect(copy).toContain('value="FLOW:VIEW" checked')
    for (const [path, fields] of [
      [
        'edit',
        [
          ['name', 'x'],
          ['permissions', 'FLOW:READ'],
        ],
      ],
      ['delete', [['typed', 'Viewer']]],
    ] as const) {
      expect((await look(root, `/roles/viewer_main/${path}`)).status).toBe(403)
      expect((await send(root, `/roles/viewer_main/${path}`, fields)).status).toBe(403)
    }
  })

  it('refuses words that no role may have', async () => {
    const before = await state()
    for (const word of ['FLOW:FLY', 'NOTHING:READ', '__proto__:READ', 'FLOW', ':']) {
      const answer = await send(root, '/roles/new', [
        ['name', 'odd'],
        ['permissions', word],
      ])
      expect(answer.status, word).toBe(422)
    }
    expect(await state()).toBe(before)
  })
})

describe('the access explorer', () => {
  it('shows everybody themselves, and others only to who may list bindings', async () => {
    const own = await look(outside, '/access?permission=FLOW:VIEW&namespace=prod')
    expect(own.status).toBe(200)
    expect(await own.text()).toContain('Allowed')
    const byName = await look(root, '/access?account=pipeline&permission=FLOW:VIEW')
    expect(await byName.text()).toContain('Allowed')
  })

  it('offers those whom one may have meant', async () => {
    const markup = await (await look(root, '/access?account=pipel')).text()
    expect(markup).toContain('Did you mean one of these?')
    expect(markup).toContain(`account=${bot.id}`)
  })

  /** What may be asked of the API, with the permission that answers it. */
  const QUESTIONS: ReadonlyArray<readonly [string, string, string?]> = [
    ['ROLE:LIST', '/api/v1/main/roles/search'],
    ['GROUP:LIST', '/api/v1/main/groups/search'],
    ['BINDING:LIST', '/api/v1/main/bindings/search'],
    ['SERVICE_ACCOUNT:LIST', '/api/v1/main/service-accounts'],
    ['USER:LIST', '/api/v1/main/tenant-access'],
    ['AUDITLOG:LIST', '/api/v1/main/auditlogs/search'],
    ['INVITATION:LIST', '/api/v1/main/invitations/search'],
    ...['prod', 'prod.team', 'production', 'staging'].flatMap((namespace) => [
      ['NAMESPACE:VIEW', `/api/v1/main/namespaces/${namespace}`, namespace] as const,
      ['NAMESPACE_FILE:LIST', `/api/v1/main/namespaces/${namespace}/files/directory`, namespace] as const,
    ]),
  ]

  it('says of each account what a real request is answered', async () => {
    const asked: ReadonlyArray<readonly [Record<string, string[]>, string | null]> = [
      [{ FLOW: ['READ'], ROLE: ['READ'] }, 'prod'],
      [{ NAMESPACE: ['READ'], GROUP: ['VIEW'], USER: ['READ'] }, 'prod'],
      [{ NAMESPACE: ['MANAGE_FILES'], BINDING: ['LIST'], INVITATION: ['READ'] }, null],
      [{ ROLE: ['READ'], AUDITLOG: ['LIST'], SERVICE_ACCOUNT: ['READ'], NAMESPACE: ['UPDATE'] }, null],
    ]
    let allowed = 0
    for (const [index, [permissions, namespace]] of asked.entries()) {
      const one = await createBot(permissions, { by: admin, namespace, name: `sample-${index}` })
      for (const [permission, path, place] of QUESTIONS) {
        const { status } = await call(path, one as Call)
        const question = new URLSearchParams({
          account: one.id,
          permission,
          ...(place ? { namespace: place } : {}),
        })
        const markup = await (await look(root, `/access?${question}`)).text()
        const word = /class="answer (yes|no)"/.exec(markup)?.[1]
        expect(`${permission} ${place} ${word}`).toBe(
          `${permission} ${place} ${status === 403 ? 'no' : 'yes'}`,
        )
        if (word === 'yes') allowed++
      }
    }
    expect(allowed).toBeGreaterThan(10)
    expect(allowed).toBeLessThan(asked.length * QUESTIONS.length - 10)
  })
})
