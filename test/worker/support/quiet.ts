/**
 * Each request leaves a line in the log: a test that wants to read it listens, the others are spared thousands. No line of
 * any test may hold a credential (what a test makes the worker keep to itself, `canary.test.ts` reads).
 */

import { afterAll, expect } from 'vitest'
import { holdsCredential } from '../../support/credentials.ts'

const leaks: string[] = []
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  const say = console[method]
  console[method] = (...said: unknown[]) => {
    const text = said.map((one) => (one instanceof Error ? one.stack : String(one))).join(' ')
    if (holdsCredential(text)) leaks.push(text)
    if (!text.includes('"event":"request"')) say(...said)
  }
}

afterAll(() => {
  expect(leaks).toEqual([])
})
