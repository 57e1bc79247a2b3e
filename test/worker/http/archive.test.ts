/** Zip archives: what is unpacked, what is refused, and what comes out. */

import { env } from 'cloudflare:workers'
import { unzipSync, zipSync } from 'fflate'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  MAX_ARCHIVE_BYTES,
  MAX_ARCHIVE_ENTRIES,
  MAX_EXPORT_READS,
  MAX_FORM_FILE_BYTES,
} from '../../../shared/limits.ts'
import { type Bot, call, createAdmin, expectJson, freshEdge, inventory } from '../support/edge.ts'
import { filesOf, formOf, pathsOf, readFile, removeFile, writeFile } from '../support/files.ts'
import { deploy, sendBlobs, treeOf, uploadOf } from '../support/sync.ts'
import { type ZipEntry, zipOf } from '../support/zip.ts'

let admin: Bot
let count = 0
/** A namespace that nothing was written to yet. */
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const MIB = 1024 * 1024
const zeros = (bytes: number) => new Uint8Array(bytes)
const encode = (text: string) => new TextEncoder().encode(text)

const unpack = (namespace: string, archive: Uint8Array, { name = 'x.zip', path = 'ignored' } = {}) =>
  call(`${filesOf(namespace)}?path=${path}`, { ...admin, body: formOf(archive, 'fileContent', name) })

