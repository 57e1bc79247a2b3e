/** Where one is signed in, and how to end that. */

import * as v from 'valibot'
import { Id } from '../../../../shared/wire/common.ts'
import { endOtherSessions, endOwnSession } from '../../../accounts/sessions.ts'
import { anyUser } from '../../../http/route.ts'
import type { Token } from '../../../storage/tokens.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { CsrfField } from '../../parts/form.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Instant, When } from '../../parts/when.tsx'
import { instantOf } from '../../times.ts'
import { useVisit } from '../../visit.ts'

export const endOthersForm = form({
  path: '/me/sessions/end-others',
  access: anyUser,
  fields: v.object({}),
  act: async ({ edge, principal, visit }) => {
    const ended = await endOtherSessions(edge.db, principal)
    return ended.ok ? movedTo(`${visit.base}/me`, flash('other_sessions_ended')) : ended.error
  },
})

export const endSessionForm = form({
  path: '/me/sessions/:id/end',
  access: anyUser,
  params: v.object({ id: Id }),
  fields: v.object({}),
  act: async ({ edge, principal, params: { id }, visit }) => {
    const ended = await endOwnSession(edge.db, principal, id)
    return ended.ok ? movedTo(`${visit.base}/me`, flash('session_ended')) : ended.error
  },
})

export function Sessions({ sessions }: { readonly sessions: readonly Token[] }) {
  const { base, principal, timeZone } = useVisit()
  return (
    <section class="card" aria-labelledby="sessions">
      <header>
        <h2 id="sessions">Sessions</h2>
        {(sessions.length > 1 || principal?.isSuperadmin) && (
          <form method="post" action={`${base}/me/sessions/end-others`}>
            <CsrfField />
            <button class="button small">End all others</button>
          </form>
        )}
      </header>
      <ul class="rows">
        {sessions.map(({ id, createdAt, expiresAt }) => (
          <li>
            <span>
              Signed in <Instant at={createdAt} />
              {expiresAt !== null && (
                <span class="muted">
                  , ends <When at={expiresAt} />
                </span>
              )}
            </span>
            {id === principal?.tokenId ? (
              <Pill tone="ok">This one</Pill>
            ) : (
              <form method="post" action={`${base}/me/sessions/${id}/end`}>
                <CsrfField />
                <button
                  class="button small"
                  aria-label={`End the session from ${instantOf(createdAt, timeZone)}`}
                >
                  End
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
