import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHttp } from '../../../action/http.ts'
import { connectPostern } from '../../../action/remote/postern.ts'
import { scanDirectory } from '../../../action/scan.ts'
import { ROOT } from '../../../shared/file-path.ts'
import { sendJson, startServer } from '../fixtures.ts'

const DEPLOYMENT = { id: 'd1', etag: '"2"', created: 1, updated: 0, deleted: 0, unchanged: 0 }
const PLAN = { etag: '"1"', changes: [], unchanged: 0, missing: [] }

const connect = (server: string) =>
  connectPostern(
    createHttp({ redact: (text) => text, sleep: async () => {} }),
    { server, tenant: 'main', namespace: 'company.team' },
    'Bearer access-token',
  )

describe('plan', () => {
  it('posts the manifest with the access token', async () => {
    await using server = await startServer((_, response) => sendJson(response, 200, PLAN))
    const manifest = { root: '/a', delete: true, files: [{ path: 'b', sha256: '0'.repeat(64), size: 1 }] }
    expect(await connect(`${server.url}/prefix`).plan(manifest)).toEqual(PLAN)
    const [request] = server.received
    expect(request?.path).toBe('/prefix/api/v1/main/namespaces/company.team/files/plan')
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer access-token',
      'content-type': 'application/json',
    })
    expect(JSON.parse(String(request?.body))).toEqual(manifest)
  })

  it('fails on an answer that lacks something', async () => {
    await using server = await startServer((_, response) =>
      sendJson(response, 200, { ...PLAN, etag: undefined }),
    )
    await expect(connect(server.url).plan({ files: [] })).rejects.toMatchObject({ code: 'POSTERN-401' })
  })
})

describe('upload', () => {
  it('sends each content as a part named blob, with its hash for a file name', async () => {
    await using server = await startServer((_, response) => sendJson(response, 200, { stored: [] }))
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'postern-upload-')))
    for (const name of ['a', 'b']) await writeFile(join(folder, name), `\0${name}`)
    const { files } = await scanDirectory(folder, '.', ROOT)
    await connect(server.url).upload(files)
    await rm(folder, { recursive: true })
    const [request] = server.received
    expect(request?.path).toMatch(/\/files\/blobs$/)
    const type = request?.headers['content-type'] ?? ''
    const form = await new Response(new Uint8Array(request?.body ?? []), {
      headers: { 'Content-Type': type },
    }).formData()
    const parts = (form.getAll('blob') as File[]).map(async (part) => [
      part.name,
      part.type,
      await part.text(),
    ])
    expect(await Promise.all(parts)).toEqual(
      files.map(({ path, sha256 }) => [sha256, 'application/octet-stream', `\0${path}`]),
    )
  })
})

describe('commit', () => {
  it('names the planned ETag, and itself by the same key in each try', async () => {
    let tries = 0
    await using server = await startServer((_, response) => {
      if (++tries < 3) response.destroy()
      else sendJson(response, 200, DEPLOYMENT)
    })
    const postern = connect(server.url)
    const commit = { plan: { files: [] }, source: { repository: 'acme/data' } }
    expect(await postern.commit(commit, '"1"')).toEqual(DEPLOYMENT)
    await postern.commit(commit, '"1"')
    const keys = server.received.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(keys.slice(0, 3)).size).toBe(1)
    expect(keys[3]).not.toBe(keys[0])
    expect(server.received[0]?.headers['if-match']).toBe('"1"')
    expect(JSON.parse(String(server.received[0]?.body))).toEqual(commit)
  })
})
