/**
 * `npm run bench:sync`: a folder of 200 files brought to the real worker in three ways, over a line with 50 ms of added
 * latency: the built command line; one POST for each file, as Kestra's CLI does; and four requests for each file, as
 * kestractl does. The requests are exact; the times are of one machine, and their ratios are what matters.
 */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEdge } from './edge.ts'
import { provisionDeployer, setUp } from './provision.ts'
import { runCommandLine } from './runner.ts'

const FILES = 200
const FOLDERS = 10
const LATENCY_MS = 50
const tokens: Record<string, string> = {}
const ADMIN = { username: 'admin@example.com', password: 'Bench!1234' }

const temporary = await mkdtemp(join(tmpdir(), 'postern-bench-'))
const edge = await startEdge({ state: join(temporary, 'state'), onLog: () => {} })
let requests = 0
const line = createServer(async (incoming, outgoing) => {
  requests++
  await sleep(LATENCY_MS)
  const onward = request(`${edge.url}${incoming.url}`, { method: incoming.method, headers: incoming.headers })
  onward.on('response', (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers)))
  onward.on('error', () => outgoing.writeHead(502).end())
  incoming.pipe(onward)
})
await new Promise<void>((ready) => line.listen(0, '127.0.0.1', ready))
const url = `http://127.0.0.1:${(line.address() as AddressInfo).port}`
try {
  await setUp(edge.url, ADMIN)
  await makeFiles()
  const rows = [
    ['first time', await withPostern('a'), await withPosts('b'), await withFour('c')],
    ['nothing changed', await withPostern('a'), await withPosts('b'), await withFour('c')],
    [
      'ten files changed',
      await change(10).then(() => withPostern('a')),
      await withPosts('b'),
      await withFour('c'),
    ],
  ] as const
  console.log(`${FILES} files in ${FOLDERS} folders, ${LATENCY_MS} ms of added latency\n`)
  for (const [what, ours, posts, four] of rows) {
    console.log(what)
    for (const [way, { count, ms }] of [
      ['  Postern', ours],
      ['  a POST for each file', posts],
      ['  four requests for each file', four],
    ] as const) {
      const times = `${(count / ours.count).toFixed(1)} × requests, ${(ms / ours.ms).toFixed(1)} × time`
      console.log(
        `${way.padEnd(32)} ${String(count).padStart(4)} requests ${ms.toFixed(0).padStart(6)} ms   ${times}`,
      )
    }
  }
} finally {
  line.closeAllConnections()
  line.close()
  await edge.stop()
  await rm(temporary, { recursive: true })
}

interface Spent {
  readonly count: number
  readonly ms: number
}

async function measure(work: () => Promise<void>): Promise<Spent> {
  const [before, startedAt] = [requests, performance.now()]
  await work()
  return { count: requests - before, ms: performance.now() - startedAt }
}

async function makeFiles(): Promise<void> {
  for (let folder = 0; folder < FOLDERS; folder++) {
    await mkdir(join(temporary, 'files', `folder${folder}`), { recursive: true })
  }
  await change(FILES)
}

/** As many files get another content, of two kilobytes. */
async function change(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const file = join(temporary, 'files', `folder${index % FOLDERS}`, `file${index}.sql`)
    await writeFile(file, `-- ${crypto.randomUUID()}\n${'select 1;\n'.repeat(200)}`)
  }
}

async function tokenFor(namespace: string): Promise<string> {
  tokens[namespace] ??= (await provisionDeployer(edge.url, ADMIN, namespace)).token
  return tokens[namespace]
}

/** Signing in and giving the token back included. */
async function withPostern(namespace: string): Promise<Spent> {
  const token = await tokenFor(namespace)
  const args = ['namespace', 'files', 'update', namespace, 'files', `--server=${url}`, `--api-token=${token}`]
  return measure(async () => {
    const { exitCode, stderr } = await runCommandLine({ args, cwd: temporary })
    if (exitCode !== 0) throw new Error(stderr)
  })
}

function withPosts(namespace: string): Promise<Spent> {
  return eachFile(namespace, ({ post }, path) => post(path))
}

/** It looks for the file and for its folder, makes the folder, and writes. */
function withFour(namespace: string): Promise<Spent> {
  return eachFile(namespace, async ({ ask, post }, path) => {
    const folder = path.slice(0, path.lastIndexOf('/'))
    await ask('GET', 'stats', path)
    await ask('GET', 'stats', folder)
    await ask('POST', 'directory', folder)
    await post(path)
  })
}

interface Door {
  ask(method: string, door: string, path: string): Promise<void>
  post(path: string): Promise<void>
}

async function eachFile(
  namespace: string,
  send: (door: Door, path: string) => Promise<void>,
): Promise<Spent> {
  const headers = { Authorization: `Bearer ${await tokenFor(namespace)}` }
  const base = `${url}/api/v1/main/namespaces/${namespace}/files`
  const folder = join(temporary, 'files')
  const names = await readdir(folder, { recursive: true })
  const door: Door = {
    async ask(method, door, path) {
      await (await fetch(`${base}/${door}?path=${encodeURIComponent(path)}`, { method, headers })).bytes()
    },
    async post(path) {
      const body = new FormData()
      body.append('fileContent', new Blob([await readFile(join(folder, path))]), 'file')
      const response = await fetch(`${base}?path=${encodeURIComponent(path)}`, {
        method: 'POST',
        headers,
        body,
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      await response.bytes()
    },
  }
  return measure(async () => {
    for (const name of names) if (name.endsWith('.sql')) await send(door, name)
  })
}
