/** Who holds a role, newest first. */

import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { type BindingInFull, listHolders, MAX_HOLDERS } from '../../../access/bindings.ts'
import { type RoleRow, readRole } from '../../../access/roles.ts'
import { permit } from '../../../http/route.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Where } from '../../parts/permissions.tsx'
import { SubjectName, subjectOf } from '../../parts/subject.tsx'
import { Pager, Table } from '../../parts/table.tsx'
import { Day } from '../../parts/when.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { RolePage, roleParams } from './frame.tsx'

export const holdersPage = page({
  path: '/:tenant/iam/roles/:id/holders',
  access: permit('BINDING:LIST'),
  params: roleParams,
  query: consoleList([]),
  show: async ({ edge, params: { tenant, id }, query, visit }) => {
    if (!may(visit, 'ROLE:VIEW')) return { code: 'permission_missing', permission: 'ROLE:VIEW' }
    const found = await readRole(edge.db, tenant, id)
    if (!found.ok) return found.error
    return <Holders role={found.value} query={query} found={await listHolders(edge.db, tenant, id, query)} />
  },
})

interface Props {
  readonly role: RoleRow
  readonly query: ConsoleList
  readonly found: ListPage<BindingInFull>
}

function Holders({ role, query, found: { results, total } }: Props) {
  const visit = useVisit()
  return (
    <RolePage role={role} tab="holders">
      <section class="card" aria-labelledby="holders">
        <header>
          <h2 id="holders">Who has it</h2>
          <span class="muted small">{holdersInWords(total)}</span>
        </header>
        {results.length === 0 ? (
          <Empty icon="link">Nobody: no binding gives this role.</Empty>
        ) : (
          <Table
            caption="Who has it"
            rows={results}
            columns={[
              {
                label: 'Who',
                show: (row) => (
                  <SubjectName
                    subject={subjectOf(row)}
                    href={
                      may(visit, 'BINDING:VIEW') ? at(visit, 'iam', 'bindings', row.binding.id) : undefined
                    }
                    isRow
                  />
                ),
              },
              { label: 'Where', show: ({ binding }) => <Where namespace={binding.namespace} /> },
              { label: 'Since', show: ({ binding }) => <Day at={binding.createdAt} /> },
            ]}
          />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </RolePage>
  )
}

/** `3 bindings`; of very many only that they are. */
export const holdersInWords = (total: number): string =>
  total >= MAX_HOLDERS ? `${MAX_HOLDERS} bindings or more` : total === 1 ? '1 binding' : `${total} bindings`
