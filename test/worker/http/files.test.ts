import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_FORM_FILE_BYTES, MAX_MULTIPART_BYTES } from '../../../shared/limits.ts'
import {
  type Bot,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { filesOf, formOf, pathsOf, readFile, removeFile, writeFile } from '../support/files.ts'

let admin: Bot
let count = 0
/** A namespace that nothing was written to yet. */
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

/** A query as a client sends it, not encoded any further. */
const at = (namespace: string, query: string) => `${filesOf(namespace)}?path=${query}`
const text = async (answer: Response | Promise<Response>) => {
  const { status, body } = await answer
  return [status, body === null ? '' : await new Response(body).text()]
}
const write = async (namespace: string, ...paths: string[]) => {
  for (const path of paths) expect((await writeFile(namespace, path, `in ${path}`, admin)).status).toBe(200)
}
const list = (namespace: string, path?: string) =>
  call(`${filesOf(namespace)}/directory${path === undefined ? '' : `?path=${path}`}`, admin)

const LONGEST = 'x'.repeat(255)

describe('a path', () => {
  const OUTSIDE =
    "Illegal argument: File should be accessed with their full path and not using relative '..' path."
  const TOO_LONG = 'Illegal argument: A file or folder name exceeds the maximum length of 255 characters.'
  const FLOWS = expect.stringMatching(/^Illegal argument: Forbidden path: \/_flows/)
  const ILLEGAL = expect.stringMatching(/^Illegal argument: /)

  it.each([
    ['..', OUTSIDE],
    ['a/../b', OUTSIDE],
    ['a/..', OUTSIDE],
    ['%2e%2e/x', OUTSIDE],
    ['..%2Fx', OUTSIDE],
    ['%252e%252e/x', OUTSIDE],
    ['.%252E/x', OUTSIDE],
    ['..%5Cx', OUTSIDE],
    ['a%5C%2E%2E%5Cx', OUTSIDE],
    [`${LONGEST}x`, TOO_LONG],
    [`a/${LONGEST}x/b`, TOO_LONG],
    ['_flows', FLOWS],
    ['/_flows/', FLOWS],
    ['/_flows/x.yml', FLOWS],
    ['./_flows//x', FLOWS],
    ['%5C_flows%5Cx', FLOWS],
    ['mailto:x', ILLEGAL],
    ['https://example.com/x', ILLEGAL],
    ['a%00b', ILLEGAL],
    ['a%0Ab', ILLEGAL],
    ['a%7Fb', ILLEGAL],
    [`${LONGEST}/`.repeat(5), ILLEGAL],
  ])('is refused by every call: %s', async (query, message) => {
    const before = await inventory()
    const refusals = [
      call(at('prod', query), admin),
      call(at('prod', query), { ...admin, body: formOf('x') }),
      call(at('prod', query), { ...admin, method: 'DELETE' }),
      list('prod', query),
    ]
    for (const answer of refusals)
      expect(await expectJson(answer, 422)).toMatchObject({ message, code: 'path_refused' })
    expect(await inventory()).toBe(before)
  })

  it.each(['', '?path=', '?Path=a'])(
    'is asked for where it is missing, and never taken for the root: %j',
    async (query) => {
      await write('prod', 'kept')
      const before = await inventory()
      for (const request of [{}, { method: 'DELETE' }, { body: formOf('x') }]) {
        const answer = await expectJson(call(filesOf('prod') + query, { ...admin, ...request }), 400)
        expect(answer).toMatchObject({ message: expect.stringMatching(/^Bad Request: .*path/) })
      }
      expect(await inventory()).toBe(before)
    },
  )

  it.each(['%FF', 'a%C3', '%ED%A0%80', '%C0%AE%C0%AE/x'])(
    'is refused when it is not UTF-8: %s',
    async (query) => {
      const before = await inventory()
      for (const request of [{}, { method: 'DELETE' }, { body: formOf('x') }])
        expect(await expectJson(call(at('prod', query), { ...admin, ...request }), 400)).toMatchObject({
          code: 'query_malformed',
        })
      expect(await inventory()).toBe(before)
    },
  )

  it.each([
    ['a/b.txt', '/a/b.txt'],
    ['/a/b.txt', '/a/b.txt'],
    ['%2Fa%2Fb.txt', '/a/b.txt'],
    ['./a.txt', '/a.txt'],
    ['/./a.txt', '/a.txt'],
    ['a//b.txt', '/a/b.txt'],
    ['a/./b.txt', '/a/b.txt'],
    ['a%5Cb.txt', '/a/b.txt'],
    ['a+b.txt', '/a b.txt'],
    ['a%20b.txt', '/a b.txt'],
    ['a%2Bb.txt', '/a+b.txt'],
    ['c%2B%2B%20build%2Bflags.txt', '/c++ build+flags.txt'],
    ['issue%20%2342%20%5Bdraft%5D.md', '/issue #42 [draft].md'],
    ['[draft].md', '/[draft].md'],
    ['100%25.md', '/100%.md'],
    ['%2541.md', '/%41.md'],
    ['what%3F%26%3D.md', '/what?&=.md'],
    ['r%C3%A9sum%C3%A9.sql', '/résumé.sql'],
    ['größen.csv', '/größen.csv'],
    ['%F0%9F%9A%AA.txt', '/🚪.txt'],
    ['/a:b.txt', '/a:b.txt'],
    ['..a', '/..a'],
    ['a..', '/a..'],
    ['.../x', '/.../x'],
    ['.kestraignore', '/.kestraignore'],
    ['_flowsheet.csv', '/_flowsheet.csv'],
    ['a/_flows/x', '/a/_flows/x'],
    ["it's%20100%25_%22quoted%22.txt", '/it\'s 100%_"quoted".txt'],
    [LONGEST, `/${LONGEST}`],
  ])('%s is written, listed and read as %s', async (query, path) => {
    const namespace = newNamespace()
    expect(await text(call(at(namespace, query), { ...admin, body: formOf(path) }))).toEqual([200, ''])
    expect(await pathsOf(namespace, admin)).toEqual([path])
    expect(await text(call(at(namespace, query), admin))).toEqual([200, path])
    expect(await text(readFile(namespace, path, admin))).toEqual([200, path])
    expect((await call(at(namespace, query), { ...admin, method: 'DELETE' })).status).toBe(200)
    expect(await pathsOf(namespace, admin)).toEqual([])
  })

  it('tells a space from a plus, and letters by their case', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a b', 'a+b', 'A b')
    expect(await pathsOf(namespace, admin)).toEqual(['/A b', '/a b', '/a+b'])
    for (const path of ['a b', 'a+b', 'A b'])
      expect(await text(readFile(namespace, path, admin))).toEqual([200, `in ${path}`])
  })
})

