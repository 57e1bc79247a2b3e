/** The groups of a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { type BindingInFull, listBindingsOfGroups } from '../../../access/bindings.ts'
import { type Group, listGroups } from '../../../accounts/groups.ts'
import { permit } from '../../../http/route.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Brings } from '../../parts/permissions.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const groupsPage = page({
  path: '/:tenant/iam/groups',
  access: permit('GROUP:LIST'),
  params: v.object({ tenant: TenantId }),
  query: consoleList(['name']),
  show: async ({ edge: { db }, params: { tenant }, query, visit }) => {
    const found = await listGroups(db, tenant, query)
    const ids = found.results.map(({ id }) => id)
    const held = may(visit, 'BINDING:LIST') ? await listBindingsOfGroups(db, tenant, ids) : []
    return <Groups found={found} held={held} query={query} />
  },
})

interface Props {
  readonly found: ListPage<Group>
  readonly held: readonly BindingInFull[]
  readonly query: ConsoleList
}

function Groups({ found: { results, total }, held, query }: Props) {
  const visit = useVisit()
  return (
    <Page
      title="Groups"
      lead="Several accounts under one name. What is given to a group is given to all its members."
      actions={
        may(visit, 'GROUP:CREATE') && (
          <a class="button primary" href={at(visit, 'iam', 'groups', 'new')} data-key="c">
            <Icon name="plus" />
            Create
          </a>
        )
      }
    >
      <div class="toolbar">
        <Search label="Part of a name" value={query.q} />
      </div>
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="users">
            {query.q === undefined
              ? 'There is none yet. With a group, a team or a fleet of pipelines gets its roles once, not one by one.'
              : 'No name holds this text.'}
          </Empty>
        ) : (
          <Table
            caption="Groups"
            rows={results}
            query={query}
            columns={[
              {
                label: 'Name',
                sort: 'name',
                show: ({ id, name, description }) => (
                  <span class="two">
                    <a class="row" href={at(visit, 'iam', 'groups', id)}>
                      <bdi>{name}</bdi>
                    </a>
                    {description && <bdi>{description}</bdi>}
                  </span>
                ),
              },
              {
                label: 'Roles',
                show: ({ id }) => {
                  const own = held.filter(({ binding }) => binding.groupId === id)
                  return own.length > 0 && <Brings of={own} />
                },
              },
            ]}
          />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}
