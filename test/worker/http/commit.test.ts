import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_FOLDER_FILES } from '../../../shared/limits.ts'
import type { Deployment } from '../../../shared/wire/sync.ts'
import { type Bot, call, createAdmin, createBot, expectJson, freshEdge, inventory } from '../support/edge.ts'
import { filesOf, pathsOf, readFile, removeFile, writeFile } from '../support/files.ts'
import {
  deploy,
  manifestOf,
  planOf,
  sendBlobs,
  sendCommit,
  sendPlan,
  sha256,
  type Tree,
  treeOf as treeBy,
  uploadOf,
} from '../support/sync.ts'

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

describe('POST …/files/commit', () => {
  /** A commit of a tree whose contents are there, with the ETag of now. */
  async function prepared(namespace: string, tree: Tree, options: { root?: string; delete?: boolean } = {}) {
    const plan = await manifestOf(tree, options)
    await sendBlobs(namespace, await uploadOf('', ...Object.values(tree)), bot)
    const { etag } = await planOf(namespace, plan, bot)
    return { plan, etag }
  }

  it.each([
    ['no If-Match', { 'Idempotency-Key': 'a-good-key' }],
    ['no Idempotency-Key', { 'If-Match': '"0"' }],
    ['a short Idempotency-Key', { 'If-Match': '"0"', 'Idempotency-Key': 'short' }],
    ['a long Idempotency-Key', { 'If-Match': '"0"', 'Idempotency-Key': 'x'.repeat(101) }],
  ])('refuses %s', async (_, headers) => {
    const before = await inventory()
    const json = { plan: { files: [] } }
    await expectJson(call(`${filesOf('prod')}/commit`, { ...bot, json, headers }), 422)
    expect(await inventory()).toBe(before)
  })

  it.each(['"999"', '*', '0', 'W/"0"'])('does not take %j for the ETag of the folder', async (etag) => {
    const namespace = newNamespace()
    const { plan } = await prepared(namespace, { a: 'x' })
    const answer = await call(`${filesOf(namespace)}/commit`, {
      ...bot,
      json: { plan },
      headers: { 'If-Match': etag, 'Idempotency-Key': 'a-good-key' },
    })
    expect(await expectJson(answer, 412)).toMatchObject({ code: 'folder_changed' })
    expect(await pathsOf(namespace, bot)).toEqual([])
  })

  it.each<[string, (namespace: string) => Promise<unknown>]>([
    ['a file was written', (namespace) => writeFile(namespace, 'new', 'x', bot)],
    ['a file was written as it was', (namespace) => writeFile(namespace, 'a', 'before', bot)],
    ['a file was removed', (namespace) => removeFile(namespace, 'a', bot)],
    [
      'a file came and went',
      async (namespace) => {
        await writeFile(namespace, 'new', 'x', bot)
        await removeFile(namespace, 'new', bot)
      },
    ],
    ['another commit went before', (namespace) => deploy(namespace, { a: 'theirs' }, bot)],
  ])('refuses what was planned before %s', async (_, change) => {
    const namespace = newNamespace()
    await deploy(namespace, { a: 'before' }, bot)
    const { plan, etag } = await prepared(namespace, { a: 'ours', b: 'ours' }, { delete: true })
    await change(namespace)
    const before = [await inventory(), await treeOf(namespace)]
    expect(await expectJson(sendCommit(namespace, { plan }, etag, bot), 412)).toMatchObject({
      message: expect.stringMatching(/^Precondition Failed: /),
      code: 'folder_changed',
    })
    expect([await inventory(), await treeOf(namespace)]).toEqual(before)
  })

  it('takes no notice of changes beside its root', async () => {
    const namespace = newNamespace()
    const { plan, etag } = await prepared(namespace, { x: '1' }, { root: '/a' })
    await writeFile(namespace, 'b/x', '2', bot)
    await writeFile(namespace, 'ab', '3', bot)
    await expectJson(sendCommit(namespace, { plan }, etag, bot))
    expect(await treeOf(namespace)).toEqual({ 'a/x': '1', 'b/x': '2', ab: '3' })
  })

  it('refuses contents that were not sent, and writes nothing', async () => {
    const namespace = newNamespace()
    await sendBlobs(namespace, await uploadOf('there'), bot)
    const before = await inventory()
    const plan = await manifestOf({ a: 'there', b: 'not there' })
    expect(await expectJson(sendCommit(namespace, { plan }, '"0"', bot), 422)).toMatchObject({
      code: 'content_missing',
      message: expect.stringContaining(await sha256('not there')),
    })
    expect(await inventory()).toBe(before)
  })

  it.each<[string, Tree, Tree, string]>([
    ['a file and a folder of one name in the manifest', {}, { a: '1', 'a/b': '2' }, '/'],
    ['the same further down', {}, { 'x/a': '1', 'x/a/b/c': '2', 'x/ab': '3' }, '/'],
    ['a file where a folder is', { 'a/b': '1' }, { a: '2', c: '3' }, '/'],
    ['a file below a file', { a: '1' }, { 'a/b': '2', c: '3' }, '/'],
    ['a root that is a file', { a: '1' }, { b: '2' }, '/a'],
    ['a root below a file', { a: '1' }, { c: '2' }, '/a/b'],
  ])('refuses %s, all of it, and so does a plan', async (_, first, second, root) => {
    const namespace = newNamespace()
    await deploy(namespace, first, bot)
    const { plan, etag } = await prepared(namespace, {}, { root })
    await sendBlobs(namespace, await uploadOf(...Object.values(second)), bot)
    const { files } = await manifestOf(second)
    const before = await inventory()
    for (const answer of [
      sendPlan(namespace, { ...plan, files }, bot),
      sendCommit(namespace, { plan: { ...plan, files } }, etag, bot),
    ])
      expect(await expectJson(answer, 409)).toMatchObject({ code: 'path_taken' })
    expect(await inventory()).toBe(before)
    expect(await treeOf(namespace)).toEqual(first)
  })

  it('may put a folder where a file was, when the file goes', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { a: '1', 'b/c': '2' }, bot)
    await deploy(namespace, { 'a/b': '3', b: '4' }, bot, { delete: true })
    expect(await treeOf(namespace)).toEqual({ 'a/b': '3', b: '4' })
  })

  it('answers what it did, and the ETag of the next plan', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { same: 's', old: 'before', gone: 'gone', gone2: '' }, bot)
    const tree = { same: 's', old: 'after', new: 'n' }
    const answer = await deploy(namespace, tree, bot, { delete: true })
    expect(answer).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      etag: expect.any(String),
      created: 1,
      updated: 1,
      deleted: 2,
      unchanged: 1,
    })
    expect(await treeOf(namespace)).toEqual(tree)
    expect(await planOf(namespace, await manifestOf(tree), bot)).toMatchObject({ etag: answer.etag })
  })

  it('records nothing when there is nothing to do', async () => {
    const namespace = newNamespace()
    const { etag } = await deploy(namespace, { a: 'x' }, bot)
    const before = await inventory()
    expect(await deploy(namespace, { a: 'x' }, bot, { delete: true })).toEqual({
      etag,
      created: 0,
      updated: 0,
      deleted: 0,
      unchanged: 1,
    })
    expect(await inventory()).toBe(before)
  })

  it('never deletes unless asked to', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { a: '1', 'b/c': '2' }, bot)
    await deploy(namespace, { d: '3' }, bot, { delete: false })
    await deploy(namespace, {}, bot)
    expect(await treeOf(namespace)).toEqual({ a: '1', 'b/c': '2', d: '3' })
  })

  it('deletes below its root alone', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { 'a/x': '1', 'a/b/y': '2', ab: '3', 'a.txt': '4', 'b/a/x': '5', z: '6' }, bot)
    await deploy(namespace, { new: '7' }, bot, { root: '/a', delete: true })
    expect(await treeOf(namespace)).toEqual({ 'a/new': '7', ab: '3', 'a.txt': '4', 'b/a/x': '5', z: '6' })
    await deploy(namespace, {}, bot, { delete: true })
    expect(await treeOf(namespace)).toEqual({})
  })

  it('takes the right to delete when it deletes', async () => {
    const namespace = newNamespace()
    const careful = await createBot({ NAMESPACE_FILE: ['CREATE', 'VIEW', 'LIST'] }, { namespace, by: admin })
    await deploy(namespace, { a: '1' }, careful)
    const { plan, etag } = await prepared(namespace, { a: '1', b: '' }, { delete: true })
    const before = await inventory()
    expect(await expectJson(sendCommit(namespace, { plan }, etag, careful), 403)).toMatchObject({
      message: 'Forbidden',
      code: 'permission_missing',
    })
    expect(await inventory()).toBe(before)
    await expectJson(sendCommit(namespace, { plan: { ...plan, delete: false } }, etag, careful))
  })

  it('takes sizes from the contents, not from the manifest', async () => {
    const namespace = newNamespace()
    const { plan, etag } = await prepared(namespace, { a: 'four' })
    const lying = { ...plan, files: plan.files.map((file) => ({ ...file, size: 4_000 })) }
    await expectJson(sendCommit(namespace, { plan: lying }, etag, bot))
    expect(await expectJson(call(`${filesOf(namespace)}/directory`, bot))).toMatchObject([
      { fileName: 'a', size: 4 },
    ])
    expect((await readFile(namespace, 'a', bot)).headers.get('Content-Length')).toBe('4')
  })

  it('records who committed, and from where', async () => {
    const namespace = newNamespace()
    const { plan, etag } = await prepared(namespace, { a: 'x' })
    const source = {
      repository: 'acme/scripts',
      ref: 'refs/heads/main',
      sha: 'abc',
      runUrl: 'https://x.test',
    }
    await expectJson(sendCommit(namespace, { plan, source }, etag, bot))
    const row = await env.DB.prepare('SELECT * FROM deployments WHERE namespace = ?').bind(namespace).first()
    expect(row).toMatchObject({
      account_id: bot.id,
      account_name: 'deploy-bot',
      source: JSON.stringify(source),
      is_verified: 0,
      seq: 1,
    })
  })
})

