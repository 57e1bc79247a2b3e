import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
} from '../support/edge.ts'
import { filesOf, formOf } from '../support/files.ts'

const TENANTS = '/api/v1/tenants'

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const create = (json: object) => expectJson(call(TENANTS, { ...admin, json }))
const read = (id: string) => expectJson(call(`${TENANTS}/${id}`, admin))
const replace = (id: string, json: object, status = 200) =>
  expectJson(call(`${TENANTS}/${id}`, { ...admin, method: 'PUT', json }), status)
const remove = (id: string) => call(`${TENANTS}/${id}`, { ...admin, method: 'DELETE' })

describe('POST /tenants', () => {
  it('answers with what was sent, and that it is not deleted', async () => {
    const sent = {
      id: 'acme',
      name: 'Acme',
      concurrency: { limit: 1, behavior: 'QUEUE' },
      quotas: [{ duration: 'PT1H', limit: 5, behavior: 'FAIL' }],
      requireExistingNamespace: false,
      somethingNew: { a: [1, null, { b: '' }] },
    }
    expect(await create({ ...sent, secretType: null, deleted: true })).toEqual({ ...sent, deleted: false })
    expect(await read('acme')).toEqual({ ...sent, deleted: false })
  })

  it('answers without what was not sent', async () => {
    expect(await create({ id: 'bare', name: 'Bare' })).toEqual({ id: 'bare', name: 'Bare', deleted: false })
  })

  it('makes the managed roles, and its creator the administrator', async () => {
    await create({ id: 'led', name: 'Led' })
    const { permissions } = await expectJson<{ permissions: object }>(
      call('/api/v1/led/roles/admin_led', admin),
    )
    expect(permissions).toMatchObject({ NAMESPACE: expect.arrayContaining(['CREATE', 'VIEW']) })
    // A tenant's data takes a role: the flag alone does not show it.
    await expectJson(call('/api/v1/led/namespaces', { ...admin, json: { id: 'own' } }))
  })

  it('refuses an id that is taken, and changes nothing', async () => {
    await create({ id: 'twice', name: 'First' })
    const before = await inventory()
    expect(
      await expectJson(call(TENANTS, { ...admin, json: { id: 'twice', name: 'Second' } }), 409),
    ).toMatchObject({
      code: 'tenant_taken',
      message: 'Conflict: A tenant with this id exists.',
    })
    expect(await inventory()).toBe(before)
    expect(await read('twice')).toMatchObject({ name: 'First' })
  })

  it.each([
    ['a reserved word', { id: 'users', name: 'x' }, 'id'],
    ['another reserved word', { id: 'auditlogs', name: 'x' }, 'id'],
    ['upper case', { id: 'Acme', name: 'x' }, 'id'],
    ['no id', { name: 'x' }, 'id'],
    ['no name', { id: 'x' }, 'name'],
    ['an empty name', { id: 'x', name: '' }, 'name'],
    ['a limit below one', { id: 'x', name: 'x', concurrency: { limit: 0 } }, 'concurrency.limit'],
  ])('refuses %s', async (_, json, path) => {
    const answer = await expectJson(call(TENANTS, { ...admin, json }), 422)
    expect(answer).toMatchObject({ code: 'invalid_entity', _embedded: { errors: [{ path }] } })
  })

  it('refuses what is nested too deep to be written out again', async () => {
    const deep = `{"id":"deep","name":"Deep","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    const headers = { 'Content-Type': 'application/json' }
    expect(await expectJson(call(TENANTS, { ...admin, body: deep, headers }), 422)).toMatchObject({
      message: 'Invalid entity: must not nest more than 64 levels deep',
    })
  })

  it('refuses more attributes than the audit log can hold twice', async () => {
    const json = { id: 'big', name: 'Big', x: 'x'.repeat(256 * 1024) }
    expect(await expectJson(call(TENANTS, { ...admin, json }), 413)).toMatchObject({ code: 'body_too_large' })
  })
})

describe('PUT /tenants/{id}', () => {
  it('replaces all of it: what is left out is gone', async () => {
    await create({ id: 'whole', name: 'Whole', concurrency: { limit: 2 }, logo: 'x' })
    expect(await replace('whole', { id: 'whole', name: 'Part', logo: 'y' })).toEqual({
      id: 'whole',
      name: 'Part',
      logo: 'y',
      deleted: false,
    })
    expect(await read('whole')).toEqual({ id: 'whole', name: 'Part', logo: 'y', deleted: false })
  })

  it('refuses another id than the path’s', async () => {
    await create({ id: 'one', name: 'One' })
    expect(await replace('one', { id: 'two', name: 'x' }, 422)).toMatchObject({
      _embedded: { errors: [{ path: 'id', message: 'must be the one in the path' }] },
    })
  })

  it('answers 404 for a tenant that is not there', async () => {
    expect(await replace('nowhere', { name: 'x' }, 404)).toMatchObject({ code: 'not_found' })
    expect((await call(`${TENANTS}/nowhere`, admin)).status).toBe(404)
    expect((await remove('nowhere')).status).toBe(404)
  })
})

describe('GET /tenants/search', () => {
  beforeAll(async () => {
    for (const id of ['list-b', 'list-a', 'list-c']) await create({ id, name: `Of the list ${id}` })
  })
  const search = async (query: string) =>
    expectJson<{ results: Array<{ id: string }>; total: number }>(call(`${TENANTS}/search?${query}`, admin))

  it('finds by a text in id or name, page by page', async () => {
    const page = await search('filters%5Bq%5D%5BEQUALS%5D=of+the+list&size=2&page=2')
    expect(page).toEqual({
      total: 3,
      results: [{ id: 'list-c', name: 'Of the list list-c', deleted: false }],
    })
  })

  it('sorts as it is asked to', async () => {
    const { results } = await search('q=list-&sort=name:desc')
    expect(results.map(({ id }) => id)).toEqual(['list-c', 'list-b', 'list-a'])
  })

  it('knows how many there are altogether', async () => {
    const { total } = await search('size=1')
    expect(total).toBe(await env.DB.prepare('SELECT count(*) AS n FROM tenants').first('n'))
  })
})

describe('DELETE /tenants/{id}', () => {
  it('takes roles, bindings, groups and namespaces with it, and leaves accounts and their tokens', async () => {
    await create({ id: 'going', name: 'Going' })
    const by = { by: admin, tenant: 'going' }
    const bot = await createBot({ NAMESPACE: ['VIEW', 'LIST'] }, { ...by, namespace: null })
    await expectJson(call('/api/v1/going/namespaces', { ...admin, json: { id: 'gone' } }))
    expect((await call('/api/v1/going/namespaces/search', bot)).status).toBe(200)

    expect((await remove('going')).status).toBe(204)
    // The feed names it, so that nobody goes on with what they knew.
    const ended = env.DB.prepare("SELECT count(*) AS n FROM changes WHERE kind = 'tenant' AND ref = 'going'")
    expect(await ended.first('n')).toBe(1)
    expect((await call('/api/v1/going/namespaces/search', bot)).status).toBe(403)
    for (const table of ['roles', 'bindings', 'tenant_access', 'namespaces', 'groups']) {
      const left = env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE tenant_id = 'going'`)
      expect([table, await left.first('n')]).toEqual([table, 0])
    }
    expect(await expectJson(call(`/api/v1/service-accounts/${bot.id}`, admin))).toMatchObject({ tenants: [] })
    // A tenant made anew under the same name is not the old one.
    await create({ id: 'going', name: 'Anew' })
    expect((await call('/api/v1/going/namespaces/search', bot)).status).toBe(403)
  })

  it('is refused while files lie in the tenant, and leaves their contents to the sweep when they are gone', async () => {
    await create({ id: 'full', name: 'Full' })
    const path = `${filesOf('prod', 'full')}?path=a.txt`
    expect((await call(path, { ...admin, body: formOf('a') })).status).toBe(200)
    const before = await inventory()
    expect(await expectJson(remove('full'), 409)).toMatchObject({ code: 'tenant_in_use' })
    expect(await inventory()).toBe(before)

    await call(path, { ...admin, method: 'DELETE' })
    expect((await remove('full')).status).toBe(204)
    const { results } = await env.DB.prepare("SELECT key FROM objects WHERE key LIKE 'full/%'").all<{
      key: string
    }>()
    expect(results).toHaveLength(1)
    expect(await env.CONTENTS.head(String(results[0]?.key))).not.toBeNull()
  })
})

