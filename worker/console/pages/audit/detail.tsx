/** One record of the audit log: all that it says, and what the object was before and after. */

import * as v from 'valibot'
import { patchBetween } from '../../../../shared/json-patch.ts'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import type { Principal } from '../../../access/principal.ts'
import { refuseObject, statesOf } from '../../../access/see-record.ts'
import { type AuditLog, findAuditLog } from '../../../audit/read.ts'
import type { Edge } from '../../../edge.ts'
import { permit, superadmin } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { Facts } from '../../parts/facts.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Table } from '../../parts/table.tsx'
import { Instant } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { at, useVisit } from '../../visit.ts'
import { nounOf, verbOf } from './trail.tsx'

export const auditRecordPages = [
  page({
    path: '/:tenant/iam/audit/:id',
    access: permit('AUDITLOG:VIEW'),
    params: v.object({ tenant: TenantId, id: Id }),
    show: ({ edge, principal, params: { tenant, id } }) => show(edge, principal, id, tenant),
  }),
  page({
    path: '/audit/:id',
    access: superadmin,
    params: v.object({ id: Id }),
    show: ({ edge, principal, params: { id } }) => show(edge, principal, id),
  }),
]

async function show(edge: Edge, principal: Principal, id: string, tenant?: string) {
  const log = await findAuditLog(edge.db, id, tenant)
  if (!log) return { code: 'not_found', what: 'audit record', id } as const
  return (
    <Detail
      log={{ ...log, ...statesOf(principal, log) }}
      isHidden={refuseObject(principal, log) !== undefined}
      tenant={tenant}
    />
  )
}

interface Props {
  readonly log: AuditLog
  /** Whether there is more that this reader may not see. */
  readonly isHidden: boolean
  readonly tenant: string | undefined
}

function Detail({ log, isHidden, tenant }: Props) {
  const visit = useVisit()
  const list = tenant === undefined ? `${visit.base}/audit` : at(visit, 'iam', 'audit')
  const facts: ReadonlyArray<readonly [string, string | null]> = [
    ['Who', log.actorName || null],
    ['Impersonated by', log.impersonatorName],
    ['Token', log.tokenId],
    ['Address', log.ipAddress],
    ['Kind', nounOf(log.resource)],
    ['Id', log.resourceId],
    ['Tenant', log.tenantId],
    ['Namespace', log.namespace],
    ['Request', log.requestId],
  ]
  return (
    <Page
      title={`${verbOf(log.type)} · Audit log`}
      heading={`${verbOf(log.type)}: ${nounOf(log.resource)}`}
      lead={<Instant at={log.at} />}
      crumbs={[['Audit log', list]]}
    >
      <section class="card">
        <Facts facts={facts} />
      </section>
      {isHidden ? (
        <Notice tone="info">
          What the record keeps of the object is shown to those who may see the object.
        </Notice>
      ) : (
        <Changes before={log.before} after={log.after} />
      )}
    </Page>
  )
}

function Changes({ before, after }: Pick<AuditLog, 'before' | 'after'>) {
  const rows = patchBetween(before, after).map(({ path }) =>
    path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~'),
  )
  if (rows.length === 0) return null
  return (
    <section class="card" aria-labelledby="changes">
      <header>
        <h2 id="changes">What changed</h2>
      </header>
      <Table
        caption="What changed"
        rows={rows}
        columns={[
          { label: 'Member', show: (name) => <bdi class="mono">{name}</bdi> },
          { label: 'Before', show: (name) => <State state={before} name={name} /> },
          { label: 'After', show: (name) => <State state={after} name={name} /> },
        ]}
      />
    </section>
  )
}

/** A page has room for so much of one value. */
const MOST = 2000

function State({ state, name }: { readonly state: AuditLog['before']; readonly name: string }) {
  if (!state || !Object.hasOwn(state, name)) return <span class="muted">–</span>
  const text = JSON.stringify(state[name]) ?? ''
  return <bdi class="mono">{text.length > MOST ? `${text.slice(0, MOST)}…` : text}</bdi>
}
