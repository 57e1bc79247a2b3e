/** The worker of the benchmark: Postern's sources and all peers in one bundle, in one workerd, on empty stores. */

import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { rolldown } from 'rolldown'
import { unstable_readConfig as readConfig } from 'wrangler'
import { type Stopwatch, startStopwatch } from './stopwatch.ts'

const ROOT = resolve(import.meta.dirname, '..')
const MIGRATIONS = join(ROOT, 'worker/storage/migrations')

export interface Ran {
  /** Of the whole dispatch, by the stopwatch. */
  readonly ms: number
  readonly d1: number
  readonly kv: number
}

export interface BenchWorker {
  readonly clock: Stopwatch['kind']
  prepare(
    fresh: number,
  ): Promise<Array<{ name: string; group: 'floor' | 'postern' | 'peer'; limit?: number }>>
  run(row: number, requests: number): Promise<Ran>
  stop(): Promise<void>
}

export async function startWorker(): Promise<BenchWorker> {
  const { compatibility_date: compatibilityDate = '', compatibility_flags: compatibilityFlags } = readConfig({
    config: join(ROOT, 'wrangler.jsonc'),
  })
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.NONE),
      // The peers tell each start what they think of it.
      handleStructuredLogs: () => {},
      workers: [
        {
          name: 'bench',
          compatibilityDate,
          compatibilityFlags,
          modules: [{ type: 'ESModule', path: 'index.js', contents: await bundle() }],
          bindings: {
            MASTER_KEY: Buffer.alloc(32, 'bench').toString('base64'),
            SETUP_TOKEN: 'bench-setup-token',
          },
          d1Databases: { DB: 'postern', PEERS: 'peers' },
          kvNamespaces: { COPIES: 'copies', PEERS_KV: 'peers' },
          r2Buckets: { CONTENTS: 'contents' },
        },
      ],
    }),
  )
  await migrate(await miniflare.getD1Database('DB'))
  const send = async (path: string) => {
    const answer = await miniflare.dispatchFetch(`http://bench.test${path}`)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const { kind: clock, now } = startStopwatch()
  return {
    clock,
    prepare: async (fresh) => (await send(`/prepare?fresh=${fresh}`)) as never,
    run: async (row, requests) => {
      const before = now()
      const counts = (await send(`/run?row=${row}&requests=${requests}`)) as { d1: number; kv: number }
      return { ms: now() - before, ...counts }
    },
    stop: () => miniflare.dispose(),
  }
}

async function bundle(): Promise<string> {
  const build = await rolldown({
    input: join(ROOT, 'bench/worker/index.ts'),
    platform: 'browser',
    external: [/^node:/, /^cloudflare:/],
    resolve: { conditionNames: ['workerd', 'worker', 'browser', 'import', 'default'] },
    logLevel: 'silent',
    // What the console serves is never asked for here.
    plugins: [
      {
        name: 'no-files',
        load: (id) =>
          /\.(css|woff2|client\.js)$/.test(id) ? { code: "export default ''", moduleType: 'js' } : null,
      },
    ],
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  return output[0].code
}

/** As wrangler applies them. */
async function migrate(database: D1): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort()
  for (const file of files) {
    for (const statement of splitStatements(await readFile(join(MIGRATIONS, file), 'utf8'))) {
      await database.prepare(statement).run()
    }
  }
}
type D1 = Awaited<ReturnType<Miniflare['getD1Database']>>

/** Drizzle marks where a statement ends; a trigger holds semicolons of its own. */
const splitStatements = (sql: string): string[] =>
  sql
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