describe('a path without a tenant', () => {
  it('means the instance where the instance has that path', async () => {
    const json = { name: 'everywhere', tenants: ['acme'] }
    const { id } = await expectJson<{ id: string }>(call('/api/v1/service-accounts', { ...admin, json }))
    // In no tenant called main.
    expect(await expectJson(call(`/api/v1/service-accounts/${id}/api-tokens`, admin))).toEqual({
      results: [],
      total: 0,
    })
    expect((await call(`/api/v1/main/service-accounts/${id}/api-tokens`, admin)).status).toBe(404)
  })
})

describe('the creator of a tenant', () => {
  it('may be a service account, and hands on no more than the tenant', async () => {
    const account = await expectJson<{ id: string }>(
      call('/api/v1/service-accounts', {
        ...admin,
        json: { name: 'founder', superAdmin: true, tenants: ['main'] },
      }),
    )
    const founder = { token: (await mintToken(account.id, { by: admin })).fullToken }
    await expectJson(call(TENANTS, { ...founder, json: { id: 'founded', name: 'Founded' } }))
    expect((await call('/api/v1/founded/namespaces/search', founder)).status).toBe(200)
    expect((await call('/api/v1/main/namespaces/search', founder)).status).toBe(403)
    await bind(account.id, 'viewer_main', admin)
    expect((await call('/api/v1/main/namespaces/search', founder)).status).toBe(200)
  })
})
