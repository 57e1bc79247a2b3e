/** Deployments: what is recorded, shown, and gone back to. */

import { env } from 'cloudflare:workers'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DeploymentDetail, DeploymentDiff } from '../../../shared/wire/deployments.ts'
import { type Deployment, Manifest } from '../../../shared/wire/sync.ts'
import { originOf } from '../../../worker/files/source.ts'
import { commitFolder } from '../../../worker/files/sync.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { HOUR, later } from '../support/clock.ts'
import { type Bot, call, createAdmin, createBot, expectJson, freshEdge, inventory } from '../support/edge.ts'
import { filesOf, pathsOf, removeFile, writeFile } from '../support/files.ts'
import {
  deploy,
  deploymentsOf,
  manifestOf,
  planOf,
  rollBack,
  sendBlobs,
  sendCommit,
  sha256,
  treeOf as treeBy,
  uploadOf,
} from '../support/sync.ts'

const DAY = 24 * HOUR

let admin: Bot
let bot: Bot
let count = 0
/** A namespace that nothing was written to yet. */
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { namespace: null, by: admin })
})

const treeOf = (namespace: string) => treeBy(namespace, bot)
const list = (namespace: string, query = '') =>
  expectJson<{ results: DeploymentDetail[]; total: number }>(call(deploymentsOf(namespace) + query, bot))
const get = (namespace: string, id: string | undefined) =>
  expectJson<DeploymentDetail>(call(`${deploymentsOf(namespace)}/${id}`, bot))
const diff = (namespace: string, id: string | undefined) =>
  expectJson<DeploymentDiff>(call(`${deploymentsOf(namespace)}/${id}/diff`, bot))

describe('GET …/deployments', () => {
  it('lists the newest first, page by page', async () => {
    const namespace = newNamespace()
    expect(await list(namespace)).toEqual({ results: [], total: 0 })
    const ids: (string | undefined)[] = []
    for (const content of ['1', '2', '3']) ids.unshift((await deploy(namespace, { a: content }, bot)).id)
    expect((await list(namespace)).results.map(({ id }) => id)).toEqual(ids)
    expect((await list(namespace, '?page=2&size=2')).results.map(({ id }) => id)).toEqual(ids.slice(2))
    expect(await list(namespace, '?page=3&size=2')).toEqual({ results: [], total: 3 })
  })

  it('says who did what, and from where', async () => {
    const namespace = newNamespace()
    const source = {
      repository: 'acme/web',
      repositoryId: '7',
      sha: 'abc',
      runNumber: 3,
      directory: 'scripts',
    }
    const plan = await manifestOf({ a: 'x', b: 'y' }, { root: '/r' })
    await sendBlobs(namespace, await uploadOf('x', 'y'), bot)
    const before = Date.now()
    const { id, etag } = await expectJson<Deployment>(sendCommit(namespace, { plan, source }, '"0"', bot))
    const [row] = (await list(namespace)).results
    expect(row).toEqual({
      id,
      root: '/r',
      etag,
      created: 2,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      account: { id: bot.id, name: 'deploy-bot' },
      source,
      isVerified: false,
    })
    expect(Date.parse(row?.createdAt ?? '')).toBeGreaterThanOrEqual(before)
    expect(await get(namespace, id)).toMatchObject({
      ...row,
      changes: [
        { kind: 'create', path: 'a', size: 1 },
        { kind: 'create', path: 'b', size: 1 },
      ],
    })
  })

  it('tells a source that an identity token vouched for', async () => {
    const namespace = newNamespace()
    await sendBlobs(namespace, await uploadOf('x'), bot)
    const committed = await commitFolder(
      openDatabase(env.DB),
      { tenant: 'main', namespace },
      { accountId: bot.id, name: 'deploy-bot', requestId: 'r', now: Date.now() },
      {
        plan: v.parse(Manifest, await manifestOf({ a: 'x' })),
        origin: originOf({ repositoryId: '1', directory: 'scripts' }, { repositoryId: '7', runNumber: 3 }),
        allowStale: false,
        ifMatch: '"0"',
        idempotencyKey: 'a-good-key',
      },
    )
    expect(committed.ok).toBe(true)
    expect((await list(namespace)).results).toMatchObject([
      { isVerified: true, source: { repositoryId: '7', runNumber: 3, directory: 'scripts' } },
    ])
  })

  it('shows each change with what was before and after', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { same: 's', old: 'before', gone: 'gone' }, bot, { root: '/r' })
    await writeFile(namespace, 'r/old', 'by hand', bot)
    const { id } = await deploy(namespace, { same: 's', old: 'after!', new: '' }, bot, {
      root: '/r',
      delete: true,
    })
    await writeFile(namespace, 'r/old', 'much later', bot)
    const side = async (content: string) => ({ sha256: await sha256(content), size: content.length })
    expect(await diff(namespace, id)).toEqual({
      changes: [
        { path: 'gone', kind: 'delete', before: await side('gone') },
        { path: 'new', kind: 'create', after: await side('') },
        { path: 'old', kind: 'update', before: await side('by hand'), after: await side('after!') },
      ],
    })
    expect((await get(namespace, id)).changes).toEqual([
      { kind: 'delete', path: 'gone', previousSize: 4 },
      { kind: 'create', path: 'new', size: 0 },
      { kind: 'update', path: 'old', size: 6, previousSize: 7 },
    ])
  })

  it('knows a file that came back as created, and what was before it as nothing', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { a: '1' }, bot)
    await removeFile(namespace, 'a', bot)
    const { id } = await deploy(namespace, { a: '1' }, bot)
    expect((await get(namespace, id)).changes).toEqual([{ kind: 'create', path: 'a', size: 1 }])
  })

  it.each(['', '/diff'])(
    'does not find what is not there, nor what another namespace has: %j',
    async (part) => {
      const [ours, theirs] = [newNamespace(), newNamespace()]
      const { id } = await deploy(theirs, { a: '1' }, bot)
      for (const unknown of ['nothing', id, 'x'.repeat(100)])
        expect(await expectJson(call(`${deploymentsOf(ours)}/${unknown}${part}`, bot), 404)).toMatchObject({
          code: 'deployment_not_found',
        })
      await expectJson(rollBack(ours, id, bot), 404)
    },
  )
})

