/** The document about threats and the tests that play them say the same: which threat, and in which file. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const TOP = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(TOP, path), 'utf8')
const THREATS = Array.from({ length: 42 }, (_, index) => index + 1)

/** `| who | number | tries | is met by | in | test |` */
const rows = [
  ...read('docs/threats.md').matchAll(/^\|[^|]*\| (\d+) \|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|$/gm),
].map(([, number, tries = '', isMetBy = '', code = '', tests = '']) => ({
  number: Number(number),
  says: [tries, isMetBy],
  code: pathsIn(code),
  tests: pathsIn(tests).map((path) => `test/${path}`),
}))

function pathsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
}

/** Which threats the titles of a text name. A title is a string; what a comment says of threats is no title. */
function numbersIn(text: string): number[] {
  const code = text.replace(/^\s*(\/\*\*?|\*|\/\/).*/gm, '')
  const titles = code.matchAll(/(['`])(?:(?!\1).)*\(threats? (\d+(?:, \d+)*)\)(?:(?!\1).)*\1/g)
  return [...new Set([...titles].flatMap(([, , numbers = '']) => numbers.split(', ').map(Number)))]
}

const played = readdirSync(join(TOP, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => /\.test\.tsx?$/.test(path) && path !== 'test/threats.test.ts')
  .flatMap((path) => numbersIn(read(path)).map((number) => ({ number, path })))

const inOrder = (all: Iterable<string>) => [...all].sort()

describe('docs/threats.md', () => {
  it('has a row for each threat, and one only', () => {
    expect(rows.map(({ number }) => number).sort((one, two) => one - two)).toEqual(THREATS)
  })

  it('says of each what it is and what stands against it, and where', () => {
    for (const { number, says, code } of rows) {
      expect([number, says.map((text) => text.trim() !== '')]).toEqual([number, [true, true]])
      expect([number, code.length > 0]).toEqual([number, true])
      // Reading a file that is not there throws, and names it.
      for (const path of code) read(path)
    }
  })

  it.each(THREATS)('names the files whose titles carry the number %i, and no others', (number) => {
    const named = rows.filter((row) => row.number === number).flatMap(({ tests }) => tests)
    const carrying = played.filter((one) => one.number === number).map(({ path }) => path)
    expect(carrying.length).toBeGreaterThan(0)
    expect(inOrder(named)).toEqual(inOrder(carrying))
  })

  it('knows every number that a title carries', () => {
    expect(played.filter(({ number }) => !THREATS.includes(number))).toEqual([])
  })
})

describe('numbersIn', () => {
  it('reads titles, with several numbers and with what follows, and nothing else', () => {
    expect(numbersIn("it('refuses (threat 3)', () => {})")).toEqual([3])
    expect(numbersIn("  ])('refuses (threats 5, 31): %s', run)")).toEqual([5, 31])
    expect(numbersIn('it(`leaves a record (threat 35)`, run)')).toEqual([35])
    expect(numbersIn("/** About D1 (threat 40). */\n// 'not (threat 41)'\n * (threat 42)")).toEqual([])
    expect(numbersIn("it('refuses') // (threat 3)")).toEqual([])
    expect(numbersIn("it('is a threat 3')")).toEqual([])
  })
})
