/** What the sweep removes and what it never may. Each sweep is a cron event, as Cloudflare sends it. */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { openContents } from '../../../worker/storage/contents.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { announceContents, insertContents } from '../../../worker/storage/stored-contents.ts'
import { HOUR, later } from '../support/clock.ts'
import {
  type Bot,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
} from '../support/edge.ts'
import { failAt } from '../support/faults.ts'
import { filesOf, formOf, readFile, removeFile, writeFile } from '../support/files.ts'
import { sweepIn } from '../support/sweep.ts'
import {
  deploy,
  deploymentsOf,
  manifestOf,
  planOf,
  rollBack,
  sendBlobs,
  sendCommit,
  sha256,
  treeOf,
  uploadOf,
} from '../support/sync.ts'

const DAY = 24 * HOUR

let admin: Bot
let count = 0
/** A namespace that nothing was written to yet. */
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const keysOf = async (namespace: string) =>
  (await env.CONTENTS.list({ prefix: `main/${namespace}/` })).objects.map(({ key }) => key)
const rows = async (table: string, namespace: string) =>
  (await env.DB.prepare(`SELECT * FROM ${table} WHERE namespace = ?`).bind(namespace).all()).results
const objectRows = async (namespace: string) =>
  (await env.DB.prepare('SELECT * FROM objects WHERE key LIKE ?').bind(`main/${namespace}/%`).all()).results

describe('a content that no file has', () => {
  it('stays for a day after it was last sent, and then goes from D1 and R2', async () => {
    const namespace = newNamespace()
    await sendBlobs(namespace, await uploadOf('a', 'b'), admin)
    await sweepIn(DAY - HOUR)
    expect(await keysOf(namespace)).toHaveLength(1)
    await later(DAY - HOUR, async () => sendBlobs(namespace, await uploadOf('a'), admin))
    await sweepIn(DAY + HOUR)
    expect(await rows('contents', namespace)).toMatchObject([{ sha256: await sha256('a') }])
    expect(await keysOf(namespace)).toHaveLength(1)
    await sweepIn(3 * DAY)
    expect(await rows('contents', namespace)).toEqual([])
    expect(await keysOf(namespace)).toEqual([])
    expect(await objectRows(namespace)).toEqual([])
  })

  it('is missing to a plan before it goes, so that the commit after it still finds it', async () => {
    const namespace = newNamespace()
    const manifest = await manifestOf({ a: 'late' })
    await sendBlobs(namespace, await uploadOf('late'), admin)
    expect((await planOf(namespace, manifest, admin)).missing).toEqual([])
    await later(DAY - HOUR / 2, async () => {
      const { missing, etag } = await planOf(namespace, manifest, admin)
      expect(missing).toEqual([await sha256('late')])
      await sendBlobs(namespace, await uploadOf('late'), admin)
      await sweepIn(HOUR)
      await expectJson(sendCommit(namespace, { plan: manifest }, etag, admin))
    })
    await sweepIn(10 * DAY)
    expect(await treeOf(namespace, admin)).toEqual({ a: 'late' })
  })

  it('goes with a pack only when no other content of it is wanted', async () => {
    const namespace = newNamespace()
    await sendBlobs(namespace, await uploadOf('wanted', 'unwanted'), admin)
    await expectJson(sendCommit(namespace, { plan: await manifestOf({ a: 'wanted' }) }, '"0"', admin))
    await sweepIn(2 * DAY)
    expect(await rows('contents', namespace)).toHaveLength(1)
    expect(await treeOf(namespace, admin)).toEqual({ a: 'wanted' })
    await sendBlobs(namespace, await uploadOf('unwanted'), admin)
    expect(await keysOf(namespace)).toHaveLength(2)
  })
})

const TABLES = ['files', 'file_revisions', 'contents', 'deployments']

describe('what files were', () => {
  it('stays for ninety days, to be read and gone back to, and then goes', async () => {
    const namespace = newNamespace()
    const first = await deploy(namespace, { a: 'one', b: 'gone' }, admin)
    await deploy(namespace, { a: 'two' }, admin, { delete: true })
    const state = () => Promise.all(TABLES.map((table) => rows(table, namespace)))
    const before = await state()
    await sweepIn(90 * DAY)
    expect(await state()).toEqual(before)
    const revision = await call(`${filesOf(namespace)}?path=a&revision=1`, admin)
    expect(await new Response(revision.body).text()).toBe('one')
    await later(90 * DAY - HOUR, () => expectJson(rollBack(namespace, first.id, admin)))
    expect(await treeOf(namespace, admin)).toEqual({ a: 'one', b: 'gone' })

    await sweepIn(200 * DAY)
    await sweepIn(202 * DAY)
    expect(await treeOf(namespace, admin)).toEqual({ a: 'one', b: 'gone' })
    expect(await rows('file_revisions', namespace)).toHaveLength(2)
    expect((await rows('contents', namespace)).map(({ sha256 }) => sha256)).not.toContain(await sha256('two'))
    expect((await call(`${filesOf(namespace)}?path=a&revision=2`, admin)).status).toBe(404)
    await writeFile(namespace, 'a', 'four', admin)
    expect(await rows('files', namespace)).toMatchObject([{ revision: 4 }, { revision: 2 }])
  })

  it('keeps the newest deployment of each folder, which tells a stale run', async () => {
    const namespace = newNamespace()
    for (const content of ['1', '2', '3']) await deploy(namespace, { a: content }, admin, { root: '/r' })
    const last = await deploy(namespace, { a: '1' }, admin)
    await sweepIn(100 * DAY)
    const { results } = await expectJson<{ results: { id: string; root: string }[] }>(
      call(deploymentsOf(namespace), admin),
    )
    expect(results.map(({ root }) => root)).toEqual(['/', '/r'])
    expect(results[0]?.id).toBe(last.id)
  })

  it('of a removed file goes as a whole', async () => {
    const namespace = newNamespace()
    await writeFile(namespace, 'a', 'x', admin)
    await removeFile(namespace, 'a', admin)
    await sweepIn(100 * DAY)
    await sweepIn(102 * DAY)
    expect(await rows('contents', namespace)).toEqual([])
    expect(await keysOf(namespace)).toEqual([])
    expect(await rows('file_revisions', namespace)).toMatchObject([{ sha256: null }])
  })
})

