import { describe, expect, inject, it } from 'vitest'
import { basic, bearer, cookiesOf, fresh, send, upload } from './wire.ts'

const TENANT = '/api/v1/main'

/** The provider sends a JSON content type on everything, bodies or not. */
const call = (method: string, path: string, body?: unknown) =>
  send(method, path, {
    headers: { Authorization: bearer(), 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const nullsIn = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some(nullsIn))

describe('the Terraform provider', () => {
  it('is nobody when nothing is configured: an empty Basic is no credential', async () => {
    const answer = await send('GET', `${TENANT}/roles/admin_main`, {
      headers: { Authorization: 'Basic Og==' },
    })
    expect([answer.status, answer.json.message]).toEqual([401, 'Unauthorized'])
  })

  it('is let in by its jwt cookie beside an empty Basic', async () => {
    const { username, password } = inject('edge')
    const login = await send('POST', '/login', {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password }),
    })
    const answer = await send('GET', `${TENANT}/roles/admin_main`, {
      headers: { Authorization: 'Basic Og==', Cookie: cookiesOf(login) },
    })
    expect(answer.status).toBe(200)
  })

  it('may send a JSON content type where there is no body', async () => {
    const bot = (await call('POST', `${TENANT}/service-accounts`, { name: fresh('tf') })).json
    expect((await call('GET', `${TENANT}/service-accounts/${bot.id}`)).status).toBe(200)
    expect((await call('DELETE', `${TENANT}/service-accounts/${bot.id}`)).status).toBe(200)
  })

  it('reads a service account back as it wrote it, with groups: null for none', async () => {
    const sent = { name: fresh('tf'), description: '', superAdmin: false, groups: null }
    const created = await call('POST', `${TENANT}/service-accounts`, sent)
    const { id } = created.json
    expect([200, 201]).toContain(created.status)
    const read = await call('GET', `${TENANT}/service-accounts/${id}`)
    expect(read.json).toMatchObject({ id, name: sent.name, description: '', superAdmin: false })
    expect(read.json.groups ?? []).toEqual([])
    const put = await call('PUT', `${TENANT}/service-accounts/${id}`, { id, ...sent, description: 'x' })
    expect(put.json).toMatchObject({ id, description: 'x' })
  })

  it('finds a description on every row of tokens, and neither exp nor lastUsed as null', async () => {
    const bot = (await call('POST', `${TENANT}/service-accounts`, { name: fresh('tf') })).json
    const path = `${TENANT}/service-accounts/${bot.id}/api-tokens`
    const minted = await call('POST', path, { name: 'tf', description: '', maxAge: '', extended: false })
    expect(minted.json).toMatchObject({ id: expect.any(String), name: 'tf', fullToken: expect.any(String) })
    const [row] = (await call('GET', path)).json.results
    expect(row).toMatchObject({ description: '', prefix: expect.any(String), iat: expect.any(String) })
    expect(Object.keys(row)).not.toContain('exp')
    expect(nullsIn(row)).toBe(false)
  })

  it('sends fields of its own that mean nothing here', async () => {
    const group = { name: fresh('Bots'), description: '', namespaceId: '' }
    const created = (await call('POST', `${TENANT}/groups`, group)).json
    expect(created).toMatchObject({ name: group.name, description: '' })
    const { id } = created
    expect((await call('PUT', `${TENANT}/groups/${id}`, { id, ...group, description: 'x' })).status).toBe(200)
  })

  it('compares the actions of a role in their order', async () => {
    const permissions = { FLOW: ['UPDATE', 'VIEW', 'LIST'], EXECUTION: ['READ', 'CREATE'] }
    const sent = { name: fresh('tf'), description: '', isDefault: false, namespaceId: '', permissions }
    const { id } = (await call('POST', `${TENANT}/roles`, sent)).json
    const read = (await call('GET', `${TENANT}/roles/${id}`)).json
    expect(JSON.stringify(read.permissions)).toBe(JSON.stringify(permissions))
    expect(nullsIn(read)).toBe(false)
  })

  it('finds a role by its name alone', async () => {
    const name = fresh('By Name')
    await call('POST', `${TENANT}/roles`, { name, permissions: { FLOW: ['VIEW'] } })
    const path = `${TENANT}/roles/search?filters[name][EQUALS]=${encodeURIComponent(name)}&size=100`
    const { results } = (await call('GET', path)).json
    expect(
      results.filter((role: { name: string }) => role.name.toLowerCase() === name.toLowerCase()),
    ).toHaveLength(1)
  })

  it('re-reads a membership at once, in pages of 200', async () => {
    const group = (await call('POST', `${TENANT}/groups`, { name: fresh('Bots'), description: '' })).json
    const email = `${fresh('member')}@example.com`
    const user = (
      await call('POST', '/api/v1/users', { email, username: email, namespaceId: '', groups: [] })
    ).json
    expect((await call('PUT', `${TENANT}/groups/${group.id}/members/${user.id}`)).status).toBe(200)
    const members = (await call('GET', `${TENANT}/groups/${group.id}/members?page=1&size=200`)).json
    expect(members).toMatchObject({ total: 1, results: [{ id: user.id }] })
    expect((await call('DELETE', `${TENANT}/groups/${group.id}/members/${user.id}`)).status).toBe(200)
  })

  it('updates a user without the fields it does not know, and nothing of those is lost', async () => {
    const email = `${fresh('kept')}@example.com`
    const full = { email, password: 'Password!234', tenants: ['main'], superAdmin: true }
    const { id } = (await call('POST', '/api/v1/users', full)).json
    const sent = { id, username: email, email, namespaceId: '', firstName: 'Ada', lastName: '', groups: [] }
    const { json } = await call('PUT', `/api/v1/users/${id}`, sent)
    expect(json).toMatchObject({ superAdmin: true, tenants: [{ id: 'main' }], firstName: 'Ada' })
    expect(json.auths).toHaveLength(1)
    expect(Array.isArray(json.groups ?? [])).toBe(true)
  })

  it('reads the namespace of a binding under the name it knows', async () => {
    const bot = (await call('POST', `${TENANT}/service-accounts`, { name: fresh('tf') })).json
    const sent = { type: 'USER', externalId: bot.id, roleId: 'viewer_main', namespaceId: 'prod' }
    const { id } = (await call('POST', `${TENANT}/bindings`, sent)).json
    expect((await call('GET', `${TENANT}/bindings/${id}`)).json).toMatchObject({
      namespaceId: 'prod',
      role: { id: 'viewer_main' },
      user: { id: bot.id },
    })
    expect((await call('DELETE', `${TENANT}/bindings/${id}`)).status).toBe(204)
  })

  it('writes a namespace file as file.txt, and reads an answer that is empty or JSON', async () => {
    const base = `${TENANT}/namespaces/${fresh('tf')}/files?path=/sql/a.sql`
    const headers = { Authorization: bearer() }
    const written = await send('POST', base, { headers, body: upload('SELECT 1', 'file.txt') })
    expect([written.status, written.text]).toEqual([200, ''])
    expect((await send('GET', base, { headers })).text).toBe('SELECT 1')
    expect((await send('DELETE', base, { headers })).status).toBe(200)
  })

  it('writes a namespace and reads back what it wrote, and nothing else', async () => {
    const sent = { id: fresh('tf'), description: 'x', concurrency: { limit: 1, behavior: 'QUEUE' } }
    const read = async () => (await call('GET', `${TENANT}/namespaces/${sent.id}`)).json
    await call('POST', `${TENANT}/namespaces`, sent)
    expect(await read()).toEqual({ ...sent, deleted: false })
    await call('PUT', `${TENANT}/namespaces/${sent.id}`, { id: sent.id })
    expect(await read()).toEqual({ id: sent.id, deleted: false })
  })

  it('works with a user’s password too', async () => {
    const headers = { Authorization: basic(), 'Content-Type': 'application/json' }
    expect((await send('GET', `${TENANT}/roles/admin_main`, { headers })).status).toBe(200)
  })
})
