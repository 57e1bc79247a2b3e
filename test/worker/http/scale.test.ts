/** How many requests, writes and statements large folders take. */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { MAX_FOLDER_FILES, MAX_UPLOAD_BYTES, MAX_UPLOAD_CONTENTS } from '../../../shared/limits.ts'
import type { Deployment, Plan } from '../../../shared/wire/sync.ts'
import { type Bot, call, createBot, expectJson, freshEdge } from '../support/edge.ts'
import { filesOf, readFile } from '../support/files.ts'
import { accessTokenFor } from '../support/oauth.ts'
import { costOf } from '../support/round-trips.ts'
import { sha256 } from '../support/sync.ts'

let bot: Bot
let count = 0
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { namespace: null })
})

const SIZE = 2_000
const contentOf = (seed: string) => seed.padEnd(SIZE, '.')

interface Local {
  readonly path: string
  readonly sha256: string
  readonly size: number
  readonly content: string
}

const folderOf = (length: number, seed = (i: number) => `file ${i}`): Promise<Local[]> =>
  Promise.all(
    Array.from({ length }, async (_, i) => {
      const content = contentOf(seed(i))
      return { path: `folder ${i % 50}/script-${i}.sql`, sha256: await sha256(content), size: SIZE, content }
    }),
  )

/** What the Action sends for a folder, and how often. */
async function deploy(namespace: string, local: readonly Local[], token: string) {
  let requests = 0
  const send = <T>(path: string, request: object) => {
    requests++
    return expectJson<T>(call(`${filesOf(namespace)}/${path}`, { token, ...request }))
  }
  const plan = { delete: true, files: local.map(({ path, sha256, size }) => ({ path, sha256, size })) }
  const { etag, missing } = await send<Plan>('plan', { json: plan })
  const wanted = new Set(missing)
  const contents = [...new Map(local.map((file) => [file.sha256, file])).values()]
  const uploads = contents.filter((file) => wanted.has(file.sha256))
  const perRequest = Math.min(MAX_UPLOAD_CONTENTS, Math.floor(MAX_UPLOAD_BYTES / SIZE))
  for (let start = 0; start < uploads.length; start += perRequest) {
    const body = new FormData()
    for (const { content, sha256 } of uploads.slice(start, start + perRequest))
      body.append('blob', new File([content], sha256))
    await send('blobs', { body })
  }
  const headers = { 'If-Match': etag, 'Idempotency-Key': crypto.randomUUID() }
  const deployment = await send<Deployment>('commit', { json: { plan }, headers })
  return { deployment, requests }
}

describe('a folder', () => {
  it('of ten thousand new files of two kilobytes takes ten requests at most, and few writes', async () => {
    const namespace = newNamespace()
    const local = await folderOf(MAX_FOLDER_FILES)
    const put = vi.spyOn(env.CONTENTS, 'put')
    const token = await accessTokenFor(bot.token)
    const { deployment, requests } = await deploy(namespace, local, token)
    expect(deployment).toMatchObject({ created: MAX_FOLDER_FILES })
    expect(requests + 1).toBeLessThanOrEqual(10)
    expect(put.mock.calls.length).toBeLessThanOrEqual(8)
    put.mockRestore()
    for (const { path, content } of [local[0], local[4_999], local.at(-1)].filter((one) => one !== undefined))
      expect(await new Response((await readFile(namespace, path, bot)).body).text()).toBe(content)
  })

  it('of a thousand files of which ten changed takes three requests', async () => {
    const namespace = newNamespace()
    await deploy(namespace, await folderOf(1_000), bot.token)
    const local = await folderOf(1_000, (i) => (i % 100 === 7 ? `changed ${i}` : `file ${i}`))
    const { deployment, requests } = await deploy(namespace, local, bot.token)
    expect(deployment).toMatchObject({ created: 0, updated: 10, deleted: 0, unchanged: 990 })
    expect(requests).toBe(3)
  })

  it('is committed with fewer statements than D1 answers for one request', async () => {
    const namespace = newNamespace()
    const token = await accessTokenFor(bot.token)
    const long = 'long name '.repeat(20)
    const local = (await folderOf(2_000)).map((file) => ({ ...file, path: `${long}/${long}/${file.path}` }))
    const cost = await costOf(() => deploy(namespace, local, token))
    // Of three requests together.
    expect(cost.statements).toBeLessThanOrEqual(50)
  })
})
