/** What is known of a thing, a line each. */

import type { Child } from 'hono/jsx'

interface FactsProps {
  /** What is null or undefined is not known, and left out. */
  readonly facts: ReadonlyArray<readonly [string, string | null | undefined]>
  /** Before them: lines that are no plain text. */
  readonly children?: Child
}

export function Facts({ facts, children }: FactsProps) {
  return (
    <dl class="facts wide">
      {children}
      {facts.map(
        ([label, value]) =>
          value != null && (
            <>
              <dt>{label}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </>
          ),
      )}
    </dl>
  )
}
