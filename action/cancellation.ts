/**
 * A job that is cancelled: GitHub's runner sends SIGINT, 7.5 seconds later SIGTERM, and 2.5 seconds after that it
 * kills. A terminal sends SIGINT.
 */

export interface Cancellation {
  readonly isCancelled: boolean
  /** Runs what is not to be broken off half-way, if it comes to an end soon. */
  uninterrupted<T>(work: () => Promise<T>): Promise<T>
  /** Signals mean again what they mean to Node. */
  [Symbol.dispose](): void
}

const PATIENCE_MS = 5_000
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** @param abort ends all that is under way */
export function watchForCancellation(abort: () => void): Cancellation {
  let isCancelled = false
  let isBusy = false
  let patience: NodeJS.Timeout | undefined
  const cancel = () => {
    isCancelled = true
    if (isBusy) patience ??= setTimeout(abort, PATIENCE_MS)
    else abort()
  }
  for (const signal of SIGNALS) process.on(signal, cancel)
  return {
    get isCancelled() {
      return isCancelled
    },
    async uninterrupted(work) {
      isBusy = true
      try {
        return await work()
      } finally {
        isBusy = false
        clearTimeout(patience)
        if (isCancelled) abort()
      }
    },
    [Symbol.dispose]() {
      clearTimeout(patience)
      for (const signal of SIGNALS) process.off(signal, cancel)
    },
  }
}
