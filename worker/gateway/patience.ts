/** How long Kestra is waited for while it is Kestra's turn: to take the next piece of a request, or to begin its answer. */

export interface Patience {
  /** Aborts when it is over. */
  readonly signal: AbortSignal
  /** It is Kestra's turn, from now on. */
  start(): void
  /** It is the client's. */
  rest(): void
  /** The answer has begun, and may take as long as it likes. */
  end(): void
}

export function createPatience(timeoutMs: number): Patience {
  const controller = new AbortController()
  let timer: number | null = null
  let hasEnded = false
  const rest = () => clearTimeout(timer)
  return {
    signal: controller.signal,
    start: () => {
      rest()
      if (!hasEnded) timer = setTimeout(() => controller.abort(), timeoutMs)
    },
    rest,
    end: () => {
      rest()
      hasEnded = true
    },
  }
}