describe('GET …/files', () => {
  it('does not find what is not there, nor a folder', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/b.txt')
    for (const path of ['/nothing', '/a', '/b.txt', '/a/b.txt/c']) {
      expect(await expectJson(readFile(namespace, path, admin), 404)).toMatchObject({
        message: `Not Found: File '${path}' was not found in namespace '${namespace}'.`,
        code: 'file_not_found',
      })
    }
    for (const path of ['/', '/a/', '/a/b.txt/']) await expectJson(readFile(namespace, path, admin), 404)
  })

  it('reads every revision there was, and none that never was', async () => {
    const namespace = newNamespace()
    for (const content of ['one', 'two']) await writeFile(namespace, 'x', content, admin)
    const read = (revision: string) => call(`${at(namespace, 'x')}&revision=${revision}`, admin)
    expect(await text(read('1'))).toEqual([200, 'one'])
    expect(await text(read('2'))).toEqual([200, 'two'])
    for (const revision of ['3', '0']) {
      expect(await expectJson(read(revision), 404)).toMatchObject({
        message: `Revision ${revision} of file '/x' was not found in namespace '${namespace}'.`,
      })
    }
    for (const revision of ['two', '-1', '1.5']) await expectJson(read(revision), 422)
  })

  it('answers the bytes as they came, for no cache to keep', async () => {
    const bytes = Uint8Array.from({ length: 1_024 }, (_, i) => i % 256)
    await writeFile('prod', 'bytes.bin', bytes, admin)
    const answer = await readFile('prod', 'bytes.bin', admin)
    expect(answer.headers.get('Content-Type')).toBe('application/octet-stream')
    expect(answer.headers.get('Cache-Control')).toContain('no-cache')
    expect(answer.headers.get('Content-Length')).toBe('1024')
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes)
  })
})

