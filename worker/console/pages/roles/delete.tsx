/** Deleting a role: all its bindings go with it. */

import * as v from 'valibot'
import { type BindingInFull, listHolders } from '../../../access/bindings.ts'
import { type RoleRow, readRole, removeRole } from '../../../access/roles.ts'
import { permit } from '../../../http/route.ts'
import { notTyped, typed } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Form, TypedName } from '../../parts/form.tsx'
import { Where } from '../../parts/permissions.tsx'
import { SubjectName, subjectOf } from '../../parts/subject.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { roleParams } from './frame.tsx'
import { holdersInWords } from './holders.tsx'

const SHOWN = 10

export const deleteRoleForm = form({
  path: '/:tenant/iam/roles/:id/delete',
  access: permit('ROLE:DELETE'),
  params: roleParams,
  fields: v.object({ typed }),
  show: async ({ edge, params: { tenant, id }, visit }) => {
    const found = await readRole(edge.db, tenant, id)
    if (!found.ok) return found.error
    if (found.value.isManaged) return { code: 'role_managed' }
    const holders = await listHolders(edge.db, tenant, id, { page: 1, size: SHOWN })
    return (
      <Delete
        role={found.value}
        total={holders.total}
        first={may(visit, 'BINDING:LIST') ? holders.results : []}
      />
    )
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, { typed: name }) => {
    const found = await readRole(edge.db, tenant, id)
    if (!found.ok) return found.error
    if (name !== found.value.name.trim()) {
      return notTyped('must be the name of the role')
    }
    const removed = await removeRole(edge.db, principal, tenant, id)
    return removed.ok ? movedTo(at(visit, 'iam', 'roles'), flash('role_deleted', name)) : removed.error
  },
})

interface Props {
  readonly role: RoleRow
  readonly total: number
  readonly first: readonly BindingInFull[]
}

function Delete({ role, total, first }: Props) {
  const visit = useVisit()
  const own = at(visit, 'iam', 'roles', role.id)
  return (
    <Page
      title={`Delete role ${role.name}?`}
      heading={
        <>
          Delete role <bdi>{role.name}</bdi>?
        </>
      }
      lead={
        total === 0
          ? 'Nobody holds it.'
          : `${holdersInWords(total)} of it end with it. Who holds the same by no other role loses it: writes stop at once.`
      }
      crumbs={[
        ['Roles', at(visit, 'iam', 'roles')],
        [role.name, own],
      ]}
    >
      {first.length > 0 && (
        <section class="card" aria-label="Who loses it">
          <ul class="rows">
            {first.map((row) => (
              <li>
                <SubjectName subject={subjectOf(row)} />
                <Where namespace={row.binding.namespace} />
              </li>
            ))}
          </ul>
          {total > first.length && (
            <footer>
              <a href={at(visit, 'iam', 'roles', role.id, 'holders')}>All who have it</a>
            </footer>
          )}
        </section>
      )}
      <Form submit="Delete role" isDangerous cancel={own}>
        <TypedName wanted={role.name.trim()} what="name of the role" />
      </Form>
    </Page>
  )
}
