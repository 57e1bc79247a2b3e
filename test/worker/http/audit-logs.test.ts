import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  asAdmin,
  type Bot,
  basic,
  type Call,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
} from '../support/edge.ts'

const TENANT = '/api/v1/main/auditlogs'
const INSTANCE = '/api/v1/auditlogs'
const NAMESPACES = '/api/v1/main/namespaces'

interface Entry {
  readonly auditLog: {
    id: string
    type: string
    date: string
    userId: string
    detail: { id: string; resource: string }
  }
  readonly user: { id: string; username: string; type?: string }
}
interface Page {
  readonly results: Entry[]
  readonly total: number
}

let admin: Bot
/** A user who administers the tenant, with a password. */
const PERSON = { email: 'person@example.com', password: 'TestPass!1234' }
let person: string

beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  const json = { ...PERSON, tenants: ['main'] }
  person = (await expectJson<{ id: string }>(call('/api/v1/users', { ...admin, json }), 201)).id
  const binding = { type: 'USER', externalId: person, roleId: 'admin_main' }
  await expectJson(call('/api/v1/main/bindings', { ...admin, json: binding }))
  await createTenant('acme')

  const write = (method: string, id: string, sent: object) =>
    call(`${NAMESPACES}${method === 'POST' ? '' : `/${id}`}`, { ...admin, method, json: sent })
  await write('POST', 'logged', { id: 'logged', description: 'first', 'a/b~c': 1 })
  await write('PUT', 'logged', { description: 'second', variables: { x: 1 } })
  await call(`${NAMESPACES}/logged`, { ...admin, method: 'DELETE' })
})

const search = (query = '', path = TENANT, by: Call = admin) =>
  expectJson<Page>(call(`${path}/search?${query}`, by))
const ofNamespace = async () => (await search('size=100&filters[details][EQUALS]=logged')).results

