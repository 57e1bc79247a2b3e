/**
 * Bundles the Action into action/dist, which is committed: GitHub runs it from there and installs nothing.
 *
 * With `--check` it builds aside and fails if action/dist is anything else, byte for byte.
 */

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'

const ROOT = resolve(import.meta.dirname, '..')
const DIST = join(ROOT, 'action', 'dist')

const MAX_BYTES = { main: 300_000, post: 90_000, cli: 200_000 }

if (process.argv.includes('--check')) {
  const aside = await mkdtemp(join(tmpdir(), 'postern-action-'))
  try {
    await build(aside)
    await compare(aside)
  } finally {
    await rm(aside, { recursive: true })
  }
} else {
  await rm(DIST, { recursive: true, force: true })
  await build(DIST)
}

async function build(folder: string): Promise<void> {
  const packages = new Set<string>()
  for (const [name, maxBytes] of Object.entries(MAX_BYTES)) {
    const file = join(folder, `${name}.mjs`)
    for (const found of await bundle(name, file)) packages.add(found)
    const { size } = await stat(file)
    console.log(`${name}.mjs: ${size.toLocaleString('en')} bytes`)
    if (size > maxBytes) fail(`${name}.mjs is above its limit of ${maxBytes.toLocaleString('en')} bytes.`)
  }
  await writeFile(join(folder, 'LICENSES.txt'), await readLicenses([...packages].sort()))
}

/** @returns the packages that code was taken from */
async function bundle(name: string, file: string): Promise<string[]> {
  const build = await rolldown({
    input: join(ROOT, 'action', `${name}.ts`),
    cwd: ROOT,
    platform: 'node',
    // GitHub runs the steps on Node 24. On an older one the command line must come far enough to say what it needs.
    ...(name === 'cli' && { transform: { target: 'node20' } }),
    // No package does anything on import that the Action needs. @actions/github would otherwise bring Octokit, and
    // with it undici: 1.6 MB for the context of the run.
    treeshake: { moduleSideEffects: [{ test: /node_modules/, sideEffects: false }] },
  })
  const { output } = await build.write({ file, format: 'esm', codeSplitting: false })
  await build.close()
  return output.flatMap((chunk) =>
    chunk.type === 'chunk'
      ? Object.keys(chunk.modules).flatMap(
          (id) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1] ?? [],
        )
      : [],
  )
}

async function readLicenses(packages: readonly string[]): Promise<string> {
  const texts = packages.map(async (name) => {
    const folder = join(ROOT, 'node_modules', name)
    const license = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file))
    if (license === undefined) throw new Error(`${name} comes without a licence`)
    return `${name}\n\n${(await readFile(join(folder, license), 'utf8')).trim()}\n`
  })
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`)
}

async function compare(aside: string): Promise<void> {
  const [built, committed] = await Promise.all([aside, DIST].map(readFiles))
  for (const name of new Set([...(built?.keys() ?? []), ...(committed?.keys() ?? [])])) {
    const isSame = committed?.get(name)?.equals(built?.get(name) ?? Buffer.of(0)) ?? false
    if (!isSame) fail(`action/dist/${name} is not what the source gives. Run: npm run build`)
  }
}

/** Every entry below a folder; what is not a regular file has no bytes that could be equal to anything. */
async function readFiles(folder: string): Promise<Map<string, Buffer | undefined>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const read = entries.map(async (entry) => {
    const file = join(entry.parentPath, entry.name)
    return [relative(folder, file), entry.isFile() ? await readFile(file) : undefined] as const
  })
  return new Map(await Promise.all(read))
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
