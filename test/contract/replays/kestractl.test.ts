import { describe, expect, it } from 'vitest'
import { basicOf, bearer, fresh, send, upload } from './wire.ts'

const TENANT = '/api/v1/main'
const headers = () => ({ Authorization: bearer(), 'Content-Type': 'application/json' })
const call = (method: string, path: string, body?: unknown) =>
  send(method, path, { headers: headers(), ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
const post = (path: string, content: string, name: string) =>
  send('POST', path, { headers: { Authorization: bearer() }, body: upload(content, name) })

describe('kestractl, first generation', () => {
  it('uploads a folder: stats, directories, files, with ./ in its paths', async () => {
    const files = `${TENANT}/namespaces/${fresh('ctl')}/files`
    expect((await call('GET', `${files}/stats?path=dest%2F.%2Fa.txt`)).status).toBe(404)
    for (const path of ['dest', 'dest%2F.']) {
      if ((await call('GET', `${files}/stats?path=${path}`)).status === 404)
        expect((await call('POST', `${files}/directory?path=${path}`)).status).toBe(200)
    }
    expect((await post(`${files}?path=dest%2F.%2Fa.txt`, 'a', 'a.txt')).status).toBe(200)
    expect((await call('GET', `${files}/stats?path=dest%2Fa.txt`)).json).toMatchObject({
      type: 'File',
      size: 1,
    })
  })

  it('overrides by deleting and writing again, in a folder that would be empty in between', async () => {
    const files = `${TENANT}/namespaces/${fresh('ctl')}/files`
    await post(`${files}?path=dir%2Fa.txt`, 'old', 'a.txt')
    expect((await call('DELETE', `${files}?path=dir%2Fa.txt`)).status).toBe(200)
    expect((await post(`${files}?path=dir%2Fa.txt`, 'new', 'a.txt')).status).toBe(200)
    expect((await call('GET', `${files}?path=dir%2Fa.txt`)).text).toBe('new')
  })

  it('leaves the part out for an empty file', async () => {
    const files = `${TENANT}/namespaces/${fresh('ctl')}/files`
    const boundary = 'xxxx'
    const written = await send('POST', `${files}?path=__init__.py`, {
      headers: { Authorization: bearer(), 'Content-Type': `multipart/form-data; boundary=${boundary}` },
      body: `--${boundary}--\r\n`,
    })
    expect(written.status).toBe(200)
    expect((await call('GET', `${files}/stats?path=__init__.py`)).json.size).toBe(0)
  })

  it('prints what was not found', async () => {
    const { status, json } = await call('GET', `${TENANT}/namespaces/company/files?path=unknown-file.txt`)
    expect(status).toBe(404)
    expect(json.message).toContain("File '/unknown-file.txt' was not found in namespace 'company'")
  })

  it('prints Unauthorized and Forbidden, word for word', async () => {
    const wrong = { headers: { Authorization: basicOf('nobody@example.com', 'x') } }
    expect((await send('GET', `${TENANT}/namespaces/search`, wrong)).json.message).toBe('Unauthorized')
    const bot = (await call('POST', `${TENANT}/service-accounts`, { name: fresh('ctl') })).json
    const minted = (await call('POST', `${TENANT}/service-accounts/${bot.id}/api-tokens`, { name: 'x' })).json
    const weak = { headers: { Authorization: `Bearer ${minted.fullToken}` } }
    expect((await send('GET', `${TENANT}/roles/search`, weak)).json.message).toBe('Forbidden')
  })

  it('sends a permission in the old words', async () => {
    const role = { name: fresh('ctl'), permissions: { NAMESPACE: ['READ'] } }
    const { id } = (await call('POST', `${TENANT}/roles`, role)).json
    const bot = (await call('POST', `${TENANT}/service-accounts`, { name: fresh('ctl') })).json
    await call('POST', `${TENANT}/bindings`, { type: 'USER', externalId: bot.id, roleId: id })
    const minted = (await call('POST', `${TENANT}/service-accounts/${bot.id}/api-tokens`, { name: 'x' })).json
    const own = { headers: { Authorization: `Bearer ${minted.fullToken}` } }
    const list = await send('GET', `${TENANT}/namespaces/search?page=1&size=100&existing=true`, own)
    expect([list.status, list.json.results[0]]).toEqual([200, expect.objectContaining({ id: 'system' })])
  })

  it('resolves names by listing everything without a filter', async () => {
    for (const path of [`${TENANT}/roles/search`, `${TENANT}/groups/search`, '/api/v1/users']) {
      const { status, json } = await call('GET', `${path}?page=1&size=1000`)
      expect([status, Array.isArray(json.results), typeof json.total]).toEqual([200, true, 'number'])
    }
  })

  it('asks for actions under their old name', async () => {
    expect((await call('GET', `${TENANT}/acls/actions`)).status).toBe(200)
  })
})

describe('kestractl, second generation', () => {
  it('asks whether a namespace is there before it uploads', async () => {
    const id = fresh('ctl')
    expect((await call('GET', `${TENANT}/namespaces/${id}`)).status).toBe(404)
    await call('POST', `${TENANT}/namespaces`, { id })
    expect((await call('GET', `${TENANT}/namespaces/${id}`)).json).toEqual({ id, deleted: false })
  })

  it('reads the version from /configs, and it is not too old', async () => {
    const { version } = (await call('GET', '/api/v1/configs')).json
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(2)
  })

  it('manages service accounts at the instance, and updates by reading first', async () => {
    const created = (
      await call('POST', '/api/v1/service-accounts', { name: fresh('ctl'), instanceOwner: false })
    ).json
    const { json } = await call('GET', '/api/v1/service-accounts?page=1&size=100')
    expect(json.results.length).toBeGreaterThan(0)
    const path = `/api/v1/service-accounts/${created.id}`
    const patched = await call('PATCH', path, { name: created.name, description: 'x' })
    expect(patched.json).toMatchObject({ description: 'x', instanceOwner: false, superAdmin: false })
    expect((await call('DELETE', path)).status).toBe(204)
  })

  it.each(['superadmin', 'instance-owner'])('raises the flag by PATCH …/%s', async (segment) => {
    const bot = (await call('POST', '/api/v1/service-accounts', { name: fresh('ctl') })).json
    const path = `/api/v1/service-accounts/${bot.id}`
    expect((await call('PATCH', `${path}/${segment}`, { instanceOwner: true })).status).toBe(200)
    expect((await call('GET', path)).json.instanceOwner).toBe(true)
  })

  it('clears the groups of a user with an empty list', async () => {
    const email = `${fresh('ctl')}@example.com`
    const user = (await call('POST', '/api/v1/users', { email, tenants: ['main'] })).json
    const path = `${TENANT}/users/${user.id}/groups`
    expect((await call('PUT', path, { groupIds: [] })).status).toBe(204)
  })

  it('always sends extended with a token', async () => {
    const bot = (await call('POST', '/api/v1/service-accounts', { name: fresh('ctl') })).json
    const path = `/api/v1/service-accounts/${bot.id}/api-tokens`
    const { json } = await call('POST', path, { name: 'x', extended: false, maxAge: 'PT1H' })
    expect(json).toMatchObject({ id: expect.any(String), name: 'x', fullToken: expect.any(String) })
  })
})
