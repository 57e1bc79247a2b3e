/** What was deployed to a namespace: by whom, from where, what it changed, and going back to it. */

import * as v from 'valibot'
import { Id, type Page as ListPage } from '../../../../shared/wire/common.ts'
import type { DeploymentDetail, DeploymentRow } from '../../../../shared/wire/deployments.ts'
import { getDeployment, listDeployments, rollBack } from '../../../files/deployments.ts'
import { permit } from '../../../http/route.ts'
import { notTyped, typed } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { form, movedTo, page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Form, TypedName } from '../../parts/form.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Pager, Table } from '../../parts/table.tsx'
import { Instant, When } from '../../parts/when.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { NamespacePage, namespaceParams } from './namespace.tsx'
import { sizeOf } from './size.ts'

const params = v.object({ ...namespaceParams.entries, id: Id })

export const deploymentPages = [
  page({
    path: '/:tenant/namespaces/:namespace/deployments',
    access: permit('NAMESPACE_FILE:LIST'),
    params: namespaceParams,
    query: consoleList([]),
    show: async ({ edge, params, query }) => {
      const found = await listDeployments(edge.db, params, query)
      return <Deployments namespace={params.namespace} found={found} query={query} />
    },
  }),
  page({
    path: '/:tenant/namespaces/:namespace/deployments/:id',
    access: permit('NAMESPACE_FILE:LIST'),
    params,
    show: async ({ edge, params: { id, ...place }, now }) => {
      const found = await getDeployment(edge.db, place, id, now)
      return found.ok ? <Detail namespace={place.namespace} deployment={found.value} /> : found.error
    },
  }),
  form({
    path: '/:tenant/namespaces/:namespace/deployments/:id/roll-back',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    fields: v.object({ typed }),
    show: async ({ edge, params: { id, ...place }, now }) => {
      const found = await getDeployment(edge.db, place, id, now)
      return found.ok ? <RollBack namespace={place.namespace} deployment={found.value} /> : found.error
    },
    act: async ({ edge, principal, params: { id, ...place }, visit }, values) => {
      const { namespace } = place
      if (values.typed !== namespace) {
        return notTyped(`must be ${namespace}`)
      }
      const mayDelete = may(visit, 'NAMESPACE_FILE:DELETE', namespace)
      const request = { id, ifMatch: undefined, idempotencyKey: undefined, mayDelete }
      const done = await rollBack(edge.db, place, principal, request)
      if (!done.ok) return done.error
      const list = at(visit, 'namespaces', namespace, 'deployments')
      const { created, updated, deleted } = done.value
      return movedTo(list, flash(created + updated + deleted > 0 ? 'rolled_back' : 'nothing_to_roll_back'))
    },
  }),
]

function Deployments({
  namespace,
  found: { results, total },
  query,
}: {
  readonly namespace: string
  readonly found: ListPage<DeploymentRow>
  readonly query: ConsoleList
}) {
  const visit = useVisit()
  return (
    <NamespacePage namespace={namespace} tab="deployments">
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="clock">
            Nothing was deployed here yet. A deployment is what the Action or the command line makes of a
            folder, all or nothing.
          </Empty>
        ) : (
          <Table
            caption="Deployments, the newest first"
            rows={results}
            columns={[
              {
                label: 'When',
                show: ({ id, createdAt }) => (
                  <span class="two">
                    <a class="row" href={at(visit, 'namespaces', namespace, 'deployments', id)}>
                      <When at={Date.parse(createdAt)} />
                    </a>
                    <Instant at={Date.parse(createdAt)} />
                  </span>
                ),
              },
              { label: 'Folder', show: ({ root }) => <bdi class="mono">{root}</bdi> },
              { label: 'Changes', show: (row) => changesOf(row) },
              { label: 'By', show: ({ account }) => <bdi>{account.name}</bdi> },
              { label: 'From', show: (row) => <Source deployment={row} /> },
            ]}
          />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </NamespacePage>
  )
}

/** `+3 ~1 −2`, in words for those who listen. */
const changesOf = ({ created, updated, deleted }: DeploymentRow) => (
  <span aria-label={`${created} created, ${updated} updated, ${deleted} deleted`} role="img" class="mono">
    {`+${created} ~${updated} −${deleted}`}
  </span>
)

