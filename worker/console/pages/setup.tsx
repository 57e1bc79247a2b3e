/** First run: the first administrator. The page is gone as soon as there is one. */

import { SetupRequest } from '../../../shared/wire/setup.ts'
import { SESSION_LIFETIME_MS, startSessionAs } from '../../accounts/sessions.ts'
import { isOpenTo, isSetUp, setUp } from '../../accounts/setup.ts'
import { sessionCookies } from '../../http/cookies.ts'
import { anyone } from '../../http/route.ts'
import { flash } from '../flash.ts'
import { form, movedTo } from '../page.ts'
import { Field, Form } from '../parts/form.tsx'
import { Gate } from '../shell.tsx'

export const setupForm = form({
  path: '/setup',
  access: anyone,
  fields: SetupRequest,
  about: { setup_refused: 'setupToken' },
  show: async ({ edge, visit }) =>
    (await isSetUp(edge.db)) ? (
      { code: 'route_not_found' }
    ) : (
      <SetupPage isOpen={isOpenTo(edge.setupPolicy, visit.origin)} />
    ),
  act: async ({ edge, visit, context }, values) => {
    const done = await setUp(edge.db, edge.keys, edge.setupPolicy, values, visit.origin, context)
    if (!done.ok) return done.error
    const started = await startSessionAs(edge.db, edge.keys, done.value.id, context)
    if (!started.ok) return started.error
    const cookies = sessionCookies(started.value.fullToken, visit.origin, SESSION_LIFETIME_MS)
    return movedTo(`${visit.base}/`, flash('welcome', values.username), cookies)
  },
})

function SetupPage({ isOpen }: { readonly isOpen: boolean }) {
  return (
    <Gate title="Set up Postern" lead="Create the first administrator. This page is gone afterwards.">
      <Form submit="Create administrator">
        {!isOpen && (
          <Field
            name="setupToken"
            label="Setup token"
            type="password"
            isRequired
            isFocused
            hint="The secret SETUP_TOKEN of this worker, as the deployment printed it."
          />
        )}
        <Field
          name="username"
          label="E-mail address"
          type="email"
          isRequired
          isFocused={isOpen}
          autocomplete="username"
        />
        <Field
          name="password"
          label="Password"
          type="password"
          isRequired
          autocomplete="new-password"
          hint="At least 8 characters: lower and upper case, a digit, and one of !@#$%^&*."
        />
      </Form>
    </Gate>
  )
}
