/**
 * In front of a Kestra: whatever Postern has no route of its own for is Kestra's. Who asks is verified, what is asked
 * for is looked up in the table of Kestra's routes and decided, and only then is it passed on.
 */

import { decideKestra } from '../../access/decide-kestra.ts'
import type { Principal, RequestContext } from '../../access/principal.ts'
import { csrfTokenOf, SESSION_LIFETIME_MS, verifySession } from '../../accounts/sessions.ts'
import type { Kestra } from '../../gateway/kestra.ts'
import { CSRF_COOKIE, readCookie, SESSION_COOKIE, setCookie } from '../cookies.ts'
import { identityOf } from '../identity.ts'
import { readDemand } from '../read-demand.ts'
import type { EdgeError } from '../refusal.ts'
import { anyone, type Consistency, type Route, route, signedIn } from '../route.ts'
import type { Trace } from '../trace.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const PAGES = ['/', '/ui', '/ui/*']

/** The only one that an open-source Kestra has: whichever else a path names must not be taken for it. */
const TENANT = 'main'

export const kestraRoutes = (kestra: Kestra): Route[] => [
  ...METHODS.map((method) =>
    route({
      method,
      path: '/api/v1/*',
      summary: 'Kestra’s API, for whoever may do what is asked for',
      access: signedIn,
      consistency: consistencyOf,
      answers: { 200: 'application/octet-stream' },
      handle: async ({ principal, request, context, trace }) => {
        const answer = await pass(kestra, principal, request, context, trace)
        if (!(answer instanceof Response)) return answer
        answer.headers.set('Cache-Control', 'no-store')
        // What is in Kestra somebody put there: opened as a page, it would be one of this origin.
        answer.headers.set('Content-Security-Policy', "default-src 'none'; sandbox")
        return answer
      },
    }),
  ),
  ...PAGES.map((path) =>
    route({
      method: 'GET',
      path,
      summary: 'Kestra’s pages, for who has signed in with a browser',
      access: anyone,
      answers: { 200: 'text/html', 303: null },
      handle: async ({ edge, verification, request, address: { origin }, context, trace }) => {
        const cookie = readCookie(request.headers.get('Cookie'), SESSION_COOKIE) ?? ''
        const session = await verifySession(verification, cookie, context)
        if (!session.ok) return isNavigation(request) ? seeOther(`${edge.consolePath}/`) : session.error
        const answer = await pass(kestra, session.value.principal, request, context, trace)
        if (!(answer instanceof Response)) return answer
        if (!isHtml(answer)) {
          answer.headers.set('Cache-Control', 'private, no-cache')
          return answer
        }
        const csrfToken = await csrfTokenOf(verification.keys, session.value)
        return setCookie(signedInPage(answer, csrfToken), CSRF_COOKIE, csrfToken, origin, SESSION_LIFETIME_MS)
      },
    }),
  ),
]

/** Postern's own ways to deploy whole folders have nothing to stand on when the files are Kestra's. */
export const withoutFiles = (routes: readonly Route[]): Route[] =>
  routes.map(({ method, path, summary }) =>
    route({
      method,
      path,
      summary,
      access: signedIn,
      answers: { 404: null },
      handle: async () => ({ code: 'files_in_kestra' }),
    }),
  )

async function pass(
  kestra: Kestra,
  principal: Principal,
  request: Request,
  { requestId }: RequestContext,
  trace: Trace,
): Promise<Response | EdgeError> {
  const target = request.url.replace(/^\w+:\/\/[^/?#]*/, '')
  const demand = readDemand(request.method, target, requestId)
  if (!demand.ok) {
    const { error } = demand
    return error.code === 'request_ambiguous' ? { code: 'request_unclear', reason: error.reason } : error
  }
  trace.question = demand.value
  // Postern keeps the accounts; with its credential, Kestra's would be anybody's to change.
  if (demand.value.isAboutAccounts) return { code: 'route_not_found' }
  const decided = decideKestra(principal, demand.value)
  if (!decided.ok) return decided.error
  const { tenant } = demand.value
  if (tenant !== TENANT) return { code: 'not_found', what: 'tenant', id: tenant }
  const passed = await kestra.pass(request, target, identityOf(principal, demand.value))
  return passed.ok ? passed.value : passed.error
}

/** Who reads may be judged by the last seconds; a webhook runs a flow, whatever the method. */
function consistencyOf({ method, url }: Request): Consistency {
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead && !url.includes('/webhook/') ? 'bounded' : 'strict'
}

const isNavigation = ({ headers }: Request): boolean => headers.get('Accept')?.includes('text/html') ?? false
const isHtml = ({ headers }: Response): boolean =>
  headers.get('Content-Type')?.startsWith('text/html') ?? false

const seeOther = (path: string): Response =>
  new Response(null, { status: 303, headers: { Location: path, 'Cache-Control': 'no-store' } })

/** Kestra's pages send back the CSRF token that they find in themselves, and hold themselves signed in by a cookie. */
function signedInPage(page: Response, csrfToken: string): Response {
  const answer = new HTMLRewriter()
    .on('meta[name="csrf-token"]', { element: (meta) => void meta.remove() })
    .on('head', {
      element: (head) => void head.prepend(`<meta name="csrf-token" content="${csrfToken}">`, { html: true }),
    })
    .transform(page)
  answer.headers.set('Cache-Control', 'no-store')
  answer.headers.append('Set-Cookie', 'kestraBasicAuthenticated=true; Path=/; SameSite=Strict')
  return answer
}
