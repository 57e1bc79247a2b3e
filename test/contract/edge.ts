/** One edge for all tests of Kestra's clients: each test names its things so that they do not meet another's. */

import type { TestProject } from 'vitest/node'
import { startTestEdge } from '../support/edge.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The worker on a port of the loopback address, and its first administrator. */
    edge: {
      readonly url: string
      readonly username: string
      readonly password: string
      readonly token: string
    }
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const edge = await startTestEdge()
  try {
    const { username, password } = edge.admin
    const response = await fetch(`${edge.url}/api/v1/me/api-tokens`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ name: 'sdk' }),
    })
    const { fullToken } = (await response.json()) as { fullToken: string }
    project.provide('edge', { url: edge.url, username, password, token: fullToken })
    return edge.stop
  } catch (error) {
    await edge.stop()
    throw error
  }
}