describe('POST …/files', () => {
  const post = (namespace: string, request: { body?: BodyInit; headers?: Record<string, string> }) =>
    call(at(namespace, 'x'), { ...admin, method: 'POST', ...request })
  const empty = (boundary: string, body: string) => ({
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body,
  })

  it.each([
    ['the bare content', { body: 'content', headers: { 'Content-Type': 'application/octet-stream' } }],
    ['JSON', { body: '{}', headers: { 'Content-Type': 'application/json' } }],
    ['a form of the other kind', { body: new URLSearchParams({ fileContent: 'x' }) }],
  ])('refuses %s', async (_, request) => {
    const before = await inventory()
    expect(await expectJson(post('prod', request), 415)).toMatchObject({ code: 'unsupported_media_type' })
    expect(await inventory()).toBe(before)
  })

  it.each([
    ['a body that is no multipart', empty('x', 'garbage')],
    ['a body that was cut off', empty('x', '--x\r\nContent-Disposition: form-data; name="fileContent"')],
    ['no boundary', { body: '--x--', headers: { 'Content-Type': 'multipart/form-data' } }],
    ['a part of another name', { body: formOf('x', 'file') }],
  ])('refuses %s', async (_, request) => {
    const before = await inventory()
    await expectJson(post('prod', request), 422)
    expect(await inventory()).toBe(before)
  })

  it('refuses the content as a plain field', async () => {
    const body = new FormData()
    body.append('fileContent', 'x')
    expect(await expectJson(post('prod', { body }), 422)).toMatchObject({ code: 'upload_malformed' })
  })

  it.each([
    ['a body above the limit, by its length', () => new Uint8Array(MAX_MULTIPART_BYTES + 1)],
    [
      'a body above the limit, by what comes',
      () => {
        const chunk = new Uint8Array(1024 * 1024)
        let left = MAX_MULTIPART_BYTES / chunk.length + 10
        return new ReadableStream({
          pull(controller) {
            if (left-- > 0) controller.enqueue(chunk)
            else controller.close()
          },
        })
      },
    ],
  ])('refuses %s', async (_, body) => {
    const before = await inventory()
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' }
    expect(await expectJson(post('prod', { body: body(), headers }), 413)).toMatchObject({
      message: expect.stringMatching(/^Request Entity Too Large: /),
      code: 'body_too_large',
    })
    expect(await inventory()).toBe(before)
  })

  it('takes a file up to the limit for one, and none above', async () => {
    const namespace = newNamespace()
    const whole = new Uint8Array(MAX_FORM_FILE_BYTES + 1)
    expect(await expectJson(writeFile(namespace, 'big', whole, admin), 413)).toMatchObject({
      code: 'file_too_large',
    })
    expect(await pathsOf(namespace, admin)).toEqual([])
    expect((await writeFile(namespace, 'big', whole.subarray(1), admin)).status).toBe(200)
  })

  it.each([
    ['a form without parts', empty('x', '--x--\r\n')],
    ['a form without parts, as Go writes it', empty('x', '\r\n--x--\r\n')],
    ['an empty part', { body: formOf('') }],
    ['no body', {}],
    ['no body, said to be JSON', { headers: { 'Content-Type': 'application/json' } }],
  ])('makes an empty file of %s', async (_, request) => {
    const namespace = newNamespace()
    expect(await text(post(namespace, request))).toEqual([200, ''])
    expect(await text(readFile(namespace, 'x', admin))).toEqual([200, ''])
  })

  it.each(['file.txt', 'blob', 'file', 'x'])('takes whatever name the part has: %s', async (name) => {
    const namespace = newNamespace()
    await post(namespace, { body: formOf('content', 'fileContent', name) })
    expect(await text(readFile(namespace, 'x', admin))).toEqual([200, 'content'])
    expect(await pathsOf(namespace, admin)).toEqual(['/x'])
  })

  it('overwrites, and goes on counting revisions after a removal', async () => {
    const namespace = newNamespace()
    const revision = () =>
      env.DB.prepare('SELECT revision FROM files WHERE namespace = ?').bind(namespace).first('revision')
    for (const content of ['one', 'two']) await writeFile(namespace, 'x', content, admin)
    expect(await revision()).toBe(2)
    await removeFile(namespace, 'x', admin)
    await writeFile(namespace, 'x', 'three', admin)
    expect(await revision()).toBe(3)
    expect(await text(readFile(namespace, 'x', admin))).toEqual([200, 'three'])
  })

  it('keeps contents under tenant and namespace, and equal ones once', async () => {
    const namespace = newNamespace()
    await writeFile(namespace, 'x', 'x', admin)
    await writeFile(namespace, 'again', 'x', admin)
    const { objects } = await env.CONTENTS.list({ prefix: `main/${namespace}/` })
    expect(objects).toHaveLength(1)
    expect(await (await env.CONTENTS.get(objects[0]?.key ?? ''))?.text()).toBe('x')
  })

  it.each([
    ['a file where a folder is', 'a/b', 'a'],
    ['a file where a folder of folders is', 'a/b/c', 'a'],
    ['a file below a file', 'a', 'a/b'],
    ['a file far below a file', 'a', 'a/b/c/d'],
  ])('refuses %s', async (_, first, second) => {
    const namespace = newNamespace()
    await write(namespace, first)
    const answer = await expectJson(writeFile(namespace, second, 'x', admin), 409)
    expect(answer).toMatchObject({ message: expect.stringMatching(/^Conflict: /), code: 'path_taken' })
    expect(await pathsOf(namespace, admin)).toEqual([`/${first}`])
    await removeFile(namespace, first, admin)
    await write(namespace, second)
  })

  it('refuses the root', async () => {
    for (const path of ['/', '/./'])
      expect(await expectJson(writeFile('prod', path, 'x', admin), 409)).toMatchObject({ code: 'path_taken' })
  })
})

