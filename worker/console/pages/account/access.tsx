/** An account's tab Access: the roles that it holds, by itself and through groups. */

import { type BindingInFull, listBindingsOf } from '../../../access/bindings.ts'
import { accountAsSubject, type Subject } from '../../../accounts/subjects.ts'
import { page } from '../../page.ts'
import { GrantsCard } from '../../parts/grants.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Notice } from '../../parts/notice.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'
import type { AccessPlace, AccountInFull } from './access-place.ts'

export const accessPage = <Found extends AccountInFull>({
  path,
  params,
  access,
  find,
  Frame,
}: AccessPlace<Found>) =>
  page({
    path: `${path}/access`,
    access: access.view,
    params,
    show: async ({ edge, principal, params, visit }) => {
      if (!may(visit, 'BINDING:LIST')) return { code: 'permission_missing', permission: 'BINDING:LIST' }
      const found = await find(edge, principal, params)
      if (!found.ok) return found.error
      const held = await listBindingsOf(edge.db, visit.tenant, found.value.account.id)
      return (
        <Frame found={found.value} tab="access">
          <Access subject={accountAsSubject(found.value.account)} held={held} />
        </Frame>
      )
    },
  })

function Access({ subject, held }: { readonly subject: Subject; readonly held: readonly BindingInFull[] }) {
  const visit = useVisit()
  return (
    <>
      {subject.isSuperadmin && (
        <Notice tone="info">
          As a superadmin it manages accounts, groups, roles and bindings of every tenant without any role.
        </Notice>
      )}
      <GrantsCard subject={subject} held={held} back={visit.path}>
        It holds no role yet, and so may do nothing{subject.isSuperadmin && ' with the data of this tenant'}.
      </GrantsCard>
      <p>
        <a class="button" href={withQuery(at(visit, 'iam', 'access'), { account: subject.id })}>
          <Icon name="eye" />
          What may it do, and why?
        </a>
      </p>
    </>
  )
}
