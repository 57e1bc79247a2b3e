/** Whether the audit log is as it was sealed, in plain words. One log for all tenants, so for the instance's administrators. */

import * as v from 'valibot'
import { type Checked, checkIntegrity, type Integrity, IntegrityCursor } from '../../../audit/integrity.ts'
import { superadmin } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Pill, type Tone } from '../../parts/pill.tsx'
import { Table } from '../../parts/table.tsx'
import { Instant, When } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { useVisit, withQuery } from '../../visit.ts'
import { Faults } from './faults.tsx'

export const integrityPage = page({
  path: '/audit/integrity',
  access: superadmin,
  query: v.object({ cursor: v.fallback(v.optional(IntegrityCursor), undefined) }),
  show: async ({ edge: { db, seals, keys }, query }) => (
    <Report integrity={await checkIntegrity(db, seals, keys, query.cursor)} />
  ),
})

/** The cron runs every hour, and may fail once. */
const LATE_MS = 3 * 3_600_000

function Report({ integrity }: { readonly integrity: Integrity }) {
  const { base, path, now } = useVisit()
  const { checked, sealedUntil, unsealedSince, next } = integrity
  return (
    <Page
      title="Integrity · Audit log"
      heading="Integrity of the audit log"
      lead="Once an hour, what was recorded is sealed outside of the database. Here the records are held against the seals."
      crumbs={[['Audit log', `${base}/audit`]]}
    >
      {checked.length > 0 && <Verdict checked={checked} />}
      {unsealedSince !== undefined && (
        <Notice tone={now - unsealedSince > LATE_MS ? 'warn' : 'info'}>
          What was recorded since <Instant at={unsealedSince} /> is not sealed yet, and could be edited
          without a trace.
        </Notice>
      )}
      <Faults checked={checked} />
      <section class="card" aria-labelledby="seals">
        <header>
          <h2 id="seals">Seals</h2>
          {sealedUntil !== undefined && (
            <span class="muted">
              All until <Instant at={sealedUntil} />
            </span>
          )}
        </header>
        {checked.length === 0 ? (
          <Empty icon="shield">The first one is made by the next hourly cron.</Empty>
        ) : (
          <Table
            caption="Seals of the audit log, the newest first"
            rows={checked}
            columns={[
              { label: 'Seal', show: ({ number }) => <span class="mono">{number}</span> },
              { label: 'Made', show: (one) => 'finding' in one && <When at={one.finding.seal.sealedAt} /> },
              {
                label: 'Records',
                isNumber: true,
                show: (one) => 'finding' in one && one.finding.seal.records.length,
              },
              {
                label: 'State',
                show: ({ state }) => <Pill tone={STATES[state][1]}>{STATES[state][0]}</Pill>,
              },
              { label: 'What is known', show: (one) => (isPlain(one) ? null : <Known checked={one} />) },
            ]}
          />
        )}
        {next !== undefined && (
          <footer>
            <nav class="actions" aria-label="Pages">
              <a class="button small" href={withQuery(path, { cursor: next })}>
                Older seals
              </a>
            </nav>
          </footer>
        )}
      </section>
    </Page>
  )
}

const STATES: Readonly<Record<Checked['state'], readonly [string, Tone]>> = {
  INTACT: ['Intact', 'ok'],
  ALTERED: ['Altered', 'bad'],
  MISSING: ['Missing', 'bad'],
  FOREIGN: ['Not ours', 'bad'],
}

function Verdict({ checked }: { readonly checked: readonly Checked[] }) {
  const seals = `${checked.length} ${checked.length === 1 ? 'seal' : 'seals'} on this page`
  const faults = checked.filter(({ state }) => state !== 'INTACT').length
  if (faults === 0) {
    return <Notice tone="ok">{`${seals}: every record is as it was sealed, and none was added.`}</Notice>
  }
  return (
    <Notice tone="bad">
      {`${faults} of ${seals} ${faults === 1 ? 'does' : 'do'} not hold: somebody wrote to the database or the bucket by other means than Postern's.`}
    </Notice>
  )
}

/** Nothing is to be said beyond that it is intact. */
const isPlain = (checked: Checked): boolean =>
  checked.state === 'INTACT' &&
  checked.finding.swept === 0 &&
  checked.finding.takenBack === 0 &&
  checked.finding.seal.restore === null

const LOST = {
  MISSING: 'It was removed from the bucket.',
  FOREIGN: 'It was made by somebody else, or under a MASTER_KEY that is not there any more.',
} as const

function Known({ checked }: { readonly checked: Checked }) {
  const { base } = useVisit()
  if (!('finding' in checked)) return <span>{LOST[checked.state]}</span>
  const { swept, takenBack, seal } = checked.finding
  return (
    <span class="two plain">
      {checked.state === 'ALTERED' && <span>Its records are not as they were: see above.</span>}
      {swept > 0 && <span>{`${swept} gone: older than records are kept.`}</span>}
      {takenBack > 0 && <span>{`${takenBack} gone: the database was put back.`}</span>}
      {seal.restore !== null && (
        <a href={`${base}/audit/${encodeURIComponent(seal.restore)}`}>First after a confirmed restore</a>
      )}
    </span>
  )
}
