/**
 * What the directory holds, before any network. Nothing is followed out of it, and whatever could not be deployed
 * from every machine alike is refused now, all of it at once.
 */

import { createHash } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import { access, lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import ignore from 'ignore'
import { type FilePath, joinPath } from '../shared/file-path.ts'
import { MAX_FILE_BYTES, MAX_FOLDER_FILES } from '../shared/limits.ts'
import { Failure, type FileProblem } from './failure.ts'
import { mapParallel } from './parallel.ts'
import { changedDuringRun, openScanned, readPieces, type ScannedFile } from './scanned-file.ts'

export interface Scan {
  /** Sorted by path. */
  readonly files: readonly ScannedFile[]
  readonly skipped: Skipped
}

/** Entries, not files: a folder that is skipped counts as one. */
export interface Skipped {
  readonly ignored: number
  readonly hidden: number
}

const IGNORE_FILE = '.kestraignore'

/** Of those that end up in a workspace: google-github-actions/auth writes the first, ssh-keygen the second. */
const CREDENTIAL_NAMES = /^(gha-creds-.*\.json|id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|p12|pfx))$/i
const PARALLEL_READS = 8

/**
 * 1. Find the directory; it must be inside the workspace, by its real path.
 * 2. Walk it, skip what is hidden or ignored, and collect everything that cannot be deployed.
 * 3. Only if there is no such thing, hash the files.
 *
 * @param target the folder in the namespace: how long a path may be depends on it
 * @throws {Failure} POSTERN-201, 203, 204 or 205
 */
export async function scanDirectory(workspace: string, directory: string, target: FilePath): Promise<Scan> {
  const base = await realpath(workspace).catch(() => resolve(workspace))
  const root = await findDirectory(base, directory)
  const walk = await walkDirectory(root, target)
  const problems = [...walk.problems, ...findCollisions(root, walk.found), ...findExcess(walk.found)]
  if (problems.length > 0) throw refuseFiles(problems, (file) => relative(base, file).split(sep).join('/'))
  const files = await mapParallel(walk.found, PARALLEL_READS, hashFile)
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), skipped: walk.skipped }
}

async function findDirectory(workspace: string, directory: string): Promise<string> {
  const written = resolve(workspace, directory)
  const real = await realpath(written).catch(() => undefined)
  if (real === undefined || !(await lstat(real)).isDirectory()) {
    throw new Failure('POSTERN-201', {
      what: `There is no directory ${written}.`,
      why: real === undefined ? 'Nothing has this name.' : 'What has this name is not a directory.',
      fix: 'Run actions/checkout before this step, and set directory relative to the root of the repository.',
    })
  }
  const below = relative(workspace, real)
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
    throw new Failure('POSTERN-203', {
      what: `The directory ${directory} is outside the workspace, at ${real}.`,
      fix: 'Set directory to a folder of the repository.',
    })
  }
  return real
}

interface Found {
  readonly path: string
  readonly file: string
  readonly size: number
}

/** A problem with a place on the disk, before that is told relative to the repository. */
interface Problem extends FileProblem {
  readonly code: 'POSTERN-203' | 'POSTERN-204'
}

interface Walk {
  readonly found: Found[]
  readonly problems: Problem[]
  readonly skipped: Skipped
}

async function walkDirectory(root: string, target: FilePath): Promise<Walk> {
  const rules = await readIgnoreFile(join(root, IGNORE_FILE))
  const found: Found[] = []
  const problems: Problem[] = []
  const skipped = { ignored: 0, hidden: 0 }

  async function enter(folder: string, prefix: string): Promise<void> {
    for (const entry of await list(folder)) {
      if (entry.name === IGNORE_FILE && prefix === '') continue
      const file = join(folder, entry.name)
      const path = (prefix + entry.name).normalize('NFC')
      if (entry.name.startsWith('.')) skipped.hidden++
      else if (rules.ignores(entry.isDirectory() ? `${path}/` : path)) skipped.ignored++
      else if (entry.isDirectory()) await enter(file, `${path}/`)
      else {
        const taken = await inspect(file, path, target)
        if ('problem' in taken) problems.push(taken)
        else found.push(taken)
      }
    }
  }

  async function list(folder: string): Promise<Dirent[]> {
    try {
      return await readdir(folder, { withFileTypes: true })
    } catch (error) {
      problems.push(unreadable(folder, error))
      return []
    }
  }

  await enter(root, '')
  return { found, problems, skipped }
}

