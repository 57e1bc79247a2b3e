/** Where an invitation's link leads: to an account of one's own making, or into the tenant with the one that one has. */

import * as v from 'valibot'
import { Label, Password } from '../../../shared/names.ts'
import { AcceptInvitation } from '../../../shared/wire/invitation.ts'
import { accept, acceptAs, type Invitation, isFor, proveInvitation } from '../../accounts/invitations.ts'
import { SESSION_LIFETIME_MS, startSessionAs } from '../../accounts/sessions.ts'
import { sessionCookies } from '../../http/cookies.ts'
import { anyone, anyUser } from '../../http/route.ts'
import { findAccountCalled } from '../../storage/accounts.ts'
import { optional } from '../fields.ts'
import { flash } from '../flash.ts'
import { form, movedTo } from '../page.ts'
import { CsrfField, Field, Form } from '../parts/form.tsx'
import { NewPassword } from '../parts/new-password.tsx'
import { Gate } from '../shell.tsx'
import { useVisit } from '../visit.ts'

const params = v.object({ code: AcceptInvitation.entries.token })

export const invitationForms = [
  form({
    path: '/invitations/:code',
    access: anyone,
    params,
    fields: v.object({ password: Password, firstName: optional(Label), lastName: optional(Label) }),
    show: async ({ edge: { db }, verification, params: { code }, context }) => {
      const proved = await proveInvitation(db, verification, code, context)
      if (!proved.ok) return proved.error
      const isKnown = (await findAccountCalled(db, proved.value.email)) !== undefined
      return <InvitationPage invitation={proved.value} code={code} isKnown={isKnown} />
    },
    act: async ({ edge: { db, keys }, verification, params: { code }, visit, context }, values) => {
      const accepted = await accept(db, verification, { token: code, ...values }, context)
      if (!accepted.ok) return accepted.error
      const { id, name } = accepted.value
      const started = await startSessionAs(db, keys, id, context)
      if (!started.ok) return started.error
      const cookies = sessionCookies(started.value.fullToken, visit.origin, SESSION_LIFETIME_MS)
      return movedTo(`${visit.base}/`, flash('welcome', values.firstName ?? name), cookies)
    },
  }),
  form({
    path: '/invitations/:code/join',
    access: anyUser,
    params,
    fields: v.object({}),
    act: async ({ edge, verification, principal, params: { code }, visit }) => {
      const accepted = await acceptAs(edge.db, verification, principal, code)
      return accepted.ok
        ? movedTo(`${visit.base}/`, flash('joined', accepted.value.tenantId))
        : accepted.error
    },
  }),
]

interface Props {
  readonly invitation: Invitation
  readonly code: string
  /** Whether there is an account of this e-mail address by now. */
  readonly isKnown: boolean
}

function InvitationPage({ invitation, code, isKnown }: Props) {
  const { base, principal } = useVisit()
  const { email, tenantId } = invitation
  const own = `${base}/invitations/${code}`
  return (
    <Gate
      title="Invitation"
      heading={`Welcome to ${tenantId}`}
      lead={
        <>
          This invitation is for <bdi>{email}</bdi>.
        </>
      }
    >
      {principal && !isFor(invitation, principal) ? (
        <form class="form" method="post" action={`${base}/sign-out`}>
          <CsrfField />
          <p>
            You are signed in as <bdi>{principal.name}</bdi>. Sign out, then follow the link again.
          </p>
          <button class="button primary">Sign out</button>
        </form>
      ) : principal ? (
        <Form action={`${own}/join`} submit={`Join ${tenantId}`}>
          <p>You keep your account and your password.</p>
        </Form>
      ) : isKnown ? (
        <>
          <p>There is an account with this address already. Sign in to join with it.</p>
          <a class="button primary" href={`${base}/sign-in?next=${encodeURIComponent(own)}`}>
            Sign in
          </a>
        </>
      ) : (
        <Form submit="Create account">
          <input type="hidden" name="username" value={email} autocomplete="username" />
          <Field name="firstName" label="First name" isFocused maxLength={500} autocomplete="given-name" />
          <Field name="lastName" label="Last name" maxLength={500} autocomplete="family-name" />
          <NewPassword />
        </Form>
      )}
    </Gate>
  )
}