describe('GET /auditlogs/search', () => {
  it('tells who did what to which object, what changed, and how to undo it', async () => {
    const [removed, changed, made] = await ofNamespace()
    expect(changed).toEqual({
      auditLog: {
        id: expect.any(String),
        tenantId: 'main',
        type: 'UPDATE',
        detail: {
          resource: 'NAMESPACE',
          resourceType: 'NAMESPACE',
          type: 'NAMESPACE',
          id: 'logged',
          namespace: 'logged',
        },
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        userId: admin.id,
        appliedPatch: [
          { op: 'remove', path: '/a~1b~0c' },
          { op: 'replace', path: '/description', value: 'second' },
          { op: 'add', path: '/variables', value: { x: 1 } },
        ],
        revertPatch: [
          { op: 'add', path: '/a~1b~0c', value: 1 },
          { op: 'replace', path: '/description', value: 'first' },
          { op: 'remove', path: '/variables' },
        ],
      },
      user: { id: admin.id, username: 'root', type: 'SERVICE_ACCOUNT' },
    })
    expect(made?.auditLog).toMatchObject({
      type: 'CREATE',
      appliedPatch: [{ op: 'add' }, { op: 'add' }, { op: 'add' }],
    })
    expect(removed?.auditLog).toMatchObject({
      type: 'DELETE',
      appliedPatch: [{ op: 'remove' }, { op: 'remove' }, { op: 'remove' }],
    })
  })

  it('names the user, whichever way they signed in', async () => {
    const minted = await expectJson<{ id: string }>(
      call('/api/v1/main/roles', {
        authorization: basic(PERSON.email, PERSON.password),
        json: { name: 'by a person', permissions: { FLOW: ['READ'] } },
      }),
    )
    const { results } = await search(`filters[details][EQUALS]=${minted.id}`)
    expect(results).toMatchObject([
      { auditLog: { userId: person }, user: { id: person, username: PERSON.email, type: 'STANDARD' } },
    ])
  })

  it('names who really acted beside whom they acted as', async () => {
    await env.DB.prepare(
      `INSERT INTO audit_logs (id, at, tenant_id, type, resource, resource_id, actor_id, actor_name,
        impersonator_id, impersonator_name, request_id) VALUES ('imp', 1, 'main', 'UPDATE', 'ROLE', 'r', ?, ?, 'x', 'boss', 'q')`,
    )
      .bind(person, PERSON.email)
      .run()
    const { results } = await search('filters[details][EQUALS]=r')
    expect(results).toMatchObject([
      { auditLog: { impersonatedBy: 'boss' }, user: { username: PERSON.email } },
    ])
  })

  it('goes on naming an account that is gone', async () => {
    const bot = await createBot(
      { NAMESPACE: ['CREATE', 'VIEW'] },
      { namespace: null, name: 'brief', by: admin },
    )
    await expectJson(call(NAMESPACES, { ...bot, json: { id: 'by-brief' } }))
    await call(`/api/v1/service-accounts/${bot.id}`, { ...admin, method: 'DELETE' })
    const { results } = await search('filters[details][EQUALS]=by-brief')
    expect(results.map(({ user }) => user)).toEqual([{ id: bot.id, username: 'brief' }])
  })

  it('shows the newest first, in pages that add up to the whole', async () => {
    const { total } = await search('size=1')
    const seen: Entry[] = []
    for (let page = 1; seen.length < total; page++) {
      const { results } = await search(`size=4&page=${page}`)
      expect(results.length).toBeGreaterThan(0)
      seen.push(...results)
    }
    expect(new Set(seen.map(({ auditLog }) => auditLog.id)).size).toBe(total)
    const dates = seen.map(({ auditLog }) => auditLog.date)
    expect(dates).toEqual(dates.toSorted().reverse())
    const { results } = await search('size=10000&sort=date:asc')
    expect(results.map(({ auditLog }) => auditLog.id)).toEqual(
      seen.map(({ auditLog }) => auditLog.id).reverse(),
    )
  })

  it('shows a tenant nothing of another one and nothing of the instance', async () => {
    await expectJson(
      call('/api/v1/acme/roles', { ...admin, json: { name: 'theirs', permissions: { FLOW: ['READ'] } } }),
    )
    const here = await search('size=10000')
    const all = await search('size=10000', INSTANCE)
    expect(here.total).toBe(here.results.length)
    expect(all.total).toBe(all.results.length)
    expect(here.total).toBeLessThan(all.total)
    expect(here.results.every((one) => (one.auditLog as { tenantId?: string }).tenantId === 'main')).toBe(
      true,
    )
    expect(all.results.some(({ auditLog }) => auditLog.detail.resource === 'USER')).toBe(true)
  })

  const HOUR_AGO = () => new Date(Date.now() - 3_600_000).toISOString()
  it.each<[string, () => string, (entry: Entry) => boolean]>([
    ['type', () => 'filters[type][EQUALS]=DELETE', ({ auditLog }) => auditLog.type === 'DELETE'],
    ['action', () => 'filters[action][IN]=DELETE,UPDATE', ({ auditLog }) => auditLog.type !== 'CREATE'],
    [
      'resource',
      () => 'filters[resources][IN]=ROLE,NAMESPACE',
      ({ auditLog }) => /ROLE|NAMESPACE/.test(auditLog.detail.resource),
    ],
    ['user', () => `filters[userId][EQUALS]=${person}`, ({ user }) => user.id === person],
    [
      'namespace',
      () => 'filters[namespace][PREFIX]=logged',
      ({ auditLog }) => auditLog.detail.id === 'logged',
    ],
    ['text', () => 'q=LOGGED', ({ auditLog }) => auditLog.detail.id === 'logged'],
    ['start', () => `filters[startDate][EQUALS]=${HOUR_AGO()}`, ({ auditLog }) => auditLog.date > HOUR_AGO()],
    ['end', () => `filters[endDate][EQUALS]=${HOUR_AGO()}`, ({ auditLog }) => auditLog.date < HOUR_AGO()],
    [
      'plain parameters',
      () => 'namespace=logged&type=CREATE',
      ({ auditLog }) => auditLog.detail.id === 'logged' && auditLog.type === 'CREATE',
    ],
    ['a flow, of which there are none', () => 'flowId=x', () => false],
  ])('filters by %s', async (_, query, fits) => {
    const all = (await search('size=10000')).results
    const { results, total } = await search(`size=10000&${query()}`)
    expect(results.map(({ auditLog }) => auditLog.id)).toEqual(
      all.filter(fits).map(({ auditLog }) => auditLog.id),
    )
    expect(total).toBe(results.length)
    expect(total).toBeLessThan(all.length)
  })

  it.each(['filters[startDate][EQUALS]=yesterday', 'endDate=x', 'filters[colour][EQUALS]=x'])(
    'refuses %s',
    async (query) => {
      expect(await expectJson(call(`${TENANT}/search?${query}`, admin), 400)).toMatchObject({
        code: 'filters_invalid',
      })
    },
  )

  it('shows nothing of a credential (threat 42)', async () => {
    const sdkDefaultAuthentication = { username: 'u', password: 'canary-secret' }
    await expectJson(
      call('/api/v1/tenants', { ...admin, json: { id: 'hush', name: 'Hush', sdkDefaultAuthentication } }),
    )
    await expectJson(
      call('/api/v1/users', { ...admin, json: { email: 'hush@example.com', password: 'Canary!1secret' } }),
      201,
    )
    const text = await (await call(`${INSTANCE}/export`, admin)).text()
    expect(text).toContain('hush@example.com')
    expect(text).toContain('(hidden)')
    expect(text).not.toMatch(/canary|scrypt\$|pst_/i)
  })
})

