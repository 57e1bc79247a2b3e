/** What the instance's administrators change of a user: names, e-mail address, the superadmin's flag. */

import * as v from 'valibot'
import { Email, Label } from '../../../../shared/names.ts'
import { changeUser } from '../../../accounts/change-user.ts'
import { endSessions } from '../../../accounts/sessions.ts'
import { readSeenUser, type UserSeen } from '../../../accounts/tenant-users.ts'
import { superadmin } from '../../../http/route.ts'
import { optional, ticked } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { CsrfField, Field, Form, Switch } from '../../parts/form.tsx'
import { at, useVisit } from '../../visit.ts'
import { UserPage, userParams } from './user.tsx'

export const settingsForm = form({
  path: '/:tenant/iam/users/:id/settings',
  access: superadmin,
  params: userParams,
  fields: v.object({
    email: Email,
    firstName: optional(Label),
    lastName: optional(Label),
    superadmin: ticked,
  }),
  about: { email_taken: 'email', last_superadmin: 'superadmin' },
  show: async ({ edge, principal, params: { tenant, id } }) => {
    const found = await readSeenUser(edge.db, principal, tenant, id)
    return found.ok ? <Settings found={found.value} /> : found.error
  },
  act: async ({ edge, principal, params: { id }, visit }, { email, firstName, lastName, superadmin }) => {
    const changed = await changeUser(edge.db, edge.keys, principal, id, {
      email,
      firstName: firstName ?? null,
      lastName: lastName ?? null,
      isSuperadmin: superadmin,
    })
    return changed.ok ? movedTo(at(visit, 'iam', 'users', id, 'settings'), flash('saved')) : changed.error
  },
})

export const endSessionsForm = form({
  path: '/:tenant/iam/users/:id/end-sessions',
  access: superadmin,
  params: userParams,
  fields: v.object({}),
  act: async ({ edge, principal, params: { tenant, id }, visit }) => {
    const found = await readSeenUser(edge.db, principal, tenant, id)
    if (!found.ok) return found.error
    const ended = await endSessions(edge.db, principal, id)
    if (!ended.ok) return ended.error
    return movedTo(
      at(visit, 'iam', 'users', id, 'settings'),
      flash('sessions_ended', found.value.account.name),
    )
  },
})

function Settings({ found }: { readonly found: UserSeen }) {
  const visit = useVisit()
  const { id, name, firstName, lastName, isSuperadmin, disabledAt } = found.account
  const to = (part: string) => at(visit, 'iam', 'users', id, part)
  return (
    <UserPage found={found} tab="settings">
      <Form submit="Save">
        <Field name="firstName" label="First name" value={firstName ?? ''} maxLength={500} />
        <Field name="lastName" label="Last name" value={lastName ?? ''} maxLength={500} />
        <Field
          name="email"
          label="E-mail address"
          type="email"
          value={name}
          isRequired
          hint="It is also what they sign in with."
        />
        <Switch
          name="superadmin"
          label="Superadmin"
          isOn={isSuperadmin}
          hint="Administers accounts, roles and settings of every tenant. To see or change a tenant’s data takes a role there all the same."
        />
      </Form>
      <section class="card" aria-labelledby="sign-in">
        <header>
          <h2 id="sign-in">Signing in</h2>
        </header>
        <ul class="rows">
          <li>
            <span>Set a password, for example because the old one is forgotten.</span>
            <a class="button small" href={to('password')}>
              Set password
            </a>
          </li>
          <li>
            <span>End all sessions. API tokens stay as they are.</span>
            <form method="post" action={to('end-sessions')}>
              <CsrfField />
              <button class="button small">End sessions</button>
            </form>
          </li>
        </ul>
      </section>
      <section class="card" aria-labelledby="danger">
        <header>
          <h2 id="danger">Out of use</h2>
        </header>
        <ul class="rows">
          {disabledAt === null ? (
            <li>
              <span>Disable: nothing of theirs is accepted until they are enabled again.</span>
              <a class="button small" href={to('disable')}>
                Disable
              </a>
            </li>
          ) : (
            <li>
              <span>Enable: their password and API tokens are accepted again.</span>
              <a class="button small" href={to('enable')}>
                Enable
              </a>
            </li>
          )}
          <li>
            <span>Delete, with tokens, roles and memberships in every tenant.</span>
            <a class="button small danger" href={to('delete')}>
              Delete
            </a>
          </li>
        </ul>
      </section>
    </UserPage>
  )
}
