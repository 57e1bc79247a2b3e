/** What cannot be undercut: Hono alone, with a hash and a read from memory, and with one read from a store. */

import { Hono } from 'hono'
import { guarded, PATH, type Row, randomText } from './row.ts'

const SAVED = 2_000

export interface Stores {
  readonly d1: D1Database
  readonly kv: KVNamespace
}

export async function floorRows({ d1, kv }: Stores): Promise<Row[]> {
  const token = randomText(43)
  const hash = await sha256(token)
  const known = new Map([[hash, { account: 'one' }]])
  for (let index = 1; index < SAVED; index++)
    known.set(await sha256(randomText(43)), { account: `a${index}` })
  await d1.exec(
    'CREATE TABLE bench_tokens (hash TEXT PRIMARY KEY, account TEXT NOT NULL) STRICT, WITHOUT ROWID',
  )
  const insert = d1.prepare('INSERT INTO bench_tokens SELECT value, value FROM json_each(?)')
  await insert.bind(JSON.stringify([...known.keys()])).run()
  await kv.put(hash, JSON.stringify({ account: 'one' }))

  const read = d1.prepare('SELECT account FROM bench_tokens WHERE hash = ?')
  const credential = () => token
  const bare = new Hono().get(PATH, (c) => c.json({ ok: true }))
  return [
    { name: 'Hono alone', group: 'floor', fetch: (request) => bare.fetch(request) },
    row('Hono, a hash and a read from memory', async (key) => known.get(key)),
    row('Hono, a hash and a read from KV', (key) => kv.get(key, 'json')),
    row('Hono, a hash and a read from D1', (key) => read.bind(key).first()),
  ]

  function row(name: string, find: (hash: string) => Promise<unknown>): Row {
    const app = guarded(async (c, next) => {
      const presented = c.req.header('Authorization')?.slice('Bearer '.length) ?? ''
      const found = await find(await sha256(presented))
      if (!found) return c.json({ message: 'Unauthorized' }, 401)
      return next()
    })
    return { name, group: 'floor', credential, fetch: (request) => app.fetch(request) }
  }
}

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...digest))
}
