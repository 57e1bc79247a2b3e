/**
 * A hundred thousand service accounts, ten thousand users, three hundred thousand tokens: what a page costs does not depend on them.
 * Rows are counted, not time.
 */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN,
  type Bot,
  type Call,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  signIn,
} from './support/edge.ts'
import { openIsolate } from './support/isolates.ts'
import { rowsReadBy } from './support/rows-read.ts'

const FEW = 1_000
const MANY = 100_000
const AT_ONCE = 10_000

/**
 * What is asked of lists; a new list is a few lines here. `bot-000500` is in the middle of the few, near the start of
 * the many, and its object is one of each kind.
 */
const ASKED: readonly string[] = [
  ...listOf('/api/v1/service-accounts', [
    '',
    'size=100&page=3',
    'sort=name:desc',
    'sort=id:asc',
    'sort=id:desc',
    'sort=super_admin:desc',
    'q=000500',
    'filters[q][EQUALS]=BOT-000500',
    'filters[name][EQUALS]=bot-000500',
    'filters[name][STARTS_WITH]=bot-00050',
    'filters[id][EQUALS]=account000500',
    'filters[super_admin][EQUALS]=true',
  ]),
  ...listOf('/api/v1/main/service-accounts', [
    '',
    'size=100&page=3',
    'sort=name:desc',
    'sort=username:asc',
    'sort=id:asc',
    'q=000500',
    'filters[name][EQUALS]=bot-000500',
    'filters[username][IN]=bot-000500,bot-000501',
    'filters[id][EQUALS]=account000500',
  ]),
  ...listOf('/api/v1/main/service-accounts/account000500/api-tokens', ['']),
  ...listOf('/api/v1/service-accounts/account000500/api-tokens', ['']),
  ...listOf('/api/v1/main/groups/everybody/members', ['', 'size=100&page=3', 'sort=name:desc', 'q=000500']),
  ...listOf('/api/v1/main/bindings/search', ['', 'id=account000500', 'id=everybody']),
  ...listOf('/api/v1/main/access/explain', ['account=account000500&permission=FLOW:VIEW']),
  ...listOf('/api/v1/tenants/search', ['', 'q=main']),
  ...listOf('/api/v1/main/namespaces/search', [
    'existing=true',
    'existing=true&sort=id:desc',
    'existing=true&size=100&page=3',
  ]),
  ...listOf('/api/v1/auditlogs/search', ['', 'sort=date:asc', 'filters[details][EQUALS]=account000500']),
  ...listOf('/api/v1/main/auditlogs/search', [
    '',
    'sort=date:asc',
    'sort=date:desc&size=100',
    'filters[details][EQUALS]=account000500',
    'filters[userId][EQUALS]=account000500',
  ]),
  ...listOf('/api/v1/main/auditlogs/history/account000500', ['']),
  ...listOf('/ui/', ['']),
  ...listOf('/ui/main/iam/service-accounts', ['', 'page=3', 'sort=name:desc', 'q=000500']),
  ...listOf('/ui/main/iam/service-accounts/new', ['']),
  ...listOf('/ui/main/iam/service-accounts/account000500', ['']),
  ...listOf('/ui/main/iam/audit', ['', 'page=3', 'details=account000500', 'userId=account000500']),
  ...listOf('/ui/audit', ['']),
  ...listOf('/ui/settings', ['']),
]

function listOf(path: string, queries: readonly string[]): string[] {
  return queries.map((query) => `${path}?${query}`)
}

let admin: Bot

/** From one number of everything to another, in SQL: triggers keep the rest. */
async function grow(from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += AT_ONCE) {
    const end = Math.min(start + AT_ONCE, to)
    const range = `WITH RECURSIVE r(i) AS (SELECT ${start} UNION ALL SELECT i + 1 FROM r WHERE i + 1 < ${end}),
      n(i, no) AS (SELECT i, substr('000000' || i, -6) FROM r)`
    await env.DB.batch(
      [
        `INSERT INTO accounts (id, kind, name, is_superadmin, created_at)
          ${range} SELECT 'account' || no, 'SERVICE_ACCOUNT', 'bot-' || no, 0, 0 FROM n`,
        `INSERT INTO accounts (id, kind, name, password, is_superadmin, created_at)
          ${range} SELECT 'user' || no, 'USER', 'user' || no || '@example.com',
          (SELECT password FROM accounts WHERE name = '${ADMIN.username}'), 0, 0 FROM n WHERE i % 10 = 0`,
        `INSERT INTO tenant_access ${range} SELECT 'main', 'account' || no, 'SERVICE_ACCOUNT', 'bot-' || no FROM n`,
        `INSERT INTO tokens (id, kind, account_id, name, description, mac, key_version, created_at)
          ${range} SELECT 'token' || no || '-' || k.value, 'API', 'account' || no, 'ci', '', randomblob(32),
          (SELECT key_version FROM tokens WHERE account_id = '${reader.id}'), k.value FROM n, json_each('[1,2,3]') k`,
        `INSERT INTO bindings (id, tenant_id, account_id, role_id, created_at)
          ${range} SELECT 'binding' || no, 'main', 'account' || no, 'viewer_main', 0 FROM n`,
        `INSERT INTO group_members (group_id, account_id, membership, account_name, created_at)
          ${range} SELECT 'everybody', 'account' || no, 'MEMBER', 'bot-' || no, 0 FROM n`,
        `INSERT INTO namespaces (tenant_id, id, created_at) ${range} SELECT 'main', 'n' || no, 0 FROM n`,
        `INSERT INTO audit_logs (id, at, tenant_id, type, resource, resource_id, actor_id, actor_name, request_id)
          ${range} SELECT 'log' || no, i, 'main', 'CREATE', 'SERVICE_ACCOUNT', 'account' || no, 'account' || no, 'x', 'x' FROM n`,
      ].map((sql) => env.DB.prepare(sql)),
    )
  }
}

