/** An account's tab Groups: those that it is in, and what each brings. */

import { type BindingInFull, listBindingsOfGroups } from '../../../access/bindings.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Brings } from '../../parts/permissions.tsx'
import { Pill } from '../../parts/pill.tsx'
import { subjectAt } from '../../parts/subject.tsx'
import { Table } from '../../parts/table.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'
import type { AccessPlace, AccountInFull } from './access-place.ts'

export const groupsPage = <Found extends AccountInFull>({
  path,
  params,
  access,
  find,
  Frame,
}: AccessPlace<Found>) =>
  page({
    path: `${path}/groups`,
    access: access.view,
    params,
    show: async ({ edge, principal, params, visit }) => {
      const found = await find(edge, principal, params)
      if (!found.ok) return found.error
      const ids = found.value.groups.map((group) => group.id)
      const brings = may(visit, 'BINDING:LIST') ? await listBindingsOfGroups(edge.db, visit.tenant, ids) : []
      return (
        <Frame found={found.value} tab="groups">
          <Groups found={found.value} brings={brings} />
        </Frame>
      )
    },
  })

interface Props {
  readonly found: AccountInFull
  readonly brings: readonly BindingInFull[]
}

function Groups({ found: { account, groups }, brings }: Props) {
  const visit = useVisit()
  const toMember = (groupId: string) =>
    withQuery(at(visit, 'iam', 'groups', groupId, 'members', account.id), { back: visit.path })
  return (
    <section class="card" aria-labelledby="groups">
      <header>
        <h2 id="groups">Groups</h2>
        {may(visit, 'GROUP:LIST') && (
          <a class="button small" href={subjectAt(visit, account, 'groups', 'new')}>
            <Icon name="plus" />
            Add to groups
          </a>
        )}
      </header>
      {groups.length === 0 ? (
        <Empty icon="users">It is in no group. A group brings the roles that it holds.</Empty>
      ) : (
        <Table
          caption="Groups"
          rows={groups}
          columns={[
            {
              label: 'Group',
              show: ({ id, name }) =>
                may(visit, 'GROUP:VIEW') ? (
                  <a href={at(visit, 'iam', 'groups', id)}>
                    <bdi>{name}</bdi>
                  </a>
                ) : (
                  <bdi>{name}</bdi>
                ),
            },
            {
              label: 'Membership',
              show: ({ membership }) => (membership === 'OWNER' ? <Pill tone="info">Owner</Pill> : 'Member'),
            },
            {
              label: 'Brings',
              show: ({ id }) => {
                const own = brings.filter(({ binding }) => binding.groupId === id)
                return own.length > 0 && <Brings of={own} />
              },
            },
            {
              label: 'Remove',
              isAbove: true,
              show: ({ id, name }) =>
                may(visit, 'GROUP:MANAGE_MEMBERS') && (
                  <a class="button small" href={toMember(id)} aria-label={`Remove from ${name}`}>
                    Remove
                  </a>
                ),
            },
          ]}
        />
      )}
    </section>
  )
}
