/** Switching a service account off, and on again. */

import * as v from 'valibot'
import { readServiceAccount, setServiceAccountDisabled } from '../../../accounts/service-accounts.ts'
import { superadmin } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo, type Page } from '../../page.ts'
import { Form } from '../../parts/form.tsx'
import { boundOf } from '../../times.ts'
import { at, useVisit } from '../../visit.ts'
import { AccountPage, accountParams } from './account.tsx'
import { type Consequences, Losses, readConsequences } from './consequences.tsx'

export const disableForm = switchForm('disable')
export const enableForm = switchForm('enable')

function switchForm(deed: 'disable' | 'enable'): Page {
  const isDisabling = deed === 'disable'
  return form({
    path: `/:tenant/iam/service-accounts/:id/${deed}`,
    access: superadmin,
    params: accountParams,
    fields: v.object({}),
    show: async ({ edge, params: { tenant, id }, visit }) => {
      const found = await readServiceAccount(edge.db, id, tenant)
      if (!found.ok) return found.error
      const back = at(visit, 'iam', 'service-accounts', id, 'settings')
      return (
        <AccountPage found={found.value} tab="settings" deed={isDisabling ? 'Disable' : 'Enable'}>
          {isDisabling ? (
            <Disable
              consequences={await readConsequences(edge.db, found.value.account, tenant)}
              back={back}
            />
          ) : (
            <Enable name={found.value.account.name} back={back} />
          )}
        </AccountPage>
      )
    },
    act: async ({ edge, principal, params: { tenant, id }, visit }) => {
      const found = await readServiceAccount(edge.db, id, tenant)
      if (!found.ok) return found.error
      const done = await setServiceAccountDisabled(edge.db, principal, id, isDisabling)
      const code = isDisabling ? 'account_disabled' : 'account_enabled'
      return done.ok
        ? movedTo(at(visit, 'iam', 'service-accounts', id), flash(code, found.value.account.name))
        : done.error
    },
  })
}

function Disable({ consequences, back }: { readonly consequences: Consequences; readonly back: string }) {
  const { maxStalenessMs } = useVisit()
  return (
    <Form submit="Disable account" isDangerous cancel={back}>
      <h2>
        Disable <bdi>{consequences.name}</bdi>?
      </h2>
      <Losses consequences={consequences} verb="stop working" bound={boundOf(maxStalenessMs)} />
      <p class="muted">Nothing is lost: enabled again, it is what it was.</p>
    </Form>
  )
}

function Enable({ name, back }: { readonly name: string; readonly back: string }) {
  return (
    <Form submit="Enable account" cancel={back}>
      <h2>
        Enable <bdi>{name}</bdi>?
      </h2>
      <p>Its tokens, roles and groups are what they were. Tokens that have expired stay so.</p>
    </Form>
  )
}
