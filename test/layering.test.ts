/**
 * Which way imports may point. The rules are the data at the top; below them is what reads the sources.
 *
 * Imports are found with a regular expression, not with a compiler: the formatter gives every statement its own
 * line, so that is enough, and a test below shows what it finds. Type imports count like any other.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, normalize, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Each half may import from these and nothing else of the repository. Nobody imports scripts. */
const HALVES: Record<string, readonly string[]> = {
  shared: ['shared'],
  worker: ['worker', 'shared'],
  action: ['action', 'shared', 'package.json'],
  scripts: ['scripts', 'action', 'worker', 'shared', 'package.json'],
}

/** The worker from roof to cellar. A room imports itself and any room of a lower storey, never its neighbour. */
const STOREYS: readonly (readonly string[])[] = [
  ['index.ts'],
  ['app.ts', 'settings.ts'],
  ['console'],
  ['http'],
  // Names what a request may touch, from the rooms below, for those above.
  ['edge.ts'],
  ['accounts', 'gateway'],
  ['tenancy', 'tokens'],
  ['federation'],
  ['access', 'files'],
  ['audit', 'telemetry'],
  ['storage'],
]

/** Where a room may look at its neighbour after all: at types in one file, each for a reason. */
const WINDOWS: readonly { readonly from: string; readonly to: string; readonly because: string }[] = []

/** The one prepares, the other hands on what is prepared. */
const PREPARING = ['worker/storage/database.ts', 'worker/storage/traffic.ts']

/** What only some may import, or mention. A path stands for all below it. */
const PACKAGES = [
  { name: '@actions/', onlyIn: ['action/runner.ts'] },
  { name: '@valibot/to-json-schema', onlyIn: ['worker/http'] },
  { name: 'diff', onlyIn: ['worker/console'] },
  { name: 'drizzle-orm', onlyIn: ['worker/storage'] },
  { name: 'fflate', onlyIn: ['worker/files'] },
  { name: 'hono', onlyIn: ['worker'] },
  { name: 'jose', onlyIn: ['worker'] },
]
const SHARED_PACKAGES = ['valibot']
const BINDING_TYPES = {
  pattern: /\b(D1Database|KVNamespace|R2Bucket)\b/g,
  // The simulation stands in for the platform.
  onlyIn: ['worker/storage', 'worker/index.ts', 'scripts/simulation'],
}

interface Import {
  readonly file: string
  /** As it is written. */
  readonly specifier: string
  /** The file, from the top of the repository; absent for a package. */
  readonly target: string | undefined
  readonly isType: boolean
}

const TOP = resolve(import.meta.dirname, '..')

const IMPORT = new RegExp(
  [
    // import a from · import * as a from · import { a, type b } from · export { a } from · export * from · import ''
    /^(?:import|export)\s+(type\s+)?(?:(?:[\w$*]+(?:\s+as\s+[\w$]+)?\s*,?\s*)?(?:\{[^}]*\}\s*)?from\s*)?['"]([^'"\n]+)['"]/,
    /\bimport\(\s*['"]([^'"\n]+)['"]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
)

function readImports(file: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map(([, type, from, dynamic]) => {
    const specifier = from ?? dynamic ?? ''
    const target = specifier.startsWith('.') ? normalize(join(file, '..', specifier)) : undefined
    return { file, specifier, target, isType: type !== undefined }
  })
}

/** Sources below a folder; none when there is no folder. Generated declarations and the built Action are not sources. */
function listSources(folder: string): string[] {
  try {
    return readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path))
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && !isBelow(path, ['action/dist']))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const read = (path: string) => readFileSync(join(TOP, path), 'utf8')

const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`))

const halfOf = (path: string) => path.split('/')[0] ?? ''
/** The second name in a path: a folder of the worker, or a file at its top. */
const roomOf = (path: string) => path.split('/')[1] ?? ''
const storeyOf = (path: string) => STOREYS.findIndex((rooms) => rooms.includes(roomOf(path)))

/** `@scope/name/part` and `name/part` without the part. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')

const sources = Object.keys(HALVES).flatMap(listSources)
const imports = sources.flatMap((file) => readImports(file, read(file)))
const inside = imports.filter((one): one is Import & { target: string } => one.target !== undefined)
const packages = imports.filter(({ target, specifier }) => target === undefined && !isBuiltin(specifier))

const say = ({ file, specifier }: Import) => `${file} imports ${specifier}`

describe('readImports', () => {
  it('finds every kind of import there is, and nothing that only looks like one', () => {
    const text = `
