/**
 * The whole edge on this machine: the worker as wrangler bundles it for Cloudflare, in workerd, with D1, KV and R2
 * kept in a folder. It listens on the loopback address only, so its set-up is open.
 */

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler'
import { CONFIG, createWrangler } from './wrangler.ts'

// wrangler misses the secrets in its own places; they are handed to the worker below.
process.env.WRANGLER_LOG = 'error'

const wrangler = createWrangler()

export interface EdgeOptions {
  /** Where D1, KV, R2 and the master key are kept. */
  readonly state: string
  /** 0 for any free one. */
  readonly port?: number
  /** In the place of a master key that is kept with the state, and of a set-up that is open. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Beside those that every local edge has. */
  readonly settings?: Readonly<Record<string, string>>
  /** Each line that the worker logs; without it those that warn are shown, and not one for each request. */
  readonly onLog?: (line: string, level: string) => void
}

export interface LocalEdge {
  /** Without a trailing slash. */
  readonly url: string
  /** Runs what Cloudflare runs by the clock. @param cron one of those in wrangler.jsonc */
  runCron(cron: string): Promise<void>
  stop(): Promise<void>
}

export async function startEdge({
  port = 0,
  onLog = (line, level) => {
    if (level !== 'log') console.error(line)
  },
  ...options
}: EdgeOptions): Promise<LocalEdge> {
  const state = resolve(options.state)
  await mkdir(state, { recursive: true })
  const bundle = join(state, 'bundle')
  // What an earlier version carried must not be taken for this one's.
  await rm(bundle, { recursive: true, force: true })
  await Promise.all([
    wrangler(['deploy', '--dry-run', '--outdir', bundle, '--config', CONFIG]),
    wrangler(['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state, '--config', CONFIG]),
  ])
  const { modulesRules: _, ...worker } = readWorkerOptions(CONFIG).workerOptions
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      cf: false,
      resourcePersistencePath: join(state, 'v3'),
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message, level }) => onLog(message, level),
      workers: [
        {
          ...worker,
          name: 'postern',
          modulesRoot: bundle,
          modules: await listModules(bundle),
          bindings: {
            ...(options.secrets ?? { MASTER_KEY: await keepMasterKey(state), SETUP: 'open' }),
            ...options.settings,
          },
        },
      ],
    }),
  )
  const url = await miniflare.ready
  const runCron = async (cron: string) => {
    const { outcome } = await (await miniflare.getWorker()).scheduled({ cron })
    if (outcome !== 'ok') throw new Error(`The cron ${cron} failed`)
  }
  return { url: url.origin, runCron, stop: () => miniflare.dispose() }
}

/** The worker itself, and the files that it carries; wrangler names those by their hash. */
async function listModules(bundle: string) {
  const carried = (await readdir(bundle)).filter((name) => /^[0-9a-f]{40}-/.test(name))
  return [
    { type: 'ESModule' as const, path: join(bundle, 'index.js') },
    ...carried.map((name) => ({
      type: name.endsWith('.woff2') ? ('Data' as const) : ('Text' as const),
      path: join(bundle, name),
    })),
  ]
}

/** Made once: with another one, none of the stored tokens would be known any more. */
async function keepMasterKey(state: string): Promise<string> {
  const file = join(state, 'master-key')
  // Whoever comes first writes it; a second start on the same state reads what the first one wrote.
  await writeFile(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  return readFile(file, 'utf8')
}