describe('DELETE …/files', () => {
  it('answers 200 with nothing, whatever is there', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a')
    for (const path of ['a', 'a', 'never', 'never/there', '/'])
      expect(await text(removeFile(namespace, path, admin))).toEqual([200, ''])
  })

  it.each(['/a', 'a', '/a/'])('takes a folder with all below and leaves its siblings: %s', async (path) => {
    const namespace = newNamespace()
    const siblings = ['A/x', 'a-b', 'a.txt', 'a0', 'ab', 'abc/x', 'b/a/x']
    await write(namespace, 'a/x', 'a/b/x', 'a/b/c/x', ...siblings)
    await removeFile(namespace, path, admin)
    expect(await pathsOf(namespace, admin)).toEqual(siblings.map((one) => `/${one}`))
  })

  it('does not read a path as a pattern', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/x', 'b/x', 'abc')
    for (const pattern of ['%', '_', '*', '?/x', 'a/%', '_/x']) await removeFile(namespace, pattern, admin)
    expect(await pathsOf(namespace, admin)).toEqual(['/a/x', '/abc', '/b/x'])
  })

  it('leaves the folder of a file that was not there', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/only')
    await removeFile(namespace, 'a/missing', admin)
    expect(await pathsOf(namespace, admin)).toEqual(['/a/only'])
  })

  it('takes folders along that become empty', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/b/c')
    await removeFile(namespace, 'a/b/c', admin)
    await expectJson(list(namespace, 'a'), 404)
  })

  it.each(['/', '/./', '.'])('empties the namespace, and no other, at the root: %j', async (root) => {
    const [namespace, other] = [newNamespace(), newNamespace()]
    await write(namespace, 'a/b', 'c')
    await write(other, 'a/b')
    await removeFile(namespace, root, admin)
    expect(await pathsOf(namespace, admin)).toEqual([])
    expect(await pathsOf(other, admin)).toEqual(['/a/b'])
  })
})

