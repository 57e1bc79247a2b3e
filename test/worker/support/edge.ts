/**
 * The worker through its public door, in workerd, with D1, KV and R2 as the platform has them. `freshEdge` empties
 * all three and sets up the first administrator; the rest are short ways to say common things.
 */

import { applyD1Migrations, reset } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'

export const ORIGIN = 'https://postern.test'
export const ADMIN = { username: 'admin@example.com', password: 'Root!1234' }

export interface Call {
  readonly method?: string
  /** Sent as `Bearer`. */
  readonly token?: string
  /** Sent as `Authorization`, word for word. */
  readonly authorization?: string
  /** Sent as JSON. */
  readonly json?: unknown
  readonly body?: BodyInit
  readonly headers?: Record<string, string>
}

export const call = async (path: string, request: Call = {}): Promise<Response> =>
  exports.default.fetch(toRequest(path, request))

export function toRequest(
  path: string,
  { token, authorization, json, body, headers = {}, ...rest }: Call,
): Request {
  const credential = token === undefined ? authorization : `Bearer ${token}`
  const sent = json === undefined ? body : JSON.stringify(json)
  return new Request(`${ORIGIN}${path}`, {
    method: rest.method ?? (sent === undefined ? 'GET' : 'POST'),
    // Where an answer leads is looked at, not followed.
    redirect: 'manual',
    ...(sent === undefined ? {} : { body: sent }),
    headers: {
      ...(credential === undefined ? {} : { Authorization: credential }),
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
  })
}

export const basic = (username: string, password: string): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))}`

export const asAdmin = { authorization: basic(ADMIN.username, ADMIN.password) }

/** As JSON, when the status is the expected one. */
export async function expectJson<T = Record<string, unknown>>(
  answer: Response | Promise<Response>,
  status = 200,
): Promise<T> {
  const response = await answer
  if (response.status !== status)
    throw new Error(`${response.status} instead of ${status}: ${await response.text()}`)
  return response.json<T>()
}

// Without parameters: it is handed to `beforeEach` as it is.
export const freshEdge = (): Promise<void> => startAfresh(3)

/** Again where what an earlier test had sent to R2 came only after all was emptied: to Postern that is a D1 put back. */
async function startAfresh(triesLeft: number): Promise<void> {
  await reset()
  await applyD1Migrations(env.DB, env.MIGRATIONS)
  const answer = await call('/api/v1/setup', { json: { ...ADMIN, setupToken: env.SETUP_TOKEN } })
  if (answer.status === 503 && triesLeft > 0) return startAfresh(triesLeft - 1)
  await expectJson(answer)
}

export interface Bot {
  readonly id: string
  readonly tokenId: string
  readonly token: string
}

export interface BotOptions {
  /** Null binds the role in the whole tenant. */
  readonly namespace?: string | null
  readonly tenant?: string
  readonly name?: string
  readonly by?: Call
}

/** A service account with a token, and a role of these permissions bound to it. */
export async function createBot(
  permissions: Record<string, string[]>,
  { namespace = 'prod', tenant = 'main', name = 'deploy-bot', by = asAdmin }: BotOptions = {},
): Promise<Bot> {
  const base = `/api/v1/${tenant}`
  const { id } = await expectJson<{ id: string }>(call(`${base}/service-accounts`, { ...by, json: { name } }))
  const role = await expectJson<{ id: string }>(
    call(`${base}/roles`, { ...by, json: { name: `${name} role`, permissions } }),
  )
  await expectJson(
    call(`${base}/bindings`, {
      ...by,
      json: { type: 'USER', externalId: id, roleId: role.id, namespaceId: namespace },
    }),
  )
  const minted = await mintToken(id, { tenant, by })
  return { id, tokenId: minted.id, token: minted.fullToken }
}

interface MintOptions {
  readonly maxAge?: string
  readonly tenant?: string
  readonly by?: Call
}

export const mintToken = (account: string, { maxAge, tenant = 'main', by = asAdmin }: MintOptions = {}) =>
  expectJson<{ id: string; fullToken: string }>(
    call(`/api/v1/${tenant}/service-accounts/${account}/api-tokens`, { ...by, json: { name: 'ci', maxAge } }),
  )

/** A superadmin who is also the tenant's administrator, by token: it spares each call the price of a password. */
export async function createAdmin(): Promise<Bot> {
  const { id } = await expectJson<{ id: string }>(
    call('/api/v1/service-accounts', {
      ...asAdmin,
      json: { name: 'root', superAdmin: true, tenants: ['main'] },
    }),
  )
  const minted = await mintToken(id)
  const admin = { id, tokenId: minted.id, token: minted.fullToken }
  await bind(id, 'admin_main', admin)
  return admin
}

/** Binds an account to a role, in a namespace or the whole tenant. */
export const bind = (account: string, roleId: string, by: Call, namespaceId?: string, tenant = 'main') =>
  expectJson<{ id: string }>(
    call(`/api/v1/${tenant}/bindings`, {
      ...by,
      json: { type: 'USER', externalId: account, roleId, namespaceId },
    }),
  )

/** The same for a group. */
export const bindGroup = (group: string, roleId: string, by: Call, namespaceId?: string) =>
  expectJson<{ id: string }>(
    call('/api/v1/main/bindings', { ...by, json: { type: 'GROUP', externalId: group, roleId, namespaceId } }),
  )
/** Of any account; Kestra's API has it for users. As every change does, it tells the change feed. */
export async function setDisabled(accountId: string, at: number | null): Promise<void> {
  await env.DB.batch([
    env.DB.prepare('UPDATE accounts SET disabled_at = ? WHERE id = ?').bind(at, accountId),
    env.DB.prepare("INSERT INTO changes (at, kind, ref) VALUES (0, 'account', ?)").bind(accountId),
  ])
}

/** There is no call for it yet. */
export async function createTenant(id: string): Promise<void> {
  await env.DB.prepare('INSERT INTO tenants (id, name, created_at) VALUES (?, ?, 0)').bind(id, id).run()
}

/** A group without members; there is no call for it yet. */
export async function createGroup(name: string, tenant = 'main'): Promise<string> {
  const id = `group-${name}`
  await env.DB.prepare('INSERT INTO groups (id, tenant_id, name, created_at) VALUES (?, ?, ?, 0)')
    .bind(id, tenant, name)
    .run()
  return id
}

export interface Person extends Bot {
  readonly email: string
}

/** What every person of `createUser` signs in with. */
export const PASSWORD = 'InitialPass!1'

let hash: string | undefined
/** Hashing is slow on purpose, and all of them have the same password: one is made by the API, the others share it. */
async function hashOnce(by: Call): Promise<string> {
  if (hash !== undefined) return hash
  const json = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD }
  const { id } = await expectJson<{ id: string }>(call('/api/v1/users', { ...by, json }), 201)
  hash = String(await env.DB.prepare('SELECT password FROM accounts WHERE id = ?').bind(id).first('password'))
  await call(`/api/v1/users/${id}`, { ...by, method: 'DELETE' })
  return hash
}

/** A user with that password and an API token, and what else is said of it. */
export async function createUser(by: Call, changes: object = {}): Promise<Person> {
  const email = `${crypto.randomUUID()}@example.com`
  const { id } = await expectJson<{ id: string }>(
    call('/api/v1/users', { ...by, json: { email, ...changes } }),
    201,
  )
  await env.DB.prepare('UPDATE accounts SET password = ? WHERE id = ?')
    .bind(await hashOnce(by), id)
    .run()
  const minted = await expectJson<{ id: string; fullToken: string }>(
    call(`/api/v1/users/${id}/api-tokens`, { ...by, json: { name: 'own' } }),
    201,
  )
  return { id, email, tokenId: minted.id, token: minted.fullToken }
}

/** Signs in with a browser. @returns the cookie, as a browser sends it back */
export async function signIn(username: string, password: string = PASSWORD): Promise<string> {
  const answer = await call('/login', { json: { username, password } })
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  return answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
}

/** What the pages of a session send with everything that is not a mere look. */
export async function csrfOf(cookie: string): Promise<{ Cookie: string; 'X-CSRF-TOKEN': string }> {
  const answer = await call('/ui/', { headers: { Cookie: cookie } })
  const token = /<meta name="csrf-token" content="([^"]+)">/.exec(await answer.text())?.[1] ?? ''
  return { Cookie: `${cookie}; csrfToken=${token}`, 'X-CSRF-TOKEN': token }
}

/** Every record of a type in the audit log, newest last. */
export async function auditOf(type: string) {
  const { results } = await env.DB.prepare('SELECT * FROM audit_logs WHERE type = ? ORDER BY at, rowid')
    .bind(type)
    .all()
  return results
}

async function tableNames(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  ).all<{ name: string }>()
  return results.map(({ name }) => name).sort()
}

/** What every change adds to, whatever it takes away. */
export const RECORDS = ['audit_logs', 'changes', 'totals', 'sign_in_attempts', 'sqlite_sequence']

/** Everything that is stored, as text: how many rows each table has, and which contents R2 holds. */
export async function inventory({
  except = [],
}: {
  readonly except?: readonly string[]
} = {}): Promise<string> {
  const tables = (await tableNames()).filter((name) => !except.includes(name))
  const counts = tables.map((name) => `(SELECT count(*) FROM ${name}) AS ${name}`)
  const rows = await env.DB.prepare(`SELECT ${counts.join(', ')}`).first<Record<string, number>>()
  const { objects } = await env.CONTENTS.list()
  return [
    ...Object.entries(rows ?? {}).map(([name, count]) => `${name} ${count}`),
    // What is kept of the change feed grows with every change.
    ...objects.map(({ key }) => key).filter((key) => !key.startsWith('.postern/')),
  ].join('\n')
}

/** Every row of every table, as text. Blobs are one character a byte. */
export async function dumpTables(): Promise<string> {
  const rows = await Promise.all(
    (await tableNames()).map(async (name) => (await env.DB.prepare(`SELECT * FROM ${name}`).all()).results),
  )
  return JSON.stringify(rows, (_, value: unknown) =>
    Array.isArray(value) && typeof value[0] === 'number' ? String.fromCharCode(...value) : value,
  )
}