async function inspect(file: string, path: string, target: FilePath): Promise<Found | Problem> {
  const code = 'POSTERN-204'
  try {
    const stats = await lstat(file)
    if (stats.isSymbolicLink()) {
      const problem = `is a symbolic link to ${await readlink(file)}; links are not followed`
      return { code: 'POSTERN-203', file, problem }
    }
    if (!stats.isFile()) return { code, file, problem: 'is neither a file nor a folder' }
    if (CREDENTIAL_NAMES.test(path.slice(path.lastIndexOf('/') + 1))) {
      return { code, file, problem: 'has the name of a private key or a credential' }
    }
    if (path.includes('\\')) return { code, file, problem: 'has a backslash in its name' }
    const joined = joinPath(target, path)
    if (!joined.ok) return { code, file, problem: joined.error.replace(/\.$/, '') }
    if (stats.size > MAX_FILE_BYTES) {
      return {
        code,
        file,
        problem: `has ${stats.size.toLocaleString('en')} bytes; at most ${MAX_FILE_BYTES.toLocaleString('en')} can be deployed`,
      }
    }
    await access(file, constants.R_OK)
    return { path, file, size: stats.size }
  } catch (error) {
    return unreadable(file, error)
  }
}

/** Among others a name that is not UTF-8: what Node makes of it names nothing. */
function unreadable(file: string, error: unknown): Problem {
  const { code } = error as NodeJS.ErrnoException
  return { code: 'POSTERN-204', file, problem: `cannot be read (${code})` }
}

async function readIgnoreFile(file: string): Promise<ignore.Ignore> {
  // Case matters to git by default; to this package it does not.
  const rules = ignore({ ignorecase: false })
  const stats = await lstat(file).catch(() => undefined)
  if (stats === undefined) return rules
  if (!stats.isFile()) {
    throw new Failure('POSTERN-203', {
      what: `${file} is not a regular file.`,
      why: 'Links are not followed, and without its rules more would be deployed than was meant.',
      fix: 'Replace it by a file.',
    })
  }
  // A decoder also drops the byte order mark, as git does.
  const bytes = await readFile(file).catch((error) => {
    throw refuseFiles([unreadable(file, error)], () => IGNORE_FILE)
  })
  return rules.add(new TextDecoder().decode(bytes).normalize('NFC'))
}

/**
 * Names that some file systems cannot tell apart, of files and of the folders above them: a checkout on Windows or
 * macOS would deploy something else.
 */
function findCollisions(root: string, found: readonly Found[]): Problem[] {
  const spellings = new Map<string, Map<string, string>>()
  for (const { file } of found) {
    const names = relative(root, file).split(sep)
    for (let depth = 1; depth <= names.length; depth++) {
      const spelling = names.slice(0, depth).join('/')
      const folded = spelling.normalize('NFC').toUpperCase().toLowerCase()
      const same = spellings.get(folded) ?? new Map()
      if (!same.has(spelling)) spellings.set(folded, same.set(spelling, file))
    }
  }
  return [...spellings.values()].flatMap((same) =>
    [...same].flatMap(([spelling, file]) => {
      const others = [...same.keys()].filter((other) => other !== spelling).join(' and ')
      const isFile = join(root, spelling) === file
      const whose = isFile ? '' : `is in ${spelling}, which `
      const problem = `${whose}differs from ${others} in case or Unicode form alone`
      return same.size > 1 ? [{ code: 'POSTERN-204' as const, file, problem }] : []
    }),
  )
}

function findExcess(found: readonly Found[]): Problem[] {
  const first = found[MAX_FOLDER_FILES]
  if (first === undefined) return []
  const problem = `is one of ${found.length} files; at most ${MAX_FOLDER_FILES} can be deployed together`
  return [{ code: 'POSTERN-204', file: first.file, problem }]
}

function refuseFiles(problems: readonly Problem[], toName: (file: string) => string): Failure {
  const files = problems.map(({ file, problem }) => ({ file: toName(file), problem }))
  const isAboutLinks = problems.every(({ code }) => code === 'POSTERN-203')
  return new Failure(isAboutLinks ? 'POSTERN-203' : 'POSTERN-204', {
    what: `${files.length === 1 ? 'A file' : `${files.length} files`} cannot be deployed.`,
    fix: `Change what is listed, or leave it out by a line in ${IGNORE_FILE}.`,
    files,
  })
}

/** The size is counted, not taken from the walk, so that it belongs to the hash. */
async function hashFile({ path, file, size }: Found): Promise<ScannedFile> {
  const hash = createHash('sha256')
  let bytes = 0
  await using handle = await openScanned(file, path)
  for await (const chunk of readPieces(handle, size)) {
    hash.update(chunk)
    bytes += chunk.byteLength
  }
  if (bytes !== size) throw changedDuringRun(path)
  return { path, file, size, sha256: hash.digest('hex') }
}
