import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { cookieFrom, createVisitor, look, type Visitor, wordsOf } from '../support/console.ts'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createTenant,
  expectJson,
  freshEdge,
  mintToken,
  signIn,
} from '../support/edge.ts'
import { rowsReadBy } from '../support/rows-read.ts'

let admin: Bot
let root: Visitor
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  root = await createVisitor(admin, undefined, { superAdmin: true })
  await bind(root.id, 'admin_main', admin)
})

const overview = async (cookie: string) => wordsOf(await look(cookie, '/ui/'))

/** What needs attention, a line for each. */
async function concerns(cookie: string): Promise<string[]> {
  const words = await overview(cookie)
  const [, list = ''] = /Needs attention (.*?) (?:Latest changes|For clients)/.exec(words) ?? []
  return list.split(/ (?=Expired |Expiring |No token |No role |Never expires )/)
}

async function createAccount(name: string, tenant = 'main', roleId: string | null = `viewer_${tenant}`) {
  const { id } = await expectJson<{ id: string }>(
    call(`/api/v1/${tenant}/service-accounts`, { ...admin, json: { name } }),
  )
  if (roleId !== null) await bind(id, roleId, admin, undefined, tenant)
  return id
}

describe('the overview', () => {
  it('of an installation without service accounts says what to do first', async () => {
    await env.DB.prepare('DELETE FROM tenant_access WHERE account_id = ?').bind(admin.id).run()
    const words = await overview(root.cookie)
    expect(words).toContain('Create the first service account')
    expect(words).not.toContain('Needs attention')
    await env.DB.prepare("INSERT INTO tenant_access VALUES ('main', ?, 'SERVICE_ACCOUNT', 'root')")
      .bind(admin.id)
      .run()
  })

  it('lists a token that expires in 13 days, and not one that does in 15', async () => {
    const id = await createAccount('ends')
    await mintToken(id, { maxAge: 'P13D' })
    const near = await concerns(root.cookie)
    expect(near).toContainEqual(expect.stringMatching(/^Expiring ends token ci in 13 days/))
    const other = await createAccount('lasts')
    await mintToken(other, { maxAge: 'P15D' })
    expect((await concerns(root.cookie)).join()).not.toContain('lasts')
  })

  it('lists what expired, never expires, has no token or no role, the most pressing first', async () => {
    const expired = await createAccount('gone')
    const { id } = await mintToken(expired, { maxAge: 'P1D' })
    await env.DB.prepare('UPDATE tokens SET expires_at = 1000 WHERE id = ?').bind(id).run()
    await mintToken(await createAccount('endless'))
    await createAccount('tokenless')
    await mintToken(await createAccount('roleless', 'main', null), { maxAge: 'P60D' })
    const found = (await concerns(root.cookie)).map((line) =>
      /^(.*?) (gone|ends|endless|tokenless|roleless)\b/.exec(line)?.slice(1),
    )
    expect(found.filter(Boolean)).toEqual([
      ['Expired', 'gone'],
      ['Expiring', 'ends'],
      ['No token', 'tokenless'],
      ['No role', 'roleless'],
      ['Never expires', 'endless'],
    ])
  })

  it('is of one tenant', async () => {
    await createTenant('other')
    await expectJson(
      call('/api/v1/other/roles', { ...admin, json: { name: 'r', permissions: { FLOW: ['READ'] } } }),
    )
    const id = await createAccount('elsewhere', 'other', null)
    await mintToken(id, { maxAge: 'P1D', tenant: 'other' })
    expect((await concerns(root.cookie)).join()).not.toContain('elsewhere')
    const switched = await look(root.cookie, '/ui/?tenant=other')
    expect([switched.status, switched.headers.get('Location')]).toEqual([303, '/ui/'])
    const cookie = `${root.cookie}; ${cookieFrom(switched, 'tenant')}`
    expect(cookie).toContain('tenant=other')
    expect((await concerns(cookie)).join()).toContain('elsewhere')
  })

  it('is switched to no tenant that is not the reader’s', async () => {
    const reader = await createVisitor(admin, { SERVICE_ACCOUNT: ['VIEW', 'LIST'] })
    for (const tenant of ['other', 'nothing']) {
      const answer = await look(reader.cookie, `/ui/?tenant=${tenant}`)
      expect([answer.status, cookieFrom(answer, 'tenant')]).toEqual([303, undefined])
      expect(await overview(`${reader.cookie}; tenant=${tenant}`)).toContain('Tenant main')
    }
  })

  it('starts in the tenant that one belongs to', async () => {
    const reader = await createVisitor(admin, undefined, { tenants: ['other'] })
    expect(await overview(reader.cookie)).toContain('Tenant other')
  })

  it('shows what the reader could list, and nothing else', async () => {
    const nobody = await overview((await createVisitor(admin)).cookie)
    expect(nobody).toContain('hold no role in main')
    for (const word of ['Service accounts', 'Needs attention', 'Latest changes', 'gone']) {
      expect(nobody).not.toContain(word)
    }
    const lister = await overview((await createVisitor(admin, { SERVICE_ACCOUNT: ['VIEW', 'LIST'] })).cookie)
    expect(lister).toContain('gone')
    for (const word of ['Latest changes', 'Users', 'Create the first']) expect(lister).not.toContain(word)
    const auditor = await overview((await createVisitor(admin, { AUDITLOG: ['LIST'] })).cookie)
    expect(auditor).toContain('Latest changes')
    expect(auditor).not.toContain('gone')
  })

  it('shows tokens of users to superadmins only', async () => {
    const { id, email } = await createVisitor(admin)
    await env.DB.prepare('UPDATE tokens SET expires_at = ? WHERE account_id = ? AND kind = ?')
      .bind(Date.now() + 86_400_000, id, 'API')
      .run()
    expect((await concerns(root.cookie)).join()).toContain(email)
    const lister = await createVisitor(admin, { SERVICE_ACCOUNT: ['VIEW', 'LIST'] })
    expect((await concerns(lister.cookie)).join()).not.toContain(email)
    await env.DB.prepare('DELETE FROM tokens WHERE account_id = ?').bind(id).run()
  })

  it('reads no more rows with ten times the accounts', async () => {
    const grow = (from: number, to: number) => {
      const range = `WITH RECURSIVE r(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM r WHERE i + 1 < ${to}),
        n(i, no) AS (SELECT i, substr('000000' || i, -6) FROM r)`
      return env.DB.batch(
        [
          `INSERT INTO accounts (id, kind, name, is_superadmin, created_at)
            ${range} SELECT 'account' || no, 'SERVICE_ACCOUNT', 'zz-' || no, 0, 0 FROM n`,
          `INSERT INTO tenant_access ${range} SELECT 'main', 'account' || no, 'SERVICE_ACCOUNT', 'zz-' || no FROM n`,
          `INSERT INTO bindings (id, tenant_id, account_id, role_id, created_at)
            ${range} SELECT 'binding' || no, 'main', 'account' || no, 'viewer_main', 0 FROM n`,
          `INSERT INTO tokens (id, kind, account_id, name, description, mac, created_at, expires_at)
            ${range} SELECT 'token' || no || '-' || k.value, 'API', 'account' || no, 'ci', '', randomblob(32), 0,
              CASE k.value WHEN 1 THEN 1000 + i WHEN 2 THEN ${Date.now() + 86_400_000} + i END
            FROM n, json_each('[1,2,3]') k`,
        ].map((sql) => env.DB.prepare(sql)),
      )
    }
    const cookie = await signIn(root.email)
    const cost = () => rowsReadBy(() => overview(cookie))
    await grow(0, 1_000)
    await overview(cookie)
    const few = await cost()
    await grow(1_000, 10_000)
    expect(few).toBeLessThan(2_500)
    expect(await cost()).toBe(few)
    expect(await concerns(cookie)).toHaveLength(5 + 5 + 1 + 1 + 5)
  })
})
