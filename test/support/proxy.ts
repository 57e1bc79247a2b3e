/** Real proxies with the shipped example files, in which only names and ports are replaced. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const EXAMPLES = resolve(import.meta.dirname, '../../examples/forward-auth')

interface Addresses {
  /** Of Postern, with its scheme. */
  readonly postern: string
  /** Of Kestra and of any other service: host and port. */
  readonly upstream: string
  /** Where the proxy is to listen. */
  readonly port: number
  /** For what it needs of its own. */
  readonly spare: number
}

interface Kind {
  readonly files: readonly string[]
  readonly args: (folder: string) => readonly string[]
  /** What to write for what, beyond the names that all examples share. */
  readonly replace: (addresses: Addresses) => ReadonlyArray<readonly [string | RegExp, string]>
}

const KINDS = {
  nginx: {
    files: ['nginx.conf'],
    args: (folder) => [
      ...['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
      ...['-g', `daemon off; master_process off; pid ${join(folder, 'pid')};`],
    ],
    replace: ({ port }) => [['listen 8080', `listen 127.0.0.1:${port}`]],
  },
  caddy: {
    files: ['Caddyfile'],
    args: (folder) => ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    replace: ({ port }) => [
      ['admin off', 'admin off\n\tdefault_bind 127.0.0.1'],
      [/^((?:kestra|reports)\.example\.com) \{/gm, `http://$1:${port} {`],
    ],
  },
  traefik: {
    files: ['traefik.yml', 'dynamic.yml'],
    args: (folder) => ['--configFile', join(folder, 'traefik.yml')],
    replace: ({ port }) => [['":8080"', `"127.0.0.1:${port}"`]],
  },
  envoy: {
    files: ['envoy.yaml'],
    args: (folder) => [
      ...['-c', join(folder, 'envoy.yaml'), '--disable-hot-restart'],
      ...['--concurrency', '1', '--log-level', 'warning'],
    ],
    replace: ({ port, spare, postern, upstream }) => {
      const at = (address: string) => `{ address: ${address.replace(':', ', port_value: ')} }`
      return [
        ['{ address: 0.0.0.0, port_value: 8080 }', at(`127.0.0.1:${port}`)],
        ['{ address: 127.0.0.1, port_value: 8081 }', at(`127.0.0.1:${spare}`)],
        ['{ address: kestra.internal, port_value: 8080 }', at(upstream)],
        ['{ address: postern.example.com, port_value: 443 }', at(new URL(postern).host)],
        ['host_rewrite_literal: postern.example.com', `host_rewrite_literal: ${new URL(postern).host}`],
        // The last block of the file: Postern is called without TLS here.
        [/\n {6}transport_socket:[\s\S]*$/, '\n'],
      ]
    },
  },
} satisfies Record<string, Kind>

export type ProxyName = keyof typeof KINDS
export const proxyNames = Object.keys(KINDS) as ProxyName[]

export function isInstalled(name: ProxyName): boolean {
  try {
    execFileSync(name, [name === 'nginx' ? '-v' : name === 'envoy' ? '--version' : 'version'], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

export interface RunningProxy {
  readonly port: number
  stop(): Promise<void>
}

export async function startProxy(
  name: ProxyName,
  where: Pick<Addresses, 'postern' | 'upstream'>,
): Promise<RunningProxy> {
  const kind: Kind = KINDS[name]
  const addresses = { ...where, port: await freePort(), spare: await freePort() }
  const folder = await mkdtemp(join(tmpdir(), `postern-${name}-`))
  for (const file of kind.files) {
    let text = await readFile(join(EXAMPLES, name, file), 'utf8')
    for (const [from, to] of [
      ...kind.replace(addresses),
      ['https://postern.example.com', where.postern],
      ['kestra.internal:8080', where.upstream],
      ['reports.internal:3000', where.upstream],
    ] as const) {
      text = text.replaceAll(
        from instanceof RegExp ? new RegExp(from, [...new Set(`${from.flags}g`)].join('')) : from,
        to,
      )
    }
    await writeFile(join(folder, file), text)
  }
  const log: string[] = []
  const child = spawn(name, kind.args(folder), {
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.push(String(chunk)))
  const ended = new Promise<void>((done) => child.on('close', () => done()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await ready(addresses.port, child)
  } catch (error) {
    await stop()
    throw new Error(`${name} did not start:\n${log.join('')}`, { cause: error })
  }
  return { port: addresses.port, stop }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

/** Traefik opens its port before it knows its routes, and then finds nothing. */
async function ready(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error('It ended.')
    const status = await new Promise<number>((done) => {
      get({ host: '127.0.0.1', port, agent: false, headers: { Host: 'kestra.example.com' } }, (answer) => {
        answer.resume()
        done(answer.statusCode ?? 0)
      }).on('error', () => done(0))
    })
    if (status !== 0 && status !== 404) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('It does not answer.')
}
