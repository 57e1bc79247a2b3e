/** All of an instance out of one Postern and into another, and what must not come back with it. */

import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { BackupImported } from '../../../shared/wire/backup.ts'
import { readAllRows } from '../../../worker/storage/backup.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import {
  ADMIN,
  asAdmin,
  type Bot,
  basic,
  type Call,
  call,
  createAdmin,
  createBot,
  createUser,
  expectJson,
  freshEdge,
  inventory,
  PASSWORD,
  signIn,
} from '../support/edge.ts'
import { writeFile } from '../support/files.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { accessTokenFor } from '../support/oauth.ts'

const PATH = '/api/v1/backup'
const SETUP_TOKEN = 'set-anew-for-this-import'
const OTHER_KEY = btoa('another-master-key-another-key-!')
const BOUNDED = '/api/v1/main/namespaces/prod/files?path=a.txt'

let admin: Bot
let bot: Bot
beforeEach(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW', 'CREATE'] }, { by: admin })
  await writeFile('prod', 'a.txt', 'a', admin)
})

const open = (settings: Record<string, unknown> = {}) => openIsolate({ SETUP_TOKEN, ...settings })
const exportAll = async (by: Call = admin) =>
  new TextDecoder().decode(await (await call(PATH, by)).arrayBuffer())
const importInto = (at: Isolate, backup: BodyInit, setupToken = SETUP_TOKEN) =>
  at.call(PATH, {
    method: 'POST',
    body: backup,
    headers: {
      'Postern-Setup-Token': setupToken,
      'Content-Length': String(new TextEncoder().encode(String(backup)).length),
    },
  })
const confirm = (at: Isolate, end = 'named') =>
  at.call('/api/v1/recovery/restore', { json: { setupToken: SETUP_TOKEN, end } })
const linesOf = (backup: string) => backup.trimEnd().split('\n')
const toBackup = (lines: readonly string[]) => `${lines.join('\n')}\n`

/** HMACs, hashes over HMACs, sealed keys; and of contents what they are called by. */
const EXPORTED = [
  'accounts.password',
  'contents.sha256',
  'file_revisions.sha256',
  'files.sha256',
  'instance.setup_token',
  'invitations.mac',
  'signing_keys.wrapped_private_jwk',
  'tokens.mac',
]

async function expectClosed(at: Isolate, path: string, request: Call): Promise<void> {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const answer = await at.call(path, request)
  log.mockRestore()
  expect([path, await expectJson(answer, 503)]).toMatchObject([path, { code: 'restore_pending' }])
}

/** D1 as it is before the set-up. R2 stays: it is never emptied together with D1. */
async function loseDatabase(): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  ).all<{ name: string }>()
  await env.DB.batch([
    env.DB.prepare('PRAGMA defer_foreign_keys = on'),
    ...results.map(({ name }) => env.DB.prepare(`DROP TABLE ${name}`)),
  ])
  await applyD1Migrations(env.DB, env.MIGRATIONS)
}

/** Nothing anywhere, as on another account of Cloudflare. */
async function loseEverything(): Promise<void> {
  await loseDatabase()
  const { objects } = await env.CONTENTS.list()
  await env.CONTENTS.delete(objects.map(({ key }) => key))
}

/** Every row of every table, and what triggers have added up; lists that are empty need no row. */
async function rowsOf(): Promise<Record<string, string[]>> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name <> 'd1_migrations'",
  ).all<{ name: string }>()
  const rows = results.map(async ({ name }) => {
    const { results: all } = await env.DB.prepare(`SELECT * FROM ${name}`).all()
    return [
      name,
      all
        .filter((row) => name !== 'totals' || row.total !== 0)
        .map((row) => JSON.stringify(row))
        .sort(),
    ] as const
  })
  return Object.fromEntries(await Promise.all(rows))
}

