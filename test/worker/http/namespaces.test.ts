import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bot,
  type Call,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { removeFile, writeFile } from '../support/files.ts'

const NAMESPACES = '/api/v1/main/namespaces'

interface Page {
  readonly results: Array<{ id: string }>
  readonly total: number
}

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const create = (json: object, by: Call = admin, status = 200) =>
  expectJson(call(NAMESPACES, { ...by, json }), status)
const read = (id: string, status = 200) => expectJson(call(`${NAMESPACES}/${id}`, admin), status)
const replace = (id: string, json: object, status = 200) =>
  expectJson(call(`${NAMESPACES}/${id}`, { ...admin, method: 'PUT', json }), status)
const remove = (id: string, by: Call = admin) => call(`${NAMESPACES}/${id}`, { ...by, method: 'DELETE' })
const search = (query: string, by: Call = admin) =>
  expectJson<Page>(call(`${NAMESPACES}/search?${query}`, by))
const found = async (query: string, by: Call = admin) => (await search(query, by)).results.map(({ id }) => id)

describe('POST /namespaces', () => {
  it('answers with what was sent and nothing more, and that it is not deleted', async () => {
    const sent = {
      id: 'company.team',
      description: '',
      variables: { region: 'eu', nested: { a: [1] }, flag: false },
      allowedNamespaces: [{ namespace: 'company.other' }],
      concurrency: { limit: 1, behavior: 'QUEUE' },
      workerGroup: { key: 'gpu' },
      pluginDefaults: [{ type: 'x', forced: true }],
    }
    expect(await create({ ...sent, quotas: null })).toEqual({ ...sent, deleted: false })
    expect(await read('company.team')).toEqual({ ...sent, deleted: false })
    // Its parent did not come into being with it.
    expect(await read('company', 404)).toMatchObject({
      code: 'not_found',
      message: "Not Found: Namespace 'company' was not found.",
    })
  })

  it('refuses an id that is taken, and changes nothing', async () => {
    await create({ id: 'twice', description: 'first' })
    const before = await inventory()
    expect(await create({ id: 'twice' }, admin, 409)).toMatchObject({ code: 'namespace_taken' })
    expect(await inventory()).toBe(before)
    expect(await read('twice')).toMatchObject({ description: 'first' })
  })

  it.each([
    ['upper case', { id: 'Prod' }, 'id'],
    ['a leading dot', { id: '.prod' }, 'id'],
    ['no id', {}, 'id'],
    ['variables that are no object', { id: 'x', variables: 'a: b' }, 'variables'],
    ['a limit below one', { id: 'x', concurrency: { limit: 0 } }, 'concurrency.limit'],
  ])('refuses %s', async (_, json, path) => {
    const answer = await create(json, admin, 422)
    expect(answer).toMatchObject({ code: 'invalid_entity', _embedded: { errors: [{ path }] } })
  })

  it('takes the right in the namespace that the body names', async () => {
    const bot = await createBot({ NAMESPACE: ['CREATE', 'VIEW'] }, { namespace: 'team' })
    expect(await create({ id: 'team.own' }, bot)).toEqual({ id: 'team.own', deleted: false })
    const before = await inventory()
    for (const id of ['other', 'teams', 'tea', 'system']) {
      expect(await create({ id }, bot, 403)).toMatchObject({
        code: 'permission_missing',
        detail: expect.stringContaining(`in the namespace ${id},`),
      })
    }
    expect(await inventory()).toBe(before)
  })
})

describe('PUT /namespaces/{id}', () => {
  it('replaces all of it: what is left out is gone', async () => {
    await create({ id: 'whole', description: 'x', concurrency: { limit: 1, behavior: 'QUEUE' } })
    const sent = { id: 'whole', variables: { a: 1 } }
    expect(await replace('whole', sent)).toEqual({ ...sent, deleted: false })
    expect(await read('whole')).toEqual({ ...sent, deleted: false })
    expect(await replace('whole', {})).toEqual({ id: 'whole', deleted: false })
  })

  it('refuses another id than the path’s, and answers 404 for a namespace that is not there', async () => {
    expect(await replace('whole', { id: 'part' }, 422)).toMatchObject({ code: 'invalid_entity' })
    expect(await replace('nowhere', {}, 404)).toMatchObject({ code: 'not_found' })
  })
})

