/** An administrator sets a user's password: Postern sends no mail, so it is told to them by another way. */

import * as v from 'valibot'
import { Password } from '../../../../shared/names.ts'
import { changeUser } from '../../../accounts/change-user.ts'
import { readSeenUser, type UserSeen } from '../../../accounts/tenant-users.ts'
import { superadmin } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Form } from '../../parts/form.tsx'
import { NewPassword } from '../../parts/new-password.tsx'
import { at, useVisit } from '../../visit.ts'
import { UserPage, userParams } from './user.tsx'

export const passwordForm = form({
  path: '/:tenant/iam/users/:id/password',
  access: superadmin,
  params: userParams,
  fields: v.object({ password: Password }),
  show: async ({ edge, principal, params: { tenant, id } }) => {
    const found = await readSeenUser(edge.db, principal, tenant, id)
    return found.ok ? <SetPassword found={found.value} /> : found.error
  },
  act: async ({ edge, principal, params: { id }, visit }, { password }) => {
    const changed = await changeUser(edge.db, edge.keys, principal, id, { password })
    return changed.ok
      ? movedTo(at(visit, 'iam', 'users', id), flash('password_set', changed.value.account.name))
      : changed.error
  },
})

function SetPassword({ found }: { readonly found: UserSeen }) {
  const visit = useVisit()
  return (
    <UserPage found={found} tab="settings" deed="Set password">
      <Form submit="Set password" cancel={at(visit, 'iam', 'users', found.account.id, 'settings')}>
        <p>All sessions of this user end. API tokens stay as they are.</p>
        <NewPassword isFocused />
      </Form>
    </UserPage>
  )
}