describe('POST /auditlogs/find', () => {
  const find = (json: object, path = TENANT) => expectJson(call(`${path}/find`, { ...admin, json }))

  it('finds the newest record of a resource', async () => {
    expect(await find({ resource: 'NAMESPACE', detail: { id: 'logged' } })).toMatchObject({
      auditLog: { type: 'DELETE' },
    })
    expect(
      await find({ resource: 'NAMESPACE', type: 'CREATE', detail: { namespace: 'logged' } }),
    ).toMatchObject({
      auditLog: { type: 'CREATE', detail: { id: 'logged' } },
      user: { id: admin.id },
    })
  })

  it.each([TENANT, INSTANCE])('answers 200 with nothing where there is nothing, under %s', async (path) => {
    expect(await find({ resource: 'FLOW' }, path)).toEqual({})
  })
})

describe('GET /auditlogs/history/{id} and /auditlogs/{id}/diff', () => {
  it('tells the story of one object, the newest first', async () => {
    const history = await expectJson<Array<{ id: string }>>(call(`${TENANT}/history/logged`, admin))
    expect(history).toEqual(
      (await ofNamespace()).map(({ auditLog }) => ({
        id: auditLog.id,
        date: auditLog.date,
        username: 'root',
      })),
    )
    expect(await expectJson(call(`${TENANT}/history/nothing`, admin))).toEqual([])
  })

  it('shows before and after, of one record or from another on', async () => {
    const [removed, changed, made] = (await ofNamespace()).map(({ auditLog }) => auditLog.id)
    const diff = (id?: string, query = '') =>
      expectJson<{ before: string; after: string }>(call(`${TENANT}/${id}/diff${query}`, admin))
    expect(JSON.parse((await diff(changed)).before)).toEqual({
      id: 'logged',
      description: 'first',
      'a/b~c': 1,
    })
    expect(JSON.parse((await diff(changed)).after)).toEqual({
      id: 'logged',
      description: 'second',
      variables: { x: 1 },
    })
    expect((await diff(made)).before).toBe('')
    expect((await diff(removed)).after).toBe('')
    expect(JSON.parse((await diff(removed, `?previousId=${made}`)).before)).toMatchObject({
      description: 'first',
    })
  })

  it('answers 404 for a record that is not there, is another tenant’s, or is about another object', async () => {
    const [, changed] = await ofNamespace()
    const other = (await search('filters[resources][EQUALS]=ROLE')).results[0]?.auditLog.id
    for (const path of [
      `${TENANT}/nothing/diff`,
      `/api/v1/acme/auditlogs/${changed?.auditLog.id}/diff`,
      `${TENANT}/${changed?.auditLog.id}/diff?previousId=${other}`,
    ]) {
      expect(await expectJson(call(path, admin), path.includes('acme') ? 403 : 404)).toBeDefined()
    }
    const theirs = await createBot(
      { AUDITLOG: ['VIEW'], NAMESPACE: ['VIEW'] },
      { namespace: null, tenant: 'acme', by: admin },
    )
    await expectJson(call(`/api/v1/acme/auditlogs/${changed?.auditLog.id}/diff`, theirs), 404)
  })

  it('take the right to view the object as well', async () => {
    const [, changed] = await ofNamespace()
    const path = `${TENANT}/${changed?.auditLog.id}/diff`
    const auditor = await createBot({ AUDITLOG: ['READ'] }, { namespace: null, by: admin })
    expect(await expectJson(call(path, auditor), 403)).toMatchObject({
      detail: expect.stringContaining('NAMESPACE:VIEW in the namespace logged'),
    })
    expect(await expectJson(call(`${TENANT}/history/logged`, auditor))).toEqual([])
    // A list goes on naming the record, and keeps what is in the object to itself.
    const [listed] = (await search('filters[details][EQUALS]=logged', TENANT, auditor)).results
    expect(listed?.auditLog).toMatchObject({ detail: { id: 'logged' }, appliedPatch: [], revertPatch: [] })
    const exported = await (await call(`${TENANT}/export?namespace=logged`, auditor)).text()
    expect(exported).toContain('logged')
    expect(exported).not.toContain('second')
    const reader = await createBot(
      { AUDITLOG: ['READ'], NAMESPACE: ['READ'] },
      { namespace: null, by: admin },
    )
    expect((await call(path, reader)).status).toBe(200)
    expect(await expectJson<unknown[]>(call(`${TENANT}/history/logged`, reader))).toHaveLength(3)
  })
})

