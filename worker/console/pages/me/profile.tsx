/** One's own page: names, how one signs in, where one is signed in. */

import * as v from 'valibot'
import { Email, Label } from '../../../../shared/names.ts'
import { changeMe, readMe } from '../../../accounts/me.ts'
import { listOwnSessions } from '../../../accounts/sessions.ts'
import type { AccountWithTenants } from '../../../accounts/users.ts'
import { anyUser } from '../../../http/route.ts'
import type { Token } from '../../../storage/tokens.ts'
import { optional } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Field, Form } from '../../parts/form.tsx'
import { MePage } from './frame.tsx'
import { Sessions } from './sessions.tsx'

export const profileForm = form({
  path: '/me',
  access: anyUser,
  fields: v.object({ email: Email, firstName: optional(Label), lastName: optional(Label) }),
  about: { email_taken: 'email' },
  show: async ({ edge: { db }, principal }) => {
    const me = await readMe(db, principal)
    if (!me.ok) return me.error
    return <Profile me={me.value} sessions={await listOwnSessions(db, principal)} />
  },
  act: async ({ edge, principal, visit }, { email, firstName, lastName }) => {
    const changed = await changeMe(edge.db, edge.keys, principal, {
      email,
      firstName: firstName ?? null,
      lastName: lastName ?? null,
    })
    return changed.ok ? movedTo(`${visit.base}/me`, flash('saved')) : changed.error
  },
})

interface Props {
  readonly me: AccountWithTenants
  readonly sessions: readonly Token[]
}

function Profile({ me, sessions }: Props) {
  const { account, tenants } = me
  return (
    <MePage found={me} tab="profile">
      <div class="columns">
        <div>
          <section class="card" aria-labelledby="profile">
            <header>
              <h2 id="profile">Profile</h2>
            </header>
            <div class="body">
              <Form submit="Save">
                <Field
                  name="firstName"
                  label="First name"
                  value={account.firstName ?? ''}
                  maxLength={500}
                  autocomplete="given-name"
                />
                <Field
                  name="lastName"
                  label="Last name"
                  value={account.lastName ?? ''}
                  maxLength={500}
                  autocomplete="family-name"
                />
                <Field
                  name="email"
                  label="E-mail address"
                  type="email"
                  value={account.name}
                  isRequired
                  maxLength={254}
                  autocomplete="username"
                  hint="It is also what you sign in with."
                />
              </Form>
            </div>
          </section>
          <Sessions sessions={sessions} />
        </div>
        <aside aria-label="About your account">
          <section class="card">
            <dl class="facts">
              <dt>Id</dt>
              <dd class="mono">{account.id}</dd>
              <dt>Tenants</dt>
              <dd>{tenants.length === 0 ? 'None' : tenants.map(({ id }) => id).join(', ')}</dd>
            </dl>
          </section>
        </aside>
      </div>
    </MePage>
  )
}
