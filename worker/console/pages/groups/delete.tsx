/** Deleting a group: who loses what. */

import * as v from 'valibot'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { type BindingInFull, listBindingsOfGroups } from '../../../access/bindings.ts'
import { type Group, readGroup, removeGroup } from '../../../accounts/groups.ts'
import { listMembers, type MemberInFull } from '../../../accounts/memberships.ts'
import { accountAsSubject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { notTyped, typed } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { firstOf } from '../../list.ts'
import { form, movedTo } from '../../page.ts'
import { Form, TypedName } from '../../parts/form.tsx'
import { Brings } from '../../parts/permissions.tsx'
import { SubjectName } from '../../parts/subject.tsx'
import { Page } from '../../shell.tsx'
import { lengthOf } from '../../times.ts'
import { at, may, useVisit } from '../../visit.ts'
import { groupParams } from './frame.tsx'

const SHOWN = 10

export const deleteGroupForm = form({
  path: '/:tenant/iam/groups/:id/delete',
  access: permit('GROUP:DELETE'),
  params: groupParams,
  fields: v.object({ typed }),
  show: async ({ edge: { db }, params: { tenant, id }, visit }) => {
    const group = await readGroup(db, tenant, id)
    if (!group.ok) return group.error
    const members = await listMembers(db, tenant, id, firstOf(SHOWN))
    if (!members.ok) return members.error
    return (
      <Delete
        group={group.value}
        members={members.value}
        held={may(visit, 'BINDING:LIST') ? await listBindingsOfGroups(db, tenant, [id]) : []}
        isSeen={may(visit, 'GROUP:VIEW')}
      />
    )
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, { typed: name }) => {
    const found = await readGroup(edge.db, tenant, id)
    if (!found.ok) return found.error
    if (name !== found.value.name.trim()) {
      return notTyped('must be the name of the group')
    }
    const removed = await removeGroup(edge.db, principal, tenant, id)
    return removed.ok ? movedTo(at(visit, 'iam', 'groups'), flash('group_deleted', name)) : removed.error
  },
})

interface Props {
  readonly group: Group
  readonly members: ListPage<MemberInFull>
  readonly held: readonly BindingInFull[]
  /** Whether the names of the members are for this reader. */
  readonly isSeen: boolean
}

function Delete({ group, members: { results, total }, held, isSeen }: Props) {
  const visit = useVisit()
  const own = at(visit, 'iam', 'groups', group.id)
  const number = total === 1 ? 'One account is' : `${total} accounts are`
  return (
    <Page
      title={`Delete group ${group.name}?`}
      heading={
        <>
          Delete group <bdi>{group.name}</bdi>?
        </>
      }
      lead={
        total === 0
          ? 'Nobody is in it.'
          : `${number} in it. The accounts stay; what they hold by this group alone is lost: writes at once, reads within ${lengthOf(visit.maxStalenessMs)}.`
      }
      crumbs={[
        ['Groups', at(visit, 'iam', 'groups')],
        [group.name, own],
      ]}
    >
      {held.length > 0 && (
        <section class="card" aria-labelledby="lost">
          <header>
            <h2 id="lost">What the group holds</h2>
          </header>
          <div class="body">
            <Brings of={held} />
          </div>
        </section>
      )}
      {isSeen && total > 0 && (
        <section class="card" aria-labelledby="losers">
          <header>
            <h2 id="losers">Who loses it</h2>
          </header>
          <ul class="rows">
            {results.map(({ account }) => (
              <li>
                <SubjectName subject={accountAsSubject(account)} />
              </li>
            ))}
          </ul>
          {total > results.length && (
            <footer>
              <a href={own}>All {total} members</a>
            </footer>
          )}
        </section>
      )}
      <Form submit="Delete group" isDangerous cancel={own}>
        <TypedName wanted={group.name.trim()} what="name of the group" />
      </Form>
    </Page>
  )
}
