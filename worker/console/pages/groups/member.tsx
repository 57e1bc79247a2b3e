/** One membership: what it brings, what is lost without it, and whether its holder may change who is in the group. */

import * as v from 'valibot'
import { Id } from '../../../../shared/wire/common.ts'
import { Membership } from '../../../../shared/wire/group.ts'
import { type BindingInFull, listBindingsOf } from '../../../access/bindings.ts'
import { differenceOf } from '../../../access/difference.ts'
import type { Group } from '../../../accounts/groups.ts'
import { readMembership, removeMember, setMembership } from '../../../accounts/memberships.ts'
import { accountAsSubject, type Subject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { asOwner } from '../../../http/routes/groups.ts'
import { flash } from '../../flash.ts'
import { form, movedTo, page } from '../../page.ts'
import { CsrfField, Form } from '../../parts/form.tsx'
import { Held, Loss } from '../../parts/permissions.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { at, may, ownPath, useVisit, withQuery } from '../../visit.ts'
import { groupParams } from './frame.tsx'

const params = v.object({ ...groupParams.entries, account: Id })
const query = v.object({ back: v.optional(v.string()) })
const path = '/:tenant/iam/groups/:id/members/:account'
const access = permit('GROUP:MANAGE_MEMBERS', { or: asOwner })

export const memberPage = page({
  path,
  access,
  params,
  query,
  show: async ({ edge: { db }, params: { tenant, id, account }, query: { back }, visit }) => {
    const found = await readMembership(db, tenant, id, account)
    if (!found.ok) return found.error
    const held = may(visit, 'BINDING:LIST')
      ? await listBindingsOf(db, tenant, found.value.account.id)
      : undefined
    return (
      <Member
        group={found.value.group}
        subject={accountAsSubject(found.value.account)}
        isOwner={found.value.membership === 'OWNER'}
        held={held}
        back={back}
      />
    )
  },
})

export const membershipForm = form({
  path: `${path}/membership`,
  access,
  params,
  fields: v.object({ membership: Membership }),
  act: async ({ edge, principal, params: { tenant, id, account }, visit }, { membership }) => {
    const found = await readMembership(edge.db, tenant, id, account)
    if (!found.ok) return found.error
    const set = await setMembership(edge.db, principal, tenant, id, account, membership)
    const code = membership === 'OWNER' ? 'owner_made' : 'owner_unmade'
    return set.ok
      ? movedTo(at(visit, 'iam', 'groups', id), flash(code, set.value.account.name, found.value.group.name))
      : set.error
  },
})

export const removeMemberForm = form({
  path: `${path}/remove`,
  access,
  params,
  query,
  fields: v.object({}),
  act: async ({ edge, principal, params: { tenant, id, account }, query: { back }, visit }) => {
    const found = await readMembership(edge.db, tenant, id, account)
    if (!found.ok) return found.error
    const removed = await removeMember(edge.db, principal, tenant, id, account)
    return removed.ok
      ? movedTo(
          back === undefined ? at(visit, 'iam', 'groups', id) : ownPath(visit, back),
          flash('member_removed', removed.value.account.name, found.value.group.name),
        )
      : removed.error
  },
})

interface Props {
  readonly group: Group
  readonly subject: Subject
  readonly isOwner: boolean
  /** All that the account holds in the tenant; absent for who may not see it. */
  readonly held: readonly BindingInFull[] | undefined
  readonly back: string | undefined
}

function Member({ group, subject, isOwner, held, back }: Props) {
  const visit = useVisit()
  const own = at(visit, 'iam', 'groups', group.id)
  const to = (...parts: string[]) => at(visit, 'iam', 'groups', group.id, 'members', subject.id, ...parts)
  return (
    <Page
      title={`${subject.name} in ${group.name}`}
      heading={
        <>
          <bdi>{subject.name}</bdi> in <bdi>{group.name}</bdi>
        </>
      }
      beside={isOwner && <Pill tone="info">Owner</Pill>}
      crumbs={[
        ['Groups', at(visit, 'iam', 'groups')],
        [group.name, own],
      ]}
    >
      <section class="card" aria-labelledby="owner">
        <header>
          <h2 id="owner">Owner</h2>
        </header>
        <form class="body" method="post" action={to('membership')}>
          <CsrfField />
          <input type="hidden" name="membership" value={isOwner ? 'MEMBER' : 'OWNER'} />
          <p>
            {isOwner
              ? 'It may add and remove members of this group without any other permission.'
              : 'An owner may add and remove members of this group without any other permission, and so hand on what the group holds.'}
          </p>
          <div class="actions">
            <button class="button">{isOwner ? 'Make a plain member' : 'Make an owner'}</button>
          </div>
        </form>
      </section>
      <section class="card" aria-labelledby="remove">
        <header>
          <h2 id="remove">Remove from the group</h2>
        </header>
        <div class="body">
          {held ? (
            <Losses group={group} subject={subject} held={held} />
          ) : (
            <p>It loses what the group’s roles give, unless it holds the same otherwise.</p>
          )}
          <Form
            action={withQuery(to('remove'), { back })}
            submit="Remove from group"
            isDangerous
            cancel={back === undefined ? own : ownPath(visit, back)}
          />
        </div>
      </section>
    </Page>
  )
}

/** Role by role: what leaves with the group when all that remains is counted in. */
function Losses({ group, subject, held = [] }: Pick<Props, 'group' | 'subject' | 'held'>) {
  const isOfGroup = ({ binding }: BindingInFull) => binding.groupId === group.id
  const others = held.filter((one) => !isOfGroup(one))
  const brought = held.filter(isOfGroup)
  if (brought.length === 0) return <p>The group holds no role: nothing is lost.</p>
  return (
    <ul class="rows flush">
      {brought.map(({ binding, role }) => (
        <li>
          <div>
            <h3>
              <bdi>{role.name}</bdi> <Held namespace={binding.namespace} />
            </h3>
            <Loss
              namespace={binding.namespace}
              difference={differenceOf(
                { tenant: group.tenantId, permissions: role.permissions, namespace: binding.namespace },
                others,
                subject.isSuperadmin,
              )}
            />
          </div>
        </li>
      ))}
    </ul>
  )
}
