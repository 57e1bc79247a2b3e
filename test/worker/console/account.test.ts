/** The pages of one service account, as their server side answers: who may, what is said, and what is done. */

import { env, exports } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { HOUR, later } from '../support/clock.ts'
import {
  ADMIN,
  asAdmin,
  auditOf,
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  createUser,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
  RECORDS,
  signIn,
  toRequest,
} from '../support/edge.ts'
import { filesOf } from '../support/files.ts'
import { rowsReadBy } from '../support/rows-read.ts'

const DAY = 24 * HOUR
const TOKEN = /pst_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/
const list = '/ui/main/iam/service-accounts'

interface Session {
  readonly cookie: string
  readonly csrf: string
}

let admin: Bot
let root: Session
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  root = await sessionOf(await signIn(ADMIN.username, ADMIN.password))
})

async function sessionOf(cookie: string): Promise<Session> {
  const text = await (await call('/ui/', { headers: { Cookie: cookie } })).text()
  return { cookie, csrf: /name="csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? '' }
}

const look = (path: string, { cookie }: Session = root) => call(path, { headers: { Cookie: cookie } })
/** As a browser sends a form, but where it is sent on to is not looked at. */
const send = (path: string, fields: Record<string, string>, { cookie, csrf }: Session = root) => {
  const body = new URLSearchParams({ csrf, ...fields })
  const request = toRequest(path, { headers: { Cookie: cookie }, body })
  return exports.default.fetch(new Request(request, { redirect: 'manual' }))
}

let count = 0
/** May list files in `prod`, and has one token. */
const createTarget = (permissions: Record<string, string[]> = { NAMESPACE_FILE: ['LIST'] }) =>
  createBot(permissions, { name: `target-${count++}`, by: admin })
const nonce = () => crypto.randomUUID()
const tokenFields = () => ({ nonce: nonce(), name: 'made', maxAge: '90' })
const listFiles = async (token: string) =>
  (await call(`${filesOf('prod')}/search`, { token, headers: { 'Postern-Consistency': 'strict' } })).status
const rowOf = (id: string) =>
  env.DB.prepare('SELECT * FROM tokens WHERE id = ?').bind(id).first<Record<string, number | string>>()
const tokensOf = async (account: string) =>
  (await env.DB.prepare("SELECT id FROM tokens WHERE account_id = ? AND kind = 'API'").bind(account).all())
    .results.length
/** A user with these permissions in the whole tenant, signed in. */
async function createReader(permissions: Record<string, string[]>): Promise<Session> {
  const user = await createUser(admin, { tenants: ['main'] })
  const json = { name: `role ${count++}`, permissions }
  const role = await expectJson<{ id: string }>(call('/api/v1/main/roles', { ...admin, json }))
  await bind(user.id, role.id, admin)
  return sessionOf(await signIn(user.email))
}

describe('the form of a token', () => {
  it.each([
    ['7', 7],
    ['30', 30],
    ['90', 90],
    ['365', 365],
  ])('mints one of %s days', async (maxAge, days) => {
    const { id } = await createTarget()
    const answer = await send(`${list}/${id}/tokens/new`, { ...tokenFields(), maxAge })
    expect(answer.status).toBe(200)
    const [token = ''] = TOKEN.exec(await answer.text()) ?? []
    const row = await rowOf(token.slice(4, 16))
    expect(Number(row?.expires_at) - Number(row?.created_at)).toBe(days * DAY)
    expect(row?.extends_by).toBeNull()
    expect(await listFiles(token)).toBe(200)
  })

  it('mints one until the end of a day, as it is where the reader lives', async () => {
    const { id } = await createTarget()
    const session = { ...root, cookie: `${root.cookie}; tz=Europe%2FParis` }
    const until = new Date(Date.now() + 40 * DAY).toISOString().slice(0, 10)
    const answer = await send(
      `${list}/${id}/tokens/new`,
      { ...tokenFields(), maxAge: 'custom', until },
      session,
    )
    const [token = ''] = TOKEN.exec(await answer.text()) ?? []
    const end = new Date(Number((await rowOf(token.slice(4, 16)))?.expires_at))
    const there = new Intl.DateTimeFormat('sv', {
      timeZone: 'Europe/Paris',
      dateStyle: 'short',
      timeStyle: 'short',
    })
    expect(there.format(end)).toBe(`${until} 23:59`)
  })

  it.each(['', '2020-01-01', 'tomorrow', '9999-12-31'])('refuses the day %j', async (until) => {
    const { id } = await createTarget()
    const answer = await send(`${list}/${id}/tokens/new`, { ...tokenFields(), maxAge: 'custom', until })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('Until must be a day to come')
    expect(await tokensOf(id)).toBe(1)
  })

  it('mints one without an end, which use does not prolong whatever was ticked', async () => {
    const { id } = await createTarget()
    const answer = await send(`${list}/${id}/tokens/new`, {
      ...tokenFields(),
      maxAge: 'never',
      extended: 'on',
    })
    const [token = ''] = TOKEN.exec(await answer.text()) ?? []
    expect(await rowOf(token.slice(4, 16))).toMatchObject({ expires_at: null, extends_by: null })
  })

  it('mints an extended one, and one that may do less than its account', async () => {
    const { id } = await createTarget({ NAMESPACE_FILE: ['LIST', 'CREATE'] })
    const answer = await send(`${list}/${id}/tokens/new`, {
      ...tokenFields(),
      extended: 'on',
      namespaces: 'prod.web\nprod.app, ',
      permissions: 'NAMESPACE_FILE:LIST',
    })
    const [token = ''] = TOKEN.exec(await answer.text()) ?? []
    const row = await rowOf(token.slice(4, 16))
    expect(row?.extends_by).toBe(90 * DAY)
    expect(JSON.parse(String(row?.narrowing))).toEqual({
      tenant: 'main',
      namespaces: ['prod.web', 'prod.app'],
      permissions: ['NAMESPACE_FILE:LIST'],
    })
    expect(await listFiles(token)).toBe(403)
  })

  it('mints once, however often it is sent, also after the token was revoked', async () => {
    const { id } = await createTarget()
    const fields = tokenFields()
    const answers = await Promise.all([1, 2].map(() => send(`${list}/${id}/tokens/new`, fields)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 303])
    expect(await tokensOf(id)).toBe(2)
    const shown = answers.find(({ status }) => status === 200)
    const [token = ''] = TOKEN.exec((await shown?.text()) ?? '') ?? []
    const tokenId = token.slice(4, 16)
    await send(`${list}/${id}/tokens/${tokenId}/revoke`, {})
    const again = await send(`${list}/${id}/tokens/new`, fields)
    expect([again.status, again.headers.get('Location')]).toEqual([303, `${list}/${id}`])
    expect(again.headers.get('Set-Cookie')).toContain('token_made_earlier')
    expect(await tokensOf(id)).toBe(1)
  })

  it('needs a nonce, and a name that is one', async () => {
    const { id } = await createTarget()
    const path = `${list}/${id}/tokens/new`
    expect((await send(path, { name: 'made', maxAge: '90' })).status).toBe(422)
    const answer = await send(path, { ...tokenFields(), name: '<b>"\'' })
    expect(answer.status).toBe(422)
    expect(await answer.text()).not.toContain('<b>')
    expect(await tokensOf(id)).toBe(1)
  })
})

describe('the value of a token', () => {
  const said: string[] = []
  const spies = (['debug', 'error', 'info', 'log', 'warn'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((...args) => {
      said.push(JSON.stringify(args))
    }),
  )
  afterAll(() => {
    for (const spy of spies) spy.mockRestore()
  })

  it('is in the one answer that minted it, and stored, logged or said nowhere else', async () => {
    const { id } = await createTarget()
    const fields = tokenFields()
    const answer = await send(`${list}/${id}/tokens/new`, fields)
    const text = await answer.text()
    const [token = ''] = TOKEN.exec(text) ?? []
    const secret = token.slice(17)
    expect(secret).toHaveLength(49)
    // The field, and the file to download.
    expect(text.split(token)).toHaveLength(3)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(JSON.stringify([...answer.headers])).not.toContain(secret)
    expect(await listFiles(token)).toBe(200)

    const tokenId = token.slice(4, 16)
    const later = [
      await send(`${list}/${id}/tokens/new`, fields),
      ...(await Promise.all(
        ['', `/tokens/${tokenId}`, `/tokens/${tokenId}/revoke`, `/tokens/${tokenId}/rotate`].map((rest) =>
          look(`${list}/${id}${rest}`),
        ),
      )),
    ]
    const heard = await Promise.all(
      later.map(async (one) => JSON.stringify([...one.headers]) + (await one.text())),
    )
    const { keys } = await env.COPIES.list()
    const copies = await Promise.all(keys.map(async ({ name }) => `${name} ${await env.COPIES.get(name)}`))
    const { objects } = await env.CONTENTS.list()
    for (const place of [
      ...heard,
      ...copies,
      ...said,
      ...objects.map(({ key }) => key),
      await dumpTables(),
    ]) {
      expect(place.includes(secret)).toBe(false)
    }
    expect(heard.join()).toContain(tokenId)
  })
})

describe('rotating a token', () => {
  it('makes one like it, and lets the old one live on for a while', async () => {
    const { id } = await createTarget()
    const old = await mintToken(id, { maxAge: 'P30D', by: admin })
    const fields = { nonce: nonce(), grace: 'day' }
    const path = `${list}/${id}/tokens/${old.id}/rotate`
    const answer = await send(path, fields)
    const [token = ''] = TOKEN.exec(await answer.text()) ?? []
    const now = Number((await rowOf(token.slice(4, 16)))?.created_at)
    expect(await rowOf(token.slice(4, 16))).toMatchObject({ name: 'ci', expires_at: now + 30 * DAY })
    expect(await rowOf(old.id)).toMatchObject({ expires_at: now + DAY, extends_by: null })
    expect([await listFiles(token), await listFiles(old.fullToken)]).toEqual([200, 200])
    await later(DAY + HOUR, async () => {
      expect([await listFiles(token), await listFiles(old.fullToken)]).toEqual([200, 401])
    })
    expect((await send(path, fields)).status).toBe(303)
    expect(await tokensOf(id)).toBe(3)
    expect((await auditOf('UPDATE')).at(-1)).toMatchObject({ resource: 'API_TOKEN', resource_id: old.id })
  })

  it('never lets it live longer than it would have, however long that was to be', async () => {
    const { id } = await createTarget()
    const old = await mintToken(id, { maxAge: 'PT2H', by: admin })
    const end = (await rowOf(old.id))?.expires_at
    await send(`${list}/${id}/tokens/${old.id}/rotate`, { nonce: nonce(), grace: 'week' })
    expect((await rowOf(old.id))?.expires_at).toBe(end)
  })

  it('revokes it at once where it is not to live on, and is shown once for all that', async () => {
    const { id, tokenId, token } = await createTarget()
    const path = `${list}/${id}/tokens/${tokenId}/rotate`
    const fields = { nonce: nonce(), grace: 'none' }
    expect((await send(path, fields)).status).toBe(200)
    expect(await listFiles(token)).toBe(401)
    const again = await send(path, fields)
    expect(again.headers.get('Set-Cookie')).toContain('token_made_earlier')
    expect(await tokensOf(id)).toBe(1)
  })
})

describe('what is done with an account', () => {
  it('takes the right to do it, whatever the page offers', async () => {
    const { id, tokenId } = await createTarget()
    const viewer = await createReader({ SERVICE_ACCOUNT: ['LIST', 'VIEW'] })
    const page = await look(`${list}/${id}`, viewer)
    expect(page.status).toBe(200)
    const text = await page.text()
    for (const offer of ['Create API token', 'Impersonate', 'Revoke', 'Delete', 'Roles']) {
      expect(text).not.toContain(`>${offer}`)
    }
    const deeds: [string, Record<string, string>][] = [
      ['tokens/new', tokenFields()],
      [`tokens/${tokenId}/rotate`, { nonce: nonce(), grace: 'none' }],
      [`tokens/${tokenId}/revoke`, {}],
      ['settings', { name: 'other' }],
      ['disable', {}],
      ['enable', {}],
      ['delete', { typed: 'target' }],
      ['federation/new', {}],
      ['federation/trust-github', {}],
      ['federation/x', {}],
      ['federation/x/delete', {}],
      ['impersonate', { reason: 'To see', minutes: '15' }],
    ]
    const before = await inventory({ except: RECORDS })
    for (const [deed, fields] of deeds) {
      const answer = await send(`${list}/${id}/${deed}`, fields, viewer)
      expect([deed, answer.status]).toEqual([deed, 403])
      const forged = await send(`${list}/${id}/${deed}`, fields, { ...root, csrf: viewer.csrf })
      expect([deed, forged.status]).toEqual([deed, 403])
    }
    expect(await inventory({ except: RECORDS })).toBe(before)
  })

  it('takes both rights to rotate: one token ends and another begins', async () => {
    const { id, tokenId } = await createTarget()
    const minter = await createReader({
      SERVICE_ACCOUNT: ['LIST', 'VIEW', 'UPDATE'],
      NAMESPACE_FILE: ['LIST'],
    })
    const path = `${list}/${id}/tokens/${tokenId}/rotate`
    expect((await look(path, minter)).status).toBe(403)
    expect((await send(path, { nonce: nonce(), grace: 'none' }, minter)).status).toBe(403)
    expect((await send(`${list}/${id}/tokens/new`, tokenFields(), minter)).status).toBe(200)
  })

  it('reads as many rows with a thousand other accounts as without', async () => {
    const { id, tokenId } = await createTarget()
    const paths = ['', `/tokens/new`, `/tokens/${tokenId}`, '/federation', '/settings', '/delete']
    const costs = async () => {
      const read: number[] = []
      for (const path of paths) {
        read.push(await rowsReadBy(async () => expect((await look(`${list}/${id}${path}`)).status).toBe(200)))
      }
      return read
    }
    await costs()
    const few = await costs()
    const numbers = 'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)'
    await env.DB.batch(
      [
        `INSERT INTO accounts (id, kind, name, is_superadmin, created_at)
          ${numbers} SELECT 'many-' || i, 'SERVICE_ACCOUNT', 'many-' || i, 0, 0 FROM n`,
        `INSERT INTO tokens (id, kind, account_id, name, description, mac, created_at)
          ${numbers} SELECT 'many-' || i, 'API', 'many-' || i, 'ci', '', randomblob(32), 0 FROM n`,
        `INSERT INTO bindings (id, tenant_id, account_id, role_id, created_at)
          ${numbers} SELECT 'many-' || i, 'main', 'many-' || i, 'viewer_main', 0 FROM n`,
      ].map((statement) => env.DB.prepare(statement)),
    )
    expect(await costs()).toEqual(few)
  })

  it('shows no text that somebody wrote as markup', async () => {
    const hostile = '<img src=x onerror=alert(1)>"\'&'
    const json = { name: `target-${count++}`, description: hostile }
    const { id } = await expectJson<{ id: string }>(call('/api/v1/main/service-accounts', { ...admin, json }))
    const group = await expectJson<{ id: string }>(
      call('/api/v1/main/groups', { ...admin, json: { name: hostile } }),
    )
    await expectJson(call(`/api/v1/main/groups/${group.id}/members/${id}`, { ...admin, method: 'PUT' }))
    const role = { name: hostile, permissions: { FLOW: ['READ'] } }
    const made = await expectJson<{ id: string }>(call('/api/v1/main/roles', { ...admin, json: role }))
    await bind(id, made.id, admin)
    const token = await expectJson<{ id: string }>(
      call(`/api/v1/main/service-accounts/${id}/api-tokens`, {
        ...admin,
        json: { name: 'ci', description: hostile },
      }),
    )
    for (const path of ['', `/tokens/${token.id}`, '/settings', '/delete', '/federation']) {
      const text = await (await look(`${list}/${id}${path}`)).text()
      expect(text).toContain('&lt;img')
      expect(text).not.toContain('<img')
    }
  })

  it('takes a credential as the API takes it, and tells a bad one by its field', async () => {
    const { id } = await createTarget()
    const path = `${list}/${id}/federation`
    expect((await send(`${path}/trust-github`, {})).status).toBe(303)
    const fields = {
      name: 'web-main',
      issuer: 'https://token.actions.githubusercontent.com',
      repository_id: '789012',
      repository_owner_id: '123456',
      ref: 'refs/heads/main refs/tags/v*',
      namespaces: 'prod',
      enabled: 'on',
    }
    for (const [change, said] of [
      [{ repository_id: 'acme' }, 'Repository id must be a numeric id'],
      [{ ref: 'main' }, 'Ref must start with refs/'],
      [{ ref: '' }, 'Ref must have ref or job_workflow_ref'],
      [{ issuer: 'https://evil.example' }, 'Issuer must be one that a superadmin has added'],
      [{ maxTtl: '9999' }, 'Max ttl must be at most 900 seconds'],
      [{ name: 'Web Main' }, 'Name must'],
    ] as const) {
      const answer = await send(`${path}/new`, { ...fields, ...change })
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain(said)
    }
    expect((await send(`${path}/new`, fields)).status).toBe(303)
    expect((await send(`${path}/new`, fields)).status).toBe(409)
    const base = `/api/v1/main/service-accounts/${id}/federated-credentials`
    expect(await expectJson(call(base, asAdmin))).toMatchObject({
      total: 1,
      results: [
        {
          name: 'web-main',
          match: { repository_id: '789012', ref: ['refs/heads/main', 'refs/tags/v*'] },
          tenant: 'main',
          namespaces: ['prod'],
          enabled: true,
        },
      ],
    })
  })

  it('says when it is felt by the verifier’s own bound', async () => {
    const { id, tokenId } = await createTarget()
    for (const rest of [`tokens/${tokenId}/revoke`, 'disable', 'delete']) {
      expect(await (await look(`${list}/${id}/${rest}`)).text()).toContain(
        'Writes stop at once; reads within 10 seconds.',
      )
    }
  })

  it('changes the name and leaves its groups alone', async () => {
    const group = await expectJson<{ id: string }>(
      call('/api/v1/main/groups', { ...admin, json: { name: `group ${count++}` } }),
    )
    const json = { name: `target-${count++}`, groups: [{ id: group.id }] }
    const { id } = await expectJson<{ id: string }>(call('/api/v1/main/service-accounts', { ...admin, json }))
    const name = `renamed-${count++}`
    expect((await send(`${list}/${id}/settings`, { name, description: '<i>x</i>' })).status).toBe(303)
    expect(await expectJson(call(`/api/v1/main/service-accounts/${id}`, asAdmin))).toEqual({
      id,
      name,
      description: '<i>x</i>',
      superAdmin: false,
      instanceOwner: false,
      groups: [{ id: group.id }],
    })
    expect(await (await look(`${list}/${id}/settings`)).text()).not.toContain('<i>')
  })

  it('makes it a superadmin and takes that back', async () => {
    const { id } = await createTarget()
    const flag = () =>
      env.DB.prepare('SELECT is_superadmin AS flag FROM accounts WHERE id = ?').bind(id).first('flag')
    const fields = { name: `flagged-${count++}` }
    await send(`${list}/${id}/settings`, { ...fields, isSuperadmin: 'on' })
    expect(await flag()).toBe(1)
    await send(`${list}/${id}/settings`, fields)
    expect(await flag()).toBe(0)
  })

  it('disables it and enables it, and deletes it by its exact name only', async () => {
    const { id, token } = await createTarget()
    await send(`${list}/${id}/disable`, {})
    expect(await listFiles(token)).toBe(401)
    await send(`${list}/${id}/enable`, {})
    expect(await listFiles(token)).toBe(200)
    const { name } = await expectJson<{ name: string }>(call(`/api/v1/main/service-accounts/${id}`, asAdmin))
    expect((await send(`${list}/${id}/delete`, { typed: `${name}x` })).status).toBe(422)
    expect((await send(`${list}/${id}/delete`, {})).status).toBe(422)
    expect(await listFiles(token)).toBe(200)
    expect((await send(`${list}/${id}/delete`, { typed: name })).status).toBe(303)
    expect(await listFiles(token)).toBe(401)
    expect((await look(`${list}/${id}`)).status).toBe(404)
  })
})