/** For the console. */
let session: Call

const costOf = (path: string, by: Call = path.startsWith('/ui/') ? session : admin) =>
  rowsReadBy(async () => {
    const answer = await call(path, by)
    if (answer.status !== 200) throw new Error(`${answer.status} ${path}: ${await answer.text()}`)
  })

/** A token of an account like all the others, and one who is in a group with all of them. */
let reader: Bot
const VERIFICATION = '/api/v1/main/namespaces/n000500'

async function measure(): Promise<Map<string, number>> {
  const costs = new Map<string, number>()
  // What an isolate learns at the first request is no part of what is measured.
  await costOf('/api/v1/main/service-accounts')
  for (const path of ASKED) costs.set(path, await costOf(path))
  // As if never used: a use that was noted within the minute is not noted again, which is a row less.
  await env.DB.prepare('UPDATE tokens SET last_used_at = NULL WHERE account_id = ?').bind(reader.id).run()
  // By an isolate that knows nothing yet.
  const isolate = await openIsolate()
  costs.set(VERIFICATION, await rowsReadBy(() => expectJson(isolate.call(VERIFICATION, reader))))
  return costs
}

let few: Map<string, number>
let many: Map<string, number>
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  session = { headers: { Cookie: await signIn(ADMIN.username, ADMIN.password) } }
  reader = await createBot({ NAMESPACE: ['READ'] }, { by: admin, namespace: null, name: 'reader' })
  await env.DB.prepare("INSERT INTO groups VALUES ('everybody', 'main', 'everybody', NULL, 0)").run()
  await env.DB.prepare("INSERT INTO group_members VALUES ('everybody', ?, 'OWNER', 'reader', 0)")
    .bind(reader.id)
    .run()
  await grow(0, FEW)
  few = await measure()
  await grow(FEW, MANY)
  many = await measure()
}, 600_000)

describe('with a hundred thousand service accounts', () => {
  it('there are as many as that, and three times as many tokens', async () => {
    const count = async (table: string) =>
      await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')
    expect(await count('accounts')).toBeGreaterThan(MANY)
    expect(await count('tokens')).toBeGreaterThan(3 * MANY)
    const { total } = await expectJson<{ total: number }>(call('/api/v1/main/service-accounts', admin))
    expect(total).toBe(MANY + 2)
  })

  it.each(ASKED)('a page reads the rows it read with a thousand: %s', (path) => {
    expect(few.get(path)).toBeGreaterThan(0)
    expect(many.get(path)).toBe(few.get(path))
  })

  it('a verification reads the rows it read with a thousand', () => {
    expect(many.get(VERIFICATION)).toBe(few.get(VERIFICATION))
    expect(many.get(VERIFICATION)).toBeLessThan(50)
  })

  it.each(['/api/v1/service-accounts', '/api/v1/main/service-accounts', '/api/v1/main/namespaces/search'])(
    'ten thousand rows at once cost so many times what ten cost: %s',
    async (path) => {
      const query = path.endsWith('search') ? 'existing=true&' : ''
      const ten = await costOf(`${path}?${query}size=10`)
      const answer = await expectJson<{ results: unknown[] }>(call(`${path}?${query}size=10000`, admin))
      expect(answer.results).toHaveLength(AT_ONCE)
      expect(await costOf(`${path}?${query}size=10000`)).toBeLessThan((ten * AT_ONCE) / 10)
    },
  )

  it('the last page holds the last rows, and reads no more than lie before it', async () => {
    const path = `/api/v1/main/service-accounts?size=10000&page=${MANY / AT_ONCE}`
    const { results } = await expectJson<{ results: Array<{ name: string }> }>(call(path, admin))
    expect(results.at(0)?.name).toBe('bot-090000')
    expect(results).toHaveLength(AT_ONCE)
    const first = await costOf('/api/v1/main/service-accounts?size=10000')
    expect((await costOf(path)) - first).toBeLessThan(3 * MANY)
  })
})
