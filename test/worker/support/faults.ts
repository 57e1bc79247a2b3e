/** Storage that fails at one call: D1 or R2, before the call does anything or after it did. */

import { env } from 'cloudflare:workers'
import { vi } from 'vitest'

export type Fault = 'not carried out' | 'carried out, and the answer lost'

/**
 * Runs something while the `n`th call of D1 and R2 fails, counted from 1.
 *
 * @returns whether there was such a call
 */
export async function failAt(n: number, fault: Fault, run: () => Promise<unknown>): Promise<boolean> {
  let calls = 0
  const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1')) as D1PreparedStatement
  const spies = [
    ...breakable(env.DB, ['batch'], 'D1_ERROR: injected'),
    ...breakable(statement, ['all', 'first', 'raw', 'run'], 'D1_ERROR: injected'),
    ...breakable(env.CONTENTS, ['put', 'get', 'delete'], 'put: injected (10001)'),
    vi.spyOn(console, 'error').mockImplementation(() => undefined),
  ]
  function breakable<T extends object>(target: T, methods: (keyof T & string)[], message: string) {
    return methods.map((method) => {
      const real = target[method] as (...args: unknown[]) => Promise<unknown>
      const broken = async function (this: unknown, ...args: unknown[]) {
        const isHit = ++calls === n
        if (isHit && fault === 'not carried out') throw new Error(message)
        const answer = await real.apply(this, args)
        if (isHit) throw new Error(message)
        return answer
      }
      return vi.spyOn(target, method as never).mockImplementation(broken as never)
    })
  }
  try {
    await run()
    return calls >= n
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
