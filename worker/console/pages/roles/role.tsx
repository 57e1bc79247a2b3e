/** A role to look at: its own words, and what they come to. */

import { expandPermissions } from '../../../../shared/permissions.ts'
import { type RoleRow, readRole } from '../../../access/roles.ts'
import { permit } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { Matrix } from '../../parts/matrix.tsx'
import { Notice } from '../../parts/notice.tsx'
import { RolePage, roleParams } from './frame.tsx'

export const rolePage = page({
  path: '/:tenant/iam/roles/:id',
  access: permit('ROLE:VIEW'),
  params: roleParams,
  show: async ({ edge, params: { tenant, id } }) => {
    const found = await readRole(edge.db, tenant, id)
    return found.ok ? <Role role={found.value} /> : found.error
  },
})

function Role({ role }: { readonly role: RoleRow }) {
  const given = expandPermissions(role.permissions)
  return (
    <RolePage role={role} tab="permissions">
      {role.isManaged && (
        <Notice tone="info">
          This role comes with every tenant and cannot be changed. Copy it to a new role to have one like it.
        </Notice>
      )}
      <section class="card" aria-labelledby="allows">
        <header>
          <h2 id="allows">What it allows</h2>
          <span class="muted small">{given.size === 1 ? '1 permission' : `${given.size} permissions`}</span>
        </header>
        <Matrix caption="What it allows" isAllowed={(permission) => given.has(permission)} />
      </section>
      <section class="card" aria-labelledby="words">
        <header>
          <h2 id="words">In its own words</h2>
        </header>
        <dl class="facts wide">
          {Object.entries(role.permissions).map(([resource, actions]) => (
            <>
              <dt class="mono">{resource}</dt>
              <dd class="mono">{actions.join(' ')}</dd>
            </>
          ))}
        </dl>
      </section>
    </RolePage>
  )
}