describe('POST …/rollback', () => {
  it('makes the folder what it was right after the deployment', async () => {
    const namespace = newNamespace()
    const first = { a: '1', 'b/c': '2', gone: '3' }
    const { id } = await deploy(namespace, first, bot)
    await deploy(namespace, { a: 'changed', new: '4' }, bot, { delete: true })
    await writeFile(namespace, 'by hand', '5', bot)
    const before = await treeOf(namespace)
    const back = await expectJson<Deployment>(rollBack(namespace, id, bot))
    expect(back).toEqual({
      id: expect.any(String),
      etag: expect.any(String),
      created: 2,
      updated: 1,
      deleted: 2,
      unchanged: 0,
    })
    expect(await treeOf(namespace)).toEqual(first)
    expect((await planOf(namespace, { files: [] }, bot)).etag).toBe(back.etag)
    expect((await list(namespace)).results[0]).toMatchObject({ id: back.id, restores: id, root: '/' })
    // It is a deployment like any other, and the one before it was not the last word either.
    const [, second] = (await list(namespace)).results
    await expectJson(rollBack(namespace, second?.id, bot))
    const { 'by hand': _, ...deployed } = before
    expect(await treeOf(namespace)).toEqual(deployed)
    await expectJson(rollBack(namespace, back.id, bot))
    expect(await treeOf(namespace)).toEqual(first)
  })

  it('touches its folder alone', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { x: '1' }, bot, { root: '/a' })
    await deploy(namespace, { x: '2', y: '2' }, bot, { root: '/a' })
    await deploy(namespace, { x: '3' }, bot, { root: '/b' })
    await writeFile(namespace, 'ab', '4', bot)
    await expectJson(rollBack(namespace, id, bot))
    expect(await treeOf(namespace)).toEqual({ 'a/x': '1', 'b/x': '3', ab: '4' })
  })

  it('sees through moves', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { a: '1', b: '2' }, bot)
    await call(`${filesOf(namespace)}?from=a&to=moved`, { ...bot, method: 'PUT' })
    const { id: later } = await deploy(namespace, { c: '3' }, bot)
    await call(`${filesOf(namespace)}?from=b&to=a`, { ...bot, method: 'PUT' })
    await expectJson(rollBack(namespace, id, bot))
    expect(await treeOf(namespace)).toEqual({ a: '1', b: '2' })
    await expectJson(rollBack(namespace, later, bot))
    expect(await treeOf(namespace)).toEqual({ moved: '1', b: '2', c: '3' })
  })

  it('knows what was moved from what was there before it', async () => {
    const namespace = newNamespace()
    for (const content of ['old 1', 'old 2', 'old 3']) await writeFile(namespace, 'b', content, bot)
    await removeFile(namespace, 'b', bot)
    for (const content of ['new 1', 'new 2']) await writeFile(namespace, 'a', content, bot)
    for (const [from, to] of ['ab', 'bc'])
      await call(`${filesOf(namespace)}?from=${from}&to=${to}`, { ...bot, method: 'PUT' })
    const { id } = await deploy(namespace, { d: '1' }, bot)
    await deploy(namespace, {}, bot, { delete: true })
    await expectJson(rollBack(namespace, id, bot))
    expect(await treeOf(namespace)).toEqual({ c: 'new 2', d: '1' })
  })

  it('makes new revisions of what it changes', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { a: '1', same: 's' }, bot)
    await deploy(namespace, { a: '2' }, bot)
    await expectJson(rollBack(namespace, id, bot))
    const row = env.DB.prepare('SELECT path, revision FROM files WHERE namespace = ? ORDER BY path')
    expect((await row.bind(namespace).all()).results).toEqual([
      { path: '/a', revision: 3 },
      { path: '/same', revision: 1 },
    ])
  })

  it('records nothing when the folder is as it was', async () => {
    const namespace = newNamespace()
    const { id, etag } = await deploy(namespace, { a: '1' }, bot)
    const before = await inventory()
    expect(await expectJson(rollBack(namespace, id, bot))).toEqual({
      etag,
      created: 0,
      updated: 0,
      deleted: 0,
      unchanged: 1,
    })
    expect(await inventory()).toBe(before)
  })

  it('goes through only if the folder is as it was seen, where that is asked for', async () => {
    const namespace = newNamespace()
    const { id, etag } = await deploy(namespace, { a: '1' }, bot)
    const second = await deploy(namespace, { a: '2' }, bot)
    const before = await inventory()
    expect(await expectJson(rollBack(namespace, id, bot, { 'If-Match': etag }), 412)).toMatchObject({
      code: 'folder_changed',
    })
    expect(await inventory()).toBe(before)
    await expectJson(rollBack(namespace, id, bot, { 'If-Match': second.etag }))
    expect(await treeOf(namespace)).toEqual({ a: '1' })
  })

  it('gives the same answer again under the same key', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { a: '1' }, bot)
    const other = await deploy(namespace, { a: '2' }, bot)
    const key = { 'Idempotency-Key': 'a-good-key' }
    const first = await expectJson(rollBack(namespace, id, bot, key))
    await writeFile(namespace, 'a', '3', bot)
    expect(await expectJson(rollBack(namespace, id, bot, key))).toEqual(first)
    expect(await treeOf(namespace)).toEqual({ a: '3' })
    expect(await expectJson(rollBack(namespace, other.id, bot, key), 422)).toMatchObject({
      code: 'idempotency_key_reused',
    })
  })

  it('lets one of two at once win', async () => {
    const namespace = newNamespace()
    const one = await deploy(namespace, { a: '1' }, bot)
    const two = await deploy(namespace, { a: '2' }, bot)
    await deploy(namespace, { a: '3' }, bot)
    const answers = await Promise.all([one, two].map(({ id }) => rollBack(namespace, id, bot)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toContain(200)
    for (const status of statuses) expect([200, 412]).toContain(status)
    expect(['1', '2']).toContain((await treeOf(namespace)).a)
  })

  it('takes the right to delete when it deletes', async () => {
    const namespace = newNamespace()
    const careful = await createBot({ NAMESPACE_FILE: ['CREATE', 'LIST'] }, { namespace, by: admin })
    const { id } = await deploy(namespace, { a: '1' }, bot)
    const { id: second } = await deploy(namespace, { a: '2', b: '2' }, bot)
    const before = await inventory()
    expect(await expectJson(rollBack(namespace, id, careful), 403)).toMatchObject({
      message: 'Forbidden',
      code: 'deletion_refused',
    })
    expect(await inventory()).toBe(before)
    await removeFile(namespace, 'b', bot)
    await expectJson(rollBack(namespace, second, careful))
    expect(await treeOf(namespace)).toEqual({ a: '2', b: '2' })
  })

  it('refuses a folder that a file stands in the way of', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { x: '1' }, bot, { root: '/a/b' })
    await removeFile(namespace, 'a', bot)
    await writeFile(namespace, 'a', 'a file now', bot)
    expect(await expectJson(rollBack(namespace, id, bot), 409)).toMatchObject({ code: 'path_taken' })
    expect(await treeOf(namespace)).toEqual({ a: 'a file now' })
  })

  it('replaces files by folders, folders by files, and empty folders by what was there', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { a: '1', 'b/c': '2', d: '3' }, bot)
    await deploy(namespace, { 'a/x': '4', b: '5' }, bot, { delete: true })
    await call(`${filesOf(namespace)}/directory?path=d`, { ...bot, method: 'POST' })
    await expectJson(rollBack(namespace, id, bot))
    expect(await treeOf(namespace)).toEqual({ a: '1', 'b/c': '2', d: '3' })
  })

  it('goes back to a deployment of the last ninety days, and to no earlier one', async () => {
    const namespace = newNamespace()
    const { id } = await deploy(namespace, { a: '1' }, bot)
    await deploy(namespace, { a: '2' }, bot)
    await later(90 * DAY - HOUR, async () => {
      expect((await get(namespace, id)).changes).toHaveLength(1)
      await expectJson(rollBack(namespace, id, bot))
    })
    await later(90 * DAY + HOUR, async () => {
      expect(await get(namespace, id)).not.toHaveProperty('changes')
      const before = await inventory()
      for (const answer of [
        call(`${deploymentsOf(namespace)}/${id}/diff`, bot),
        rollBack(namespace, id, bot),
      ])
        expect(await expectJson(answer, 410)).toMatchObject({
          message: expect.stringMatching(/^Resource has expired: /),
          code: 'deployment_expired',
        })
      expect(await inventory()).toBe(before)
    })
  })
})

