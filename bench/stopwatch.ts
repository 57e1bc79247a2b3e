/** How long the worker computed. On a shared machine that is steadier than how long one waited for it. */

import { readdirSync, readFileSync } from 'node:fs'

export interface Stopwatch {
  readonly kind: 'processor time' | 'elapsed time'
  /** Milliseconds since some moment. */
  readonly now: () => number
}

/** Of all threads of the workerd that this process has started; where the system does not say, the wall clock. */
export function startStopwatch(): Stopwatch {
  const pid = findChild('workerd')
  if (pid === undefined) return { kind: 'elapsed time', now: () => performance.now() }
  const threads = `/proc/${pid}/task`
  const nanoseconds = () =>
    readdirSync(threads).reduce(
      // The first number is the time on a processor (Documentation/scheduler/sched-stats.rst).
      (sum, thread) => sum + Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]),
      0,
    )
  return { kind: 'processor time', now: () => nanoseconds() / 1e6 }
}

function findChild(name: string): string | undefined {
  try {
    return readdirSync('/proc').find((pid) => {
      if (!/^\d+$/.test(pid)) return false
      const stat = readStat(pid)
      return stat?.command === name && stat.parent === process.pid
    })
  } catch {
    return undefined
  }
}

function readStat(pid: string): { command: string; parent: number } | undefined {
  try {
    const [, command = '', parent] =
      /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { command, parent: Number(parent) }
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}