describe('GET /auditlogs/export', () => {
  const cells = (line: string) =>
    [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = '']) => cell.replaceAll('""', '"'))

  it('is CSV with a line for each record, and the same filters', async () => {
    const answer = await call(`${TENANT}/export?namespace=logged`, admin)
    expect(answer.headers.get('Content-Type')).toBe('text/csv')
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="auditlogs.csv"')
    const [head = '', ...lines] = (await answer.text()).trimEnd().split('\r\n')
    expect(cells(head).slice(0, 5)).toEqual(['id', 'date', 'type', 'resource', 'resourceId'])
    expect(lines.map((line) => cells(line)[2])).toEqual(['DELETE', 'UPDATE', 'CREATE'])
    expect(JSON.parse(cells(lines[1] ?? '').at(-1) ?? '')).toHaveLength(3)
  })

  it('has more records than are read at once', async () => {
    await env.DB.prepare(
      `INSERT INTO audit_logs (id, at, tenant_id, type, resource, resource_id, actor_id, actor_name, request_id)
        SELECT 'many' || a.n || '-' || b.n, 5, 'acme', 'UPDATE', 'MANY', 'many', 'x', 'x', 'x'
        FROM numbers a, numbers b WHERE a.n <= 10 AND b.n <= 120`,
    ).run()
    const lines = (await (await call(`${INSTANCE}/export?resources=MANY`, admin)).text())
      .trimEnd()
      .split('\r\n')
    expect(lines).toHaveLength(1 + 1200)
    expect(new Set(lines).size).toBe(1 + 1200)
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '"=1', '=HYPERLINK("http://x")'])(
    'gives a spreadsheet nothing to run: %j',
    async (name) => {
      const id = `csv-${crypto.randomUUID()}`
      await env.DB.prepare(
        `INSERT INTO audit_logs (id, at, tenant_id, type, resource, resource_id, actor_id, actor_name, request_id)
          VALUES (?, 1, 'main', 'UPDATE', 'ROLE', ?, 'x', ?, 'x')`,
      )
        .bind(id, id, name)
        .run()
      const [, line = ''] = (await (await call(`${TENANT}/export?id=${id}`, admin)).text()).split('\r\n')
      expect(cells(line)).toContain(/^\s*[=+@-]/.test(name) ? `'${name}` : name)
      expect(cells(line).some((cell) => /^\s*[=+@-]/.test(cell))).toBe(false)
    },
  )
})

