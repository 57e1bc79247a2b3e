import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { isStorageFailure, openDatabase, type Statement, write } from '../../../worker/storage/database.ts'
import {
  asAdmin,
  type Bot,
  basic,
  type Call,
  call,
  createAdmin,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { filesOf, writeFile } from '../support/files.ts'
import { accessTokenFor, exchange } from '../support/oauth.ts'

const db = openDatabase(env.DB)

const tenant = (id: string): Statement =>
  sql`INSERT INTO tenants (id, name, created_at) VALUES (${id}, ${id}, 0)`
const user = (id: string, name: string): Statement =>
  sql`INSERT INTO accounts (id, kind, name, is_superadmin, created_at) VALUES (${id}, 'USER', ${name}, 0, 0)`

describe('write', () => {
  beforeAll(freshEdge)

  it.each<[string, Statement, object]>([
    ['a primary key', tenant('main'), { kind: 'unique', on: 'tenants.id' }],
    ['an index', user('two', 'ADMIN@example.com'), { kind: 'unique', on: 'accounts_username' }],
    [
      'a reference',
      sql`INSERT INTO tenant_access VALUES ('nowhere', 'nobody', 'USER', 'nobody')`,
      { kind: 'reference', on: 'foreign key' },
    ],
    [
      'a check',
      sql`INSERT INTO accounts (id, kind, name, password, is_superadmin, created_at)
        VALUES ('x', 'SERVICE_ACCOUNT', 'x', 'secret', 0, 0)`,
      { kind: 'check', on: 'service_account_is_impersonal' },
    ],
    ['a guard', sql`INSERT INTO guards (path_free) VALUES (0)`, { kind: 'check', on: 'path_free' }],
  ])('names the conflict with %s and leaves nothing of the batch', async (_, statement, error) => {
    const before = await inventory()
    const written = await write(db, [tenant('first'), statement, tenant('last')])
    expect(written).toEqual({ ok: false, error })
    expect(await inventory()).toBe(before)
  })

  it('throws what is no conflict, and leaves nothing of the batch', async () => {
    const before = await inventory()
    const error: unknown = await write(db, [tenant('first'), sql`INSERT INTO nowhere VALUES (1)`]).catch(
      (thrown: unknown) => thrown,
    )
    expect(isStorageFailure(error)).toBe(true)
    expect(await inventory()).toBe(before)
  })

  it('writes all statements in order', async () => {
    const granted = sql`INSERT INTO tenant_access SELECT 'acme', id, kind, name FROM accounts WHERE id = 'two'`
    const written = await write(db, [tenant('acme'), user('two', 'two@example.com'), granted])
    expect(written).toEqual({ ok: true, value: undefined })
    const row = env.DB.prepare("SELECT account_id FROM tenant_access WHERE tenant_id = 'acme'")
    expect(await row.first('account_id')).toBe('two')
  })
})

describe('isStorageFailure', () => {
  it.each([new Error('boom'), new TypeError('x is not a function'), 'text', undefined])(
    'is not said of %s',
    (error) => {
      expect(isStorageFailure(error)).toBe(false)
    },
  )

  it.each([
    'D1_ERROR: no such table: x: SQLITE_ERROR',
    'D1_EXEC_ERROR: Error in line 1',
    'KV GET failed: 500 Internal Server Error',
    'put: We encountered an internal error. Please try again. (10001)',
  ])('is said of what the platform throws: %s', (message) => {
    expect(isStorageFailure(new Error(message))).toBe(true)
    expect(isStorageFailure(new Error('Failed query', { cause: new Error(message) }))).toBe(true)
  })
})

describe('when storage does not answer', () => {
  const CANARY = 'canary-in-a-parameter'
  const log = vi.spyOn(console, 'error')
  beforeEach(async () => {
    await freshEdge()
    log.mockReset()
    log.mockImplementation(() => undefined)
  })

  const drop = async (...tables: string[]) => {
    await env.DB.prepare('PRAGMA foreign_keys = OFF').run()
    for (const table of tables) await env.DB.prepare(`DROP TABLE ${table}`).run()
  }

  async function expectUnavailable(request: Promise<Response>, body: object): Promise<void> {
    const answer = await request
    const text = await answer.text()
    expect({ status: answer.status, body: JSON.parse(text) as object }).toMatchObject({ status: 503, body })
    expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/)
    expect(log).toHaveBeenCalledTimes(1)
    const said = JSON.stringify([text, [...answer.headers], log.mock.calls])
    expect(said).not.toContain(CANARY)
    expect(said).not.toMatch(/insert into|select .* from/i)
  }

  const unavailable = {
    code: 'storage_unavailable',
    message: expect.stringMatching(/^Service Unavailable/),
    requestId: expect.any(String),
  }

  it.each<[string, string, (admin: Bot) => Promise<Call>]>([
    ['an API token', 'tokens', async (admin) => admin],
    ['an access token', 'changes', async (admin) => ({ token: await accessTokenFor(admin.token) })],
    ['a password', 'changes', async () => asAdmin],
    ['an unknown user', 'changes', async () => ({ authorization: basic(`${CANARY}@example.com`, CANARY) })],
  ])('says so, and lets nobody in, with %s', async (_, table, credentialOf) => {
    const credential = await credentialOf(await createAdmin())
    await drop(table)
    await expectUnavailable(call('/api/v1/main/roles/viewer_main', credential), unavailable)
  })

  it('says so of a write, and shows nothing of what was written', async () => {
    const admin = await createAdmin()
    await drop('tenant_access')
    const password = `Aa1!${CANARY}`
    const json = { email: `${CANARY}@example.com`, firstName: CANARY, password, tenants: ['main'] }
    await expectUnavailable(call('/api/v1/users', { ...admin, json }), unavailable)
  })

  it('says so of the token endpoint, in the OAuth shape', async () => {
    const admin = await createAdmin()
    await drop('signing_keys')
    await expectUnavailable(exchange(admin.token), { error: 'server_error', code: 'storage_unavailable' })
  })

  it('says so when R2 cannot be read or written', async () => {
    const admin = await createAdmin()
    await writeFile('prod', 'a', 'a', admin)
    const down = new Error('get: We encountered an internal error. Please try again. (10001)')
    for (const method of ['get', 'put'] as const) {
      log.mockClear()
      const broken = vi.spyOn(env.CONTENTS, method).mockRejectedValue(down)
      const path = `${filesOf('prod')}?path=a`
      const request = method === 'get' ? call(path, admin) : writeFile('prod', CANARY, CANARY, admin)
      await expectUnavailable(request, unavailable)
      broken.mockRestore()
    }
    expect((await writeFile('prod', 'a', 'b', admin)).status).toBe(200)
  })

  it('publishes the keys all the same when KV does not answer', async () => {
    const down = new Error('KV GET failed: 500 Internal Server Error')
    const broken = (['get', 'put'] as const).map((method) =>
      vi.spyOn(env.COPIES, method).mockRejectedValue(down),
    )
    expect((await call('/.well-known/jwks.json')).status).toBe(200)
    for (const spy of broken) {
      expect(spy).toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})
