/** Text that would mean something if it ever became part of a statement: it is text wherever it is sent. */

import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../../worker/app.ts'
import { type Bot, basic, call, createAdmin, dumpTables, expectJson, freshEdge } from '../support/edge.ts'
import { pathsOf, readFile, writeFile } from '../support/files.ts'

const HOSTILE = [
  "'",
  "''",
  '"',
  '`',
  "' OR '1'='1",
  "' OR 1=1 --",
  "'; DROP TABLE accounts; --",
  "') UNION SELECT password FROM accounts --",
  "' || (SELECT password FROM accounts) || '",
  '" OR ""="',
  '1; DELETE FROM tokens',
  '%',
  '_',
  '%%',
  '\\',
  "\\'",
  '?',
  '?1',
  ':name',
  '$.password',
  '*',
  '[a-z]',
  '/* x',
  '\u02bc OR \uff07',
]

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const search = async (list: string, query: string) =>
  expectJson<{ results: Array<{ name: string }>; total: number }>(
    call(`/api/v1/main/${list}?size=1000&${query}`, admin),
  )

describe('hostile text', () => {
  it.each([
    ['groups', 'groups/search'],
    ['roles', 'roles/search'],
  ])(
    'in the names of %s is kept as it was sent, and finds what holds it and nothing else (threat 36)',
    async (list, path) => {
      const names = ['plain', 'Percent', ...HOSTILE.map((text, index) => `n${index} ${text}`)]
      for (const name of names) {
        const json = {
          name,
          description: name,
          ...(list === 'roles' ? { permissions: { FLOW: ['VIEW'] } } : {}),
        }
        expect(await expectJson(call(`/api/v1/main/${list}`, { ...admin, json }))).toMatchObject({
          name,
          description: name,
        })
      }
      const all = (await search(path, '')).results.map(({ name }) => name)
      expect(all).toEqual(expect.arrayContaining(names))
      for (const text of HOSTILE) {
        const found = await search(path, `q=${encodeURIComponent(text)}`)
        const expected = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()))
        const made = found.results.map(({ name }) => name).filter((name) => names.includes(name))
        expect([text, made.sort()]).toEqual([text, expected.sort()])
      }
    },
  )

  it('in the names of files is kept as it was sent (threat 36)', async () => {
    // A backslash is a border in Kestra's paths.
    const texts = HOSTILE.filter((text) => !text.includes('\\'))
    const paths = texts.map((text, index) => `/n${index} ${text}`)
    for (const [index, path] of paths.entries()) {
      expect([path, (await writeFile('prod', path, texts[index] ?? '', admin)).status]).toEqual([path, 200])
    }
    expect((await pathsOf('prod', admin)).sort()).toEqual(paths.toSorted())
    for (const [index, path] of paths.entries()) {
      expect(await (await readFile('prod', path, admin)).text()).toBe(texts[index])
    }
  })

  it('signs nobody in, as a name or as a password (threat 36)', async () => {
    for (const text of HOSTILE.slice(4, 8)) {
      const json = { username: `admin@example.com${text}`, password: text }
      expect([401, 422]).toContain((await call('/login', { json })).status)
      expect((await call('/api/v1/me', { authorization: basic(text, text) })).status).toBe(401)
    }
  })

  it('in every place of every address that one may look at changes nothing and shows nothing (threat 36)', async () => {
    const looks = routes.filter(({ method, path }) => method === 'GET' && path !== '/api/v1/backup')
    expect(looks.length).toBeGreaterThan(50)
    const before = await dumpTables()
    for (const { path } of looks) {
      for (const text of HOSTILE.slice(4, 11)) {
        const word = encodeURIComponent(text)
        const query = [
          'q',
          'sort',
          'id',
          'path',
          'type',
          'permission',
          'filters[q][EQUALS]',
          'filters[id][EQUALS]',
        ]
          .map((name) => `${name}=${word}`)
          .join('&')
        const last = path.replace(/:\w+$/, word).replace(':tenant', 'main')
        const targets = [`${last.replace(/:\w+/g, 'prod')}?${query}`, path.replace(/:\w+/g, word)]
        for (const target of targets) {
          const answer = await call(target, admin)
          const said = await answer.text()
          expect([target, answer.status < 500]).toEqual([target, true])
          expect(said).not.toMatch(/scrypt\$|SQLITE|D1_|no such|syntax error/)
        }
      }
    }
    // What was looked at may be noted as used.
    const still = (tables: string) => tables.replace(/"last_used_at":(null|\d+)/g, '')
    expect(still(await dumpTables())).toBe(still(before))
  })
})
