import { describe, expect, it } from 'vitest'
import { bearer, fresh, send, upload } from './wire.ts'

const headers = () => ({ Authorization: bearer() })

describe('the VS Code extension', () => {
  it('checks its credentials with /configs', async () => {
    expect((await send('GET', '/api/v1/configs')).status).toBe(401)
    expect(
      (await send('GET', '/api/v1/configs', { headers: { Authorization: 'Bearer wrong' } })).status,
    ).toBe(401)
    expect((await send('GET', '/api/v1/configs', { headers: headers() })).status).toBe(200)
  })

  it('asks for namespaces that exist', async () => {
    const id = fresh('vsc')
    const search = () =>
      send('GET', `/api/v1/main/namespaces/search?q=${id}&existing=true&size=200`, { headers: headers() })
    expect((await search()).json.results).toEqual([])
    await send('POST', '/api/v1/main/namespaces', {
      headers: { ...headers(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ id }),
    })
    expect((await search()).json.results).toEqual([{ id, deleted: false }])
  })

  it.each([
    ['with a tenant', '/api/v1/main/namespaces/'],
    ['without one', '/api/v1/namespaces/'],
    ['in its oldest form', '/api/v1/files/'],
  ])('reads, lists and writes files %s', async (_, prefix) => {
    const namespace = fresh('vsc')
    const files = prefix.endsWith('files/') ? `${prefix}${namespace}` : `${prefix}${namespace}/files`
    expect((await send('GET', `${files}/directory?path=/`, { headers: headers() })).json).toEqual([])
    const path = 'my%20dir/%C3%A9%23.txt'
    const written = await send('POST', `${files}?path=${path}`, {
      headers: headers(),
      body: upload('x', 'blob'),
    })
    expect(written.status).toBe(200)
    expect((await send('GET', `${files}?path=${path}`, { headers: headers() })).text).toBe('x')
    expect((await send('GET', `${files}/directory?path=/my%20dir`, { headers: headers() })).json).toEqual([
      {
        fileName: 'é#.txt',
        type: 'File',
        size: 1,
        creationTime: expect.any(Number),
        lastModifiedTime: expect.any(Number),
      },
    ])
    expect((await send('GET', `${files}?path=nothing.txt`, { headers: headers() })).status).toBe(404)
  })
})
