/** A clock that can be put forward; timers go on running as they do. */

import { vi } from 'vitest'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Runs something this many milliseconds from now. */
export async function later<T>(ms: number, run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
  try {
    return await run()
  } finally {
    vi.useRealTimers()
  }
}