describe('GET …/files/directory', () => {
  it('does not find a folder that is not there, or is a file', async () => {
    const namespace = newNamespace()
    await write(namespace, 'a/b')
    for (const path of ['/nothing', '/a/b', '/a/b/c']) {
      expect(await expectJson(list(namespace, path), 404)).toMatchObject({
        message: `Directory not found: ${path}`,
        code: 'directory_not_found',
      })
    }
  })

  it.each([undefined, '', '/', '.'])('always lists the root: %j', async (path) => {
    expect(await expectJson(list(newNamespace(), path))).toEqual([])
  })

  it('lists direct children, files and folders', async () => {
    const namespace = newNamespace()
    const before = Date.now()
    await write(namespace, 'a/b/c', 'a/b.txt', 'a/é', 'a/b/d/e', 'z')
    const time = { creationTime: expect.any(Number), lastModifiedTime: expect.any(Number) }
    const children = await expectJson<{ creationTime: number }[]>(list(namespace, '/a/'))
    expect(children).toHaveLength(3)
    expect(children).toEqual(
      expect.arrayContaining([
        { fileName: 'b', type: 'Directory', size: 0, ...time },
        { fileName: 'b.txt', type: 'File', size: 'in a/b.txt'.length, ...time },
        { fileName: 'é', type: 'File', size: new TextEncoder().encode('in a/é').length, ...time },
      ]),
    )
    for (const { creationTime } of children) {
      expect(creationTime).toBeGreaterThanOrEqual(before)
      expect(creationTime).toBeLessThanOrEqual(Date.now())
    }
  })
})

describe('GET …/files/search', () => {
  it('lists the files whose path holds the text, never folders', async () => {
    const namespace = newNamespace()
    await write(namespace, 'sql/orders.sql', 'sql/new orders.SQL', 'docs/100%.md', 'orders')
    const search = (query: string) =>
      expectJson<string[]>(call(`${filesOf(namespace)}/search${query}`, admin))
    expect(await search('?q=sql')).toEqual(['/sql/new orders.SQL', '/sql/orders.sql'])
    expect(await search('?q=ORDERS.sql')).toEqual(['/sql/new orders.SQL', '/sql/orders.sql'])
    expect(await search('?q=w+o')).toEqual(['/sql/new orders.SQL'])
    expect(await search('?q=%25')).toEqual(['/docs/100%.md'])
    expect(await search('?q=_')).toEqual([])
    const all = ['/docs/100%.md', '/orders', '/sql/new orders.SQL', '/sql/orders.sql']
    expect(await search('?q=')).toEqual(all)
    expect(await search('')).toEqual(all)
  })
})

describe('a namespace', () => {
  it.each(['Prod', 'a%2Fb', '-x', '..', 'a'.repeat(151)])('may not be called %s', async (namespace) => {
    const { status } = await call(`${filesOf(namespace)}/search`, admin)
    expect([404, 422]).toContain(status)
  })

  it('sees neither the files of another one, nor of one below, nor of another tenant', async () => {
    const namespace = newNamespace()
    await createTenant('acme')
    const [above, below] = [`${namespace}.team`, `${namespace}.team.app`]
    const theirs = await createBot(
      { NAMESPACE: ['MANAGE_FILES'] },
      { namespace: null, tenant: 'acme', by: admin },
    )
    const acme = filesOf(above, 'acme')
    await writeFile(above, 'x', 'ours', admin)
    await call(`${acme}?path=x`, { ...theirs, body: formOf('theirs') })
    for (const other of [namespace, below]) {
      expect(await pathsOf(other, admin)).toEqual([])
      await expectJson(readFile(other, 'x', admin), 404)
      await removeFile(other, '/', admin)
    }
    expect(await text(readFile(above, 'x', admin))).toEqual([200, 'ours'])
    expect(await text(call(`${acme}?path=x`, theirs))).toEqual([200, 'theirs'])
    await call(`${acme}?path=/`, { ...theirs, method: 'DELETE' })
    expect(await text(readFile(above, 'x', admin))).toEqual([200, 'ours'])
  })
})
