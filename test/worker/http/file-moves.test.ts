/** What files were, where they go, and folders that hold nothing. */

import { beforeAll, describe, expect, it } from 'vitest'
import { type Bot, call, createAdmin, expectJson, freshEdge, inventory } from '../support/edge.ts'
import { filesOf, formOf, moveFile, pathsOf, readFile, removeFile, writeFile } from '../support/files.ts'
import { deploy, manifestOf, planOf } from '../support/sync.ts'

let admin: Bot
let count = 0
/** A namespace that nothing was written to yet. */
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const encoded = encodeURIComponent
const write = (namespace: string, path: string, content = `in ${path}`) =>
  expectStatus(writeFile(namespace, path, content, admin), 200)
const remove = (namespace: string, path: string) => expectStatus(removeFile(namespace, path, admin), 200)
const move = (namespace: string, from: string, to: string) => moveFile(namespace, from, to, admin)
const makeFolder = (namespace: string, path: string) =>
  call(`${filesOf(namespace)}/directory?path=${encoded(path)}`, { ...admin, method: 'POST' })
const list = async (namespace: string, path = '/') =>
  (
    await expectJson<{ fileName: string; type: string }[]>(
      call(`${filesOf(namespace)}/directory?path=${encoded(path)}`, admin),
    )
  ).map(({ fileName, type }) => `${type} ${fileName}`)
const stat = (namespace: string, path: string) =>
  call(`${filesOf(namespace)}/stats?path=${encoded(path)}`, admin)
const revisions = (namespace: string, path: string) =>
  call(`${filesOf(namespace)}/revisions?path=${encoded(path)}`, admin)
const numbers = async (namespace: string, path: string) =>
  (await expectJson<{ revision: number }[]>(revisions(namespace, path))).map(({ revision }) => revision)
const readRevision = async (namespace: string, path: string, revision: number) => {
  const answer = await call(`${filesOf(namespace)}?path=${encoded(path)}&revision=${revision}`, admin)
  return answer.status === 200 ? new Response(answer.body).text() : answer.status
}
const read = async (namespace: string, path: string) => {
  const { status, body } = await readFile(namespace, path, admin)
  return status === 200 ? new Response(body).text() : status
}
async function expectStatus(answer: Promise<Response>, status: number): Promise<void> {
  const { status: actual } = await answer
  expect(actual).toBe(status)
}

describe('GET …/files/revisions', () => {
  it('counts from 1, goes on after a removal, and keeps what was', async () => {
    const namespace = newNamespace()
    for (const content of ['one', 'two']) await write(namespace, 'x', content)
    await remove(namespace, 'x')
    expect(await expectJson(revisions(namespace, 'x'), 404)).toMatchObject({
      message: `Not Found: File '/x' was not found in namespace '${namespace}'.`,
    })
    expect(await readRevision(namespace, 'x', 1)).toBe(404)
    await write(namespace, 'x', 'three')
    expect(await numbers(namespace, 'x')).toEqual([1, 2, 3])
    for (const [index, content] of ['one', 'two', 'three'].entries())
      expect(await readRevision(namespace, 'x', index + 1)).toBe(content)
    expect(await readRevision(namespace, 'x', 4)).toBe(404)
  })

  it('makes one for each commit that changes the file, and none for another', async () => {
    const namespace = newNamespace()
    await deploy(namespace, { a: '1', b: '1' }, admin)
    await deploy(namespace, { a: '2', b: '1' }, admin)
    expect(await numbers(namespace, 'a')).toEqual([1, 2])
    expect(await numbers(namespace, 'b')).toEqual([1])
    expect(await readRevision(namespace, 'a', 1)).toBe('1')
  })

  it.each(['never', '/', 'folder'])('does not find %s, which is no file', async (path) => {
    const namespace = newNamespace()
    await write(namespace, 'folder/x')
    await expectJson(revisions(namespace, path), 404)
  })
})

