/** Signing in and out with a browser, and the page that a browser starts from. */

import * as v from 'valibot'
import { LoggedIn, Login } from '../../../shared/wire/session.ts'
import {
  csrfTokenOf,
  endSession,
  SESSION_LIFETIME_MS,
  startSession,
  verifySession,
} from '../../accounts/sessions.ts'
import { html, json } from '../answer.ts'
import { jsonOrFormBody } from '../body.ts'
import { CSRF_COOKIE, isFromElsewhere, readCookie, SESSION_COOKIE, setCookie } from '../cookies.ts'
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
      handle: async ({ edge, verification, headers, body, context, origin }) => {
        // A form elsewhere could sign its visitor in as somebody else, to have work done for that somebody.
        if (isFromElsewhere(headers.origin, origin)) return { code: 'csrf_failed' }
        await verification.records.refresh()
        const started = await startSession(edge.db, edge.keys, body.username, body.password, context)
        if (!started.ok) return started.error
        const { principal, fullToken } = started.value
        const answer = json(200, { id: principal.accountId, username: principal.name })
        return setCookie(answer, SESSION_COOKIE, fullToken, origin, SESSION_LIFETIME_MS)
      },
    }),
  ),
  route({
    method: 'POST',
    path: '/api/v1/logout',
    summary: 'Sign out: the session ends at once',
    access: signedIn,
    answers: { 200: v.object({}) },
    handle: async ({ edge, principal, origin }) => {
      await endSession(edge.db, principal)
      const answer = json(200, {})
      for (const name of [SESSION_COOKIE, CSRF_COOKIE]) setCookie(answer, name, '', origin, 0)
      return answer
    },
  }),
  route({
    method: 'GET',
    path: '/ui/',
    summary: 'The page a browser starts from: it tells a session its CSRF token',
    access: anyone,
    headers: v.object({ cookie: v.optional(v.string()) }),
    answers: { 200: 'text/html' },
    handle: async ({ verification, headers, origin, context }) => {
      const cookie = readCookie(headers.cookie, SESSION_COOKIE) ?? ''
      const session = await verifySession(verification, cookie, context)
      if (!session.ok) return html(200, page('', 'Sign in with POST /login.'))
      const token = await csrfTokenOf(verification.keys, session.value)
      const meta = `<meta name="csrf-token" content="${token}">`
      return setCookie(html(200, page(meta, 'Signed in.')), CSRF_COOKIE, token, origin, SESSION_LIFETIME_MS)
    },
  }),
]

/** Neither part may hold anything that somebody else wrote: nothing is escaped. */
const page = (meta: string, text: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Postern</title>${meta}</head><body><p>${text}</p></body></html>`
