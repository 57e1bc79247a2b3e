import { describe, expect, inject, it } from 'vitest'
import { cookiesOf, fresh, send } from './wire.ts'

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** What the suites of the Go, Java and Python SDKs do before their first test, on one cookie jar. */
describe('the bootstrap of the SDKs', () => {
  it('sets up once, signs in, reads the page and mints a token with its CSRF pair', async () => {
    const { username, password } = inject('edge')
    const setup = { username, password, tenant: { id: 'main', name: 'main' } }
    expect([200, 405]).toContain((await send('POST', '/api/v1/setup', json(setup))).status)

    const login = await send('POST', '/login', json({ username, password }))
    expect(login.status).toBe(200)
    const session = cookiesOf(login)
    expect(session).toMatch(/(^|; )JWT=/)

    const page = await send('GET', '/ui/', { headers: { Cookie: session } })
    const [, csrf = ''] = /<meta name="csrf-token" content="([^"]+)">/.exec(page.text) ?? []
    expect(page.status).toBe(200)
    expect(cookiesOf(page)).toContain(`csrfToken=${csrf}`)

    const request = { name: 'ci-token', maxAge: 'P1D' }
    const cookie = `${session}; csrfToken=${csrf}`
    const minted = await send(
      'POST',
      '/api/v1/me/api-tokens',
      json(request, { Cookie: cookie, 'X-CSRF-TOKEN': csrf }),
    )
    expect([200, 201]).toContain(minted.status)
    expect(minted.json.fullToken).toMatch(/^pst_/)
    const refused = await send('POST', '/api/v1/me/api-tokens', json(request, { Cookie: cookie }))
    expect(refused.status).toBe(403)
  })

  it('takes the login as a form too', async () => {
    const { username, password } = inject('edge')
    const login = await send('POST', '/login', { body: new URLSearchParams({ username, password }) })
    expect(login.status).toBe(200)
  })
})

describe('the Python SDK', () => {
  const headers = () => ({ Authorization: `Bearer ${inject('edge').token}` })

  it('creates an empty file by a POST without any body', async () => {
    const files = `/api/v1/main/namespaces/${fresh('py')}/files`
    expect((await send('POST', `${files}?path=%2F__init__.py`, { headers: headers() })).status).toBe(200)
    expect((await send('GET', `${files}?path=%2F__init__.py`, { headers: headers() })).text).toBe('')
  })

  it('adds a member to a group by the user’s name', async () => {
    const email = `${fresh('py')}@example.com`
    await send('POST', '/api/v1/users', json({ email }, headers()))
    const group = (await send('POST', '/api/v1/main/groups', json({ name: fresh('py_group') }, headers())))
      .json
    const path = `/api/v1/main/groups/${group.id}/members/${encodeURIComponent(email)}`
    expect((await send('PUT', path, { headers: headers() })).json).toMatchObject({ username: email })
  })

  it('says 404 to a tenant that is not', async () => {
    expect((await send('GET', '/api/v1/nowhere/groups/search', { headers: headers() })).status).toBe(404)
  })
})