describe('PUT …/files', () => {
  it('moves a file with its revisions', async () => {
    const namespace = newNamespace()
    for (const content of ['one', 'two', 'three']) await write(namespace, 'a', content)
    const answer = await move(namespace, 'a', 'new/place/b')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await pathsOf(namespace, admin)).toEqual(['/new/place/b'])
    expect(await read(namespace, 'a')).toBe(404)
    expect(await numbers(namespace, 'new/place/b')).toEqual([1, 2, 3])
    for (const [index, content] of ['one', 'two', 'three'].entries())
      expect(await readRevision(namespace, 'new/place/b', index + 1)).toBe(content)
    await write(namespace, 'new/place/b', 'four')
    expect(await numbers(namespace, 'new/place/b')).toEqual([1, 2, 3, 4])
  })

  it('lets what was moved take the numbers of what was there before', async () => {
    const namespace = newNamespace()
    for (const content of ['old 1', 'old 2', 'old 3']) await write(namespace, 'b', content)
    await remove(namespace, 'b')
    for (const content of ['new 1', 'new 2']) await write(namespace, 'a', content)
    await expectStatus(move(namespace, 'a', 'b'), 200)
    expect(await numbers(namespace, 'b')).toEqual([1, 2])
    expect(await readRevision(namespace, 'b', 1)).toBe('new 1')
    expect(await readRevision(namespace, 'b', 3)).toBe(404)
    await write(namespace, 'b', 'new 3')
    expect(await readRevision(namespace, 'b', 3)).toBe('new 3')
  })

  it('moves back and forth', async () => {
    const namespace = newNamespace()
    for (const content of ['one', 'two']) await write(namespace, 'a', content)
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ] as const)
      await expectStatus(move(namespace, from, to), 200)
    expect(await numbers(namespace, 'b')).toEqual([1, 2])
    expect(await readRevision(namespace, 'b', 1)).toBe('one')
  })

  it('moves a folder with all below, and leaves its siblings', async () => {
    const namespace = newNamespace()
    for (const path of ['a/x', 'a/b/y', 'ab', 'a.txt', 'a0']) await write(namespace, path)
    await write(namespace, 'a/x', 'again')
    await makeFolder(namespace, 'a/empty')
    await expectStatus(move(namespace, '/a/', '/c/d'), 200)
    expect(await pathsOf(namespace, admin)).toEqual(['/a.txt', '/a0', '/ab', '/c/d/b/y', '/c/d/x'])
    expect(await list(namespace, 'c/d')).toEqual(['Directory b', 'Directory empty', 'File x'])
    expect(await readRevision(namespace, 'c/d/x', 1)).toBe('in a/x')
    expect(await read(namespace, 'c/d/b/y')).toBe('in a/b/y')
    await expectJson(stat(namespace, 'a'), 404)
  })

  it('moves what has letters of more than one byte, and marks of a pattern', async () => {
    const namespace = newNamespace()
    await write(namespace, 'größe 🚪/100%_[x].txt')
    await expectStatus(move(namespace, 'größe 🚪', 'é'), 200)
    expect(await pathsOf(namespace, admin)).toEqual(['/é/100%_[x].txt'])
  })

  it.each([
    ['a file onto a file', 'a', 'b', 409],
    ['a file onto a folder', 'a', 'folder', 409],
    ['a file onto an empty folder', 'a', 'empty', 409],
    ['a folder onto a file', 'folder', 'a', 409],
    ['a file onto itself', 'a', 'a', 409],
    ['a file below a file', 'a', 'b/c', 409],
    ['a folder into itself', 'folder', 'folder/deeper', 422],
    ['a file below itself', 'a', 'a/b', 422],
    ['a folder onto the one it is in', 'folder/x', 'folder', 409],
    ['onto the root', 'a', '/', 409],
    ['the root', '/', 'x', 422],
    ['what is not there', 'never', 'x', 404],
    ['what was removed', 'gone', 'x', 404],
    ['out of the namespace', 'a', '../x', 422],
    ['from outside', '../x', 'y', 422],
    ['to flows', 'a', '_flows/a', 422],
    ['a folder to where its files have too long a path', 'folder', `${'y'.repeat(250)}/`.repeat(4), 422],
  ])('refuses to move %s', async (_, from, to, status) => {
    const namespace = newNamespace()
    for (const path of ['a', 'b', 'folder/x', `folder/${'z'.repeat(100)}`, 'gone'])
      await write(namespace, path)
    await makeFolder(namespace, 'empty')
    await remove(namespace, 'gone')
    const before = [await inventory(), await pathsOf(namespace, admin), await list(namespace)]
    await expectJson(move(namespace, from, to), status)
    expect([await inventory(), await pathsOf(namespace, admin), await list(namespace)]).toEqual(before)
  })

  it('needs both paths', async () => {
    for (const query of ['from=a', 'to=b', 'from=&to=b', ''])
      await expectJson(call(`${filesOf('prod')}?${query}`, { ...admin, method: 'PUT' }), 400)
  })

  it('changes the ETag of the folders it touches', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/x')
    await write(namespace, 'b/x')
    const etag = async (root: string) => (await planOf(namespace, await manifestOf({}, { root }), admin)).etag
    const before = [await etag('/a'), await etag('/b'), await etag('/c')]
    await move(namespace, 'a/x', 'c/x')
    const after = [await etag('/a'), await etag('/b'), await etag('/c')]
    expect(after.map((one, index) => one === before[index])).toEqual([false, true, false])
  })
})

