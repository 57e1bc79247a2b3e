import { describe, expect, inject, it } from 'vitest'
import { basic, bearer, fresh, send, upload } from './wire.ts'

const post = (path: string, authorization: string, content = 'x', name = 'a.sql') =>
  send('POST', path, { headers: { Authorization: authorization }, body: upload(content, name) })

describe('Kestra’s own CLI', () => {
  it('updates a namespace with --api-token: path=/./<file> for "scripts ."', async () => {
    const files = `/api/v1/main/namespaces/${fresh('cli')}/files`
    expect((await post(`${files}?path=/./sql/a.sql`, bearer())).status).toBe(200)
    const list = await send('GET', `${files}/search?q=`, { headers: { Authorization: bearer() } })
    expect(list.json).toEqual(['/sql/a.sql'])
  })

  it('does the same with --user', async () => {
    expect((await post(`/api/v1/main/namespaces/${fresh('cli')}/files?path=/a.sql`, basic())).status).toBe(
      200,
    )
  })

  it('sends both credentials with both flags, and the token counts', async () => {
    const path = `/api/v1/main/namespaces/${fresh('cli')}/files?path=/a.sql`
    expect((await post(path, `${basic()}, ${bearer()}`)).status).toBe(200)
    const wrong = `Basic ${Buffer.from(`${inject('edge').username}:wrong`).toString('base64')}`
    expect((await post(path, `${wrong}, ${bearer()}`)).status).toBe(200)
    expect((await post(path, `${bearer()}, ${wrong}`)).status).toBe(200)
  })

  it('leaves the tenant out before 0.23', async () => {
    const namespace = fresh('cli')
    expect((await post(`/api/v1/namespaces/${namespace}/files?path=/a.sql`, bearer())).status).toBe(200)
    const path = `/api/v1/main/namespaces/${namespace}/files?path=/a.sql`
    expect((await send('GET', path, { headers: { Authorization: bearer() } })).text).toBe('x')
  })

  it('wipes the target first with --delete, and nothing beside it', async () => {
    const files = `/api/v1/main/namespaces/${fresh('cli')}/files`
    await post(`${files}?path=/keep/b.sql`, bearer())
    await post(`${files}?path=/scripts/old.sql`, bearer())
    const headers = { Authorization: bearer() }
    expect((await send('DELETE', `${files}?path=/scripts/`, { headers })).status).toBe(200)
    await post(`${files}?path=/scripts/new.sql`, bearer())
    expect((await send('GET', `${files}/search?q=`, { headers })).json).toEqual([
      '/keep/b.sql',
      '/scripts/new.sql',
    ])
  })

  it('sends a plus unencoded, which is a space', async () => {
    const files = `/api/v1/main/namespaces/${fresh('cli')}/files`
    await post(`${files}?path=/a+b.txt`, bearer())
    const list = await send('GET', `${files}/search?q=`, { headers: { Authorization: bearer() } })
    expect(list.json).toEqual(['/a b.txt'])
  })
})