describe('GET /auditlogs/export.ndjson', () => {
  const recordsOf = async (query: string, by: Call = admin) => {
    const text = await (await call(`${TENANT}/export.ndjson?${query}`, by)).text()
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  it('is a JSON object in each line, of the records that the CSV has for the same filters', async () => {
    const answer = await call(`${TENANT}/export.ndjson?namespace=logged`, admin)
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson')
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="auditlogs.ndjson"')
    expect(await answer.text()).toMatch(/^({.+}\n){3}$/)
    const records = await recordsOf('namespace=logged')
    expect(records.map(({ type }) => type)).toEqual(['DELETE', 'UPDATE', 'CREATE'])
    expect(records[1]).toMatchObject({ namespace: 'logged', appliedPatch: expect.any(Array) })
    expect(records[1]).not.toHaveProperty('impersonatedBy')
    const [head = '', ...lines] = (await (await call(`${TENANT}/export`, admin)).text())
      .trimEnd()
      .split('\r\n')
    const all = await recordsOf('')
    expect(all).toHaveLength(lines.length)
    expect(all.map(({ id }) => `"${id}"`)).toEqual(lines.map((line) => line.split(',')[0]))
    const names = head.replaceAll('"', '').split(',')
    expect(names).toEqual(expect.arrayContaining(all.flatMap((record) => Object.keys(record))))
  })

  it('has more records than are read at once, and a line for each whatever is written in it', async () => {
    const many = await (await call(`${INSTANCE}/export.ndjson?resources=MANY`, admin)).text()
    expect(many.trimEnd().split('\n')).toHaveLength(1200)
    const name = 'two\nlines\u2028"'
    await env.DB.prepare(
      `INSERT INTO audit_logs (id, at, tenant_id, type, resource, resource_id, actor_id, actor_name, request_id)
        VALUES ('two-lines', 1, 'main', 'UPDATE', 'ROLE', 'two-lines', 'x', ?, 'x')`,
    )
      .bind(name)
      .run()
    expect(await recordsOf('id=two-lines')).toMatchObject([{ id: 'two-lines', username: name }])
  })

  it('keeps what is in an object from who may not see the object', async () => {
    const auditor = await createBot({ AUDITLOG: ['READ'] }, { namespace: null, by: admin, name: 'exporter' })
    const records = await recordsOf('namespace=logged', auditor)
    expect(records.map(({ appliedPatch }) => appliedPatch)).toEqual([[], [], []])
  })
})

describe('a record', () => {
  const run = (sql: string) => env.DB.prepare(sql).run()

  it('cannot be changed, replaced, or deleted before ninety days are over (threat 34)', async () => {
    const before = await env.DB.prepare('SELECT * FROM audit_logs ORDER BY id').all()
    await expect(run("UPDATE audit_logs SET actor_name = 'nobody'")).rejects.toThrow(
      'audit records are final',
    )
    await expect(run('INSERT OR REPLACE INTO audit_logs SELECT * FROM audit_logs')).rejects.toThrow(
      'audit records are final',
    )
    await expect(run('DELETE FROM audit_logs')).rejects.toThrow('audit records are kept for 90 days')
    expect((await env.DB.prepare('SELECT * FROM audit_logs ORDER BY id').all()).results).toEqual(
      before.results,
    )
  })

  it('may be deleted when it is older than that', async () => {
    const { meta } = await run('DELETE FROM audit_logs WHERE at < (unixepoch() - 91 * 86400) * 1000')
    expect(meta.changes).toBeGreaterThan(0)
  })

  it('is made for what the first set-up did', async () => {
    const { results } = await search('filters[type][EQUALS]=CREATE&sort=date:asc&size=1', INSTANCE, asAdmin)
    expect(results).toMatchObject([
      { auditLog: { detail: { resource: 'USER' } }, user: { username: 'admin@example.com' } },
    ])
  })
})
