/**
 * The whole edge on this machine: the worker as wrangler bundles it for Cloudflare, in workerd, with D1, KV and R2
 * kept in a folder. It listens on the loopback address only, so its set-up is open.
 */

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler'

// wrangler misses the secrets in its own places; they are handed to the worker below.
process.env.WRANGLER_LOG = 'error'

const ROOT = resolve(import.meta.dirname, '..')
const CONFIG = join(ROOT, 'wrangler.jsonc')

export interface EdgeOptions {
  /** Where D1, KV, R2 and the master key are kept. */
  readonly state: string
  /** 0 for any free one. */
  readonly port?: number
  /** The worker's SETUP_TOKEN: for recovery alone, since set-up is open here. */
  readonly setupToken?: string | undefined
  /** Each line that the worker logs; without it those that warn are shown, and not one for each request. */
  readonly onLog?: (line: string, level: string) => void
}

export interface LocalEdge {
  /** Without a trailing slash. */
  readonly url: string
  stop(): Promise<void>
}

export async function startEdge({
  port = 0,
  setupToken,
  onLog = (line, level) => {
    if (level !== 'log') console.error(line)
  },
  ...options
}: EdgeOptions): Promise<LocalEdge> {
  const state = resolve(options.state)
  await mkdir(state, { recursive: true })
  const bundle = join(state, 'bundle')
  await Promise.all([
    wrangler('deploy', '--dry-run', '--outdir', bundle),
    wrangler('d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state),
  ])
  // The bundle is one module: rules for others have nothing to match.
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
          modules: true,
          rootPath: bundle,
          scriptPath: 'index.js',
          bindings: {
            MASTER_KEY: await keepMasterKey(state),
            SETUP: 'open',
            ...(setupToken === undefined ? {} : { SETUP_TOKEN: setupToken }),
          },
        },
      ],
    }),
  )
  const url = await miniflare.ready
  return { url: url.origin, stop: () => miniflare.dispose() }
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

async function wrangler(...args: string[]): Promise<void> {
  const program = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', CI: 'true' }
  try {
    await promisify(execFile)(process.execPath, [program, ...args, '--config', CONFIG], { cwd: ROOT, env })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`wrangler ${args.join(' ')} failed:\n${stdout}${stderr}`)
  }
}
