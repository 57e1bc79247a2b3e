/** Deleting a service account. Its name is typed first, and the milder way stands beside. */

import * as v from 'valibot'
import {
  readManagedServiceAccount,
  removeServiceAccount,
  type ServiceAccountInFull,
} from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import { notTyped, typed } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Form, TypedName } from '../../parts/form.tsx'
import { boundOf } from '../../times.ts'
import { at, useVisit } from '../../visit.ts'
import { AccountPage, accountParams } from './account.tsx'
import { type Consequences, Losses, readConsequences } from './consequences.tsx'

export const deleteForm = form({
  path: '/:tenant/iam/service-accounts/:id/delete',
  access: permit('SERVICE_ACCOUNT:DELETE'),
  params: accountParams,
  fields: v.object({ typed }),
  show: async ({ edge, principal, params: { tenant, id } }) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    return (
      <AccountPage found={found.value} tab="settings" deed="Delete">
        <Delete
          account={found.value.account}
          consequences={await readConsequences(edge.db, found.value.account, tenant)}
        />
      </AccountPage>
    )
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, values) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    const { name } = found.value.account
    if (values.typed !== name) {
      return notTyped(`must be exactly ${name}`)
    }
    const removed = await removeServiceAccount(edge.db, principal, id, tenant)
    return removed.ok
      ? movedTo(at(visit, 'iam', 'service-accounts'), flash('account_deleted', name))
      : removed.error
  },
})

function Delete({
  account: { id, name, disabledAt },
  consequences,
}: Pick<ServiceAccountInFull, 'account'> & { readonly consequences: Consequences }) {
  const visit = useVisit()
  const to = (deed: string) => at(visit, 'iam', 'service-accounts', id, deed)
  return (
    <Form
      submit="Delete account"
      isDangerous
      cancel={to('settings')}
      beside={
        visit.principal?.isSuperadmin && disabledAt === null && <a href={to('disable')}>Disable it instead</a>
      }
    >
      <h2>
        Delete <bdi>{name}</bdi>?
      </h2>
      <Losses consequences={consequences} verb="are gone" bound={boundOf(visit.maxStalenessMs)} />
      <p>It cannot be taken back, and an account of the same name would be another one.</p>
      <TypedName wanted={name} what="name" />
    </Form>
  )
}
