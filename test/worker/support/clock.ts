/** A clock that can be put forward; timers go on running as they do. */

import { afterEach, beforeEach, vi } from 'vitest'

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

/**
 * Stops the clock for each test of the file, so that a slow machine is as good as a fast one.
 *
 * @returns runs something this many milliseconds after the test's start; the clock stays there
 */
export function stopClock(): <T>(ms: number, run: () => Promise<T>) => Promise<T> {
  let start = 0
  beforeEach(() => {
    start = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  return (ms, run) => {
    vi.setSystemTime(start + ms)
    return run()
  }
}
