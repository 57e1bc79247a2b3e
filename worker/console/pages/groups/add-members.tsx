/** Adding accounts of either kind to a group, several at once. */

import * as v from 'valibot'
import { Id } from '../../../../shared/wire/common.ts'
import { type BindingInFull, listBindingsOfGroups } from '../../../access/bindings.ts'
import { type Group, readGroup } from '../../../accounts/groups.ts'
import { addMembers, groupsOf } from '../../../accounts/memberships.ts'
import { findSubjects, type Subject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { asOwner } from '../../../http/routes/groups.ts'
import { optional, several } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { consoleList } from '../../list.ts'
import { form, movedTo } from '../../page.ts'
import { Checks, Field, Form } from '../../parts/form.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Brings } from '../../parts/permissions.tsx'
import { Search } from '../../parts/table.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { groupParams } from './frame.tsx'

const EACH_KIND = 25
const MAX_AT_ONCE = 100

export const addMembersForm = form({
  path: '/:tenant/iam/groups/:id/members/new',
  access: permit('GROUP:MANAGE_MEMBERS', { or: asOwner }),
  params: groupParams,
  query: consoleList([]),
  fields: v.object({
    accounts: v.pipe(several(Id), v.maxLength(MAX_AT_ONCE, `must be at most ${MAX_AT_ONCE}`)),
    other: optional(Id),
  }),
  about: { grant_exceeds_own: 'accounts', member_already: 'accounts' },
  show: async ({ edge: { db }, principal, params: { tenant, id }, query, visit }) => {
    const group = await readGroup(db, tenant, id)
    if (!group.ok) return group.error
    const kinds = ['USER', 'SERVICE_ACCOUNT'] as const
    const found = await findSubjects(db, principal, tenant, query.q, kinds, EACH_KIND)
    const groups = await groupsOf(
      db,
      tenant,
      found.map((one) => one.id),
    )
    const isIn = (one: Subject) => (groups.get(one.id) ?? []).some((group) => group.id === id)
    const brings = may(visit, 'BINDING:LIST') ? await listBindingsOfGroups(db, tenant, [id]) : []
    return (
      <AddMembers group={group.value} found={found.filter((one) => !isIn(one))} brings={brings} q={query.q} />
    )
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, { accounts, other }) => {
    const group = await readGroup(edge.db, tenant, id)
    if (!group.ok) return group.error
    const who = [...new Set(other === undefined ? accounts : [...accounts, other])]
    if (who.length === 0) {
      return { code: 'invalid_entity', problems: [{ path: 'accounts', message: 'must name somebody' }] }
    }
    const added = await addMembers(edge.db, principal, tenant, id, who)
    if (!added.ok) return added.error
    return movedTo(
      at(visit, 'iam', 'groups', id),
      flash('members_added', String(who.length), group.value.name),
    )
  },
})

interface Props {
  readonly group: Group
  readonly found: readonly Subject[]
  readonly brings: readonly BindingInFull[]
  readonly q: string | undefined
}

function AddMembers({ group, found, brings, q }: Props) {
  const visit = useVisit()
  const own = at(visit, 'iam', 'groups', group.id)
  return (
    <Page
      title={`Add members · ${group.name}`}
      heading="Add members"
      lead={
        <>
          To <bdi>{group.name}</bdi>
        </>
      }
      crumbs={[
        ['Groups', at(visit, 'iam', 'groups')],
        [group.name, own],
      ]}
    >
      {brings.length > 0 && (
        <Notice tone="info">
          <p>Who joins gets what the group holds:</p>
          <Brings of={brings} />
        </Notice>
      )}
      <div class="toolbar">
        <Search label="Part of a name" value={q} />
      </div>
      <Form submit="Add members" cancel={own}>
        {found.length > 0 && (
          <Checks
            name="accounts"
            label="Accounts"
            options={found.map(({ id, name, detail, kind }) => ({
              value: id,
              label: name,
              hint: (
                <>
                  {kind === 'USER' ? 'User' : 'Service account'}
                  {detail && (
                    <>
                      {' · '}
                      <bdi>{detail}</bdi>
                    </>
                  )}
                </>
              ),
            }))}
          />
        )}
        {found.length === 0 && q !== undefined && (
          <p class="muted">Nobody who is not in the group yet is called so.</p>
        )}
        <Field
          name="other"
          label="Somebody else"
          hint="The whole e-mail address of a user, or the id of an account."
          maxLength={128}
        />
      </Form>
    </Page>
  )
}