describe('a backup', () => {
  it('fills another instance with every row of every table, and with what triggers keep of them', async () => {
    const user = await createUser(admin, { tenants: ['main'] })
    await signIn(user.email)
    await accessTokenFor(bot.token)
    await expectJson(
      call('/api/v1/main/groups', { ...admin, json: { name: 'Team', membersId: [user.id, bot.id] } }),
    )
    await expectJson(call('/api/v1/main/invitations', { ...admin, json: { email: 'new@example.com' } }), 201)
    const backup = await exportAll()
    const before = await rowsOf()
    await loseEverything()
    const at = await open()
    const imported = await expectJson<BackupImported>(importInto(at, backup))
    expect(imported.rows).toBe(linesOf(backup).length - 2)
    const after = await rowsOf()
    for (const name of Object.keys(before)) {
      // What an import adds: its own record, and the row that closes.
      const isRecord = ['audit_logs', 'changes'].includes(name)
      const isTotal = name === 'totals'
      if (isRecord) expect(after[name]).toEqual(expect.arrayContaining(before[name] ?? []))
      if (isRecord) expect([name, after[name]?.length]).toEqual([name, (before[name]?.length ?? 0) + 1])
      if (!isRecord && !isTotal) expect([name, after[name]]).toEqual([name, before[name]])
    }
    const sorted = (rows: string[] = []) => rows.filter((row) => !row.includes('"audit_logs"'))
    expect(sorted(after.totals)).toEqual(sorted(before.totals))

    await expectJson(confirm(at))
    for (const by of [admin, bot, user]) expect((await at.call('/api/v1/me', by)).status).toBe(200)
    const password = { authorization: basic(ADMIN.username, ADMIN.password) }
    expect((await at.call('/api/v1/me', password)).status).toBe(200)
    // Its contents are R2's, and were lost with it.
    expect((await at.call('/api/v1/main/namespaces/prod/files/search', admin)).status).toBe(200)
    expect((await at.call('/ready')).status).toBe(200)
  })

  it('has every table that is not kept by a trigger', async () => {
    const kept = ['account_terms', 'totals', 'numbers', 'guards', 'd1_migrations']
    const seen: string[] = []
    const db = openDatabase({
      ...env.DB,
      prepare: (text: string) => {
        seen.push(text)
        return env.DB.prepare(text)
      },
    } as D1Database)
    for await (const _ of readAllRows(db));
    const read = seen.flatMap((text) => /FROM "(\w+)"/.exec(text)?.[1] ?? [])
    const all = Object.keys(await rowsOf()).filter((name) => !kept.includes(name))
    expect([...new Set(read)].sort()).toEqual(all.sort())
  })

  it('is read page by page, however many rows there are', async () => {
    const rows = Array.from({ length: 4_500 }, (_, at) => [`jti-${at}`, at])
    await env.DB.prepare(
      'INSERT INTO revoked_access_tokens (jti, expires_at) SELECT value ->> 0, value ->> 1 FROM json_each(?)',
    )
      .bind(JSON.stringify(rows))
      .run()
    const backup = await exportAll()
    expect(linesOf(backup).filter((line) => line.includes('"revoked_access_tokens"'))).toHaveLength(4_500)
    await loseDatabase()
    await expectJson(importInto(await open(), backup))
    expect(await env.DB.prepare('SELECT count(*) AS n FROM revoked_access_tokens').first('n')).toBe(4_500)
  })

  it('holds of credentials what these columns hold of them, and nothing of it is worth anything by itself (threat 42)', async () => {
    const user = await createUser(admin, { tenants: ['main'] })
    const session = await signIn(user.email)
    const accessToken = await accessTokenFor(bot.token)
    const { link } = await expectJson<{ link: string }>(
      call('/api/v1/main/invitations', { ...admin, json: { email: 'new@example.com' } }),
      201,
    )
    const secrets = [admin.token, bot.token, user.token, session.slice('JWT='.length), accessToken]
    const backup = await exportAll()
    const rows = linesOf(backup)
      .slice(1, -1)
      .map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> })
    // A column that is named like one of these, or holds what looks like one, is to be looked at before it is added here.
    const held = rows.flatMap(({ table, row }) =>
      Object.entries(row).flatMap(([column, value]) =>
        /mac$|password|secret|token$|wrapped|seal|hash$/.test(column) ||
        /^([0-9a-f]{64,}|scrypt\$.*)$/.test(`${value}`)
          ? [`${table}.${column}`]
          : [],
      ),
    )
    expect([...new Set(held)].sort()).toEqual(EXPORTED)
    for (const secret of [...secrets, link.split('/').at(-1) ?? '', PASSWORD, env.SETUP_TOKEN]) {
      expect(backup).not.toContain(secret.slice(-40))
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)))
      expect(backup).not.toContain([...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
    }
    expect(backup).not.toMatch(/"d\\?":\\?"/)
  })

  it('holds no secret, and says who made it in the audit log', async () => {
    const backup = await exportAll()
    for (const secret of [bot.token, bot.token.slice(17), admin.token.slice(17), ADMIN.password]) {
      expect(backup).not.toContain(secret)
    }
    const record = await env.DB.prepare("SELECT * FROM audit_logs WHERE resource_id = 'backup'").first()
    expect(record).toMatchObject({ actor_id: admin.id, resource: 'INSTANCE', type: 'CREATE' })
  })

  it('takes all that a superadmin is: no access token, no stand-in, no narrowed token', async () => {
    const json = { name: 'narrow', permissions: ['ROLE:VIEW'] }
    const narrow = await expectJson<{ fullToken: string }>(call('/api/v1/me/api-tokens', { ...admin, json }))
    const other = await createUser(admin)
    const impersonating = { ...admin, headers: { 'X-Kestra-Impersonate': other.email } }
    const attempts: Array<[Call, string]> = [
      [{ token: await accessTokenFor(admin.token) }, 'access_token_insufficient'],
      [{ token: narrow.fullToken }, 'superadmin_required'],
      [impersonating, 'superadmin_required'],
      [bot, 'superadmin_required'],
    ]
    for (const [by, code] of attempts) {
      expect(await expectJson(call(PATH, by), 403)).toMatchObject({ code })
    }
    expect(linesOf(await exportAll(asAdmin)).at(-1)).toContain('"seal"')
  })

  it('says so when something was changed while it was made, and is not taken then', async () => {
    const at = await open()
    const answer = await at.call(PATH, admin)
    // Nothing is read before somebody takes it, but for the first chunk.
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    const first = await reader.read()
    await createBot({ ROLE: ['VIEW'] }, { name: 'meanwhile', by: admin })
    let backup = new TextDecoder().decode(first.value)
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      backup += new TextDecoder().decode(read.value)
    }
    expect(linesOf(backup).at(-1)).toBe('{"changed":true}')
    await loseDatabase()
    const refusal = await expectJson<{ message: string }>(importInto(at, backup), 422)
    expect(refusal.message).toContain('Export again')
  })
})

