/** Putting an account into groups, with what each brings. */

import * as v from 'valibot'
import { Id } from '../../../../shared/wire/common.ts'
import { type JoinableGroup, listJoinableGroups } from '../../../accounts/joinable-groups.ts'
import { changeGroups } from '../../../accounts/memberships.ts'
import { several } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { consoleList } from '../../list.ts'
import { form, movedTo } from '../../page.ts'
import { Checks, Form } from '../../parts/form.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Brings } from '../../parts/permissions.tsx'
import { subjectAt } from '../../parts/subject.tsx'
import { Pager, Search } from '../../parts/table.tsx'
import { may, useVisit } from '../../visit.ts'
import type { AccessPlace, AccountInFull } from './access-place.ts'

export const joinGroupsForm = <Found extends AccountInFull>({
  path,
  params,
  access,
  find,
  Frame,
}: AccessPlace<Found>) =>
  form({
    path: `${path}/groups/new`,
    access: access.view,
    params,
    query: consoleList([]),
    fields: v.object({ groups: several(Id) }),
    about: { grant_exceeds_own: 'groups', member_already: 'groups', permission_missing: 'groups' },
    show: async ({ edge, principal, params, query, visit }) => {
      if (!may(visit, 'GROUP:LIST')) return { code: 'permission_missing', permission: 'GROUP:LIST' }
      const found = await find(edge, principal, params)
      if (!found.ok) return found.error
      const joinable = await listJoinableGroups(edge.db, principal, visit.tenant, query)
      const isIn = ({ group }: JoinableGroup) => found.value.groups.some((one) => one.id === group.id)
      return (
        <Frame found={found.value} tab="groups" deed="Add to groups">
          <JoinGroups
            found={found.value}
            groups={joinable.results.filter((one) => !isIn(one))}
            query={query}
            total={joinable.total}
          />
        </Frame>
      )
    },
    act: async ({ edge, principal, params, visit }, { groups }) => {
      const found = await find(edge, principal, params)
      if (!found.ok) return found.error
      if (groups.length === 0) {
        return { code: 'invalid_entity', problems: [{ path: 'groups', message: 'must name one' }] }
      }
      const { account } = found.value
      const changed = await changeGroups(edge.db, principal, visit.tenant, account, { joined: groups })
      return changed.ok
        ? movedTo(
            subjectAt(visit, account, 'groups'),
            flash('groups_joined', account.name, String(groups.length)),
          )
        : changed.error
    },
  })

interface Props {
  readonly found: AccountInFull
  readonly groups: readonly JoinableGroup[]
  readonly query: v.InferOutput<ReturnType<typeof consoleList>>
  readonly total: number
}

function JoinGroups({ found: { account }, groups, query, total }: Props) {
  const visit = useVisit()
  const isSeen = may(visit, 'BINDING:LIST')
  return (
    <>
      <div class="toolbar">
        <Search label="Part of a group’s name" value={query.q} />
      </div>
      <Form submit="Add to groups" cancel={subjectAt(visit, account, 'groups')}>
        {groups.length === 0 ? (
          <Notice tone="info">
            There is no group here that it is not in and that you may add it to: nobody grants more than they
            hold.
          </Notice>
        ) : (
          <Checks
            name="groups"
            label="Groups"
            hint="It gets what their roles give."
            options={groups.map(({ group, brings }) => ({
              value: group.id,
              label: group.name,
              hint: isSeen && brings.length > 0 ? <Brings of={brings} /> : group.description,
            }))}
          />
        )}
      </Form>
      {total > query.size && <Pager query={query} total={total} shown={Math.min(query.size, total)} />}
    </>
  )
}
