import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { MAX_FILE_BYTES, MAX_FOLDER_FILES, MAX_FOLDERS } from '../../../shared/limits.ts'
import { Commit, Deployment, Manifest, Plan, PlanRequest, Sha256 } from '../../../shared/wire/sync.ts'

const SHA256 = '0123456789abcdef'.repeat(4)
const file = (path: string, size = 1) => ({ path, sha256: SHA256, size })

/** What a schema says against a value, each with the place it is said of. */
function complaints(schema: v.GenericSchema, value: unknown): string[] {
  return (v.safeParse(schema, value).issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)
}

describe('Sha256', () => {
  it('accepts 64 hexadecimal digits in lower case', () => {
    expect(v.is(Sha256, SHA256)).toBe(true)
  })

  it.each([
    '',
    SHA256.slice(1),
    `${SHA256}0`,
    SHA256.toUpperCase(),
    `g${SHA256.slice(1)}`,
    `${SHA256}\n`,
    `sha256:${SHA256}`,
  ])('refuses %j', (text) => {
    expect(v.is(Sha256, text)).toBe(false)
  })
})

describe('Manifest', () => {
  it('takes the root of the namespace and keeps what is there, unless it says otherwise', () => {
    expect(v.parse(Manifest, { files: [] })).toEqual({ root: '/', delete: 'none', keep: [], files: [] })
  })

  it.each([
    ['/', '/'],
    ['', '/'],
    ['.', '/'],
    ['scripts', '/scripts'],
    ['./scripts//etl/', '/scripts/etl'],
    ['a\\b', '/a/b'],
  ])('reads the root %j as %j', (root, path) => {
    expect(v.parse(Manifest, { root, files: [] }).root).toBe(path)
  })

  it.each(['..', 'a/../b', '_flows', '/_flows/a', 'mailto:x', 'a\u0000', 7, null])(
    'refuses the root %j',
    (root) => {
      expect(v.is(Manifest, { root, files: [] })).toBe(false)
    },
  )

  it.each(['a.txt', 'a/b.txt', '.env', 'a b+c.txt', '[x]#?%.txt', 'é/日本.txt', 'a:b.txt', '...'])(
    'accepts the path %j',
    (path) => {
      expect(v.parse(Manifest, { files: [file(path)] }).files).toEqual([{ ...file(path), at: `/${path}` }])
    },
  )

  it.each(['', '.', '/', '/a', './a', 'a/', 'a//b', 'a/./b', 'a\\b'])(
    'refuses the path %j, which has another spelling',
    (path) => {
      expect(complaints(Manifest, { files: [file(path)] })).toEqual([
        'files.0.path: must be a relative path without empty or . segments',
      ])
    },
  )

  it.each([
    '..',
    '../a',
    'a/../b',
    '%2e%2e/a',
    'a\u0000',
    'a\nb',
    'a\ud800',
    'n'.repeat(256),
    '_flows/a.yml',
  ])('refuses the path %j, which no file can have', (path) => {
    expect(complaints(Manifest, { files: [file(path)] })).toHaveLength(1)
  })

  it('refuses a path that becomes too long in its root', () => {
    const folders = `${'a'.repeat(59)}/`.repeat(10)
    expect(v.is(Manifest, { root: '/', files: [file(`${folders}b`)] })).toBe(true)
    expect(v.is(Manifest, { root: folders, files: [file('b')] })).toBe(true)
    expect(v.is(Manifest, { root: folders, files: [file(`${folders}b`)] })).toBe(false)
  })

  it('refuses files that lie in more folders than can be looked up', () => {
    const deep = (i: number) => file(`${i}/b/c/d/e/f`)
    const files = Array.from({ length: MAX_FOLDERS / 5 }, (_, i) => deep(i))
    expect(v.is(Manifest, { files })).toBe(true)
    expect(complaints(Manifest, { files: [...files, deep(files.length)] })).toEqual([
      `null: must not lie in more than ${MAX_FOLDERS} folders`,
    ])
  })

  it.each([
    [undefined, 'none'],
    [false, 'none'],
    [true, 'all'],
    ['none', 'none'],
    ['owned', 'owned'],
    ['all', 'all'],
  ])('reads delete: %j as %s', (mode, meaning) => {
    expect(v.parse(Manifest, { files: [], delete: mode }).delete).toBe(meaning)
  })

  it('takes paths to keep, in the one spelling that files have', () => {
    expect(v.parse(Manifest, { files: [], keep: ['a', 'b/c'] }).keep).toEqual(['a', 'b/c'])
    expect(complaints(Manifest, { files: [], keep: ['a', './b', '../c'] })).toEqual([
      'keep.1: must be a relative path without empty or . segments',
      expect.stringMatching(/^keep\.2: File should be accessed/),
    ])
    const many = Array.from({ length: MAX_FOLDER_FILES + 1 }, (_, i) => `${i}`)
    expect(v.is(Manifest, { files: [], keep: many.slice(1) })).toBe(true)
    expect(v.is(Manifest, { files: [], keep: many })).toBe(false)
  })

  it('refuses _flows only where Kestra keeps flows, as for files one at a time', () => {
    expect(v.is(Manifest, { root: '/', files: [file('_flows/a.yml')] })).toBe(false)
    expect(v.is(Manifest, { root: '/team', files: [file('_flows/a.yml')] })).toBe(true)
  })

  it('refuses a path that is named twice', () => {
    expect(complaints(Manifest, { files: [file('a'), file('b'), file('a', 2)] })).toEqual([
      'files: must name each path once',
    ])
    expect(v.is(Manifest, { files: [file('a'), file('A')] })).toBe(true)
  })

  it.each([
    ['a negative size', -1],
    ['half a byte', 0.5],
    ['a size in words', '1'],
    ['no number', Number.NaN],
    ['a file above the limit', MAX_FILE_BYTES + 1],
  ])('refuses %s', (_, size) => {
    expect(v.is(Manifest, { files: [{ ...file('a'), size }] })).toBe(false)
  })

  it.each([0, MAX_FILE_BYTES])('accepts a size of %d bytes', (size) => {
    expect(v.is(Manifest, { files: [file('a', size)] })).toBe(true)
  })

  it(`accepts ${MAX_FOLDER_FILES} files and refuses one more`, () => {
    const files = Array.from({ length: MAX_FOLDER_FILES + 1 }, (_, i) => file(`${i}`))
    expect(v.is(Manifest, { files: files.slice(1) })).toBe(true)
    expect(complaints(Manifest, { files })).toEqual([`files: must have at most ${MAX_FOLDER_FILES} entries`])
  })

  it('passes over members it does not know, as newer clients may send them', () => {
    expect(v.parse(Manifest, { files: [{ ...file('a'), mode: 0o755 }], comment: 'x' })).toEqual({
      root: '/',
      delete: 'none',
      keep: [],
      files: [{ ...file('a'), at: '/a' }],
    })
  })

  it.each([
    {},
    { files: null },
    { files: {} },
    { files: ['a'] },
    { files: [], delete: 'true' },
    { files: [], keep: 'a' },
    [],
    null,
  ])('refuses %j', (value) => {
    expect(v.is(Manifest, value)).toBe(false)
  })
})

