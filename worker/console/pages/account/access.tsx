/** An account's tab Access: the roles that it holds, by itself and through groups. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { type BindingInFull, listBindingsOf } from '../../../access/bindings.ts'
import { accountAsSubject, type Subject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { GrantsCard } from '../../parts/grants.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Notice } from '../../parts/notice.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'
import type { AccountInFull, AccountPlace } from './place.ts'

export const accountParams = v.object({ tenant: TenantId, id: Id })

export const accessPage = <Found extends AccountInFull>({ path, view, read, Frame }: AccountPlace<Found>) =>
  page({
    path: `${path}/access`,
    access: permit(view),
    params: accountParams,
    show: async ({ edge, params: { tenant, id }, visit }) => {
      if (!may(visit, 'BINDING:LIST')) return { code: 'permission_missing', permission: 'BINDING:LIST' }
      const found = await read(edge, tenant, id)
      if (!found.ok) return found.error
      const held = await listBindingsOf(edge.db, tenant, id)
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