describe('DELETE /namespaces/{id}', () => {
  it('removes it, and leaves its files where they are', async () => {
    await create({ id: 'brief', description: 'x' })
    await writeFile('brief', 'a.txt', 'a', admin)
    expect((await remove('brief')).status).toBe(204)
    await read('brief', 404)
    expect(await found('q=brief&existing=true')).toEqual([])
    expect(await found('q=brief')).toEqual(['brief'])
    expect((await remove('brief')).status).toBe(404)
  })
})

describe('the namespace system', () => {
  it('is there from the start, and can be changed and emptied but not removed', async () => {
    expect(await read('system')).toEqual({ id: 'system', deleted: false })
    expect(await replace('system', { description: 'ours' })).toMatchObject({ description: 'ours' })
    expect((await search('existing=true&size=1')).results).toEqual([
      { id: 'system', description: 'ours', deleted: false },
    ])
    expect((await remove('system')).status).toBe(204)
    expect(await read('system')).toEqual({ id: 'system', deleted: false })
    // As Terraform does it: created, and removed again.
    expect(await create({ id: 'system', description: 'mine' })).toMatchObject({ description: 'mine' })
    expect(await create({ id: 'system' }, admin, 409)).toMatchObject({ code: 'namespace_taken' })
    expect((await remove('system')).status).toBe(204)
  })
})

describe('GET /namespaces/search', () => {
  beforeAll(async () => {
    for (const id of ['s', 's.c', 's.a', 's-x', 'srv', 's.b']) await create({ id })
    await writeFile('s.files', 'a.txt', 'a', admin)
    await writeFile('s.emptied', 'a.txt', 'a', admin)
    await removeFile('s.emptied', 'a.txt', admin)
  })

  it('shows system first, then all others by id', async () => {
    const { results, total } = await search('page=1&size=100&existing=true')
    const ids = results.map(({ id }) => id)
    expect(ids[0]).toBe('system')
    expect(ids.slice(1)).toEqual(ids.slice(1).toSorted())
    expect(total).toBe(ids.length)
    expect(results.every((one) => 'deleted' in one && one.deleted === false)).toBe(true)
  })

  it('shows the same in pages as at once', async () => {
    const all = await found('existing=true&size=10000')
    const pages: string[] = []
    for (let page = 1; pages.length < all.length; page++) {
      const { results, total } = await search(`existing=true&size=3&page=${page}`)
      expect(total).toBe(all.length)
      pages.push(...results.map(({ id }) => id))
    }
    expect(pages).toEqual(all)
    expect(await found('existing=true&size=10&page=900000')).toEqual([])
  })

  it.each([
    ['existing=true', ['s', 's-x', 's.a', 's.b', 's.c']],
    ['existing=false', ['s', 's-x', 's.a', 's.b', 's.c', 's.files']],
    ['filters%5BexistingOnly%5D%5BEQUALS%5D=true', ['s', 's-x', 's.a', 's.b', 's.c']],
  ])('with %s counts namespaces that hold nothing but files, or does not', async (query, expected) => {
    const ids = (await found(`size=100&${query}`)).filter((id) => /^s\b/.test(id))
    expect(ids).toEqual(expected)
  })

  it.each([
    ['q=S.A', ['s.a']],
    ['filters[q][EQUALS]=srv', ['srv']],
    ['filters[id][EQUALS]=s.b', ['s.b']],
    ['filters[id][IN]=s.b,srv,nowhere', ['s.b', 'srv']],
    ['filters[namespace][PREFIX]=s', ['s', 's.a', 's.b', 's.c']],
    ['filters[id][PREFIX]=s&sort=id:desc', ['s.c', 's.b', 's.a', 's']],
  ])('finds with %s', async (query, expected) => {
    const page = await search(`existing=true&size=200&${query}`)
    expect(page.results.map(({ id }) => id)).toEqual(expected)
    expect(page.total).toBe(expected.length)
  })

  it('refuses a filter it does not know', async () => {
    const answer = await expectJson(call(`${NAMESPACES}/search?filters[colour][EQUALS]=x`, admin), 400)
    expect(answer).toMatchObject({
      code: 'filters_invalid',
      message: expect.stringMatching(/^Invalid query filters/),
    })
  })

  it('shows nobody more than they may list, and counts no more', async () => {
    const bot = await createBot({ NAMESPACE: ['LIST', 'VIEW'] }, { namespace: 's', by: admin })
    expect(await search('size=100', bot)).toMatchObject({ total: 5 })
    expect(await found('size=100', bot)).toEqual(['s', 's.a', 's.b', 's.c', 's.files'])
    expect(await found('size=100&q=srv', bot)).toEqual([])
    expect(await found('size=100&filters[id][IN]=system,srv,s.a', bot)).toEqual(['s.a'])
    const suggested = call(`${NAMESPACES}/autocomplete`, { ...bot, json: { ids: ['system', 'srv', 's.b'] } })
    expect(await expectJson(suggested)).toEqual(['s.b'])
  })
})

