/** What requests leave in the log. */

import { vi } from 'vitest'

export type LogLine = Readonly<Record<string, unknown>>

/** The lines of the requests that `run` makes, as they are written. */
export async function logOf(run: () => Promise<unknown>): Promise<LogLine[]> {
  const lines: LogLine[] = []
  const spy = vi.spyOn(console, 'log').mockImplementation((text) => {
    lines.push(JSON.parse(String(text)))
  })
  try {
    await run()
    return lines.filter(({ event }) => event === 'request')
  } finally {
    spy.mockRestore()
  }
}