describe('a sweep', () => {
  const store = { db: openDatabase(env.DB), contents: openContents(env.CONTENTS) }

  it('removes what an upload left that broke between R2 and D1', async () => {
    const namespace = newNamespace()
    await writeFile(namespace, 'warm', 'up', admin)
    // Verified, which takes two calls for a superadmin, announced, put: the fifth would have told D1 what is there.
    await failAt(5, 'not carried out', async () => sendBlobs(namespace, await uploadOf('left over'), admin))
    expect(await keysOf(namespace)).toHaveLength(2)
    await sweepIn(2 * DAY)
    expect(await keysOf(namespace)).toHaveLength(1)
    expect(await treeOf(namespace, admin)).toEqual({ warm: 'up' })
  })

  it('takes up again what broke off when R2 did not answer', async () => {
    const namespace = newNamespace()
    await sendBlobs(namespace, await uploadOf('x'), admin)
    const broken = vi
      .spyOn(env.CONTENTS, 'delete')
      .mockRejectedValue(new Error('delete: internal error (10001)'))
    await expect(sweepIn(2 * DAY)).rejects.toThrow('internal error')
    broken.mockRestore()
    expect(await rows('contents', namespace)).toEqual([])
    expect(await objectRows(namespace)).toHaveLength(1)
    expect((await planOf(namespace, await manifestOf({ a: 'x' }), admin)).missing).toHaveLength(1)
    await deploy(namespace, { a: 'x' }, admin)
    await sweepIn(2 * DAY)
    expect(await objectRows(namespace)).toHaveLength(1)
    expect(await treeOf(namespace, admin)).toEqual({ a: 'x' })
  })

  it('lets nobody put a content into an object that is condemned', async () => {
    const namespace = newNamespace()
    const place = { tenant: 'main', namespace }
    const key = `main/${namespace}/slow`
    const hash = await sha256('slow')
    await announceContents(store.db, place, [hash], key, Date.now())
    const broken = vi.spyOn(env.CONTENTS, 'delete').mockRejectedValue(new Error('delete: not now'))
    await sweepIn(2 * DAY).catch(() => undefined)
    broken.mockRestore()
    expect(await objectRows(namespace)).toMatchObject([{ condemned_at: expect.any(Number) }])
    await store.contents.put(key, new TextEncoder().encode('slow'), hash)
    await insertContents(store.db, place, key, [{ sha256: hash, size: 4, offset: 0 }], Date.now())
    expect((await planOf(namespace, await manifestOf({ a: 'slow' }), admin)).missing).toEqual([hash])
  })

  it('clears R2 of a tenant that is gone', async () => {
    await createTenant('acme')
    const by = await createBot(
      { NAMESPACE: ['MANAGE_FILES'] },
      { namespace: null, tenant: 'acme', by: admin },
    )
    await call(`${filesOf('prod', 'acme')}?path=a`, { ...by, body: formOf('theirs') })
    await call(`${filesOf('prod', 'acme')}?path=a`, { ...by, body: formOf('theirs too') })
    const keys = async () => (await env.CONTENTS.list({ prefix: 'acme/' })).objects
    expect(await keys()).toHaveLength(2)
    await env.DB.prepare("DELETE FROM tenants WHERE id = 'acme'").run()
    await sweepIn(2 * DAY)
    expect(await keys()).toEqual([])
  })

  it('does a bounded part of the work, and the rest the next time', async () => {
    const namespace = newNamespace()
    const insert = (sql: string) =>
      env.DB.prepare(sql)
        .bind(namespace, JSON.stringify(Array.from({ length: 9_000 }, (_, i) => i)))
        .run()
    await insert(
      `INSERT INTO objects (key, stored_at) SELECT 'main/' || ?1 || '/' || value, 0 FROM json_each(?2)`,
    )
    const remove = vi.spyOn(env.CONTENTS, 'delete')
    const prepare = vi.spyOn(env.DB, 'prepare')
    await sweepIn(0)
    expect(remove.mock.calls.length).toBeLessThanOrEqual(8)
    for (const [keys] of remove.mock.calls) expect(keys.length).toBeLessThanOrEqual(1_000)
    expect(prepare.mock.calls.length).toBeLessThanOrEqual(50)
    for (const spy of [remove, prepare]) spy.mockRestore()
    expect(await objectRows(namespace)).toHaveLength(1_000)
    await sweepIn(0)
    expect(await objectRows(namespace)).toEqual([])
  })

  it('reads nothing wrong while it runs', async () => {
    const namespace = newNamespace()
    const tree = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, `${i}`]))
    await deploy(namespace, tree, admin)
    await Promise.all([
      sweepIn(3 * DAY),
      sweepIn(3 * DAY),
      deploy(namespace, { ...tree, new: 'n' }, admin),
      readFile(namespace, 'f1', admin),
    ])
    expect(await treeOf(namespace, admin)).toEqual({ ...tree, new: 'n' })
  })
})
