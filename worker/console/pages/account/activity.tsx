/** What an account did, and what was done to it. */

import * as v from 'valibot'
import type { ListQuery } from '../../../../shared/wire/list.ts'
import { listAuditLogs } from '../../../audit/read.ts'
import { permit } from '../../../http/route.ts'
import { consoleList } from '../../list.ts'
import { type Page, page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Pager, Segments } from '../../parts/table.tsx'
import { at } from '../../visit.ts'
import { shownTo } from '../audit/list.tsx'
import { Trail } from '../audit/trail.tsx'
import type { Found, Place } from './place.ts'

/** By which field of the log. */
const LENSES = { by: 'userId', to: 'details' } as const

export const activityPage = <F extends Found>(
  place: Pick<Place<F>, 'path' | 'params' | 'find' | 'Frame'>,
): Page =>
  page({
    path: `${place.path}/audit`,
    access: permit('AUDITLOG:LIST'),
    params: v.intersect([place.params, v.object({})]),
    query: v.pipe(
      v.record(v.string(), v.string()),
      v.transform(({ lens, ...list }) => ({
        lens: lens === 'to' ? ('to' as const) : ('by' as const),
        list: v.parse(consoleList([]), list),
      })),
    ),
    show: async ({ edge, principal, params, query: { lens, list }, visit }) => {
      const found = await place.find(edge, principal, params)
      if (!found.ok) return found.error
      const { id, name } = found.value.account
      const query: ListQuery = { ...list, filters: [{ field: LENSES[lens], operator: 'EQUALS', value: id }] }
      const { results, total } = shownTo(principal, await listAuditLogs(edge.db, query, params.tenant))
      const { Frame } = place
      return (
        <Frame found={found.value} tab="audit">
          <Segments
            label="Which records"
            parameter="lens"
            options={[{ label: `Done by ${name}` }, { value: 'to', label: `Done to ${name}` }]}
          />
          <section class="card">
            {results.length === 0 ? (
              <Empty icon="list">Nothing is on record.</Empty>
            ) : (
              <Trail rows={results} addressOf={({ log }) => at(visit, 'iam', 'audit', log.id)} />
            )}
            <Pager query={query} total={total} shown={results.length} />
          </section>
        </Frame>
      )
    },
  })