describe('POST /namespaces/autocomplete', () => {
  const suggest = (json: object) =>
    expectJson<string[]>(call(`${NAMESPACES}/autocomplete`, { ...admin, json }))

  it.each([
    ['a text', { q: 's.' }, ['s.a', 's.b', 's.c', 's.files']],
    ['a text, of those that somebody created', { q: 's.', existingOnly: true }, ['s.a', 's.b', 's.c']],
    ['ids, unknown ones dropped', { ids: ['s.c', 'srv', 'nowhere'] }, ['s.c', 'srv']],
    ['both', { q: 's-x', ids: ['srv'] }, ['s-x', 'srv']],
    ['no ids', { ids: [] }, []],
  ])('suggests by %s', async (_, json, expected) => {
    expect(await suggest(json)).toEqual(expected)
  })

  it('suggests all when nothing is asked for', async () => {
    expect((await suggest({}))[0]).toBe('system')
  })
})

describe('GET /namespaces/{id}/inherited-variables', () => {
  it('merges what the namespaces above hand down, the nearest last', async () => {
    await create({ id: 'v', variables: { only: 'v', both: 'v', deep: { a: 1, b: 1 }, list: [1, 2] } })
    await create({ id: 'v.w', variables: { both: 'w', deep: { b: 2 }, list: [3] } })
    await create({ id: 'v.w.x', variables: { own: 'not inherited' } })
    const inherited = (id: string) => expectJson(call(`${NAMESPACES}/${id}/inherited-variables`, admin))
    const merged = { only: 'v', both: 'w', deep: { a: 1, b: 2 }, list: [3] }
    expect(await inherited('v.w.x')).toEqual(merged)
    expect(await inherited('v.w.nobody.created')).toEqual(merged)
    expect(await inherited('v')).toEqual({})
  })
})

describe('Kestra’s clients', () => {
  it('find with VS Code whether a namespace is there', async () => {
    expect(await found('q=srv&existing=true&size=200')).toEqual(['srv'])
    expect(await found('q=unheard-of&existing=true&size=200')).toEqual([])
    expect(await found('q=&existing=true&size=200')).toEqual(await found('existing=true&size=200'))
  })

  it('leave the tenant out, and mean main', async () => {
    expect(await expectJson(call('/api/v1/namespaces/srv', admin))).toEqual({ id: 'srv', deleted: false })
    expect(
      (await expectJson<Page>(call('/api/v1/namespaces/search?existing=true', admin))).results[0]?.id,
    ).toBe('system')
  })

  it('as kestractl, with a role of the old words, list namespaces, system first', async () => {
    const bot = await createBot({ NAMESPACE: ['READ'] }, { namespace: null, by: admin })
    const { results, total } = await search('page=1&size=100&existing=true', bot)
    expect(results[0]).toEqual({ id: 'system', deleted: false })
    expect(total).toBe(results.length)
  })

  it('as kestractl, look before they upload: 404 or 200', async () => {
    await writeFile('unmade', 'a.txt', 'a', admin)
    expect((await call(`${NAMESPACES}/unmade`, admin)).status).toBe(404)
    await create({ id: 'unmade' })
    expect((await call(`${NAMESPACES}/unmade`, admin)).status).toBe(200)
  })

  it('as Terraform, find again what they wrote and nothing else, through create, read, update and destroy', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const first = {
      id: 'tf.namespace',
      description: 'made by Terraform',
      variables: { k: 'v' },
      allowedNamespaces: [{ namespace: 'tf' }],
      concurrency: { limit: 1, behavior: 'QUEUE' },
      outputsInInternalStorage: { enabled: true },
    }
    expect(await create(first)).toEqual({ ...first, deleted: false })
    expect(await expectJson(call(`${NAMESPACES}/tf.namespace`, { ...admin, headers }))).toEqual({
      ...first,
      deleted: false,
    })
    const second = { id: 'tf.namespace', description: 'changed' }
    expect(await replace('tf.namespace', second)).toEqual({ ...second, deleted: false })
    expect(await read('tf.namespace')).toEqual({ ...second, deleted: false })
    expect((await call(`${NAMESPACES}/tf.namespace`, { ...admin, method: 'DELETE', headers })).status).toBe(
      204,
    )
    await read('tf.namespace', 404)
  })
})
