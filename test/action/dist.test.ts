/** The built programs as anybody can read them: what is not in them cannot happen. */

import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { describe, expect, it } from 'vitest'

const DIST = 'action/dist'

it('is three programs and the licences of what they hold', async () => {
  expect((await readdir(DIST)).sort()).toEqual(['LICENSES.txt', 'cli.mjs', 'main.mjs', 'post.mjs'])
})

describe.each(['main.mjs', 'post.mjs', 'cli.mjs'])('%s', async (name) => {
  const text = await readFile(`${DIST}/${name}`, 'utf8')
  const imported = [...text.matchAll(/^import .*?["']([^"']+)["'];?$/gm)].map(([, from = '']) => from)

  it('imports Node and nothing else, and neither processes nor other ways to run code', () => {
    expect(imported.length).toBeGreaterThan(5)
    expect(imported.filter((from) => !isBuiltin(from))).toEqual([])
    expect(text).not.toMatch(
      /child_process|worker_threads|node:vm|"vm"|\beval\(|new Function\b|\bimport\(|\brequire\(/,
    )
  })

  it('names no host but those of GitHub, and none that is called unasked', () => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    const hosts = [...code.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host)
    expect(hosts.filter((host) => !/(^|\.)(github\.com|example\.com|localhost)$/.test(host ?? ''))).toEqual(
      [],
    )
  })

  it('can be read: it is not minified, holds no path of the machine that built it, and no source map', () => {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(2_000)
    expect(text).not.toMatch(/sourceMappingURL|\/(home|Users|root|tmp|work)\//)
  })
})