describe('a deployment that deletes what it owns', () => {
  const ours = { repositoryId: '1' }
  const theirs = { repositoryId: '2' }
  /** Plan, contents, commit; a folder of this source. */
  async function run(namespace: string, tree: Record<string, string>, source: object, options: object = {}) {
    const plan = await manifestOf(tree, { delete: 'owned', ...options })
    await sendBlobs(namespace, await uploadOf('', ...Object.values(tree)), bot)
    const planned = await expectJson<{ etag: string; adopted: number; changes: object[] }>(
      call(`${filesOf(namespace)}/plan`, { ...bot, json: { ...plan, source } }),
    )
    const answer = await expectJson<Deployment>(sendCommit(namespace, { plan, source }, planned.etag, bot))
    expect(planned.changes).toHaveLength(answer.created + answer.updated + answer.deleted)
    return { ...answer, adopted: planned.adopted }
  }

  it('removes its own files, and those of nobody else', async () => {
    const namespace = newNamespace()
    await writeFile(namespace, 'by hand', 'h', bot)
    await run(namespace, { a: '1', b: '1' }, ours)
    await run(namespace, { c: '2' }, theirs)
    expect(await run(namespace, { a: '1' }, ours)).toMatchObject({ deleted: 1, unchanged: 1 })
    expect(await treeOf(namespace)).toEqual({ 'by hand': 'h', a: '1', c: '2' })
    expect(await run(namespace, {}, ours)).toMatchObject({ deleted: 1 })
    expect(await treeOf(namespace)).toEqual({ 'by hand': 'h', c: '2' })
  })

  it('owns by repository and root', async () => {
    const namespace = newNamespace()
    await run(namespace, { x: '1' }, ours, { root: '/a' })
    await run(namespace, { y: '1' }, ours)
    await run(namespace, {}, ours)
    expect(await treeOf(namespace)).toEqual({ 'a/x': '1' })
  })

  it('remembers what any commit of the source put there, whatever that one deleted', async () => {
    const namespace = newNamespace()
    await run(namespace, { a: '1' }, ours, { delete: 'none' })
    await run(namespace, { b: '1' }, ours, { delete: 'all' })
    await writeFile(namespace, 'c', 'c', bot)
    await run(namespace, {}, ours)
    expect(await treeOf(namespace)).toEqual({ c: 'c' })
  })

  it('adopts files that are as wanted and belong to nobody, once', async () => {
    const namespace = newNamespace()
    for (const path of ['a', 'b', 'c']) await writeFile(namespace, path, path, bot)
    const first = await run(namespace, { a: 'a', b: 'b' }, ours)
    expect(first).toMatchObject({ adopted: 2, created: 0, updated: 0, deleted: 0, unchanged: 2 })
    expect(first.id).toBeDefined()
    const again = await run(namespace, { a: 'a', b: 'b' }, ours)
    expect(again).toMatchObject({ adopted: 0, etag: first.etag })
    expect(again.id).toBeUndefined()
    expect(await run(namespace, { a: 'a', b: 'b' }, theirs)).toMatchObject({ adopted: 0 })
    await run(namespace, { a: 'a' }, theirs)
    expect(await pathsOf(namespace, bot)).toEqual(['/a', '/b', '/c'])
    await run(namespace, { a: 'a' }, ours)
    expect(await pathsOf(namespace, bot)).toEqual(['/a', '/c'])
    const revision = env.DB.prepare("SELECT revision FROM files WHERE namespace = ? AND path = '/a'")
    expect(await revision.bind(namespace).first('revision')).toBe(1)
  })

  it('loses what somebody else writes or moves, and gets it again with its next change', async () => {
    const namespace = newNamespace()
    await run(namespace, { a: '1', b: '1', c: '1' }, ours)
    await writeFile(namespace, 'a', 'by hand', bot)
    await call(`${filesOf(namespace)}?from=b&to=moved`, { ...bot, method: 'PUT' })
    await run(namespace, { c: '2' }, theirs)
    await run(namespace, {}, ours)
    expect(await treeOf(namespace)).toEqual({ a: 'by hand', moved: '1', c: '2' })
    await run(namespace, { a: '3' }, ours)
    await run(namespace, {}, ours)
    expect(await treeOf(namespace)).toEqual({ moved: '1', c: '2' })
  })

  it('owns again what a rollback brings back', async () => {
    const namespace = newNamespace()
    const { id } = await run(namespace, { a: '1' }, ours)
    await removeFile(namespace, 'a', bot)
    await expectJson(rollBack(namespace, id, bot))
    await run(namespace, {}, ours)
    expect(await treeOf(namespace)).toEqual({})
  })

  it.each([{}, undefined, { repositoryId: '' }, { repository: 'acme/web' }])(
    'is refused for a source that does not say who it is: %j',
    async (source) => {
      const namespace = newNamespace()
      await writeFile(namespace, 'a', 'a', bot)
      const plan = await manifestOf({}, { delete: 'owned' })
      const before = await inventory()
      const json = { ...plan, source }
      for (const answer of [
        call(`${filesOf(namespace)}/plan`, { ...bot, json }),
        call(`${filesOf(namespace)}/commit`, {
          ...bot,
          json: { plan, source },
          headers: { 'If-Match': '"1"', 'Idempotency-Key': crypto.randomUUID() },
        }),
      ])
        expect(await expectJson(answer, 422)).toMatchObject({ code: 'source_missing' })
      expect(await inventory()).toBe(before)
    },
  )

  it('takes the right to delete', async () => {
    const namespace = newNamespace()
    const careful = await createBot({ NAMESPACE_FILE: ['CREATE', 'LIST'] }, { namespace, by: admin })
    const plan = await manifestOf({}, { delete: 'owned' })
    await expectJson(sendCommit(namespace, { plan, source: ours }, '"0"', careful), 403)
  })

  it.each(['all', 'owned'] as const)('keeps what it is told to keep, with delete: %s', async (mode) => {
    const namespace = newNamespace()
    await run(namespace, { a: '1', 'b/c': '2', 'b/d': '3' }, ours, { root: '/r' })
    const options = { root: '/r', delete: mode, keep: ['a', 'b/c', 'never'] }
    expect(await run(namespace, {}, ours, options)).toMatchObject({ deleted: 1, unchanged: 0 })
    expect(await treeOf(namespace)).toEqual({ 'r/a': '1', 'r/b/c': '2' })
  })
})

