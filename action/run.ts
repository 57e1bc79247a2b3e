/** The step from its inputs to its exit code. What it does in between is the task: `deploy.ts`, or `backup.ts`. */

import { type Cancellation, watchForCancellation } from './cancellation.ts'
import { deploy, type Journal } from './deploy.ts'
import { Failure } from './failure.ts'
import { reportFailure } from './reporting.ts'
import type { Runner } from './runner.ts'

const EXIT_CANCELLED = 130

export type Task = (
  runner: Runner,
  journal: Journal,
  cancellation: Cancellation,
  signal: AbortSignal,
) => Promise<void>

/** @returns 0 when the namespace is as wanted, or the dry run is done; 130 when the job was cancelled; else 1 */
export async function run(runner: Runner, task: Task = deploy): Promise<number> {
  const ending = new AbortController()
  const journal: Journal = { phase: 'reading the inputs', written: [] }
  using cancellation = watchForCancellation(() => ending.abort())
  try {
    await task(runner, journal, cancellation, ending.signal)
    return 0
  } catch (error) {
    const { isCancelled } = cancellation
    const failure = error instanceof Failure ? error : toDefect(runner, error)
    await reportFailure(runner, isCancelled ? toCancelled(journal, failure) : failure, journal.written)
    return isCancelled ? EXIT_CANCELLED : 1
  } finally {
    // What is still under way beside a failure would go on for minutes.
    ending.abort()
  }
}

function toCancelled({ phase, written }: Journal, failure: Failure): Failure {
  const isPartial = failure.code === 'POSTERN-501'
  const isOpen = phase === 'committing'
  const nothing = written.length > 0 ? 'Nothing else was written.' : 'Nothing was written.'
  return new Failure('POSTERN-901', {
    what: `The run was cancelled while it was ${phase}.`,
    why: isPartial
      ? failure.message
      : isOpen
        ? 'There was no answer to the commit: it may have been made.'
        : nothing,
    fix: 'Run again: what is there already is not sent twice.',
    ...(failure.block && { block: failure.block }),
  })
}

function toDefect(runner: Runner, error: unknown): Failure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  for (const line of stack.split('\n')) runner.debug(line)
  return new Failure('POSTERN-999', {
    what: `Something went wrong that should not be able to: ${message}.`,
    fix: 'Run again with debug logging switched on, and open an issue with the log.',
  })
}