describe('an idempotency key', () => {
  it('gives the same answer again, even after the folder went on', async () => {
    const namespace = newNamespace()
    const plan = await manifestOf({ a: 'x' })
    await sendBlobs(namespace, await uploadOf('x'), bot)
    const send = () => sendCommit(namespace, { plan }, '"0"', bot, 'a-good-key')
    const first = await expectJson<Deployment>(send())
    await writeFile(namespace, 'a', 'newer', bot)
    const before = await inventory()
    expect(await expectJson(send())).toEqual(first)
    expect(await inventory()).toBe(before)
    expect(await treeOf(namespace)).toEqual({ a: 'newer' })
  })

  it('is refused for another request', async () => {
    const namespace = newNamespace()
    const plan = await manifestOf({ a: 'x' })
    await sendBlobs(namespace, await uploadOf('x'), bot)
    await expectJson(sendCommit(namespace, { plan }, '"0"', bot, 'a-good-key'))
    const before = await inventory()
    for (const [other, etag] of [
      [{ ...plan, root: '/b' }, '"0"'],
      [{ ...plan, delete: true }, '"0"'],
      [plan, '"1"'],
    ] as const) {
      const answer = sendCommit(namespace, { plan: other }, etag, bot, 'a-good-key')
      expect(await expectJson(answer, 422)).toMatchObject({ code: 'idempotency_key_reused' })
    }
    expect(await inventory()).toBe(before)
  })

  it('belongs to its namespace', async () => {
    for (const namespace of [newNamespace(), newNamespace()]) {
      await sendBlobs(namespace, await uploadOf('x'), bot)
      const plan = await manifestOf({ a: 'x' })
      await expectJson(sendCommit(namespace, { plan }, '"0"', bot, 'a-good-key'))
      expect(await treeOf(namespace)).toEqual({ a: 'x' })
    }
  })

  it('lets the same commit sent several times at once happen once', async () => {
    const namespace = newNamespace()
    const plan = await manifestOf({ a: 'x' })
    await sendBlobs(namespace, await uploadOf('x'), bot)
    const answers = await Promise.all(
      [1, 2, 3].map(() => expectJson<Deployment>(sendCommit(namespace, { plan }, '"0"', bot, 'a-good-key'))),
    )
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    const row = env.DB.prepare('SELECT revision FROM files WHERE namespace = ?').bind(namespace)
    expect(await row.first('revision')).toBe(1)
  })
})