describe('a stale run', () => {
  const source = (runNumber: number | string, more: object = {}) => ({
    repositoryId: '1',
    workflowRef: 'acme/web/.github/workflows/deploy.yml@refs/heads/main',
    runNumber,
    runUrl: `https://github.com/acme/web/actions/runs/${runNumber}`,
    ...more,
  })
  async function commit(namespace: string, content: string, from: object, more: object = {}) {
    const plan = await manifestOf({ a: content })
    await sendBlobs(namespace, await uploadOf(content), bot)
    const { etag } = await planOf(namespace, plan, bot)
    return sendCommit(namespace, { plan, source: from, ...more }, etag, bot)
  }

  it('is refused, and told which run was later', async () => {
    const namespace = newNamespace()
    await expectJson(commit(namespace, 'of 7', source(7)))
    const before = await inventory()
    const refusal = await expectJson(commit(namespace, 'of 7', source(5)), 409)
    expect(refusal).toMatchObject({
      code: 'stale_run',
      message: expect.stringMatching(/run 7 .* run 5/),
      detail: expect.stringContaining('https://github.com/acme/web/actions/runs/7'),
    })
    expect(await inventory()).toBe(before)
    expect(await treeOf(namespace)).toEqual({ a: 'of 7' })
    await expectJson(commit(namespace, 'of 6', source('6')), 409)
  })

  it('goes through when it may be stale, and does not make the later run forgotten', async () => {
    const namespace = newNamespace()
    await expectJson(commit(namespace, 'of 7', source(7)))
    await expectJson(commit(namespace, 'of 5', source(5), { allowStale: true }))
    await expectJson(commit(namespace, 'of 6', source(6)), 409)
    expect(await treeOf(namespace)).toEqual({ a: 'of 5' })
  })

  it('is none that is run again, nor one of another repository, workflow or root, nor one without a number', async () => {
    const namespace = newNamespace()
    await expectJson(commit(namespace, 'first', source(7)))
    for (const from of [
      source(7),
      source(5, { repositoryId: '2' }),
      source(5, { workflowRef: 'another' }),
      { repositoryId: '1' },
      {},
      source(8),
    ])
      await expectJson(commit(namespace, JSON.stringify(from), from))
    const plan = await manifestOf({ x: 'first' }, { root: '/elsewhere' })
    await expectJson(sendCommit(namespace, { plan, source: source(5) }, '"0"', bot))
  })

  it('still gets its own answer when only that was lost', async () => {
    const namespace = newNamespace()
    const plan = await manifestOf({ a: 'x' })
    await sendBlobs(namespace, await uploadOf('x'), bot)
    const send = () => sendCommit(namespace, { plan, source: source(5) }, '"0"', bot, 'a-good-key')
    const first = await expectJson(send())
    await expectJson(commit(namespace, 'of 7', source(7)))
    expect(await expectJson(send())).toEqual(first)
  })
})