describe('an import', () => {
  let backup: string
  beforeEach(async () => {
    backup = await exportAll()
  })

  it('goes into no instance that is set up, and changes nothing there', async () => {
    const at = await open()
    const before = await inventory()
    expect(await expectJson(importInto(at, backup), 409)).toMatchObject({ code: 'import_not_empty' })
    expect(await inventory()).toBe(before)
  })

  it('takes the SETUP_TOKEN, and nothing else', async () => {
    await loseDatabase()
    const before = await inventory()
    for (const [at, given] of [
      [await open(), 'another-token-altogether'],
      [await open(), ''],
      [await open({ SETUP_TOKEN: undefined }), SETUP_TOKEN],
    ] as const) {
      expect(await expectJson(importInto(at, backup, given), 403)).toMatchObject({ code: 'setup_refused' })
    }
    expect((await (await open()).call(PATH, { method: 'POST', body: backup })).status).toBe(422)
    expect(await inventory()).toBe(before)
  })

  it('refuses another schema, another MASTER_KEY, and what is no backup, before it touches anything', async () => {
    await loseDatabase()
    const before = await inventory()
    const [head = '', ...rest] = linesOf(backup)
    const withHead = (changes: object) =>
      toBackup([JSON.stringify({ ...JSON.parse(head), ...changes }), ...rest])
    const cases: Array<[Isolate, string, RegExp]> = [
      [await open(), withHead({ schema: '9999_later' }), /schema 9999_later/],
      [await open(), withHead({ format: 'postern-backup-0' }), /no backup of Postern/],
      [await open(), withHead({ keyVersion: '' }), /another MASTER_KEY/],
      [await open({ MASTER_KEY: OTHER_KEY }), backup, /another MASTER_KEY/],
      [await open(), 'PK\u0003\u0004 no lines\n', /damaged/],
      [await open(), '', /not whole|no backup/],
    ]
    for (const [at, body, reason] of cases) {
      const refusal = await expectJson<{ code: string; message: string }>(importInto(at, body), 422)
      expect(refusal).toMatchObject({ code: 'backup_refused', message: expect.stringMatching(reason) })
    }
    expect(await inventory()).toBe(before)
  })

  it('takes the MASTER_KEY before this one as well', async () => {
    await loseDatabase()
    const at = await open({ MASTER_KEY: OTHER_KEY, MASTER_KEY_PREVIOUS: env.MASTER_KEY })
    await expectJson(importInto(at, backup))
    await expectJson(confirm(at))
    expect((await at.call('/api/v1/me', bot)).status).toBe(200)
  })

  it('opens nothing for who changed a line, left one out, or added one (threat 42)', async () => {
    await loseDatabase()
    const at = await open()
    const lines = linesOf(backup)
    const raised = lines.map((line) => line.replace('"is_superadmin":0', '"is_superadmin":1'))
    expect(raised).not.toEqual(lines)
    const foot = JSON.parse(lines.at(-1) ?? '') as object
    const withFoot = (rows: readonly string[], changes: object) =>
      toBackup([...rows.slice(0, -1), JSON.stringify({ ...foot, ...changes })])
    const sha256 = async (rows: readonly string[]) => {
      const bytes = new TextEncoder().encode(toBackup(rows.slice(0, -1)))
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    }
    const attempts: string[] = [
      toBackup(raised),
      // The hash fits, and the seal does not.
      withFoot(raised, { sha256: await sha256(raised) }),
      withFoot(raised, { sha256: await sha256(raised), seal: '' }),
      toBackup(lines.filter((line) => !line.includes('"table":"roles"'))),
      toBackup(lines.slice(0, -1)),
      backup.slice(0, -2),
      `${backup}${lines[1]}\n`,
      toBackup([...lines.slice(0, 3), '{"table":"sqlite_master","row":{"a":1}}', ...lines.slice(3)]),
    ]
    for (const attempt of attempts) {
      expect(await expectJson(importInto(at, attempt), 422)).toMatchObject({ code: 'backup_refused' })
      await expectClosed(at, BOUNDED, bot)
      expect(await expectJson(confirm(at), 409)).toMatchObject({ code: 'import_unfinished' })
    }
    // And after all that, the right one.
    await expectJson(importInto(at, backup))
    await expectJson(confirm(at))
    expect((await at.call('/api/v1/me', bot)).status).toBe(200)
  })

  it('that breaks off lets nobody in, wherever one asks, and can be begun again', async () => {
    const before = await rowsOf()
    await loseEverything()
    const awake = await open()
    expect((await awake.call(BOUNDED, bot)).status).toBe(401)
    const at = await open()
    const half = toBackup(linesOf(backup).slice(0, -4))
    expect((await importInto(at, half)).status).toBe(422)
    const json = { ...ADMIN, setupToken: SETUP_TOKEN }
    for (const isolate of [awake, at, await open()]) {
      await expectClosed(isolate, '/api/v1/me', admin)
      await expectClosed(isolate, '/api/v1/me', asAdmin)
      await expectClosed(isolate, '/login', { json: ADMIN })
      await expectClosed(isolate, '/api/v1/setup', { json })
      await expectClosed(isolate, PATH, admin)
    }
    await expectJson(importInto(at, backup))
    const after = await rowsOf()
    for (const name of ['accounts', 'tokens', 'bindings', 'files', 'instance', 'account_terms']) {
      expect([name, after[name]]).toEqual([name, before[name]])
    }
    // It is whole, and still nobody has said what is to end.
    await expectClosed(awake, '/api/v1/me', admin)
    expect((await importInto(at, backup)).status).toBe(409)
    await expectJson(confirm(at))
    for (const isolate of [awake, at, await open()]) {
      expect((await isolate.call('/api/v1/me', admin)).status).toBe(200)
    }
    expect((await at.call('/api/v1/me', bot)).status).toBe(200)
    // The token was for both, and is used up now.
    expect((await confirm(at)).status).toBe(409)
    const mark = await env.DB.prepare('SELECT setup_token FROM instance').first('setup_token')
    expect(mark).not.toBe(JSON.parse(before.instance?.[0] ?? '{}').setup_token)
  })

  it('ends the one that was under way', async () => {
    await loseDatabase()
    const at = await open()
    let hasBegun = false
    at.onBatch = async (run) => {
      const answer = await run()
      if (hasBegun) return answer
      hasBegun = true
      expect((await importInto(await open(), toBackup(linesOf(backup).slice(0, -1)))).status).toBe(422)
      return answer
    }
    const refusal = await expectJson(importInto(at, backup), 422)
    at.onBatch = undefined
    expect(refusal).toMatchObject({ message: expect.stringContaining('Another import has begun') })
    expect(await env.DB.prepare('SELECT count(*) AS n FROM instance').first('n')).toBe(0)
  })
})

