/** What a group holds: every member has it. */

import { type BindingInFull, listBindingsOfGroups } from '../../../access/bindings.ts'
import { type Group, readGroup } from '../../../accounts/groups.ts'
import { permit } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { GrantsCard } from '../../parts/grants.tsx'
import { may, useVisit } from '../../visit.ts'
import { GroupPage, groupParams } from './frame.tsx'

export const groupAccessPage = page({
  path: '/:tenant/iam/groups/:id/access',
  access: permit('GROUP:VIEW'),
  params: groupParams,
  show: async ({ edge: { db }, params: { tenant, id }, visit }) => {
    if (!may(visit, 'BINDING:LIST')) return { code: 'permission_missing', permission: 'BINDING:LIST' }
    const group = await readGroup(db, tenant, id)
    if (!group.ok) return group.error
    return <Access group={group.value} held={await listBindingsOfGroups(db, tenant, [id])} />
  },
})

function Access({ group, held }: { readonly group: Group; readonly held: readonly BindingInFull[] }) {
  const { path } = useVisit()
  return (
    <GroupPage group={group} tab="access">
      <GrantsCard subject={{ kind: 'GROUP', ...group }} held={held} back={path}>
        It holds no role yet. What is added here every member gets.
      </GrantsCard>
    </GroupPage>
  )
}
