/**
 * The way back from an impersonation, also from one that has ended by itself. Anyone may come: who has no session left
 * to come back to is asked to sign in.
 */

import * as v from 'valibot'
import { giveBackSession, resumeSession } from '../../accounts/sessions.ts'
import { OWN_COOKIE, SESSION_COOKIE, sessionCookies } from '../../http/cookies.ts'
import { anyone } from '../../http/route.ts'
import { flash } from '../flash.ts'
import { form, movedTo } from '../page.ts'

export const impersonationExitForm = form({
  path: '/impersonation/exit',
  access: anyone,
  fields: v.object({}),
  act: async ({ edge, principal, verification, visit, context, cookie }) => {
    // Pressed twice, or in another tab: whoever is oneself already stays so.
    if (principal && !principal.impersonator) return movedTo(`${visit.base}/`)
    await giveBackSession(edge.db, verification, cookie(SESSION_COOKIE), context)
    const own = await resumeSession(edge.db, edge.keys, verification, cookie(OWN_COOKIE), context)
    const lifetimeMs = own ? (own.token.expiresAt ?? context.now) - context.now : 0
    const cookies = sessionCookies(own?.fullToken ?? '', visit.origin, lifetimeMs)
    return movedTo(`${visit.base}/`, flash(own ? 'yourself_again' : 'impersonation_over'), cookies)
  },
})