describe('what was revoked after the export', () => {
  const revoke = () =>
    call(`/api/v1/main/service-accounts/${bot.id}/api-tokens/${bot.tokenId}`, { ...admin, method: 'DELETE' })

  it('is refused after the import, and ends with its confirmation (threat 40)', async () => {
    const backup = await exportAll()
    expect((await revoke()).status).toBe(200)
    await loseDatabase()
    const at = await open()
    await expectJson(importInto(at, backup))
    for (const isolate of [at, await open()]) await expectClosed(isolate, BOUNDED, bot)
    const confirmed = await expectJson<{ lost: unknown[] }>(confirm(at))
    expect(confirmed.lost).toEqual([{ kind: 'token', ref: bot.tokenId }])
    for (const isolate of [at, await open()]) {
      expect((await isolate.call(BOUNDED, bot)).status).toBe(401)
      expect((await isolate.call('/api/v1/me', admin)).status).toBe(200)
    }
  })

  it('cannot be known where R2 was lost too: there all tokens can be ended', async () => {
    const backup = await exportAll()
    expect((await revoke()).status).toBe(200)
    await loseEverything()
    const at = await open()
    await expectJson(importInto(at, backup))
    await expectClosed(at, BOUNDED, bot)
    expect((await expectJson<{ lost: unknown[] }>(confirm(at, 'all'))).lost).toEqual([])
    for (const by of [bot, admin]) expect((await at.call('/api/v1/me', by)).status).toBe(401)
    expect((await at.call('/api/v1/me', asAdmin)).status).toBe(200)
  })
})
