/** Signing in and out, for whoever keeps cookies. The console's own forms do the same: console/pages/sign-in.tsx. */

import * as v from 'valibot'
import { LoggedIn, Login } from '../../../shared/wire/session.ts'
import { endSession, giveBackSession, SESSION_LIFETIME_MS, startSession } from '../../accounts/sessions.ts'
import { json } from '../answer.ts'
import { jsonOrFormBody } from '../body.ts'
import {
  CSRF_COOKIE,
  isFromElsewhere,
  OWN_COOKIE,
  readCookie,
  SESSION_COOKIE,
  sessionCookies,
  setCookie,
} from '../cookies.ts'
import { anyone, route, signedIn } from '../route.ts'

export const sessionRoutes = [
  // Kestra's clients sign in at the root.
  ...['/login', '/api/v1/login'].map((path) =>
    route({
      method: 'POST',
      path,
      summary: 'Sign in: the answer sets the session’s cookie',
      access: anyone,
      headers: v.object({ origin: v.optional(v.string()) }),
      body: jsonOrFormBody(Login),
      answers: { 200: LoggedIn },
      handle: async ({ edge, verification, headers, body, context, address: { origin } }) => {
        // A form elsewhere could sign its visitor in as somebody else, to have work done for that somebody.
        if (isFromElsewhere(headers.origin, origin)) return { code: 'csrf_failed' }
        await verification.records.refresh()
        const started = await startSession(edge.db, edge.keys, body.username, body.password, context)
        if (!started.ok) return started.error
        const { principal, fullToken } = started.value
        const answer = json(200, { id: principal.accountId, username: principal.name }).toResponse()
        for (const cookie of sessionCookies(fullToken, origin, SESSION_LIFETIME_MS)) {
          answer.headers.append('Set-Cookie', cookie)
        }
        return answer
      },
    }),
  ),
  route({
    method: 'POST',
    path: '/api/v1/logout',
    summary: 'Sign out: the session ends at once',
    access: signedIn,
    headers: v.object({ cookie: v.optional(v.string()) }),
    answers: { 200: v.object({}) },
    handle: async ({ edge, verification, principal, headers, context, address: { origin } }) => {
      await endSession(edge.db, principal)
      const own = readCookie(headers.cookie, OWN_COOKIE)
      await giveBackSession(edge.db, verification, own, context)
      const answer = json(200, {}).toResponse()
      const names = [SESSION_COOKIE, CSRF_COOKIE, ...(own === undefined ? [] : [OWN_COOKIE])]
      for (const name of names) setCookie(answer, name, '', origin, 0)
      return answer
    },
  }),
]