describe('two commits at once', () => {
  it('let exactly one win, whole', async () => {
    for (let round = 0; round < 5; round++) {
      const namespace = newNamespace()
      const trees = [1, 2, 3].map((n) => ({ a: `${n}`, [`only${n}`]: `${n}` }))
      await sendBlobs(namespace, await uploadOf('1', '2', '3'), bot)
      const answers = await Promise.all(
        trees.map(async (tree) => sendCommit(namespace, { plan: await manifestOf(tree) }, '"0"', bot)),
      )
      const statuses = answers.map(({ status }) => status)
      expect(statuses.toSorted()).toEqual([200, 412, 412])
      expect(await treeOf(namespace)).toEqual(trees[statuses.indexOf(200)])
    }
  })
})

describe('a folder of ten thousand files', () => {
  it('is planned, committed, found unchanged and emptied', async () => {
    const namespace = newNamespace()
    const hashOf = (i: number) => i.toString(16).padStart(64, '0')
    const files = Array.from({ length: MAX_FOLDER_FILES }, (_, i) => ({
      // More than one value of D1 can hold.
      path: `folder-${i % 100}/with a rather long name ${'é'.repeat(60)}/file ${i}.txt`,
      sha256: hashOf(i),
      size: 1,
    }))
    const { etag, missing } = await planOf(namespace, { files }, bot)
    expect(missing).toHaveLength(MAX_FOLDER_FILES)
    await env.DB.prepare(
      `INSERT INTO contents (tenant_id, namespace, sha256, size, object, offset, stored_at)
       SELECT 'main', ?, value, 1, (SELECT max(key) FROM objects), 0, 0 FROM json_each(?)`,
    )
      .bind(namespace, JSON.stringify(missing))
      .run()
    const committed = await expectJson<Deployment>(sendCommit(namespace, { plan: { files } }, etag, bot))
    expect(committed).toMatchObject({ created: MAX_FOLDER_FILES })
    const plan = { delete: true, files }
    expect(await planOf(namespace, plan, bot)).toMatchObject({ changes: [], unchanged: MAX_FOLDER_FILES })
    const emptied = await sendCommit(namespace, { plan: { ...plan, files: [] } }, committed.etag, bot)
    expect(await expectJson(emptied)).toMatchObject({ deleted: MAX_FOLDER_FILES })
    expect(await pathsOf(namespace, bot)).toEqual([])
  })
})
