/**
 * A real Kestra: the running one that `KESTRA_URL` names (with `KESTRA_AUTHORIZATION`), or one that is started from the
 * jar `KESTRA_JAR` (Java 21) with its embedded database in a folder of its own.
 */

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface RealKestra {
  /** What Postern needs to stand in front of it. */
  readonly settings: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const { KESTRA_URL, KESTRA_AUTHORIZATION, KESTRA_JAR } = process.env

export const hasRealKestra = KESTRA_URL !== undefined || KESTRA_JAR !== undefined

/** Seconds: the JVM compiles much before it answers. */
const START_SECONDS = 180

export async function startRealKestra(): Promise<RealKestra> {
  if (KESTRA_URL !== undefined) {
    const settings = {
      KESTRA_URL,
      ...(KESTRA_AUTHORIZATION === undefined ? {} : { KESTRA_AUTHORIZATION }),
    }
    return { settings, stop: async () => {} }
  }
  if (KESTRA_JAR === undefined) throw new Error('Set KESTRA_URL or KESTRA_JAR.')
  return startJar(resolve(KESTRA_JAR))
}

async function startJar(jar: string): Promise<RealKestra> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-kestra-'))
  const port = await freePort()
  const [username, password] = ['kestra@example.com', 'Canary-kestra1']
  const config = join(folder, 'config.yml')
  // JSON is YAML, which is what Kestra reads.
  await writeFile(
    config,
    JSON.stringify({
      micronaut: { server: { host: '127.0.0.1', port } },
      kestra: {
        'anonymous-usage-report': { enabled: false },
        server: { 'basic-auth': { enabled: true, username, password } },
      },
    }),
  )
  const args = ['-jar', jar, 'server', 'local', '--config', config]
  const child = spawn('java', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.push(String(chunk)))
  const ended = new Promise<void>((done) => child.on('close', () => done()).on('error', () => done()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  for (let second = 0; second < START_SECONDS && child.exitCode === null; second++) {
    const answer = await fetch(`${url}/api/v1/configs`, { headers: { Authorization: authorization } }).catch(
      () => undefined,
    )
    if (answer?.ok) return { settings: { KESTRA_URL: url, KESTRA_AUTHORIZATION: authorization }, stop }
    await new Promise((done) => setTimeout(done, 1000))
  }
  await stop()
  throw new Error(`Kestra did not start:\n${log.join('').slice(-4000)}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