describe('PlanRequest', () => {
  it('is a manifest that may say where it comes from', () => {
    const request = { files: [file('a')], delete: 'owned', source: { repositoryId: '7' } }
    expect(v.parse(PlanRequest, request)).toEqual({
      root: '/',
      delete: 'owned',
      keep: [],
      files: [{ ...file('a'), at: '/a' }],
      source: { repositoryId: '7' },
    })
    expect(v.parse(PlanRequest, { files: [] })).toEqual(v.parse(Manifest, { files: [] }))
    expect(complaints(PlanRequest, { files: [file('..')], source: { ref: 7 } })).toHaveLength(2)
  })
})

describe('Plan', () => {
  it('reads a plan with each kind of change', () => {
    const plan = {
      etag: '"3"',
      changes: [
        { kind: 'create', path: 'a', size: 1 },
        { kind: 'update', path: 'b', size: 2, previousSize: 1 },
        { kind: 'delete', path: 'c', previousSize: 3 },
      ],
      unchanged: 4,
      missing: [SHA256],
    }
    expect(v.parse(Plan, plan)).toEqual(plan)
  })

  it('refuses a kind of change that it does not know', () => {
    const plan = { etag: '"3"', changes: [{ kind: 'move', path: 'a' }], unchanged: 0, missing: [] }
    expect(v.is(Plan, plan)).toBe(false)
  })
})

describe('Commit', () => {
  it('carries a manifest, and from where it comes if that is known', () => {
    const source = {
      repository: 'acme/scripts',
      ref: 'refs/heads/main',
      sha: 'abc',
      runUrl: 'https://x.y/1',
    }
    expect(v.parse(Commit, { plan: { files: [] }, source }).source).toEqual(source)
    expect(v.parse(Commit, { plan: { files: [] } })).toEqual({
      plan: { root: '/', delete: 'none', keep: [], files: [] },
      allowStale: false,
    })
  })

  it('reads the numbers of a run as numbers and its ids as texts, whichever way they come', () => {
    const source = { repositoryId: 7, runId: '12', runNumber: '3', runAttempt: 1 }
    expect(v.parse(Commit, { plan: { files: [] }, source }).source).toEqual({
      repositoryId: '7',
      runId: '12',
      runNumber: 3,
      runAttempt: 1,
    })
  })

  it.each([
    { repository: 'a\nb' },
    { ref: 'x'.repeat(501) },
    { sha: 7 },
    { repositoryId: 'x'.repeat(501) },
    { repositoryId: {} },
    { runNumber: 'three' },
    { runNumber: '' },
    { runNumber: -1 },
    { runNumber: 1.5 },
    { runNumber: '1e3' },
  ])('refuses the source %j', (source) => {
    expect(v.is(Commit, { plan: { files: [] }, source })).toBe(false)
  })
})

describe('Deployment', () => {
  it('has no id when nothing had to be done', () => {
    const counts = { created: 0, updated: 0, deleted: 0, unchanged: 9 }
    expect(v.is(Deployment, { etag: '"1"', ...counts })).toBe(true)
    expect(v.is(Deployment, { id: 'd1', etag: '"1"', ...counts })).toBe(true)
  })
})
