/** A service account's settings: what it is called, and whether it administers the instance. */

import * as v from 'valibot'
import { DnsName, Label } from '../../../../shared/names.ts'
import {
  changeServiceAccount,
  readManagedServiceAccount,
  readServiceAccount,
  type ServiceAccountInFull,
} from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import { optional, ticked } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Field, Form, Switch } from '../../parts/form.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { AccountPage, accountParams } from './account.tsx'

export const settingsForm = form({
  path: '/:tenant/iam/service-accounts/:id/settings',
  access: permit('SERVICE_ACCOUNT:UPDATE'),
  params: accountParams,
  fields: v.object({ name: DnsName, description: optional(Label), isSuperadmin: ticked }),
  show: async ({ edge, principal, params: { tenant, id } }) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    return found.ok ? (
      <AccountPage found={found.value} tab="settings">
        <Settings found={found.value} />
      </AccountPage>
    ) : (
      found.error
    )
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, { name, description, isSuperadmin }) => {
    // With the groups it is in here, which stay: whoever acts sees no others.
    const found = await readServiceAccount(edge.db, id, tenant)
    if (!found.ok) return found.error
    const changed = await changeServiceAccount(
      edge.db,
      principal,
      id,
      // Who does not see the switch does not turn it.
      { name, description: description ?? null, ...(principal.isSuperadmin ? { isSuperadmin } : {}) },
      { tenant, groupIds: found.value.groups.map((group) => group.id) },
    )
    return changed.ok
      ? movedTo(at(visit, 'iam', 'service-accounts', id, 'settings'), flash('saved'))
      : changed.error
  },
})

function Settings({ found: { account } }: { readonly found: ServiceAccountInFull }) {
  const visit = useVisit()
  const to = (deed: string) => at(visit, 'iam', 'service-accounts', account.id, deed)
  const isEnabled = account.disabledAt === null
  return (
    <>
      <Form submit="Save">
        <Field
          name="name"
          label="Name"
          value={account.name}
          isRequired
          pattern="[a-z0-9](?:-?[a-z0-9])*"
          maxLength={63}
          title="Lower-case letters, digits and single hyphens, with a letter or digit at both ends"
          hint="Addresses and tokens hold its ID, so that they stay good."
        />
        <Field name="description" label="Description" value={account.description ?? ''} maxLength={500} />
        {visit.principal?.isSuperadmin && (
          <Switch
            name="isSuperadmin"
            label="Superadmin"
            isOn={account.isSuperadmin}
            hint="It administers accounts, roles and bindings in every tenant. Few pipelines need that."
          />
        )}
      </Form>
      <section class="card danger-zone" aria-labelledby="danger">
        <header>
          <h2 id="danger">Danger zone</h2>
        </header>
        <ul class="rows">
          {visit.principal?.isSuperadmin && (
            <li>
              <span>
                {isEnabled
                  ? 'Disabled, none of its credentials is accepted until it is enabled again.'
                  : 'It is disabled: none of its credentials is accepted.'}
              </span>
              <a class="button" href={to(isEnabled ? 'disable' : 'enable')}>
                {isEnabled ? 'Disable' : 'Enable'}
              </a>
            </li>
          )}
          {may(visit, 'SERVICE_ACCOUNT:DELETE') && (
            <li>
              <span>Deleted, it is gone with all its tokens, bindings and memberships.</span>
              <a class="button danger" href={to('delete')}>
                Delete
              </a>
            </li>
          )}
        </ul>
      </section>
    </>
  )
}
