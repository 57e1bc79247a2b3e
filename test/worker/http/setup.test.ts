import { applyD1Migrations, createExecutionContext, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ADMIN, asAdmin, call, expectJson, inventory, ORIGIN } from '../support/edge.ts'

const request = { ...ADMIN, setupToken: env.SETUP_TOKEN }

beforeEach(async () => {
  await reset()
  await applyD1Migrations(env.DB, env.MIGRATIONS)
})

describe('GET /api/v1/setup', () => {
  it('answers 200 while there is no account, and 405 afterwards', async () => {
    expect(await expectJson(call('/api/v1/setup'))).toEqual({ done: false })
    await expectJson(call('/api/v1/setup', { json: request }))
    expect(await expectJson(call('/api/v1/setup'), 405)).toEqual({ done: true })
  })
})

describe('POST /api/v1/setup', () => {
  it.each([
    ['no set-up token', undefined],
    ['a wrong set-up token', `${env.SETUP_TOKEN}x`],
    ['an empty set-up token', ''],
  ])('refuses %s and leaves nothing behind (threat 33)', async (_, setupToken) => {
    const before = await inventory()
    const answer = await expectJson(call('/api/v1/setup', { json: { ...ADMIN, setupToken } }), 403)
    expect(answer).toMatchObject({ message: 'Forbidden', code: 'setup_refused' })
    expect(await inventory()).toBe(before)
  })

  it('is open without a token to names of the machine itself, whatever else leads to it (threat 33)', async () => {
    vi.resetModules()
    const { default: worker } = await import('../../../worker/index.ts')
    // The next test gets a worker of its own again.
    vi.resetModules()
    const setUpAt = (origin: string) =>
      worker.fetch(
        new Request(`${origin}/api/v1/setup`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(ADMIN),
        }) as never,
        { ...env, SETUP: 'open', SETUP_TOKEN: undefined } as never,
        createExecutionContext(),
      )
    const before = await inventory()
    for (const origin of [ORIGIN, 'http://postern.acme.workers.dev', 'http://127.0.0.1.evil.test:8787']) {
      expect(await expectJson(setUpAt(origin), 403)).toMatchObject({ code: 'setup_refused' })
    }
    expect(await inventory()).toBe(before)
    await expectJson(setUpAt('http://127.0.0.1:8787'))
  })

  it('creates a superadmin who is also the administrator of the tenant', async () => {
    const user = await expectJson(call('/api/v1/setup', { json: request }))
    expect(user).toMatchObject({ username: ADMIN.username, superAdmin: true, instanceOwner: true })
    expect(user).toMatchObject({ tenants: [{ id: 'main', name: 'main' }] })
    expect(JSON.stringify(user)).not.toContain(ADMIN.password)
    await expectJson(call('/api/v1/main/namespaces/any/files/search', asAdmin))
    expect(await expectJson(call('/api/v1/main/roles/admin_main', asAdmin))).toMatchObject({
      isManaged: true,
    })
  })

  it('names the tenant as asked', async () => {
    await expectJson(call('/api/v1/setup', { json: { ...request, tenant: { id: 'acme', name: 'Acme' } } }))
    await expectJson(call('/api/v1/acme/roles/viewer_acme', asAdmin))
  })

  it('answers 405 the second time, to whoever asks (threat 33)', async () => {
    await expectJson(call('/api/v1/setup', { json: request }))
    const before = await inventory()
    expect(await expectJson(call('/api/v1/setup', { json: request }), 405)).toMatchObject({
      code: 'setup_done',
    })
    await expectJson(call('/api/v1/setup', { json: { ...request, username: 'eve@example.com' } }), 405)
    expect(await inventory()).toBe(before)
  })

  it('lets one of many at once win (threat 33)', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        call('/api/v1/setup', { json: { ...request, username: `a${i}@example.com` } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 405, 405, 405])
  })

  it('says which rule a password breaks without repeating it', async () => {
    const answer = await call('/api/v1/setup', { json: { ...request, password: 'canary!secret1' } })
    const text = await answer.text()
    expect(answer.status).toBe(422)
    expect(text).toContain('password must contain an upper-case letter')
    expect(text).not.toContain('canary')
  })
})

describe('the set-up page', () => {
  it('signs the new administrator in, and leaves nobody else’s session waiting in the browser', async () => {
    const { username, password, setupToken } = request
    const body = new URLSearchParams({ username, password, setupToken })
    const answer = await call('/ui/setup', { body, headers: { Cookie: 'own=psu_planted' } })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/ui/'])
    expect(answer.headers.getSetCookie()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^JWT=psu_/),
        expect.stringMatching(/^own=; Max-Age=0; /),
      ]),
    )
  })
})
