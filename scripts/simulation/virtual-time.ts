/**
 * Time that is counted, not waited for, one millisecond after the other. While it runs, `setTimeout` counts with it, so
 * that the deadlines in the code are deadlines here.
 */

import { setImmediate as turn } from 'node:timers/promises'

export interface VirtualTime {
  /** Milliseconds since the start. */
  now(): number
  /** Runs something at this millisecond; those of one millisecond in order of their making. */
  at(when: number, run: () => void): void
  sleep(ms: number): Promise<void>
  /** @param tick called in every millisecond, after what was due in it */
  run(untilMs: number, tick: () => void): Promise<void>
}

interface Timer {
  run: (() => void) | undefined
}

export function createVirtualTime(): VirtualTime {
  const due = new Map<number, Timer[]>()
  let now = 0

  function at(when: number, run: () => void): Timer {
    const timer: Timer = { run }
    const instant = Math.max(now, Math.round(when))
    const timers = due.get(instant)
    if (timers) timers.push(timer)
    else due.set(instant, [timer])
    return timer
  }

  /** Everything in this millisecond, and all that follows from it without waiting. */
  async function finish(): Promise<void> {
    for (let timers = due.get(now); timers; timers = due.get(now)) {
      due.delete(now)
      for (const timer of timers) timer.run?.()
      await turn()
    }
  }

  async function run(untilMs: number, tick: () => void): Promise<void> {
    const { setTimeout, clearTimeout } = globalThis
    Object.assign(globalThis, {
      setTimeout: (callback: () => void, ms = 0) => at(now + ms, callback),
      clearTimeout: (timer: Timer | null) => {
        if (timer) timer.run = undefined
      },
    })
    try {
      for (; now < untilMs; now++) {
        await finish()
        tick()
        await turn()
        await finish()
      }
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout })
    }
  }

  return {
    now: () => now,
    at: (when, run) => void at(when, run),
    sleep: (ms) => new Promise((resolve) => at(now + ms, resolve)),
    run,
  }
}
