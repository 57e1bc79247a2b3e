/** A group's own page: who is in it. An owner of the group sees it too. */

import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { type Group, readGroup } from '../../../accounts/groups.ts'
import { listMembers, type MemberInFull, ownsGroup } from '../../../accounts/memberships.ts'
import { accountAsSubject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { asOwner } from '../../../http/routes/groups.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Pill } from '../../parts/pill.tsx'
import { SubjectName } from '../../parts/subject.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { GroupPage, groupParams } from './frame.tsx'

export const membersPage = page({
  path: '/:tenant/iam/groups/:id',
  access: permit('GROUP:VIEW', { or: asOwner }),
  params: groupParams,
  query: consoleList(['name', 'membership']),
  show: async ({ edge: { db }, principal, params: { tenant, id }, query, visit }) => {
    const group = await readGroup(db, tenant, id)
    if (!group.ok) return group.error
    const found = await listMembers(db, tenant, id, query)
    if (!found.ok) return found.error
    const mayManage = may(visit, 'GROUP:MANAGE_MEMBERS') || (await ownsGroup(db, principal, id))
    return <Members group={group.value} found={found.value} query={query} mayManage={mayManage} />
  },
})

interface Props {
  readonly group: Group
  readonly found: ListPage<MemberInFull>
  readonly query: ConsoleList
  readonly mayManage: boolean
}

function Members({ group, found: { results, total }, query, mayManage }: Props) {
  const visit = useVisit()
  const to = (...parts: string[]) => at(visit, 'iam', 'groups', group.id, ...parts)
  return (
    <GroupPage
      group={group}
      tab="members"
      actions={
        mayManage && (
          <a class="button primary" href={to('members', 'new')} data-key="c">
            <Icon name="plus" />
            Add members
          </a>
        )
      }
    >
      <div class="toolbar">
        <Search label="Part of a member’s name" value={query.q} />
      </div>
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="users">
            {query.q === undefined ? 'Nobody is in it yet.' : 'No member’s name holds this text.'}
          </Empty>
        ) : (
          <Table
            caption="Members"
            rows={results}
            query={query}
            columns={[
              {
                label: 'Name',
                sort: 'name',
                show: ({ account }) => (
                  <SubjectName
                    subject={accountAsSubject(account)}
                    href={mayManage ? to('members', account.id) : undefined}
                    isRow
                  />
                ),
              },
              {
                label: 'Membership',
                sort: 'membership',
                show: ({ groups }) =>
                  groups.find(({ id }) => id === group.id)?.membership === 'OWNER' ? (
                    <Pill tone="info">Owner</Pill>
                  ) : (
                    'Member'
                  ),
              },
              {
                label: 'Other groups',
                show: ({ groups }) => {
                  const others = groups.filter(({ id }) => id !== group.id)
                  return (
                    others.length > 0 && (
                      <span class="chips">
                        {others.slice(0, 3).map(({ name }) => (
                          <bdi class="chip">{name}</bdi>
                        ))}
                        {others.length > 3 && <span class="muted small">{`+${others.length - 3}`}</span>}
                      </span>
                    )
                  )
                },
              },
            ]}
          />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </GroupPage>
  )
}
