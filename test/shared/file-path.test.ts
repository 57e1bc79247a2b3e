import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type FilePath,
  MAX_PATH_DEPTH,
  MAX_PATH_LENGTH,
  MAX_SEGMENT_LENGTH,
  nameOf,
  parentsOf,
  parseFilePath,
  ROOT,
  relativeTo,
} from '../../shared/file-path.ts'

const RELATIVE = "File should be accessed with their full path and not using relative '..' path."

function pathOf(text: string): FilePath {
  const path = parseFilePath(text)
  if (!path.ok) throw new Error(path.error)
  return path.value
}

/** Texts that come close to the rules: separators, dots, encodings and plain names in any order. */
const texts = fc.oneof(
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        '/',
        '//',
        '\\',
        '.',
        './',
        '..',
        '%2e',
        '%2E',
        '%2f',
        '%5C',
        '_flows',
        'a',
        'b.txt',
        ':',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
)

const accepted = texts.map((text) => parseFilePath(text)).filter((path) => path.ok)

/** Paths with at least one name, each of names that no rule touches. */
const plainPaths = fc
  .array(fc.stringMatching(/^[a-z][a-z0-9 +[\]#?é-]{0,8}$/), { minLength: 1, maxLength: 8 })
  .map((names) => ({ names, path: pathOf(`/${names.join('/')}`) }))

describe('parseFilePath', () => {
  it.each([
    ['a.txt', '/a.txt'],
    ['/a.txt', '/a.txt'],
    ['a/b.txt', '/a/b.txt'],
    ['/a/b.txt', '/a/b.txt'],
    ['/./a.txt', '/a.txt'],
    ['./a.txt', '/a.txt'],
    ['a//b', '/a/b'],
    ['//a///b//', '/a/b'],
    ['a/./././b', '/a/b'],
    ['dest/./file', '/dest/file'],
    ['a/', '/a'],
    ['a\\b\\c.txt', '/a/b/c.txt'],
    ['\\a', '/a'],
    ['', '/'],
    ['/', '/'],
    ['.', '/'],
    ['./', '/'],
    ['/./', '/'],
  ])('reads %j as %j', (text, path) => {
    expect(parseFilePath(text)).toEqual({ ok: true, value: path })
  })

  it.each([
    'a b.txt',
    'a+b.txt',
    '[draft].txt',
    'a#b.txt',
    'what?.txt',
    '100%.txt',
    'a%20b.txt',
    'é.txt',
    'e\u0301.txt',
    '日本語.txt',
    '🙂.txt',
    'a:b.txt',
    "it's.txt",
    '.env',
    '...',
    '..a',
    'a..',
    'a..b',
    ' ',
    '_flows.txt',
    '_flowsheet',
    'sub/_flows',
    'sub/_flows/a.yml',
  ])('keeps %j as it is', (name) => {
    expect(parseFilePath(`/${name}`)).toEqual({ ok: true, value: `/${name}` })
  })

  it('tells apart what a form decoder tells apart', () => {
    const read = (query: string) => pathOf(new URLSearchParams(query).get('path') ?? '')
    expect(read('path=a+b.txt')).toBe('/a b.txt')
    expect(read('path=a%2Bb.txt')).toBe('/a+b.txt')
    expect(read('path=a%252Bb.txt')).toBe('/a%2Bb.txt')
  })

  it.each([
    '..',
    '/..',
    '../a',
    'a/..',
    'a/../b',
    '/./../a',
    'a\\..\\b',
    '..\\a',
    '%2e%2e',
    '%2E%2E/a',
    'a/.%2e/b',
    'a/%2E./b',
    'a\\%2e%2e\\b',
  ])('refuses the parent folder in %j', (text) => {
    expect(parseFilePath(text)).toEqual({ ok: false, error: RELATIVE })
  })

  // They come alive together, in whoever decodes the path once more.
  it.each(['..%2fa', 'a%2F..%2Fb', '%2e%2e%2fa', 'a%5c..%5cb', 'a/..%2f'])(
    'refuses the parent folder beside an encoded separator in %j',
    (text) => {
      expect(parseFilePath(text)).toEqual({ ok: false, error: RELATIVE })
    },
  )

  it.each([
    ['_flows', '/_flows'],
    ['/_flows', '/_flows'],
    ['/_flows/a.yml', '/_flows/a.yml'],
    ['_flows/', '/_flows'],
    ['./_flows/a.yml', '/_flows/a.yml'],
    ['//_flows//a.yml', '/_flows/a.yml'],
    ['\\_flows\\a.yml', '/_flows/a.yml'],
  ])('refuses %j, where Kestra keeps flows', (text, path) => {
    expect(parseFilePath(text)).toEqual({ ok: false, error: `Forbidden path: ${path}` })
  })

  it.each(['mailto:x', 'file:///etc/passwd', 'https://example.com/a', 'C:\\a', 'kestra://a', 'a:b'])(
    'refuses %j, which is not a path',
    (text) => {
      expect(parseFilePath(text)).toEqual({ ok: false, error: `Not a path: ${text}` })
    },
  )

  it.each(['a\u0000b', 'a\nb', '\u001b[31m', 'a\u007f', 'a\ud800', '\udc00a'])(
    'refuses control characters and broken Unicode in %j',
    (text) => {
      expect(parseFilePath(text)).toEqual({
        ok: false,
        error: 'A path must not contain control characters or broken Unicode.',
      })
    },
  )

  it('accepts a name of 255 characters and refuses one of 256', () => {
    expect(parseFilePath(`a/${'n'.repeat(MAX_SEGMENT_LENGTH)}/b`).ok).toBe(true)
    expect(parseFilePath(`a/${'n'.repeat(MAX_SEGMENT_LENGTH + 1)}/b`)).toEqual({
      ok: false,
      error: 'A file or folder name exceeds the maximum length of 255 characters.',
    })
  })

  it('measures a path as it is kept, not as it was written', () => {
    const longest = `/${'a'.repeat(63)}`.repeat(MAX_PATH_LENGTH / 64)
    expect(parseFilePath(longest)).toEqual({ ok: true, value: longest })
    expect(parseFilePath(longest.replaceAll('/', '/.//'))).toEqual({ ok: true, value: longest })
    expect(parseFilePath(`${longest}b`)).toEqual({
      ok: false,
      error: 'A path exceeds the maximum length of 1024 characters.',
    })
  })

  it('takes as many names in a path as it says, and not one more', () => {
    const deepest = '/a'.repeat(MAX_PATH_DEPTH)
    expect(parseFilePath(deepest)).toEqual({ ok: true, value: deepest })
    expect(parseFilePath(`${deepest}/a`)).toEqual({ ok: false, error: 'A path has more than 32 names.' })
  })

  it('reads a path that it gave as that path', () => {
    fc.assert(
      fc.property(accepted, (path) => {
        expect(parseFilePath(path.value)).toEqual(path)
      }),
    )
  })

  it('gives paths of one spelling: no empty, . or .. segment, no backslash, a slash in front only', () => {
    fc.assert(
      fc.property(accepted, ({ value: path }) => {
        expect(path).toMatch(/^\/([^/]|$)/)
        expect(path).not.toMatch(/\/\/|\\|.\/$/)
        const segments = path.slice(1).split('/')
        expect(segments).not.toContain('.')
        expect(segments).not.toContain('..')
        expect(segments[0]).not.toBe('_flows')
      }),
    )
  })

  it('gives paths that stay in the namespace when somebody decodes them once more', () => {
    fc.assert(
      fc.property(accepted, ({ value: path }) => {
        const decoded = path.replace(/%(2e|2f|5c)/gi, (code) => decodeURIComponent(code))
        expect(decoded.split(/[/\\]/)).not.toContain('..')
      }),
    )
  })
})

describe('parentsOf', () => {
  it.each([
    ['/', []],
    ['/a.txt', []],
    ['/a/b.txt', ['/a']],
    ['/a/b/c.txt', ['/a/b', '/a']],
  ])('gives the folders above %s, nearest first', (path, parents) => {
    expect(parentsOf(pathOf(path))).toEqual(parents)
  })

  it('gives one folder for each name but the last, each a path itself', () => {
    fc.assert(
      fc.property(plainPaths, ({ names, path }) => {
        const parents = parentsOf(path)
        expect(parents).toHaveLength(names.length - 1)
        for (const parent of parents) expect(pathOf(parent)).toBe(parent)
      }),
    )
  })
})

describe('relativeTo', () => {
  it.each([
    ['/', '/a/b.txt', 'a/b.txt'],
    ['/a', '/a/b.txt', 'b.txt'],
    ['/a/b', '/a/b/c/d.txt', 'c/d.txt'],
  ])('from %s sees %s as %s', (folder, path, relative) => {
    expect(relativeTo(pathOf(folder), pathOf(path))).toBe(relative)
  })

  it('gives what leads back to the path, from every folder above it', () => {
    fc.assert(
      fc.property(plainPaths, ({ path }) => {
        expect(`/${relativeTo(ROOT, path)}`).toBe(path)
        for (const parent of parentsOf(path)) expect(`${parent}/${relativeTo(parent, path)}`).toBe(path)
      }),
    )
  })
})

describe('nameOf', () => {
  it('gives the last name, which is what the nearest folder sees', () => {
    fc.assert(
      fc.property(plainPaths, ({ names, path }) => {
        expect(nameOf(path)).toBe(names.at(-1))
        expect(nameOf(path)).toBe(relativeTo(parentsOf(path)[0] ?? ROOT, path))
      }),
    )
  })

  it('gives nothing for the root', () => {
    expect(nameOf(ROOT)).toBe('')
  })
})
