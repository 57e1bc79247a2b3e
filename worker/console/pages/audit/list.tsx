/** The audit log: of a tenant, and of all of them for the instance's administrators. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { statesOf } from '../../../access/see-record.ts'
import { type AuditRow, listAuditLogs } from '../../../audit/read.ts'
import { permit, superadmin } from '../../../http/route.ts'
import { AUDIT_TYPES } from '../../../storage/schema.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Field, Select } from '../../parts/form.tsx'
import { Pager, Search } from '../../parts/table.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { type AuditAsked, auditAsked } from './query.ts'
import { Trail, verbOf } from './trail.tsx'

export const auditPages = [
  page({
    path: '/:tenant/iam/audit',
    access: permit('AUDITLOG:LIST'),
    params: v.object({ tenant: TenantId }),
    query: auditAsked,
    show: async ({ edge, principal, params: { tenant }, query }) => {
      const found = await listAuditLogs(edge.db, query.query, tenant)
      return <Audit found={shownTo(principal, found)} asked={query} tenant={tenant} />
    },
  }),
  page({
    path: '/audit',
    access: superadmin,
    query: auditAsked,
    show: async ({ edge, query }) => (
      <Audit found={await listAuditLogs(edge.db, query.query)} asked={query} />
    ),
  }),
]

/** Without what of an object its record keeps, where that may not be seen. */
export const shownTo = (
  principal: Parameters<typeof statesOf>[0],
  { results, total }: ListPage<AuditRow>,
): ListPage<AuditRow> => ({
  total,
  results: results.map((row) => ({ ...row, log: { ...row.log, ...statesOf(principal, row.log) } })),
})

interface Props {
  readonly found: ListPage<AuditRow>
  readonly asked: AuditAsked
  /** Absent for all of them. */
  readonly tenant?: string
}

function Audit({ found: { results, total }, asked: { query, typed, search }, tenant }: Props) {
  const visit = useVisit()
  const own = tenant === undefined ? `${visit.base}/audit` : at(visit, 'iam', 'audit')
  const api = tenant === undefined ? '/api/v1/auditlogs' : `/api/v1/${tenant}/auditlogs`
  const mayExport = tenant === undefined || may(visit, 'AUDITLOG:EXPORT')
  return (
    <Page
      title={tenant === undefined ? 'Audit log of all tenants' : 'Audit log'}
      lead="What was done, by whom, and what became of it. Nobody can change a record."
      actions={
        <>
          {tenant !== undefined && visit.principal?.isSuperadmin && (
            <a class="button" href={`${visit.base}/audit`}>
              All tenants
            </a>
          )}
          {tenant === undefined && (
            <a class="button" href={`${own}/integrity`}>
              Integrity
            </a>
          )}
          {mayExport && (
            <>
              <a class="button" href={`${api}/export?${search}`} download="auditlogs.csv">
                Export as CSV
              </a>
              <a class="button" href={`${api}/export.ndjson?${search}`} download="auditlogs.ndjson">
                Export as NDJSON
              </a>
            </>
          )}
        </>
      }
    >
      <Search label="Actor, kind or id" value={query.q} />
      <details class="fold" open={Object.keys(typed).some((name) => name !== 'q')}>
        <summary>Filter</summary>
        <form class="filters" action={own}>
          {typed.q && <input type="hidden" name="q" value={typed.q} />}
          <Select
            name="type"
            label="Action"
            value={typed.type ?? ''}
            options={[
              { value: '', label: 'Any' },
              ...AUDIT_TYPES.map((type) => ({ value: type, label: verbOf(type) })),
            ]}
          />
          <Field name="resources" label="Kind" value={typed.resources ?? ''} placeholder="ROLE" />
          <Field name="userId" label="Id of the actor" value={typed.userId ?? ''} />
          <Field name="details" label="Id of the object" value={typed.details ?? ''} />
          <Field name="startDate" label="From" type="date" value={typed.startDate ?? ''} />
          <Field name="endDate" label="To" type="date" value={typed.endDate ?? ''} />
          <div class="actions">
            <button class="button">Filter</button>
            <a class="button" href={own}>
              Clear
            </a>
          </div>
        </form>
      </details>
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="list">No record is like this.</Empty>
        ) : (
          <Trail rows={results} addressOf={({ log }) => `${own}/${encodeURIComponent(log.id)}`} />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}
