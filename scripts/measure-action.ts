/**
 * `npm run measure`: what the built Action takes: bytes, time to start beside bare Node, and memory while a folder
 * of 64 MB and one of 1 GB are hashed and sent. Figures of one machine, for docs/action.md; nothing depends on them.
 */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { json } from 'node:stream/consumers'
import { runAction } from './runner.ts'

const DIST = resolve(import.meta.dirname, '../action/dist')
const PROGRAMS = ['main', 'post', 'cli']
const MIB = 1024 * 1024
const STARTS = 50

/** Printed by the process itself as its last act. In KiB, whatever the platform. */
const TELL_MEMORY =
  '--import=data:text/javascript,process.on(%22exit%22,()=>console.error(%22maxRSS%22,process.resourceUsage().maxRSS))'

for (const name of PROGRAMS) {
  const { size } = await stat(join(DIST, `${name}.mjs`))
  console.log(`${name}.mjs: ${(size / 1000).toFixed(0)} KB`)
}

const [bare = 0, ...starts] = startUp([['-e', ''], ...PROGRAMS.map((name) => [join(DIST, `${name}.mjs`)])])
for (const [index, ms] of starts.entries()) {
  const ratio = `${(ms / bare).toFixed(2)} of bare Node (${bare.toFixed(0)} ms)`
  console.log(`start to end of ${PROGRAMS[index]}: ${ms.toFixed(0)} ms, ${ratio}`)
}

const temporary = await mkdtemp(join(tmpdir(), 'postern-measure-'))
const sink = createServer(swallow)
await once(sink.listen(0, '127.0.0.1'), 'listening')
try {
  for (const [count, size] of [
    [0, 0],
    [64, 1 * MIB],
    [1024, 1 * MIB],
    [16, 64 * MIB],
  ] as const) {
    const { ms, mib } = await deploy(count, size)
    console.log(
      `${count} files of ${size / MIB} MiB: at most ${mib} MiB of memory, ${(ms / 1000).toFixed(1)} s`,
    )
  }
} finally {
  sink.closeAllConnections()
  sink.close()
  await rm(temporary, { recursive: true })
}

/**
 * The fastest of each, in milliseconds, taken in turns: the rest is what else the machine does. Without inputs a
 * program ends at once.
 */
function startUp(programs: readonly (readonly string[])[]): number[] {
  const fastest = programs.map(() => Number.POSITIVE_INFINITY)
  for (let turn = 0; turn < STARTS; turn++) {
    for (const [index, args] of programs.entries()) {
      const startedAt = performance.now()
      spawnSync(process.execPath, args, { env: { PATH: process.env.PATH } })
      fastest[index] = Math.min(fastest[index] ?? 0, performance.now() - startedAt)
    }
  }
  return fastest
}

async function deploy(count: number, size: number): Promise<{ ms: number; mib: number }> {
  const workspace = await mkdtemp(join(temporary, 'workspace-'))
  await mkdir(join(workspace, 'files'))
  for (let index = 0; index < count; index++) {
    const file = await open(join(workspace, 'files', `${index}.bin`), 'w')
    // Each another one, and none takes room on the disk.
    await file.write(`${index}`)
    await file.truncate(size)
    await file.close()
  }
  const { port } = sink.address() as AddressInfo
  const inputs = {
    server: `http://127.0.0.1:${port}`,
    namespace: 'prod',
    directory: 'files',
    user: 'a:b',
  }
  const startedAt = performance.now()
  const { exitCode, stderr, stdout } = await runAction({
    step: 'main',
    inputs,
    workspace,
    env: { NODE_OPTIONS: TELL_MEMORY },
  })
  if (exitCode !== 0) throw new Error(stdout + stderr)
  const ms = performance.now() - startedAt
  await rm(workspace, { recursive: true })
  return { ms, mib: Math.round(Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1024) }
}

/** Lacks everything, takes everything, and keeps nothing. */
async function swallow(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (body: object) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  if (request.url?.endsWith('/plan')) {
    const { files } = (await json(request)) as { files: { path: string; sha256: string; size: number }[] }
    const changes = files.map(({ path, size }) => ({ kind: 'create', path, size }))
    answer({ etag: '"1"', changes, unchanged: 0, missing: files.map(({ sha256 }) => sha256) })
    return
  }
  for await (const _ of request) {
  }
  const counts = { created: 0, updated: 0, deleted: 0, unchanged: 0 }
  answer(request.url?.endsWith('/commit') ? { id: 'd1', etag: '"2"', ...counts } : { stored: [] })
}
