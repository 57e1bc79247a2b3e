/** A deployment up to where an account is needed: what can be known beforehand to fail fails here. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEdge } from '../edge.ts'
import { CONFIG, ROOT } from '../wrangler.ts'
import type { Deployment } from './cloudflare.ts'
import { findBreaks } from './migration-rule.ts'
import { checkWorker } from './smoke.ts'

const MIGRATIONS = join(ROOT, 'worker', 'storage', 'migrations')

/** Compressed. A cold isolate loads all of it before the first answer; Cloudflare would take a hundred times that. */
const MAX_BUNDLE_BYTES = 512 * 1024

/** @throws {Error} that says what would fail */
export async function rehearse(deployment: Deployment): Promise<void> {
  const { say } = deployment
  const temporary = await mkdtemp(join(tmpdir(), 'postern-rehearsal-'))
  try {
    const bytes = await measureBundle(deployment, temporary)
    say(
      `Bundle: ${bytes.toLocaleString('en')} bytes compressed, at most ${MAX_BUNDLE_BYTES.toLocaleString('en')}`,
    )
    if (bytes > MAX_BUNDLE_BYTES) throw new Error('The bundle is too large.')
    await checkMigrations()
    say('Migrations: the version before tolerates them')
    const edge = await startEdge({ state: join(temporary, 'state') })
    try {
      await checkWorker(edge.url, { tries: 1, pauseMs: 0 })
    } finally {
      await edge.stop()
    }
    say('Migrations applied to an empty local database, and the bundle serves from it')
  } finally {
    await rm(temporary, { recursive: true, maxRetries: 5 })
  }
  say(describePlan(deployment))
}

async function measureBundle({ wrangler, target }: Deployment, folder: string): Promise<number> {
  const report = join(folder, 'report.ndjson')
  await wrangler(
    [
      'deploy',
      '--dry-run',
      '--outdir',
      join(folder, 'bundle'),
      '--config',
      CONFIG,
      '--env',
      target.environment,
    ],
    {
      WRANGLER_OUTPUT_FILE_PATH: report,
    },
  )
  const [, bytes] = /"gzip_bytes":(\d+)/.exec(await readFile(report, 'utf8')) ?? []
  return Number(bytes)
}

async function checkMigrations(): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql'))
  const breaks = await Promise.all(
    files.map(async (name) =>
      findBreaks(await readFile(join(MIGRATIONS, name), 'utf8')).map((one) => `${name}: ${one}`),
    ),
  )
  if (breaks.flat().length > 0)
    throw new Error(`The version before would not go on working.\n${breaks.flat().join('\n')}`)
}

const describePlan = ({ target, location, release }: Deployment): string => `
Without --dry-run this would, in this order:
  ask wrangler who is signed in, and which secrets the worker ${target.worker} has
  create the database ${target.database.name}${location === undefined ? '' : ` in ${location}`}, if there is none
  apply the migrations that it lacks
  create the key-value namespace ${target.copies.title}, if there is none
  deploy version ${release}, with MASTER_KEY and SETUP_TOKEN drawn if the worker has none; wrangler creates the bucket
  ask the deployed worker for its database, keys and API
  say how to make the first administrator, if there is none`