import a from './a.ts'
import * as b from 'b'
import { c } from '../c.ts'
import {
  d,
  type e,
} from './d/e.ts'
import f, { g } from '@f/g'
import type { h } from './h.ts'
import './i.ts'
export { j } from './j.ts'
export * from './k.ts'
export type { l } from './l.ts'
import m from "./m.json"
const n = await import('./n.ts')
// import no from './no.ts'
export const text = "import no from './no.ts'"
export const from = 'no'
export function no() { return 'no' }
`
    expect(readImports('worker/http/x.ts', text)).toEqual(
      [
        ['./a.ts', 'worker/http/a.ts'],
        ['b', undefined],
        ['../c.ts', 'worker/c.ts'],
        ['./d/e.ts', 'worker/http/d/e.ts'],
        ['@f/g', undefined],
        ['./h.ts', 'worker/http/h.ts', true],
        ['./i.ts', 'worker/http/i.ts'],
        ['./j.ts', 'worker/http/j.ts'],
        ['./k.ts', 'worker/http/k.ts'],
        ['./l.ts', 'worker/http/l.ts', true],
        ['./m.json', 'worker/http/m.json'],
        ['./n.ts', 'worker/http/n.ts'],
      ].map(([specifier, target, isType = false]) => ({
        file: 'worker/http/x.ts',
        specifier,
        target,
        isType,
      })),
    )
  })

  it('reads the sources as they are', () => {
    const found = inside.map(({ file, target }) => `${file} > ${target}`)
    expect(found).toContain('worker/index.ts > worker/app.ts')
    expect(found).toContain('shared/token-format.ts > shared/base62.ts')
    // Over several lines.
    expect(found).toContain('worker/accounts/users.ts > worker/storage/accounts.ts')
  })
})

describe('the halves', () => {
  it('meet in shared only: worker → shared ← action', () => {
    const climbing = inside.filter(({ file, target }) => !isBelow(target, HALVES[halfOf(file)] ?? []))
    expect(climbing.map(say)).toEqual([])
  })

  it('share nothing that needs a platform: shared imports valibot, and no other package', () => {
    const strange = imports.filter(
      ({ file, target, specifier }) =>
        halfOf(file) === 'shared' && target === undefined && !SHARED_PACKAGES.includes(packageOf(specifier)),
    )
    expect(strange.map(say)).toEqual([])
  })
})

describe('the worker', () => {
  const rooms = inside.filter(({ file, target }) => halfOf(file) === 'worker' && halfOf(target) === 'worker')

  it('has no file outside the rooms that are named here', () => {
    const homeless = sources.filter((file) => halfOf(file) === 'worker' && storeyOf(file) < 0)
    expect(homeless).toEqual([])
  })

  it('imports downwards only', () => {
    const climbing = rooms.filter(({ file, target, isType }) => {
      const isOwnRoom = roomOf(file) === roomOf(target)
      const isWindow = isType && WINDOWS.some(({ from, to }) => isBelow(file, [from]) && target === to)
      return !isOwnRoom && !isWindow && storeyOf(target) <= storeyOf(file)
    })
    expect(climbing.map(say)).toEqual([])
  })

  it('looks at a neighbour only through windows that are in use', () => {
    const unused = WINDOWS.filter(
      ({ from, to }) => !rooms.some(({ file, target }) => isBelow(file, [from]) && target === to),
    )
    expect(unused).toEqual([])
  })

  it('never puts SQL together from texts: values are bound, and one place prepares (threat 36)', () => {
    const texts = sources
      .filter((file) => halfOf(file) === 'worker' && !PREPARING.includes(file))
      .filter((file) => /\bsql\.raw\(|\.prepare\(/.test(withoutComments(read(file))))
    expect(texts).toEqual([])
    expect(read('worker/storage/database.ts')).toMatch(/\.prepare\(/)
  })

  it('hashes passwords only in files that take a slot for it', () => {
    const hashing = sources.filter(
      (file) =>
        /\b(hash|verify)Password\(keys/.test(withoutComments(read(file))) &&
        file !== 'worker/accounts/passwords.ts',
    )
    expect(hashing.length).toBeGreaterThan(0)
    expect(hashing.filter((file) => !/\binProofSlot(For)?\(/.test(read(file)))).toEqual([])
  })

  it('asks D1’s primary: a replica, which may not know of a revocation, takes a session (threat 38)', () => {
    const sessions = sources.filter((file) => halfOf(file) === 'worker' && /\bwithSession\b/.test(read(file)))
    expect(sessions).toEqual([])
  })

  it('knows the types of bindings only where they are opened', () => {
    const mentions = sources
      .filter((file) => !isBelow(file, BINDING_TYPES.onlyIn))
      .flatMap((file) =>
        [...withoutComments(read(file)).matchAll(BINDING_TYPES.pattern)].map(
          ([type]) => `${file} mentions ${type}`,
        ),
      )
    expect(mentions).toEqual([])
  })
})

describe('files', () => {
  it('do not import one another in a circle', () => {
    const next = new Map<string, string[]>()
    for (const { file, target } of inside) next.set(file, [...(next.get(file) ?? []), target])
    const circles: string[] = []
    const done = new Set<string>()
    const visit = (file: string, above: readonly string[]): void => {
      if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' > '))
      else if (!done.has(file)) {
        for (const target of next.get(file) ?? []) visit(target, [...above, file])
        done.add(file)
      }
    }
    for (const file of next.keys()) visit(file, [])
    expect(circles).toEqual([])
  })
})

describe('packages', () => {
  const manifest: {
    scripts: Record<string, string>
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  } = JSON.parse(read('package.json'))

  it('stay where they belong', () => {
    const strays = packages.filter(({ file, specifier }) =>
      PACKAGES.some(
        ({ name, onlyIn }) =>
          (name.endsWith('/') ? specifier.startsWith(name) : packageOf(specifier) === name) &&
          !isBelow(file, onlyIn),
      ),
    )
    expect(strays.map(say)).toEqual([])
  })

  it('are declared: by dependencies what runs, by either what builds', () => {
    const undeclared = packages.filter(({ file, specifier }) => {
      const name = packageOf(specifier)
      const isDeveloping = halfOf(file) === 'scripts' && name in manifest.devDependencies
      return !(name in manifest.dependencies) && !isDeveloping
    })
    expect(undeclared.map(say)).toEqual([])
  })

  it('are declared only if something imports them', () => {
    const imported = new Set(
      packages.filter(({ file }) => halfOf(file) !== 'scripts').map(({ specifier }) => packageOf(specifier)),
    )
    // Until there is an Action, what it is going to need may wait.
    const isWaiting = listSources('action').length === 0
    const unused = Object.keys(manifest.dependencies).filter((name) => !imported.has(name))
    expect(isWaiting ? [] : unused).toEqual([])
  })

  it('that develop are run by a script, imported, or name types', () => {
    const configs = readdirSync(TOP).filter((name) => /\.config\.ts$/.test(name))
    const users = [...sources, ...listSources('test'), ...configs]
    const imported = new Set(
      users.flatMap((file) => readImports(file, read(file)).map(({ specifier }) => packageOf(specifier))),
    )
    const commands = new Set(Object.values(manifest.scripts).join(' ').split(/\s+/))
    const types = new Set(
      ['shared', 'worker', 'action', 'scripts', 'test', 'test/worker'].flatMap((folder) =>
        [...read(`${folder}/tsconfig.json`).matchAll(/"([^"]+)"/g)].flatMap(([, word = '']) => [
          packageOf(word),
          `@types/${word}`,
        ]),
      ),
    )
    const unused = Object.keys(manifest.devDependencies).filter((name) => {
      const { bin = {} } = JSON.parse(read(`node_modules/${name}/package.json`))
      const binaries = typeof bin === 'string' ? [name] : Object.keys(bin)
      return !imported.has(name) && !types.has(name) && !binaries.some((binary) => commands.has(binary))
    })
    expect(unused).toEqual([])
  })
})
