/** Signing in and out. Users only: a service account is told so, whether there is one of that name or not. */

import * as v from 'valibot'
import { DnsName } from '../../../shared/names.ts'
import { parseToken } from '../../../shared/token-format.ts'
import { giveBackSession, SESSION_LIFETIME_MS, startSession } from '../../accounts/sessions.ts'
import { CSRF_COOKIE, cookieOf, OWN_COOKIE, SESSION_COOKIE, sessionCookies } from '../../http/cookies.ts'
import { anyone } from '../../http/route.ts'
import { flash } from '../flash.ts'
import { form, movedTo } from '../page.ts'
import { CsrfField, Field } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { Gate } from '../shell.tsx'
import { ownPath, useVisit } from '../visit.ts'

const SignIn = v.object({ username: v.string(), password: v.string(), next: v.optional(v.string(), '') })

export const signInForm = form({
  path: '/sign-in',
  access: anyone,
  query: v.object({ next: v.optional(v.string(), '') }),
  fields: SignIn,
  show: async ({ visit, query }) =>
    visit.principal ? movedTo(ownPath(visit, query.next)) : <SignInPage next={query.next} />,
  act: async ({ edge, visit, context }, { username, password, next }) => {
    if (isServiceAccount(username, password)) return { code: 'console_closed' }
    const started = await startSession(edge.db, edge.keys, username, password, context)
    if (!started.ok) return started.error
    const cookies = sessionCookies(started.value.fullToken, visit.origin, SESSION_LIFETIME_MS)
    return movedTo(ownPath(visit, next), undefined, cookies)
  },
})

/** By what it looks like alone: nothing is to be learned here of who exists. */
const isServiceAccount = (username: string, password: string): boolean =>
  v.is(DnsName, username) || [username, password].some((text) => parseToken(text) !== undefined)

export function SignInPage({ next = '' }: { readonly next?: string }) {
  const { base, attempt, mayReturn } = useVisit()
  return (
    <Gate title="Sign in" lead="With the e-mail address and password of a user.">
      {mayReturn && (
        <Notice tone="info">
          <form class="form" method="post" action={`${base}/impersonation/exit`}>
            <p>The impersonation is over.</p>
            <CsrfField />
            <button class="button">Continue as yourself</button>
          </form>
        </Notice>
      )}
      <form class="form" method="post" action={`${base}/sign-in`}>
        <CsrfField />
        <input type="hidden" name="next" value={attempt ? String(attempt.values.next ?? '') : next} />
        <Field
          name="username"
          label="E-mail address"
          type="email"
          isRequired
          isFocused
          autocomplete="username"
        />
        <Field name="password" label="Password" type="password" isRequired autocomplete="current-password" />
        <button class="button primary">Sign in</button>
      </form>
      <p class="muted small">Service accounts do not sign in here: their tokens are for the API.</p>
    </Gate>
  )
}

/** Also for who is signed in no more: one's own session may still wait for the end of an impersonation. */
export const signOutForm = form({
  path: '/sign-out',
  access: anyone,
  fields: v.object({}),
  act: async ({ edge, verification, visit, context, cookie }) => {
    for (const name of [SESSION_COOKIE, OWN_COOKIE]) {
      await giveBackSession(edge.db, verification, cookie(name), context)
    }
    const cookies = [SESSION_COOKIE, OWN_COOKIE, CSRF_COOKIE].map((name) =>
      cookieOf(name, '', visit.origin, 0),
    )
    return movedTo(`${visit.base}/`, flash('signed_out'), cookies)
  },
})
