/** Creating a role, from nothing or as a copy of another. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { createRole, findRoles, type RoleRow } from '../../../access/roles.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { RoleForm, roleFields } from './fields.tsx'

export const createRoleForm = form({
  path: '/:tenant/iam/roles/new',
  access: permit('ROLE:CREATE'),
  params: v.object({ tenant: TenantId }),
  query: v.object({ copy: v.optional(v.string()) }),
  fields: roleFields,
  about: { grant_exceeds_own: 'permissions' },
  show: async ({ edge, params: { tenant }, query: { copy }, visit }) => {
    const isSeen = copy !== undefined && may(visit, 'ROLE:VIEW')
    const [copied] = isSeen ? await findRoles(edge.db, tenant, [copy]) : []
    return <Create copied={copied} />
  },
  act: async ({ edge, principal, params: { tenant }, visit }, role) => {
    const created = await createRole(edge.db, principal, tenant, role)
    return created.ok
      ? movedTo(at(visit, 'iam', 'roles', created.value.id), flash('role_created', created.value.name))
      : created.error
  },
})

function Create({ copied }: { readonly copied: RoleRow | undefined }) {
  const visit = useVisit()
  const list = at(visit, 'iam', 'roles')
  return (
    <Page
      title={copied ? `Copy ${copied.name} to a new role` : 'Create role'}
      heading={
        copied ? (
          <>
            Copy <bdi>{copied.name}</bdi> to a new role
          </>
        ) : (
          'Create role'
        )
      }
      lead="Nobody can put more into a role than they hold in the whole tenant."
      crumbs={[['Roles', list]]}
    >
      <RoleForm
        submit="Save"
        cancel={list}
        name={copied ? `Copy of ${copied.name}` : ''}
        description={copied?.description ?? null}
        isDefault={false}
        permissions={copied?.permissions ?? {}}
      />
    </Page>
  )
}
