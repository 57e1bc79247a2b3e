/** Changing a role. Who is bound to it feels it at once. */

import { type RoleRow, readRole, replaceRole } from '../../../access/roles.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Page } from '../../shell.tsx'
import { at, useVisit } from '../../visit.ts'
import { RoleForm, roleFields } from './fields.tsx'
import { roleParams } from './frame.tsx'
import { inOrderOf } from './words.ts'

export const editRoleForm = form({
  path: '/:tenant/iam/roles/:id/edit',
  access: permit('ROLE:UPDATE'),
  params: roleParams,
  fields: roleFields,
  about: { grant_exceeds_own: 'permissions' },
  show: async ({ edge, params: { tenant, id } }) => {
    const found = await readRole(edge.db, tenant, id)
    if (!found.ok) return found.error
    return found.value.isManaged ? { code: 'role_managed' } : <Edit role={found.value} />
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, role) => {
    const found = await readRole(edge.db, tenant, id)
    if (!found.ok) return found.error
    const permissions = inOrderOf(found.value.permissions, role.permissions)
    const replaced = await replaceRole(edge.db, principal, tenant, id, { ...role, permissions })
    return replaced.ok ? movedTo(at(visit, 'iam', 'roles', id), flash('saved')) : replaced.error
  },
})

function Edit({ role }: { readonly role: RoleRow }) {
  const visit = useVisit()
  const own = at(visit, 'iam', 'roles', role.id)
  return (
    <Page
      title={`Edit role · ${role.name}`}
      heading="Edit role"
      lead="Whoever holds the role may do what you save here: writes at once, reads within seconds."
      crumbs={[
        ['Roles', at(visit, 'iam', 'roles')],
        [role.name, own],
      ]}
    >
      <RoleForm submit="Save" cancel={own} {...role} />
    </Page>
  )
}
