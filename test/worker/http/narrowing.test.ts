/** Tokens that carry less than their account holds: made so, or exchanged for so. */

import { env, exports } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE } from '../../../shared/wire/oauth.ts'
import { openDatabase, writeOrThrow } from '../../../worker/storage/database.ts'
import { insertToken } from '../../../worker/storage/tokens.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import { drawMintedToken } from '../../../worker/tokens/mint.ts'
import { auditLog } from '../support/audit.ts'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { readFile, removeFile, writeFile } from '../support/files.ts'
import { exchange, giveBack } from '../support/oauth.ts'

let admin: Bot
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  await createTenant('acme')
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { by: admin })
  await writeFile('prod.web', 'a.txt', 'a', admin)
})

const tokensOf = ({ id }: Bot) => `/api/v1/main/service-accounts/${id}/api-tokens`
const mint = async (account: Bot, json: object, by = admin) => ({
  token: (
    await expectJson<{ fullToken: string }>(
      call(tokensOf(account), { ...by, json: { name: 'narrow', ...json } }),
    )
  ).fullToken,
})
const ask = async (token: string, changes: Record<string, string>) =>
  expectJson<{ access_token: string; scope?: string; expires_in: number }>(exchange(token, changes))

describe('an API token', () => {
  it('made for a namespace and some permissions can do that and nothing else of its account', async () => {
    const by = await mint(bot, { namespaces: ['prod.web'], permissions: ['NAMESPACE_FILE:VIEW'] })
    expect((await readFile('prod.web', 'a.txt', by)).status).toBe(200)
    expect((await writeFile('prod.web', 'a.txt', 'b', by)).status).toBe(403)
    expect((await readFile('prod', 'a.txt', by)).status).toBe(403)
    expect((await writeFile('prod.web', 'a.txt', 'b', bot)).status).toBe(200)
  })

  it('made for another tenant can do nothing here', async () => {
    const by = await mint(bot, { tenant: 'acme' })
    expect((await readFile('prod.web', 'a.txt', by)).status).toBe(403)
  })

  it('never gains what its account lacks', async () => {
    const by = await mint(bot, { permissions: ['ROLE:VIEW', 'NAMESPACE_FILE:VIEW'] })
    expect((await call('/api/v1/main/roles/viewer_main', by)).status).toBe(403)
  })

  it('says in lists what it is for, and nothing when it is for everything', async () => {
    const account = await createBot({ ROLE: ['VIEW'] }, { by: admin, name: 'lister' })
    await mint(account, { tenant: 'main', namespaces: ['prod'], permissions: ['ROLE:VIEW'] })
    const { results } = await expectJson<{ results: object[] }>(call(tokensOf(account), admin))
    expect(results[0]).not.toHaveProperty('namespaces')
    expect(results[1]).toMatchObject({ tenant: 'main', namespaces: ['prod'], permissions: ['ROLE:VIEW'] })
  })

  it('may be made for another account by who holds what it carries, though not all that the account does', async () => {
    const clerk = await createBot(
      { SERVICE_ACCOUNT: ['UPDATE'], NAMESPACE_FILE: ['VIEW'] },
      { by: admin, name: 'clerk', namespace: null },
    )
    await expectJson(call(tokensOf(bot), { ...clerk, json: { name: 'wide' } }), 403)
    const by = await mint(bot, { permissions: ['NAMESPACE_FILE:VIEW'] }, clerk)
    expect((await readFile('prod.web', 'a.txt', by)).status).toBe(200)
    expect((await removeFile('prod.web', 'a.txt', by)).status).toBe(403)
  })

  it('cannot make a wider one, not even for its own account (threat 23)', async () => {
    const boss = await createBot(
      { SERVICE_ACCOUNT: ['UPDATE'], NAMESPACE: ['MANAGE_FILES'] },
      { by: admin, name: 'boss', namespace: null },
    )
    const by = await mint(boss, { permissions: ['SERVICE_ACCOUNT:UPDATE', 'NAMESPACE_FILE:VIEW'] })
    const before = await inventory()
    const answer = await expectJson(call(tokensOf(boss), { ...by, json: { name: 'wide' } }), 403)
    expect(answer).toMatchObject({ code: 'grant_exceeds_own' })
    expect(await inventory()).toBe(before)
    await mint(boss, { permissions: ['NAMESPACE_FILE:VIEW'] }, { ...boss, ...by })
    await mint(boss, {}, boss)
  })

  it('of a superadmin has none of a superadmin’s powers once it is narrowed (threat 23)', async () => {
    const by = await mint(admin, { permissions: ['SERVICE_ACCOUNT:UPDATE', 'SERVICE_ACCOUNT:LIST'] })
    expect((await call('/api/v1/service-accounts', by)).status).toBe(403)
    expect((await call('/api/v1/main/service-accounts', by)).status).toBe(200)
    const answer = await expectJson(call(tokensOf(admin), { ...by, json: { name: 'wide' } }), 403)
    expect(answer).toMatchObject({ code: 'superadmin_required' })
  })

  it.each<[string, object]>([
    ['no namespace', { namespaces: [] }],
    ['no permission', { permissions: [] }],
    ['an unknown permission', { permissions: ['NAMESPACE_FILE:EVERYTHING'] }],
    ['a permission that is no text', { permissions: [1] }],
    ['a namespace that is none', { namespaces: ['Prod'] }],
    ['a hundred namespaces', { namespaces: Array.from({ length: 100 }, (_, index) => `n${index}`) }],
  ])('cannot be made for %s', async (_, json) => {
    const before = await inventory()
    await expectJson(call(tokensOf(bot), { ...admin, json: { name: 'narrow', ...json } }), 422)
    expect(await inventory()).toBe(before)
  })
})

