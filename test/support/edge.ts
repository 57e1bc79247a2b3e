/** One edge for all process tests: the worker in workerd on a port of the loopback address, with a state of its own. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalEdge, startEdge } from '../../scripts/edge.ts'
import { type Administrator, type Deployer, provisionDeployer, setUp } from '../../scripts/provision.ts'

export interface TestEdge extends LocalEdge {
  readonly admin: Administrator
  /** Everything the worker has logged. */
  readonly logs: string[]
  /** A service account for the files of one namespace. */
  provision(namespace: string): Promise<Deployer>
}

export async function startTestEdge(): Promise<TestEdge> {
  const state = await mkdtemp(join(tmpdir(), 'postern-test-'))
  const logs: string[] = []
  const edge = await startEdge({ state, onLog: (line) => logs.push(line) })
  const admin = { username: 'admin@example.com', password: 'Canary!Password1' }
  await setUp(edge.url, admin)
  return {
    ...edge,
    admin,
    logs,
    provision: (namespace) => provisionDeployer(edge.url, admin, namespace),
    async stop() {
      await edge.stop()
      await rm(state, { recursive: true, force: true })
    },
  }
}
