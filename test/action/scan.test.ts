import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '../../action/failure.ts'
import { scanDirectory } from '../../action/scan.ts'
import { ROOT } from '../../shared/file-path.ts'
import { MAX_FILE_BYTES, MAX_FOLDER_FILES } from '../../shared/limits.ts'

/** Whether something can be done where the tests write; not every file system takes every name. */
function isPossible(attempt: (folder: string) => boolean): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'postern-probe-'))
  try {
    return attempt(folder)
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const canTellApart = (one: string, other: string) =>
  isPossible((folder) => {
    writeFileSync(join(folder, one), '')
    return !existsSync(join(folder, other))
  })
const canNameBytes = isPossible((folder) => {
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff])]), '')
  return true
})
const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'postern-scan-'))
})
afterEach(() => rm(workspace, { recursive: true }))

async function write(files: Record<string, string>, below = workspace): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(below, path)), { recursive: true })
    await writeFile(join(below, path), content)
  }
}

const scan = (directory = '.') => scanDirectory(workspace, directory, ROOT)
const paths = async (directory?: string) => (await scan(directory)).files.map(({ path }) => path)
const failure = async (directory?: string) =>
  scan(directory).then(
    () => expect.fail('did not fail'),
    (error: Failure) => error,
  )

describe('the files', () => {
  it('are hashed, measured and sorted by path', async () => {
    await write({ 'd/b.txt': 'bb', 'd/a/z.txt': '', 'd/a.txt': 'a', 'other.txt': 'x' })
    const { files } = await scan('d')
    expect(files).toEqual(
      [
        ['a.txt', 'a'],
        ['a/z.txt', ''],
        ['b.txt', 'bb'],
      ].map(([path = '', content = '']) => ({
        path,
        file: join(workspace, 'd', path),
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    )
  })

  it('are named in the composed form of Unicode', async () => {
    await write({ 'cafe\u0301.txt': '' })
    expect(await paths()).toEqual(['caf\u00e9.txt'])
  })

  it('leave out what is hidden, and count it', async () => {
    await write({ '.env': '', '.git/config': '', '.github/a.yml': '', 'a/.cache/b': '', 'a/c': '' })
    const { files, skipped } = await scan()
    expect(files.map(({ path }) => path)).toEqual(['a/c'])
    expect(skipped).toEqual({ hidden: 4, ignored: 0 })
  })

  it('may be none', async () => {
    expect(await scan()).toEqual({ files: [], skipped: { hidden: 0, ignored: 0 } })
  })
})

describe('.kestraignore', () => {
  it('leaves out what it names, and itself', async () => {
    await write({
      '.kestraignore': '\ufeff*.tmp\r\n/build/\r\n!keep.tmp\n',
      'a.tmp': '',
      'keep.tmp': '',
      'build/x': '',
    })
    const { files, skipped } = await scan()
    expect(files.map(({ path }) => path)).toEqual(['keep.tmp'])
    expect(skipped).toEqual({ hidden: 0, ignored: 2 })
  })

  it('counts at the root of the directory only', async () => {
    await write({
      '.kestraignore': 'b',
      'd/.kestraignore': '',
      'd/b': '',
      'd/e/.kestraignore': 'c',
      'd/e/c': '',
    })
    expect(await paths('d')).toEqual(['b', 'e/c'])
  })

  it('may name a symbolic link', async () => {
    await write({ '.kestraignore': 'link', a: '' })
    await symlink('/etc/passwd', join(workspace, 'link'))
    expect(await paths()).toEqual(['a'])
  })

  it('must not be a link itself', async () => {
    await write({ rules: 'a', a: '' })
    await symlink('rules', join(workspace, '.kestraignore'))
    expect((await failure()).code).toBe('POSTERN-203')
  })

  it.skipIf(!isInstalled('git'))('ignores what git would, where git is installed', async () => {
    // No letter beyond ASCII: to git, `?` is one byte.
    const names = ['a', 'b', 'a.txt', 'B.txt', 'build', 'a b', '[x]', '#a', '!a']
    const files = names.flatMap((one) => [`${one}.f`, ...names.map((two) => `${one}/${two}`)])
    await write(Object.fromEntries(files.map((path) => [path, ''])))
    execFileSync('git', ['init', '--quiet', workspace], { env: GIT_ENV })
    const piece = fc.constantFrom(
      'a',
      'b',
      '*',
      '**',
      '?',
      '.txt',
      '/',
      '[ab]',
      '[!a]',
      'build',
      ' ',
      '\\',
      'A',
    )
    const rule = fc
      .tuple(
        fc.constantFrom('', '', '!', '/', '#', '\\#', '\\!'),
        fc.array(piece, { minLength: 1, maxLength: 4 }),
      )
      .map(([start, pieces]) => start + pieces.join(''))
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 4 }), async (rules) => {
        await write({ '.kestraignore': rules.join('\n'), '.git/info/exclude': rules.join('\n') })
        expect(await paths()).toEqual(await keptByGit(files))
      }),
      { numRuns: 60 },
    )
  })
})

/** Nothing that whoever runs the tests has set up for git. */
const GIT_ENV = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}
const CHECK_IGNORE = ['check-ignore', '--no-index', '-z', '--stdin']

/** The files that `.git/info/exclude` does not name, by git's own judgement. */
async function keptByGit(files: readonly string[]): Promise<string[]> {
  const ignored = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      'git',
      ['-c', 'core.ignoreCase=false', '-c', 'core.excludesFile=', ...CHECK_IGNORE],
      { cwd: workspace, env: GIT_ENV },
      // Exit code 1 says that none is ignored.
      (error, stdout) => (error && error.code !== 1 ? reject(error) : resolve(stdout)),
    )
    child.stdin?.end(files.join('\0'))
  })
  const named = new Set(ignored.split('\0'))
  return files.filter((path) => !named.has(path)).sort()
}

