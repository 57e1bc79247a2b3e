import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  MAX_FILE_BYTES,
  MAX_FOLDER_FILES,
  MAX_FORM_FILE_BYTES,
  MAX_UPLOAD_BYTES,
  MAX_UPLOAD_CONTENTS,
} from '../../../shared/limits.ts'
import { type Bot, call, createAdmin, createBot, expectJson, freshEdge, inventory } from '../support/edge.ts'
import { filesOf, formOf, pathsOf, readFile } from '../support/files.ts'
import { costOf } from '../support/round-trips.ts'
import {
  deploy,
  manifestOf,
  planOf,
  sendBlobs,
  sendCommit,
  sendPlan,
  sha256,
  treeOf,
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

const FILE = { path: 'a', sha256: '0'.repeat(64), size: 1 }

describe('a manifest', () => {
  it.each<[string, object]>([
    ['no files', {}],
    ['a path twice', { files: [FILE, FILE] }],
    ['a path that begins with a slash', { files: [{ ...FILE, path: '/a' }] }],
    ['a path with a dot in it', { files: [{ ...FILE, path: './a' }] }],
    ['a path with an empty name', { files: [{ ...FILE, path: 'a//b' }] }],
    ['a path that ends with a slash', { files: [{ ...FILE, path: 'a/' }] }],
    ['a path with a backslash', { files: [{ ...FILE, path: 'a\\b' }] }],
    ['a path that climbs', { files: [{ ...FILE, path: '../a' }] }],
    ['an encoded path that climbs', { files: [{ ...FILE, path: '%2e%2e/a' }] }],
    ['an empty path', { files: [{ ...FILE, path: '' }] }],
    ['flows', { files: [{ ...FILE, path: '_flows/a.yml' }] }],
    ['a control character', { files: [{ ...FILE, path: 'a\u0000' }] }],
    ['a name above 255 characters', { files: [{ ...FILE, path: 'x'.repeat(256) }] }],
    [
      'a path that is too long below its root',
      { root: `/${'x/'.repeat(300)}`, files: [{ ...FILE, path: `${'y/'.repeat(300)}z` }] },
    ],
    ['a hash in capitals', { files: [{ ...FILE, sha256: 'A'.repeat(64) }] }],
    ['a hash that is cut', { files: [{ ...FILE, sha256: '0'.repeat(63) }] }],
    ['a negative size', { files: [{ ...FILE, size: -1 }] }],
    ['a size above the limit', { files: [{ ...FILE, size: MAX_FILE_BYTES + 1 }] }],
    ['a root that climbs', { root: '/..', files: [] }],
    ['flows for its root', { root: '/_flows', files: [] }],
    ['delete as a text', { delete: 'true', files: [] }],
  ])('is refused with %s', async (_, manifest) => {
    const before = await inventory()
    expect(await expectJson(sendPlan('prod', manifest, bot), 422)).toMatchObject({ code: 'invalid_entity' })
    const commit = { plan: manifest } as Parameters<typeof sendCommit>[1]
    expect(await expectJson(sendCommit('prod', commit, '"0"', bot), 422)).toMatchObject({
      code: 'invalid_entity',
    })
    expect(await inventory()).toBe(before)
  })

  it('is refused with more files than a folder may have', async () => {
    const files = Array.from({ length: MAX_FOLDER_FILES + 1 }, (_, i) => ({ ...FILE, path: `f${i}` }))
    expect(await expectJson(sendPlan('prod', { files }, bot), 422)).toMatchObject({
      _embedded: { errors: [{ path: 'files' }] },
    })
  })
})

describe('POST …/files/plan', () => {
  it('says what would change, sorted by path, and what is missing', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { same: 's', old: 'before', gone: 'gone' }, bot)
    const manifest = await manifestOf({ z: 'new', same: 's', old: 'after!', a: 's' }, { delete: true })
    const plan = await planOf(namespace, manifest, bot)
    expect(plan).toMatchObject({
      etag: expect.stringMatching(/^"\d+"$/),
      unchanged: 1,
      changes: [
        { kind: 'create', path: 'a', size: 1 },
        { kind: 'delete', path: 'gone', previousSize: 4 },
        { kind: 'update', path: 'old', size: 6, previousSize: 6 },
        { kind: 'create', path: 'z', size: 3 },
      ],
    })
    expect(plan.missing.toSorted()).toEqual([await sha256('after!'), await sha256('new')].sort())
  })

  it('says so when the folder is as wanted', async () => {
    const namespace = newNamespace()
    const tree = { 'a/b': 'x', c: 'y' }
    await deploy(namespace, tree, bot)
    expect(await planOf(namespace, await manifestOf(tree, { delete: true }), bot)).toMatchObject({
      changes: [],
      unchanged: 2,
      missing: [],
    })
  })

  it('writes nothing, and is one round trip to D1 once the token is known', async () => {
    const manifest = await manifestOf({ a: 'never', b: 'stored' }, { delete: true })
    await planOf(newNamespace(), manifest, bot)
    const before = await inventory()
    expect(await costOf(() => planOf(newNamespace(), manifest, bot))).toMatchObject({ roundTrips: 1 })
    expect(await inventory()).toBe(before)
  })

  it('takes a content that only another namespace holds for missing', async () => {
    const [theirs, ours] = [newNamespace(), newNamespace()]
    await deploy(theirs, { secret: 'known by its hash' }, bot)
    const manifest = await manifestOf({ stolen: 'known by its hash' })
    const { etag, missing } = await planOf(ours, manifest, bot)
    expect(missing).toEqual([await sha256('known by its hash')])
    const answer = await expectJson(sendCommit(ours, { plan: manifest }, etag, bot), 422)
    expect(answer).toMatchObject({ code: 'content_missing' })
    expect(await treeOf(ours, bot)).toEqual({})
  })
})