describe('an access token', () => {
  it('carries what was asked for, and says so', async () => {
    const { access_token, scope } = await ask(bot.token, {
      scope: 'NAMESPACE_FILE:VIEW NAMESPACE_FILE:CREATE',
      namespace: 'prod.web',
      tenant: 'main',
    })
    expect(scope).toBe('NAMESPACE_FILE:CREATE NAMESPACE_FILE:VIEW')
    expect(decodeJwt(access_token)).toMatchObject({ scope, ns: ['prod.web'], tenant: 'main' })
    const by = { token: access_token }
    expect((await writeFile('prod.web', 'b.txt', 'b', by)).status).toBe(200)
    expect((await removeFile('prod.web', 'b.txt', by)).status).toBe(403)
    expect((await writeFile('prod', 'b.txt', 'b', by)).status).toBe(403)
  })

  it('says of what was asked only what there is', async () => {
    const { scope } = await ask(bot.token, { scope: 'NAMESPACE_FILE:VIEW ROLE:VIEW USER:CREATE' })
    expect(scope).toBe('NAMESPACE_FILE:VIEW')
  })

  it('of a namespace above the account’s own is for the account’s own', async () => {
    const account = await createBot(
      { NAMESPACE_FILE: ['VIEW'] },
      { by: admin, namespace: 'prod.web', name: 'web' },
    )
    const { access_token } = await ask(account.token, { namespace: 'prod' })
    expect(decodeJwt(access_token)).toMatchObject({ ns: ['prod.web'] })
  })

  it('made from a narrow API token says what that leaves, and cannot be asked wider (threat 23)', async () => {
    const { token } = await mint(bot, { permissions: ['NAMESPACE_FILE:VIEW', 'NAMESPACE_FILE:LIST'] })
    const { access_token } = await ask(token, {})
    expect(decodeJwt(access_token).scope).toBe('NAMESPACE_FILE:LIST NAMESPACE_FILE:VIEW')
    const { scope } = await ask(token, { scope: 'NAMESPACE_FILE:VIEW NAMESPACE_FILE:CREATE' })
    expect(scope).toBe('NAMESPACE_FILE:VIEW')
    const answer = await expectJson(exchange(token, { scope: 'NAMESPACE_FILE:CREATE' }), 400)
    expect(answer).toMatchObject({ error: 'invalid_scope', code: 'scope_empty' })
  })

  it('does not widen when its account gains', async () => {
    const account = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { by: admin, name: 'gaining' })
    const { access_token } = await ask(account.token, { scope: 'NAMESPACE_FILE:VIEW NAMESPACE_FILE:CREATE' })
    await bind(account.id, 'developer_main', admin)
    expect((await writeFile('prod', 'c.txt', 'c', { token: access_token })).status).toBe(403)
    expect((await writeFile('prod', 'c.txt', 'c', account)).status).toBe(200)
  })

  it('shrinks when its account loses', async () => {
    const { id } = await expectJson<{ id: string }>(
      call('/api/v1/main/service-accounts', { ...admin, json: { name: 'losing' } }),
    )
    const binding = await bind(id, 'developer_main', admin)
    const { token } = await mint({ ...bot, id }, {})
    const { access_token } = await ask(token, { scope: 'NAMESPACE_FILE:CREATE' })
    expect((await writeFile('prod', 'd.txt', 'd', { token: access_token })).status).toBe(200)
    await call(`/api/v1/main/bindings/${binding.id}`, { ...admin, method: 'DELETE' })
    expect((await writeFile('prod', 'd.txt', 'd', { token: access_token })).status).toBe(403)
  })

  it('cannot make an API token, which would outlive it', async () => {
    const { access_token } = await ask(admin.token, {})
    const answer = call(tokensOf(bot), { token: access_token, json: { name: 'lasting' } })
    expect(await expectJson(answer, 403)).toMatchObject({ code: 'access_token_insufficient' })
  })

  it('lives as long as asked, fifteen minutes at most (threat 31)', async () => {
    expect((await ask(bot.token, { lifetime_seconds: '60' })).expires_in).toBe(60)
    expect((await ask(bot.token, { lifetime_seconds: '900' })).expires_in).toBe(900)
  })

  it('is for this Postern, asked so or not', async () => {
    await ask(bot.token, { audience: 'https://postern.test', resource: 'https://postern.test' })
  })

  it('that would be too large is refused, not cut', async () => {
    const wide = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { by: admin, namespace: null, name: 'wide' })
    const names = Array.from({ length: 32 }, (_, index) => `${index}.${'x'.repeat(140)}`)
    const answer = await expectJson(exchange(wide.token, { namespace: names.join(' ') }), 400)
    expect(answer).toMatchObject({ error: 'invalid_scope', code: 'access_token_too_large' })
  })

  it('made while somebody acts as the account names both, and ends with that', async () => {
    const keys = await deriveKeys(Uint8Array.from(atob(env.MASTER_KEY), (c) => c.charCodeAt(0)))
    const now = Date.now()
    const impersonation = { kind: 'IMPERSONATION', accountId: bot.id, impersonatorId: admin.id } as const
    const { token, fullToken } = await drawMintedToken(keys, {
      ...impersonation,
      createdAt: now,
      expiresAt: now + 120_000,
    })
    await writeOrThrow(openDatabase(env.DB), [insertToken(openDatabase(env.DB), token)])
    const { access_token, expires_in } = await ask(fullToken, {})
    expect(expires_in).toBeLessThanOrEqual(120)
    expect(decodeJwt(access_token)).toMatchObject({ sub: bot.id, act: { sub: admin.id }, ptk: token.id })
    expect(await auditLog('LOGIN', bot.id)).toMatchObject({ actor_id: bot.id, impersonator_id: admin.id })
    expect((await readFile('prod.web', 'a.txt', { token: access_token })).status).toBe(200)
    await giveBack(fullToken)
    expect((await readFile('prod.web', 'a.txt', { token: access_token })).status).toBe(401)
  })

  it('of this worker under another name is none here (threat 11)', async () => {
    const body = new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token: bot.token,
      subject_token_type: ACCESS_TOKEN_TYPE,
    })
    const answer = await exports.default.fetch('https://other.test/oauth/token', { method: 'POST', body })
    const { access_token } = await expectJson<{ access_token: string }>(answer)
    const refusal = await expectJson(readFile('prod.web', 'a.txt', { token: access_token }), 401)
    expect(refusal).toMatchObject({ code: 'token_malformed' })
  })

  it('is refused once the token it was made from is revoked (threat 31)', async () => {
    const { token } = await mint(bot, {})
    const { access_token } = await ask(token, {})
    await giveBack(token)
    expect((await readFile('prod.web', 'a.txt', { token: access_token })).status).toBe(401)
  })

  it('is recorded with the id that it has', async () => {
    const { access_token } = await ask(bot.token, { scope: 'NAMESPACE_FILE:VIEW' })
    expect(await auditLog('LOGIN', bot.id)).toMatchObject({
      actor_id: bot.id,
      token_id: bot.tokenId,
      after: { accessToken: decodeJwt(access_token).jti, scope: 'NAMESPACE_FILE:VIEW', lifetimeSeconds: 600 },
    })
  })

  it('tells who is refused what scope it would have taken (RFC 6750)', async () => {
    const { access_token } = await ask(bot.token, { scope: 'NAMESPACE_FILE:VIEW' })
    const answer = await writeFile('prod', 'e.txt', 'e', { token: access_token })
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="postern", error="insufficient_scope", scope="NAMESPACE_FILE:CREATE"',
    )
  })
})