describe('POST …/files/directory', () => {
  it('makes a folder that is listed while it is empty', async () => {
    const namespace = newNamespace()
    const answer = await makeFolder(namespace, 'a/b')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await list(namespace)).toEqual(['Directory a'])
    expect(await list(namespace, 'a')).toEqual(['Directory b'])
    expect(await list(namespace, 'a/b')).toEqual([])
    expect(await pathsOf(namespace, admin)).toEqual([])
  })

  it('is harmless to repeat, and where there is a folder already', async () => {
    const namespace = newNamespace()
    await write(namespace, 'full/x')
    for (const path of ['a/b', 'a/b', 'a', 'full', '/', ''])
      await expectStatus(makeFolder(namespace, path), 200)
    expect(await list(namespace)).toEqual(['Directory a', 'Directory full'])
    expect(await list(namespace, 'a')).toEqual(['Directory b'])
  })

  it.each(['file', 'file/below', 'file/far/below'])('refuses %s where a file is', async (path) => {
    const namespace = newNamespace()
    await write(namespace, 'file')
    const before = await inventory()
    expect(await expectJson(makeFolder(namespace, path), 409)).toMatchObject({ code: 'path_taken' })
    expect(await inventory()).toBe(before)
  })

  it('keeps a file from its place, and takes files into it', async () => {
    const namespace = newNamespace()
    await makeFolder(namespace, 'a/b')
    for (const path of ['a/b', 'a']) await expectJson(writeFile(namespace, path, 'x', admin), 409)
    await write(namespace, 'a/b/c')
    expect(await list(namespace, 'a/b')).toEqual(['File c'])
  })

  it('goes with the last file in it, as any folder', async () => {
    const namespace = newNamespace()
    await makeFolder(namespace, 'a/b')
    await write(namespace, 'a/b/c')
    await remove(namespace, 'a/b/c')
    expect(await list(namespace)).toEqual([])
  })

  it('is removed by itself, and with the folder above', async () => {
    const namespace = newNamespace()
    await makeFolder(namespace, 'a/b')
    await makeFolder(namespace, 'a/c')
    await remove(namespace, 'a/missing')
    expect(await list(namespace, 'a')).toEqual(['Directory b', 'Directory c'])
    await remove(namespace, 'a/b')
    expect(await list(namespace, 'a')).toEqual(['Directory c'])
    await remove(namespace, 'a')
    expect(await list(namespace)).toEqual([])
    await makeFolder(namespace, 'a')
    expect(await list(namespace)).toEqual(['Directory a'])
  })

  it('is refused outside, and for flows', async () => {
    for (const path of ['../a', '_flows', '_flows/a', 'mailto:x'])
      await expectJson(makeFolder('prod', path), 422)
  })

  it('takes its place again after a file had it', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a', 'one')
    await remove(namespace, 'a')
    await makeFolder(namespace, 'a')
    await expectStatus(move(namespace, 'a', 'b'), 200)
    await write(namespace, 'a', 'two')
    expect(await numbers(namespace, 'a')).toEqual([1, 2])
    expect(await list(namespace)).toEqual(['File a', 'Directory b'])
  })

  it('is neither deployed over nor deleted, unless all is', async () => {
    const namespace = newNamespace()
    await makeFolder(namespace, 'a/empty')
    await deploy(namespace, { x: '1' }, admin, { root: '/a', delete: false })
    expect(await list(namespace, 'a')).toEqual(['Directory empty', 'File x'])
    const clash = await manifestOf({ empty: '1' }, { root: '/a' })
    await expectJson(call(`${filesOf(namespace)}/plan`, { ...admin, json: clash }), 409)
    await deploy(namespace, { empty: '1' }, admin, { root: '/a', delete: 'all' })
    expect(await list(namespace, 'a')).toEqual(['File empty'])
  })
})

describe('GET …/files/stats', () => {
  const time = { creationTime: expect.any(Number), lastModifiedTime: expect.any(Number) }

  it('tells files from folders', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/b.txt', 'four')
    await makeFolder(namespace, 'empty')
    expect(await expectJson(stat(namespace, 'a/b.txt'))).toEqual({
      fileName: 'b.txt',
      type: 'File',
      size: 4,
      ...time,
    })
    expect(await expectJson(stat(namespace, 'a'))).toEqual({
      fileName: 'a',
      type: 'Directory',
      size: 0,
      ...time,
    })
    expect(await expectJson(stat(namespace, '/empty/'))).toMatchObject({
      fileName: 'empty',
      type: 'Directory',
    })
  })

  it.each(['?path=/', '?path=', '', '?path=.'])('always finds the root: %j', async (query) => {
    const namespace = newNamespace()
    const root = { fileName: '_files', type: 'Directory', size: 0, ...time }
    expect(await expectJson(call(`${filesOf(namespace)}/stats${query}`, admin))).toEqual(root)
    await write(namespace, 'x')
    expect(await expectJson(call(`${filesOf(namespace)}/stats${query}`, admin))).toEqual(root)
  })

  it('does not find what is not there', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/b')
    for (const path of ['/unknown-file.txt', '/a/b/c', '/b']) {
      expect(await expectJson(stat(namespace, path), 404)).toMatchObject({
        message: `Not Found: File '${path}' was not found in namespace '${namespace}'.`,
      })
    }
    await expectJson(stat(namespace, '../a'), 422)
  })

  it('dates a file by its making and its last change', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a')
    const first = await expectJson<{ creationTime: number }>(stat(namespace, 'a'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await call(`${filesOf(namespace)}?path=a`, { ...admin, body: formOf('again') })
    const second = await expectJson<{ creationTime: number; lastModifiedTime: number }>(stat(namespace, 'a'))
    expect(second.creationTime).toBe(first.creationTime)
    expect(second.lastModifiedTime).toBeGreaterThan(first.creationTime)
  })
})
