/** What something costs at D1. */

import { env } from 'cloudflare:workers'
import { type Mock, vi } from 'vitest'

export interface Cost {
  readonly statements: number
  /** A batch is one, and so is each statement that runs by itself. */
  readonly roundTrips: number
}

export async function costOf(run: () => Promise<unknown>): Promise<Cost> {
  const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1')) as D1PreparedStatement
  const prepared = vi.spyOn(env.DB, 'prepare')
  const sent = [
    vi.spyOn(env.DB, 'batch'),
    ...(['all', 'first', 'raw', 'run'] as const).map((method) => vi.spyOn(statement, method)),
  ] as Mock[]
  try {
    await run()
    return {
      statements: prepared.mock.calls.length,
      roundTrips: sent.reduce((sum, { mock }) => sum + mock.calls.length, 0),
    }
  } finally {
    for (const spy of [prepared, ...sent]) spy.mockRestore()
  }
}
