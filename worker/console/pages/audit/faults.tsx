/** Records that are not as they were sealed, a line each. */

import type { Checked, Named } from '../../../audit/integrity.ts'
import { Pill } from '../../parts/pill.tsx'
import { Table } from '../../parts/table.tsx'
import { Instant } from '../../parts/when.tsx'
import { useVisit } from '../../visit.ts'

interface Fault extends Named {
  readonly number: number
  readonly found: keyof typeof FOUND
}

const FOUND = {
  edited: 'Edited',
  missing: 'Missing',
  added: 'Added',
  backdated: 'Backdated',
} as const

/** A page has room for so many. */
const MOST = 100

export function Faults({ checked }: { readonly checked: readonly Checked[] }) {
  const { base } = useVisit()
  const faults = checked.flatMap((one): Fault[] =>
    'finding' in one
      ? (Object.keys(FOUND) as Array<keyof typeof FOUND>).flatMap((found) =>
          one.finding[found].map((record) => ({ ...record, number: one.number, found })),
        )
      : [],
  )
  if (faults.length === 0) return null
  return (
    <section class="card" aria-labelledby="faults">
      <header>
        <h2 id="faults">Records that are not as they were sealed</h2>
      </header>
      <Table
        caption="Records that are not as they were sealed"
        rows={faults.slice(0, MOST)}
        columns={[
          {
            label: 'Record',
            // What is gone has no page: its id is what a backup has it by.
            show: ({ id, found }) =>
              found === 'missing' ? (
                <bdi class="mono">{id}</bdi>
              ) : (
                <a class="row" href={`${base}/audit/${encodeURIComponent(id)}`}>
                  <bdi class="mono">{id}</bdi>
                </a>
              ),
          },
          { label: 'Found', show: ({ found }) => <Pill tone="bad">{FOUND[found]}</Pill> },
          { label: 'Recorded', show: ({ at }) => <Instant at={at} /> },
          { label: 'Seal', show: ({ number }) => <span class="mono">{number}</span> },
        ]}
      />
      <footer>
        {faults.length > MOST && `${faults.length - MOST} more are not shown. `}
        Added is what lies between records that were sealed, and was not. Backdated is what was recorded after
        the seal before and claims to be older than it.
      </footer>
    </section>
  )
}
