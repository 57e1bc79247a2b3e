/** Instants on a page. The element holds the exact one, so that the title says it in the reader's own time. */

import { dateOf, instantOf, relativeTo } from '../times.ts'
import { useVisit } from '../visit.ts'

interface WhenProps {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly class?: string | undefined
}

/** `in 5 days`, `2 hours ago`. */
export function When({ at, class: name }: WhenProps) {
  const { now, timeZone } = useVisit()
  return (
    <time datetime={new Date(at).toISOString()} title={instantOf(at, timeZone)} class={name}>
      {relativeTo(now, at)}
    </time>
  )
}

/** `Dec 23, 2026`. */
export function Day({ at, class: name }: WhenProps) {
  const { timeZone } = useVisit()
  return (
    <time datetime={new Date(at).toISOString()} title={instantOf(at, timeZone)} class={name}>
      {dateOf(at, timeZone)}
    </time>
  )
}

/** `Dec 23, 2026, 6:04 PM GMT+1`. */
export function Instant({ at }: WhenProps) {
  const { timeZone } = useVisit()
  return <time datetime={new Date(at).toISOString()}>{instantOf(at, timeZone)}</time>
}
