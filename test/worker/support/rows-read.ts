/** How many rows D1 read for something: what it bills by, and what grows when a query goes through a table. */

import { env } from 'cloudflare:workers'
import { vi } from 'vitest'

export async function rowsReadBy(run: () => Promise<unknown>): Promise<number> {
  let rows = 0
  const add = ({ meta }: D1Result) => {
    rows += meta.rows_read
  }
  const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1')) as D1PreparedStatement
  const { batch } = env.DB
  const { all, raw, first } = statement
  const spies = [
    vi.spyOn(env.DB, 'batch').mockImplementation(async (statements) => {
      const results = await batch.call(env.DB, statements)
      results.forEach(add)
      return results as never
    }),
    vi.spyOn(statement, 'all').mockImplementation(async function (this: D1PreparedStatement) {
      const result = await all.call(this)
      add(result)
      return result as never
    }),
    // These two tell of rows only when they are asked again as a whole.
    vi.spyOn(statement, 'raw').mockImplementation(async function (this: D1PreparedStatement) {
      add(await all.call(this))
      return raw.call(this) as never
    }),
    vi.spyOn(statement, 'first').mockImplementation(async function (this: D1PreparedStatement) {
      add(await all.call(this))
      return first.call(this) as never
    }),
  ]
  try {
    await run()
    return rows
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
