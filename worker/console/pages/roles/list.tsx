/** The roles of a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { listRoles, type RoleRow } from '../../../access/roles.ts'
import { permit } from '../../../http/route.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { summaryOf } from '../../parts/permissions.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'

export const rolesPage = page({
  path: '/:tenant/iam/roles',
  access: permit('ROLE:LIST'),
  params: v.object({ tenant: TenantId }),
  query: consoleList(['name']),
  show: async ({ edge, params: { tenant }, query }) => (
    <Roles found={await listRoles(edge.db, tenant, query)} query={query} />
  ),
})

function Roles({
  found: { results, total },
  query,
}: {
  readonly found: ListPage<RoleRow>
  readonly query: ConsoleList
}) {
  const visit = useVisit()
  return (
    <Page
      title="Roles"
      lead="Sets of permissions under a name. A role gives nothing by itself: bindings give it to somebody, somewhere."
      actions={
        may(visit, 'ROLE:CREATE') && (
          <a class="button primary" href={at(visit, 'iam', 'roles', 'new')} data-key="c">
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
          <Empty icon="shield">No name holds this text.</Empty>
        ) : (
          <Rows rows={results} query={query} />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}

function Rows({ rows, query }: { readonly rows: readonly RoleRow[]; readonly query: ConsoleList }) {
  const visit = useVisit()
  const to = ({ id }: RoleRow, ...parts: string[]) => at(visit, 'iam', 'roles', id, ...parts)
  return (
    <Table
      caption="Roles"
      rows={rows}
      query={query}
      columns={[
        {
          label: 'Name',
          sort: 'name',
          show: (row) => (
            <span class="two">
              <a class="row" href={to(row)}>
                <bdi>{row.name}</bdi>
              </a>
              {row.description && <bdi>{row.description}</bdi>}
            </span>
          ),
        },
        {
          label: 'Kind',
          show: ({ isManaged, isDefault }) => (
            <span class="chips">
              {isManaged && <Pill tone="mute">Managed</Pill>}
              {isDefault && <Pill tone="info">Default</Pill>}
            </span>
          ),
        },
        {
          label: 'Resources',
          isNumber: true,
          show: ({ permissions }) => String(Object.keys(permissions).length),
        },
        {
          label: 'Permissions',
          show: ({ permissions }) => <span class="small muted">{summaryOf(permissions)}</span>,
        },
        {
          label: 'More',
          isAbove: true,
          show: (row) => (
            <Menu
              isSmall
              about={row.name}
              items={[
                may(visit, 'BINDING:LIST') && { label: 'Who has it', href: to(row, 'holders') },
                may(visit, 'ROLE:CREATE') && {
                  label: 'Copy to a new role',
                  href: withQuery(at(visit, 'iam', 'roles', 'new'), { copy: row.id }),
                },
                may(visit, 'ROLE:UPDATE') && !row.isManaged && { label: 'Edit', href: to(row, 'edit') },
                may(visit, 'ROLE:DELETE') &&
                  !row.isManaged && { label: 'Delete', href: to(row, 'delete'), isDangerous: true },
              ]}
            />
          ),
        },
      ]}
    />
  )
}
