/** One edge for all tests in a browser: each test names its things so that they do not meet another's. */

import type { TestProject } from 'vitest/node'
import { startTestEdge } from '../support/edge.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The worker on a port of the loopback address, and its first administrator. */
    console: { readonly url: string; readonly username: string; readonly password: string }
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, admin, runCron, stop } = await startTestEdge()
  // So that there is a seal of the audit log, as there is one hour after the set-up.
  await runCron('23 * * * *')
  project.provide('console', { url, ...admin })
  return stop
}
