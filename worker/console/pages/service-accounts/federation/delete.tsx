/** Deleting a federated credential. */

import * as v from 'valibot'
import { readManagedServiceAccount } from '../../../../accounts/service-accounts.ts'
import { readCredential, removeCredential } from '../../../../federation/credentials.ts'
import { permit } from '../../../../http/route.ts'
import { flash } from '../../../flash.ts'
import { form, movedTo } from '../../../page.ts'
import { Form } from '../../../parts/form.tsx'
import { boundOf } from '../../../times.ts'
import { at, useVisit } from '../../../visit.ts'
import { AccountPage } from '../account.tsx'
import { credentialParams } from './forms.tsx'

export const deleteCredentialForm = form({
  path: '/:tenant/iam/service-accounts/:id/federation/:credential/delete',
  access: permit('SERVICE_ACCOUNT:UPDATE'),
  params: credentialParams,
  fields: v.object({}),
  show: async ({ edge, principal, params: { tenant, id, credential }, visit }) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    const read = await readCredential(edge.db, id, credential)
    if (!read.ok) return read.error
    const { name } = read.value.credential
    return (
      <AccountPage found={found.value} tab="federation" deed={`Delete ${name}`}>
        <Delete name={name} back={at(visit, 'iam', 'service-accounts', id, 'federation', credential)} />
      </AccountPage>
    )
  },
  act: async ({ edge, principal, params: { tenant, id, credential }, visit }) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    const read = await readCredential(edge.db, id, credential)
    const removed = read.ok ? await removeCredential(edge.db, principal, id, credential) : read
    const name = read.ok ? read.value.credential.name : ''
    return removed.ok
      ? movedTo(at(visit, 'iam', 'service-accounts', id, 'federation'), flash('credential_deleted', name))
      : removed.error
  },
})

function Delete({ name, back }: { readonly name: string; readonly back: string }) {
  const { maxStalenessMs } = useVisit()
  return (
    <Form submit="Delete federated credential" isDangerous cancel={back}>
      <h2>
        Delete <bdi>{name}</bdi>?
      </h2>
      <p>
        Runs that it takes are refused from then on, and access tokens they have got by it end.{' '}
        {boundOf(maxStalenessMs)}
      </p>
    </Form>
  )
}
