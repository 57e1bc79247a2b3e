/** All of them in one worker: `/prepare` makes the rows, `/run` sends one of them many requests. */

import { betterAuthRow } from './better-auth.ts'
import { countD1, countKv, counts } from './count.ts'
import { floorRows } from './floor.ts'
import { oauthProviderRow } from './oauth-provider.ts'
import { posternRows } from './postern.ts'
import { type Context, ORIGIN, PATH, type Row } from './row.ts'
import { tokenRows } from './tokens.ts'

export interface BenchEnv extends Env {
  readonly SETUP_TOKEN: string
  readonly PEERS: D1Database
  readonly PEERS_KV: KVNamespace
}

let rows: Row[] = []

export default {
  async fetch(request: Request, env: BenchEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const number = (name: string) => Number(searchParams.get(name))
    if (pathname === '/prepare') return Response.json(await prepare(env, number('fresh')))
    const row = rows[number('row')]
    return row ? Response.json(await run(row, number('requests'))) : new Response(null, { status: 404 })
  },
}

async function prepare(env: BenchEnv, fresh: number) {
  const peers = countD1(env.PEERS)
  const peersKv = countKv(env.PEERS_KV)
  const own = { ...env, DB: countD1(env.DB), COPIES: countKv(env.COPIES) }
  rows = [
    ...(await floorRows({ d1: peers, kv: peersKv })),
    ...(await posternRows(own, fresh, createContext())),
    ...(await tokenRows()),
    await oauthProviderRow(peersKv),
    await betterAuthRow(peers),
  ]
  return rows.map(({ name, group, limit }) => ({ name, group, limit }))
}

/** @returns what the requests sent to the stores, what they left for later included */
async function run(row: Row, requests: number) {
  Object.assign(counts, { d1: 0, kv: 0 })
  const context = createContext()
  for (let left = requests; left > 0; left--) {
    const headers: Record<string, string> = row.credential
      ? { Authorization: `Bearer ${row.credential()}`, ...row.headers }
      : {}
    const answer = await row.fetch(new Request(`${ORIGIN}${row.path ?? PATH}`, { headers }), context)
    const text = await answer.text()
    if (answer.status !== (row.status ?? 200)) throw new Error(`${row.name}: ${answer.status} ${text}`)
  }
  await context.settle()
  return counts
}

function createContext(): Context {
  return {
    waitUntil() {},
    passThroughOnException() {},
    props: {},
    // Not by its promises: some of them wait half a minute for others to come.
    async settle() {
      let asked = Number.NaN
      while (asked !== counts.d1 + counts.kv) {
        asked = counts.d1 + counts.kv
        await scheduler.wait(QUIET_MS)
      }
    },
  } as unknown as Context
}

/** Longer than any answer of a local store takes. */
const QUIET_MS = 100