describe('the directory', () => {
  it('must exist', async () => {
    const { code, message } = await failure('nowhere')
    expect(code).toBe('POSTERN-201')
    expect(message).toContain(join(workspace, 'nowhere'))
  })

  it('must not be a file', async () => {
    await write({ a: '' })
    expect((await failure('a')).code).toBe('POSTERN-201')
  })

  it.each(['..', '../..', '/', tmpdir()])('must not be outside the workspace: %s', async (directory) => {
    expect((await failure(directory)).code).toBe('POSTERN-203')
  })

  it('must not lead out of the workspace by a link', async () => {
    await symlink(tmpdir(), join(workspace, 'link'))
    expect((await failure('link')).code).toBe('POSTERN-203')
  })

  it('may start with two dots, which is not the same as going up', async () => {
    await write({ '..a/b': '' })
    expect(await paths('..a')).toEqual(['b'])
  })

  it('may be absolute, and found by a link to the workspace', async () => {
    await write({ 'd/a': '' })
    const link = `${workspace}-link`
    await symlink(workspace, link)
    const { files } = await scanDirectory(link, join(link, 'd'), ROOT)
    await rm(link)
    expect(files).toHaveLength(1)
  })
})

describe('what cannot be deployed', () => {
  it('is a symbolic link, named with its target', async () => {
    await write({ 'd/a': '' })
    await symlink('/etc/passwd', join(workspace, 'd', 'link'))
    await symlink('.', join(workspace, 'd', 'loop'))
    const { code, files } = await failure('d')
    expect(code).toBe('POSTERN-203')
    expect(files.map(({ file }) => file).sort()).toEqual(['d/link', 'd/loop'])
    expect(files.find(({ file }) => file === 'd/link')?.problem).toContain('/etc/passwd')
  })

  it('is told all at once, relative to the repository', async ({ skip }) => {
    skip(!canTellApart('Same', 'same'), 'This file system has one file for both.')
    await write({
      'd/a\\b': '',
      'd/c\u0007': '',
      'd/_flows/x.yml': '',
      'd/Same': '',
      'd/same': '',
      'd/big': '',
    })
    await truncate(join(workspace, 'd', 'big'), MAX_FILE_BYTES + 1)
    await symlink('x', join(workspace, 'd', 'link'))
    const { code, files } = await failure('d')
    expect(code).toBe('POSTERN-204')
    expect(files.map(({ file }) => file).sort()).toEqual(
      ['d/Same', 'd/_flows/x.yml', 'd/a\\b', 'd/big', 'd/c\u0007', 'd/link', 'd/same'].sort(),
    )
  })

  it.for([
    ['case', 'A.txt', 'a.txt'],
    ['the form of Unicode', 'caf\u00e9.txt', 'cafe\u0301.txt'],
    ['both', 'CAF\u00c9.txt', 'cafe\u0301.txt'],
  ] as const)(
    'is two files that differ in %s alone, and both are named',
    async ([_, one, other], { skip }) => {
      skip(!canTellApart(one, other), 'This file system has one file for both.')
      await write({ [one]: '1', [other]: '2' })
      const { code, files } = await failure()
      expect(code).toBe('POSTERN-204')
      expect(files.map(({ file }) => file).sort()).toEqual([one, other].sort())
      for (const { problem } of files) expect(problem).toMatch(/^differs from \S+ in case/)
    },
  )

  it.for([
    ['case', 'A', 'a'],
    ['the form of Unicode', 'caf\u00e9', 'cafe\u0301'],
  ] as const)(
    'is two folders that differ in %s alone, whatever is in them',
    async ([_, one, other], { skip }) => {
      skip(!canTellApart(one, other), 'This file system has one folder for both.')
      // A file whose name ends like its folder's is still a file in that folder.
      await write({ [`${one}/x${one}`]: '1', [`${other}/y${other}`]: '2', 'b/z': '3' })
      const { code, files } = await failure()
      for (const { problem } of files) expect(problem).toMatch(/^is in \S+, which differs from \S+ in case/)
      expect(code).toBe('POSTERN-204')
      const named = files.map(({ file }) => file.split('/')[0])
      expect([...new Set(named)].sort()).toEqual([one, other].sort())
    },
  )

  it.each(['gha-creds-1.json', 'id_rsa', 'server.pem'])(
    'is %s, which holds a credential, unless .kestraignore names it',
    async (name) => {
      await write({ a: '', [`d/${name}`]: 'x' })
      const { code, files } = await failure()
      expect(code).toBe('POSTERN-204')
      expect(files.map(({ file }) => file)).toEqual([`d/${name}`])
      await write({ '.kestraignore': name })
      expect(await paths()).toEqual(['a'])
    },
  )

  it.skipIf(!canNameBytes)('is a name that is not Unicode, where there can be one', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${workspace}/bad-`), Buffer.from([0xff])]), '')
    expect((await failure()).code).toBe('POSTERN-204')
  })

  it.skipIf(!isInstalled('mkfifo'))('is a named pipe, where there can be one', async () => {
    execFileSync('mkfifo', [join(workspace, 'pipe')])
    expect((await failure()).files).toEqual([{ file: 'pipe', problem: 'is neither a file nor a folder' }])
  })

  it('is more files than go together', async () => {
    const names = Array.from({ length: MAX_FOLDER_FILES + 1 }, (_, index) => `f${index}`)
    await Promise.all(names.map((name) => writeFile(join(workspace, name), '')))
    const { code, files } = await failure()
    expect(code).toBe('POSTERN-204')
    expect(files[0]?.problem).toContain('10001 files')
  })
})