describe('POST …/files/blobs', () => {
  const nameOf = async (name: (hash: string) => string) =>
    formOf('content', 'blob', name(await sha256('content')))

  it.each<[string, () => Promise<FormData> | FormData]>([
    ['no part', () => new FormData()],
    ['a part of another name', async () => formOf('x', 'file', await sha256('x'))],
    ['a name that is no hash', () => nameOf(() => 'content.txt')],
    ['a hash in capitals', () => nameOf((hash) => hash.toUpperCase())],
    ['a hash with a path before it', () => nameOf((hash) => `../${hash}`)],
    [
      'a content as a plain field',
      () => {
        const form = new FormData()
        form.append('blob', 'content')
        return form
      },
    ],
    [
      'more contents than one upload may have',
      () => uploadOf(...Array.from({ length: MAX_UPLOAD_CONTENTS + 1 }, (_, i) => `${i}`)),
    ],
  ])('refuses %s', async (_, form) => {
    const before = await inventory()
    expect(await expectJson(sendBlobs('prod', await form(), bot), 422)).toMatchObject({
      code: 'upload_malformed',
    })
    expect(await inventory()).toBe(before)
  })

  it('stores nothing at all when one content is not what its name says', async () => {
    const form = await uploadOf('one', 'two')
    form.append('blob', new File(['changed on the way'], await sha256('three')))
    const before = await inventory()
    expect(await expectJson(sendBlobs('prod', form, bot), 422)).toMatchObject({ code: 'hash_mismatch' })
    expect(await inventory()).toBe(before)
  })

  it('refuses a content above the limit for one file', async () => {
    const before = await inventory()
    const form = await uploadOf(new Uint8Array(MAX_FORM_FILE_BYTES + 1))
    expect(await expectJson(sendBlobs('prod', form, bot), 413)).toMatchObject({ code: 'file_too_large' })
    expect(await inventory()).toBe(before)
  })

  it('refuses several contents above what one upload may carry together', async () => {
    const before = await inventory()
    const form = await uploadOf(new Uint8Array(MAX_UPLOAD_BYTES), 'and one more')
    expect(await expectJson(sendBlobs('prod', form, bot), 413)).toMatchObject({ code: 'upload_too_large' })
    expect(await inventory()).toBe(before)
  })

  it('takes a single content of that size', async () => {
    const form = await uploadOf(new Uint8Array(MAX_UPLOAD_BYTES + 1))
    await expectJson(sendBlobs('prod', form, bot))
  })

  it('refuses a body that is not multipart', async () => {
    await expectJson(call(`${filesOf('prod')}/blobs`, { ...bot, json: {} }), 415)
  })

  it('answers the hashes it stored, and is harmless to repeat', async () => {
    const namespace = newNamespace()
    const hashes = [await sha256('one'), await sha256(''), await sha256('three')]
    const send = async () => expectJson(sendBlobs(namespace, await uploadOf('one', '', 'three'), bot))
    expect(await send()).toEqual({ stored: hashes })
    const before = await inventory()
    const { objects } = await env.CONTENTS.list({ prefix: `main/${namespace}/` })
    expect(objects).toHaveLength(1)
    expect(await (await env.CONTENTS.get(objects[0]?.key ?? ''))?.text()).toBe('onethree')
    expect(await send()).toEqual({ stored: hashes })
    expect(await inventory()).toBe(before)
  })

  it('makes no file', async () => {
    const namespace = newNamespace()
    await sendBlobs(namespace, await uploadOf('one'), bot)
    expect(await pathsOf(namespace, bot)).toEqual([])
  })
})

