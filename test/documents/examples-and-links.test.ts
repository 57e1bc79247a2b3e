import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { DOCUMENTS, ROOT, read, readAnchors, readBlocks, readLinks } from './read.ts'

describe('links in the documents', () => {
  it.each(DOCUMENTS)('lead somewhere: %s', (document) => {
    const dead = readLinks(read(document)).filter((link) => {
      if (/^https?:/.test(link)) return false
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? document : join(dirname(document), path)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !readAnchors(read(target)).includes(anchor)
    })
    expect(dead).toEqual([])
  })
})

describe('examples in the documents', () => {
  it.each(DOCUMENTS)('are JSON and YAML where they say so: %s', (document) => {
    for (const block of readBlocks(read(document), 'json')) JSON.parse(block)
    for (const block of readBlocks(read(document), 'yaml')) parseYaml(block)
  })
})

describe('readAnchors', () => {
  it('makes of a heading what GitHub does', () => {
    expect(
      readAnchors('# What `match` may say\n## MASTER_KEY\n```sh\n# no heading\n```\n### Who, and why?'),
    ).toEqual(['what-match-may-say', 'master_key', 'who-and-why'])
  })
})
