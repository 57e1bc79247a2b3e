/** One edge for all process tests: the worker in workerd on a port of the loopback address, with a state of its own. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalEdge, startEdge } from '../../scripts/edge.ts'
import { type Administrator, type Deployer, provisionDeployer, setUp } from '../../scripts/provision.ts'
import { holdsCredential } from './credentials.ts'

export interface TestEdge extends LocalEdge {
  readonly admin: Administrator
  /** Everything the worker has logged. */
  readonly logs: string[]
  /** A service account for the files of one namespace. */
  provision(namespace: string, name?: string): Promise<Deployer>
  /** One request of the administrator below `/api/v1/main`, which must succeed. */
  administer<T>(method: string, path: string, body?: unknown): Promise<T>
}

/** @param settings of the worker, beside those of every local edge */
export async function startTestEdge(settings: Readonly<Record<string, string>> = {}): Promise<TestEdge> {
  const state = await mkdtemp(join(tmpdir(), 'postern-test-'))
  const logs: string[] = []
  const admin = { username: 'admin@example.com', password: 'Canary!Password1' }
  let edge: LocalEdge | undefined
  const stop = async () => {
    await edge?.stop()
    await rm(state, { recursive: true, force: true, maxRetries: 5 })
    const leak = logs.find(holdsCredential)
    if (leak !== undefined) throw new Error(`The worker has logged a credential: ${leak}`)
  }
  try {
    edge = await startEdge({ state, settings, onLog: (line) => logs.push(line) })
    const { url, runCron } = edge
    await setUp(url, admin)
    return {
      url,
      admin,
      logs,
      runCron,
      provision: (namespace, name) => provisionDeployer(url, admin, namespace, name),
      administer: (method, path, body) => administer(`${url}/api/v1/main${path}`, admin, method, body),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function administer<T>(
  url: string,
  { username, password }: Administrator,
  method: string,
  body: unknown,
): Promise<T> {
  const credential = Buffer.from(`${username}:${password}`).toString('base64')
  const headers = { Authorization: `Basic ${credential}`, 'Content-Type': 'application/json' }
  const response = await fetch(url, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