describe('a part whose name ends with .zip', () => {
  it.each(['a.zip', 'A.ZIP', '.zip'])('is unpacked at the root, whatever the path: %s', async (name) => {
    const namespace = newNamespace()
    await writeFile(namespace, 'kept', 'kept', admin)
    const archive = zipSync({
      'a.txt': encode('a'),
      dir: { 'b c.txt': encode('b'), sub: {} },
      kept: encode('new'),
    })
    const answer = await unpack(namespace, archive, { name, path: 'some/where/x.zip' })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await treeOf(namespace, admin)).toEqual({ 'a.txt': 'a', 'dir/b c.txt': 'b', kept: 'new' })
  })

  it('may be stored or deflated, and carry names that need reading', async () => {
    const namespace = newNamespace()
    const archive = zipOf([
      { name: 'stored', content: 'stored', isStored: true },
      { name: './a//b', content: 'a' },
      { name: '/abs', content: 'b' },
      { name: 'win\\dows', content: 'c' },
      { name: 'größe', content: 'd', flags: 0 },
      { name: 'folder/', content: '' },
      { name: '__proto__', content: 'e' },
      { name: 'empty', content: '' },
    ])
    expect((await unpack(namespace, archive)).status).toBe(200)
    expect(Object.entries(await treeOf(namespace, admin)).sort()).toEqual([
      ['__proto__', 'e'],
      ['a/b', 'a'],
      ['abs', 'b'],
      ['empty', ''],
      ['größe', 'd'],
      ['stored', 'stored'],
      ['win/dows', 'c'],
    ])
  })

  it('may hold nothing', async () => {
    const namespace = newNamespace()
    expect((await unpack(namespace, zipOf([]))).status).toBe(200)
    expect(await pathsOf(namespace, admin)).toEqual([])
  })

  it('is one change and one object, however many files it holds', async () => {
    const namespace = newNamespace()
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i % 7}/${i}`, encode(`${i}`)]))
    const put = vi.spyOn(env.CONTENTS, 'put')
    const batch = vi.spyOn(env.DB, 'batch')
    expect((await unpack(namespace, zipSync(files))).status).toBe(200)
    expect(put).toHaveBeenCalledTimes(1)
    // Announced, known, written; and one of the verification, if it is a batch.
    expect(batch.mock.calls.length).toBeLessThanOrEqual(4)
    put.mockRestore()
    batch.mockRestore()
    expect(await pathsOf(namespace, admin)).toHaveLength(300)
    const row = env.DB.prepare('SELECT count(DISTINCT seq) AS n FROM files WHERE namespace = ?').bind(
      namespace,
    )
    expect(await row.first('n')).toBe(1)
  })

  it('stays a file when another part name brings it, and in the bulk protocol', async () => {
    const namespace = newNamespace()
    const archive = zipSync({ a: encode('a') })
    await unpack(namespace, archive, { name: 'blob', path: 'lib.zip' })
    const answer = await readFile(namespace, 'lib.zip', admin)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(archive)
    await expectJson(sendBlobs(namespace, await uploadOf(archive), admin))
    await deploy(namespace, { 'b.zip': 'no archive' }, admin)
    expect(await pathsOf(namespace, admin)).toEqual(['/b.zip', '/lib.zip'])
  })

  const good: ZipEntry = { name: 'good', content: 'good' }
  const lie = (claims: NonNullable<ZipEntry['claims']>, content = 'content') =>
    zipOf([good, { name: 'lie', content, claims }])

  it.each<[string, number, string, () => Uint8Array]>([
    ['a path that climbs', 422, 'path_refused', () => zipOf([good, { name: '../x', content: 'x' }])],
    ['a path that climbs further down', 422, 'path_refused', () => zipOf([good, { name: 'a/../../x' }])],
    ['a folder that climbs', 422, 'path_refused', () => zipOf([good, { name: '../x/' }])],
    ['an encoded path that climbs', 422, 'path_refused', () => zipOf([good, { name: '%2e%2e/x' }])],
    ['a path that climbs with backslashes', 422, 'path_refused', () => zipOf([good, { name: '..\\x' }])],
    ['flows', 422, 'path_refused', () => zipOf([good, { name: '_flows/x.yml' }])],
    ['a drive', 422, 'path_refused', () => zipOf([good, { name: 'C:/x' }])],
    ['a name above 255 characters', 422, 'path_refused', () => zipOf([good, { name: 'x'.repeat(256) }])],
    ['a control character', 422, 'path_refused', () => zipOf([good, { name: 'a\u0000b' }])],
    ['an empty name', 409, 'path_taken', () => zipOf([good, { name: '' }])],
    ['a path twice', 409, 'path_taken', () => zipOf([good, { name: './good' }])],
    ['a file and a folder of one name', 409, 'path_taken', () => zipOf([good, { name: 'good/x' }])],
    [
      'a name that is no UTF-8',
      422,
      'archive_refused',
      () => zipOf([{ name: new Uint8Array([0xff, 0xfe]) }]),
    ],
    ['something encrypted', 422, 'archive_refused', () => zipOf([good, { name: 'x', flags: 0x0801 }])],
    ['another way to compress', 422, 'archive_refused', () => zipOf([good, { name: 'x', method: 14 }])],
    ['a wrong checksum', 422, 'archive_refused', () => lie({ crc: 1 })],
    ['fewer bytes than it says', 422, 'archive_refused', () => lie({ size: 100 })],
    ['more bytes than it says', 422, 'archive_refused', () => lie({ size: 3 })],
    [
      'a stored file of two sizes',
      422,
      'archive_refused',
      () => zipOf([{ name: 'x', content: 'xx', isStored: true, claims: { size: 1 } }]),
    ],
    [
      'nothing but garbage',
      422,
      'archive_refused',
      () => encode('this is no archive at all, not even nearly'),
    ],
    ['not a byte', 422, 'archive_refused', () => zeros(0)],
    ['a file that is cut off', 422, 'archive_refused', () => zipOf([good]).slice(0, -30)],
    ['a directory that is not where it says', 422, 'archive_refused', () => zipOf([good]).slice(10)],
    ['fewer entries than it says', 422, 'archive_refused', () => zipOf([good], 2)],
    [
      'a deflated stream that is none',
      422,
      'archive_refused',
      () => {
        const archive = zipOf([{ name: 'x', content: 'content' }])
        archive.set([0xff, 0xff, 0xff], 31)
        return archive
      },
    ],
    ['more bytes than a file may have', 413, 'file_too_large', () => zeros(MAX_FORM_FILE_BYTES + 1)],
    [
      'more entries than are unpacked',
      413,
      'archive_too_large',
      () =>
        zipOf(Array.from({ length: MAX_ARCHIVE_ENTRIES + 1 }, (_, i) => ({ name: `${i}`, isStored: true }))),
    ],
    ['more entries than it has room for', 413, 'archive_too_large', () => zipOf([good], 65_535)],
    ['a bomb', 413, 'archive_too_large', () => zipOf([good, { name: 'bomb', content: zeros(20 * MIB) }])],
    [
      'a bomb that says it is none',
      422,
      'archive_refused',
      () => zipOf([good, { name: 'bomb', content: zeros(20 * MIB), claims: { size: 100 } }]),
    ],
    [
      'many that inflate to too much together',
      413,
      'archive_too_large',
      () => zipOf(Array.from({ length: 40 }, (_, i) => ({ name: `${i}`, content: zeros(MIB) }))),
    ],
    [
      'many that share their bytes',
      413,
      'archive_too_large',
      () => {
        const content = crypto.getRandomValues(zeros(65_536))
        const first = { name: 'a', content, isStored: true }
        const others = Array.from({ length: 500 }, (_, i) => ({ ...first, name: `b${i}`, sharesWith: 0 }))
        return zipOf([first, ...others])
      },
    ],
  ])('is refused with %s, and leaves nothing behind', async (_, status, code, archive) => {
    const namespace = newNamespace()
    await writeFile(namespace, 'file', 'file', admin)
    const before = [await inventory(), await rowsOf(namespace)]
    expect(await expectJson(unpack(namespace, archive()), status)).toMatchObject({ code })
    expect([await inventory(), await rowsOf(namespace)]).toEqual(before)
  })

  it.each(['folder', 'file/x'])('is refused as a whole when %s cannot be there', async (name) => {
    const namespace = newNamespace()
    for (const path of ['folder/x', 'file']) await writeFile(namespace, path, path, admin)
    const before = await rowsOf(namespace)
    const answer = unpack(namespace, zipOf([good, { name, content: 'x' }]))
    expect(await expectJson(answer, 409)).toMatchObject({ code: 'path_taken' })
    expect(await rowsOf(namespace)).toEqual(before)
  })

  it('is refused with a path outside, be it ignored or not', async () => {
    const before = await inventory()
    await expectJson(unpack('prod', zipOf([good]), { path: '../x' }), 422)
    expect(await inventory()).toBe(before)
  })

  it('takes what fits exactly', async () => {
    const namespace = newNamespace()
    const half = () => crypto.getRandomValues(zeros(65_536))
    const blocks = (bytes: number) => {
      const whole = zeros(bytes)
      for (let at = 0; at < bytes; at += 4 * 65_536) whole.set(half(), at)
      return whole
    }
    const archive = zipOf([
      { name: 'a', content: blocks(MAX_ARCHIVE_BYTES / 2) },
      { name: 'b', content: blocks(MAX_ARCHIVE_BYTES / 2) },
    ])
    expect((await unpack(namespace, archive)).status).toBe(200)
    expect(await pathsOf(namespace, admin)).toEqual(['/a', '/b'])
  })
})

/** What D1 holds of a namespace's files. */
const rowsOf = async (namespace: string) =>
  Promise.all(
    ['files', 'file_revisions'].map(async (table) => {
      const all = env.DB.prepare(`SELECT * FROM ${table} WHERE namespace = ? ORDER BY path`)
        .bind(namespace)
        .all()
      return (await all).results
    }),
  )

describe('GET …/files/export', () => {
  const exportOf = (namespace: string) => call(`${filesOf(namespace)}/export`, admin)
  const unzipped = async (namespace: string) => {
    const files = unzipSync(new Uint8Array(await (await exportOf(namespace)).arrayBuffer()))
    return Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
    )
  }

  it('is an archive of all files, without a leading slash', async () => {
    const namespace = newNamespace()
    const tree = { 'a.txt': 'a', 'b/größe 🚪.txt': 'b', 'b/c/same': 'a', empty: '', 'e/__init__.py': '' }
    await deploy(namespace, tree, admin)
    await writeFile(namespace, 'single', 'single', admin)
    await writeFile(namespace, 'gone', 'gone', admin)
    await removeFile(namespace, 'gone', admin)
    const answer = await exportOf(namespace)
    expect(answer.headers.get('Content-Type')).toBe('application/zip')
    expect(answer.headers.get('Content-Disposition')).toBe(`attachment; filename="${namespace}_files.zip"`)
    await answer.body?.cancel()
    expect(await unzipped(namespace)).toEqual({ ...tree, single: 'single' })
  })

  it('is a valid archive of nothing for an empty namespace', async () => {
    const bytes = new Uint8Array(await (await exportOf(newNamespace())).arrayBuffer())
    expect(bytes.byteLength).toBe(22)
    expect(unzipSync(bytes)).toEqual({})
  })

  it('unpacks to the same files elsewhere', async () => {
    const [here, there] = [newNamespace(), newNamespace()]
    const tree = { 'a/b': '1', 'a/c.zip': '2', d: '' }
    await deploy(here, tree, admin)
    const archive = new Uint8Array(await (await exportOf(here)).arrayBuffer())
    expect((await unpack(there, archive)).status).toBe(200)
    expect(await treeOf(there, admin)).toEqual(tree)
  })

  it('reads each object once, however many files lie in it', async () => {
    const namespace = newNamespace()
    const tree = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, `${i % 400}`]))
    await deploy(namespace, tree, admin)
    const get = vi.spyOn(env.CONTENTS, 'get')
    expect(await unzipped(namespace)).toEqual(tree)
    expect(get).toHaveBeenCalledTimes(1)
    get.mockRestore()
  })

  it('is right for large files, alike or not, among small ones', async () => {
    const namespace = newNamespace()
    const large = (letter: string, bytes: number) => letter.repeat(bytes)
    const twice = large('t', 1.5 * MIB)
    const tree = {
      a: twice,
      b: 'small',
      c: large('c', MIB + 1),
      d: twice,
      e: 'small',
      f: '',
      g: large('g', MIB),
    }
    await deploy(namespace, tree, admin)
    await deploy(namespace, { ...tree, b: 'other' }, admin)
    await writeFile(namespace, 'h', twice, admin)
    expect(await unzipped(namespace)).toEqual({ ...tree, b: 'other', h: twice })
  })

  it('is made while it is read: nothing is fetched before, and nothing ahead', async () => {
    const namespace = newNamespace()
    for (let i = 0; i < 5; i++) {
      const content = crypto.getRandomValues(zeros(65_536))
      await writeFile(namespace, `f${i}`, content, admin)
    }
    const get = vi.spyOn(env.CONTENTS, 'get')
    const reader = (await exportOf(namespace)).body?.getReader()
    if (!reader) throw new Error('no body')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(get.mock.calls.length).toBeLessThanOrEqual(1)
    let read = 0
    while (read < 2.5 * 65_536) read += (await reader.read()).value?.byteLength ?? 0
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(get.mock.calls.length).toBeLessThanOrEqual(4)
    await reader.cancel()
    get.mockRestore()
  })

  it('refuses what takes more calls of R2 than one request has', async () => {
    const namespace = newNamespace()
    const rows = JSON.stringify(Array.from({ length: MAX_EXPORT_READS + 1 }, (_, i) => i))
    const insert = (sql: string) => env.DB.prepare(sql).bind(namespace, rows).run()
    const from = 'FROM json_each(?2)'
    await insert(`INSERT INTO objects (key, stored_at) SELECT ?1 || value, 0 ${from}`)
    await insert(`INSERT INTO contents SELECT 'main', ?1, value, 1, ?1 || value, 0, 0 ${from}`)
    await insert(`INSERT INTO files SELECT 'main', ?1, '/' || value, value, 1, 0, 1, 1, NULL, 0, 0 ${from}`)
    expect(await expectJson(exportOf(namespace), 413)).toMatchObject({ code: 'export_too_large' })
  })
})