function Source({ deployment: { source, isVerified, restores } }: { readonly deployment: DeploymentRow }) {
  if (restores !== undefined) return <Pill tone="info">Rollback</Pill>
  if (!source?.repository) return <span class="muted">–</span>
  return (
    <span class="two plain">
      <bdi>{source.repository}</bdi>
      <span class="mono">
        {source.sha?.slice(0, 7)} {isVerified ? '(verified)' : ''}
      </span>
    </span>
  )
}

/** So many changes a page has room for. */
const MOST_CHANGES = 200

function Detail({
  namespace,
  deployment,
}: {
  readonly namespace: string
  readonly deployment: DeploymentDetail
}) {
  const visit = useVisit()
  const { id, root, createdAt, account, source, isVerified, restores, changes } = deployment
  const own = at(visit, 'namespaces', namespace, 'deployments', id)
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    ['By', account.name],
    ['Folder', root],
    ['Repository', source?.repository],
    ['Commit', source?.sha],
    ['Ref', source?.ref],
    ['Run', source?.runUrl],
    ['Source', source && (isVerified ? 'proved by the run itself' : 'as whoever deployed says')],
    ['Goes back to', restores],
    ['Files that stayed', String(deployment.unchanged)],
  ]
  return (
    <NamespacePage
      namespace={namespace}
      tab="deployments"
      part={`Deployment ${id}`}
      actions={
        may(visit, 'NAMESPACE_FILE:CREATE', namespace) && (
          <a class="button" href={`${own}/roll-back`}>
            Roll back to this
          </a>
        )
      }
    >
      <section class="card">
        <Facts facts={facts}>
          <dt>When</dt>
          <dd>
            <Instant at={Date.parse(createdAt)} />
          </dd>
        </Facts>
      </section>
      {changes === undefined ? (
        <Notice tone="info">What it changed is kept for 90 days, which are over.</Notice>
      ) : (
        <Changes own={own} changes={changes} />
      )}
    </NamespacePage>
  )
}

const KINDS = { create: ['Created', 'ok'], update: ['Updated', 'info'], delete: ['Deleted', 'bad'] } as const

function Changes({
  own,
  changes,
}: {
  /** The deployment's own address. */
  readonly own: string
  readonly changes: NonNullable<DeploymentDetail['changes']>
}) {
  const hrefOf = (path: string) => `${own}/difference?path=${encodeURIComponent(path)}`
  return (
    <section class="card" aria-labelledby="changes">
      <header>
        <h2 id="changes">What changed</h2>
        <span class="count">{changes.length}</span>
      </header>
      <Table
        caption="What changed"
        rows={changes.slice(0, MOST_CHANGES)}
        columns={[
          {
            label: 'File',
            show: ({ path }) => (
              <a class="row mono" href={hrefOf(path)}>
                <bdi>{path}</bdi>
              </a>
            ),
          },
          { label: 'Was', show: ({ kind }) => <Pill tone={KINDS[kind][1]}>{KINDS[kind][0]}</Pill> },
          {
            label: 'Size before',
            isNumber: true,
            show: (change) => 'previousSize' in change && sizeOf(change.previousSize),
          },
          { label: 'Size after', isNumber: true, show: (change) => 'size' in change && sizeOf(change.size) },
        ]}
      />
      {changes.length > MOST_CHANGES && (
        <footer>{`The first ${MOST_CHANGES}. The API lists them all.`}</footer>
      )}
    </section>
  )
}

function RollBack({
  namespace,
  deployment,
}: {
  readonly namespace: string
  readonly deployment: DeploymentDetail
}) {
  const visit = useVisit()
  const { id, root, createdAt } = deployment
  return (
    <NamespacePage namespace={namespace} tab="deployments" part={`Roll back to ${id}`}>
      <Notice tone="warn">
        <p>
          The folder <bdi class="mono">{root}</bdi> becomes what it was right after this deployment,{' '}
          <When at={Date.parse(createdAt)} />: all or nothing, and at once. Whatever was done to it since, by
          whomever, is undone. That is a deployment itself, and can be gone back from.
        </p>
      </Notice>
      <Form submit="Roll back" isDangerous cancel={at(visit, 'namespaces', namespace, 'deployments', id)}>
        <TypedName wanted={namespace} what="namespace" />
      </Form>
    </NamespacePage>
  )
}
