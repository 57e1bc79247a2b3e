/** Changing one's own password: who does it stays signed in, and nobody else. */

import { ChangePassword } from '../../../../shared/wire/user.ts'
import { changeMyPassword } from '../../../accounts/me.ts'
import { SESSION_LIFETIME_MS, startSessionAs } from '../../../accounts/sessions.ts'
import { sessionCookies } from '../../../http/cookies.ts'
import { anyUser } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Field, Form } from '../../parts/form.tsx'
import { NewPassword } from '../../parts/new-password.tsx'
import { Page } from '../../shell.tsx'
import { useVisit } from '../../visit.ts'

export const passwordForm = form({
  path: '/me/password',
  access: anyUser,
  fields: ChangePassword,
  about: { old_password_wrong: 'oldPassword' },
  show: async () => <Change />,
  act: async ({ edge: { db, keys }, principal, visit, context }, values) => {
    const changed = await changeMyPassword(db, keys, principal, values)
    if (!changed.ok) return changed.error
    // All sessions have ended, this one too.
    const started = await startSessionAs(db, keys, changed.value.account.id, context)
    if (!started.ok) return started.error
    const cookies = sessionCookies(started.value.fullToken, visit.origin, SESSION_LIFETIME_MS)
    return movedTo(`${visit.base}/me`, flash('own_password_changed'), cookies)
  },
})

function Change() {
  const { base, principal } = useVisit()
  return (
    <Page title="Change password" crumbs={[['Profile', `${base}/me`]]}>
      <Form submit="Change password" cancel={`${base}/me`}>
        <p>All your other sessions end. API tokens stay as they are.</p>
        <input type="hidden" name="username" value={principal?.name} autocomplete="username" />
        <Field
          name="oldPassword"
          label="Old password"
          type="password"
          isRequired
          isFocused
          autocomplete="current-password"
        />
        <NewPassword name="newPassword" label="New password" />
      </Form>
    </Page>
  )
}