describe('PUT …/files/blobs/{sha256}', () => {
  const send = (namespace: string, hash: string, body: BodyInit, length?: number) =>
    call(`${filesOf(namespace)}/blobs/${hash}`, {
      ...bot,
      method: 'PUT',
      body,
      headers: length === undefined ? {} : { 'Content-Length': String(length) },
    })

  it('streams one content to R2, which a commit then finds', async () => {
    const namespace = newNamespace()
    const bytes = new Uint8Array(MAX_UPLOAD_BYTES + 1).fill(7)
    const hash = await sha256(bytes)
    const put = vi.spyOn(env.CONTENTS, 'put')
    expect(await expectJson(send(namespace, hash, bytes, bytes.length))).toEqual({ stored: [hash] })
    expect(put.mock.calls).toEqual([[expect.any(String), expect.any(ReadableStream), { sha256: hash }]])
    put.mockRestore()
    const plan = { files: [{ path: 'big', sha256: hash, size: bytes.length }] }
    expect(await planOf(namespace, plan, bot)).toMatchObject({ missing: [] })
    await expectJson(sendCommit(namespace, { plan }, '"0"', bot))
    const answer = await readFile(namespace, 'big', bot)
    expect(await sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(hash)
  })

  it('takes an empty one', async () => {
    const namespace = newNamespace()
    await expectJson(send(namespace, await sha256(''), '', 0))
    await deploy(namespace, { empty: '' }, bot)
    expect(await treeOf(namespace, bot)).toEqual({ empty: '' })
  })

  it('does not store again what is there', async () => {
    const namespace = newNamespace()
    const once = async () => expectJson(send(namespace, await sha256('x'), 'x', 1))
    await once()
    const before = await inventory()
    const put = vi.spyOn(env.CONTENTS, 'put')
    await once()
    expect(put).not.toHaveBeenCalled()
    put.mockRestore()
    expect(await inventory()).toBe(before)
  })

  it('refuses bytes that are not what they are called, and keeps nothing of them', async () => {
    const before = await inventory()
    expect(await expectJson(send('prod', await sha256('promised'), 'sent', 4), 422)).toMatchObject({
      code: 'hash_mismatch',
    })
    expect(await inventory()).toBe(before)
  })

  it.each(['x', '0'.repeat(63), 'A'.repeat(64), '..%2Fx'])('refuses the name %s', async (name) => {
    const before = await inventory()
    await expectJson(send('prod', name, 'x', 1), 422)
    expect(await inventory()).toBe(before)
  })

  it('refuses what says it is above the limit for one file', async () => {
    const answer = send('prod', '0'.repeat(64), 'x', MAX_FILE_BYTES + 1)
    expect(await expectJson(answer, 413)).toMatchObject({ code: 'body_too_large' })
  })

  it('refuses what does not say how long it is', async () => {
    const body = new ReadableStream({ start: (controller) => controller.close() })
    expect(await expectJson(send('prod', '0'.repeat(64), body), 411)).toMatchObject({
      code: 'length_required',
    })
  })
})
