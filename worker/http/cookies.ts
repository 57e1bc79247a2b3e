/** The cookies of a session; the first two by the names that Kestra's clients know. */

import { serialize } from 'hono/utils/cookie'

export const SESSION_COOKIE = 'JWT'
export const CSRF_COOKIE = 'csrfToken'
/** The session of whoever acts as somebody else in this browser: nothing takes it but the way back. */
export const OWN_COOKIE = 'own'
export const CSRF_HEADER = 'X-CSRF-TOKEN'

/**
 * Reads one cookie from the header of all.
 *
 * An empty one is as good as none. Several become a text that is good for nothing: a neighbouring host can plant a
 * second one, and which of the two is ours cannot be told.
 */
export function readCookie(header: string | null | undefined, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [key = '', ...value] = pair.trim().split('=')
    return key === name ? [value.join('=')] : []
  })
  return values.join('; ') || undefined
}

/** The same where the value is any text: percent-encoded, and as good as none where it is not that. */
export function readTextCookie(header: string | null | undefined, name: string): string | undefined {
  try {
    return decodeURIComponent(readCookie(header, name) ?? '') || undefined
  } catch {
    return undefined
  }
}

/** Whether a page of another host sent this; other clients than browsers say nothing of it. */
export function isFromElsewhere(origin: string | null | undefined, own: string): boolean {
  // By host: where TLS ends before us, a page's scheme is another than ours.
  return typeof origin === 'string' && URL.parse(origin)?.host !== new URL(own).host
}

/**
 * The header that sets a cookie which no script reads. Other sites send it along when somebody follows a link, so that
 * a link to a page shows the page; with what changes something they do not.
 *
 * @param origin of the request; on plain http, as on one's own machine, a Secure cookie would be dropped
 */
export const cookieOf = (name: string, value: string, origin: string, lifetimeMs: number): string =>
  serialize(name, value, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: origin.startsWith('https:'),
    path: '/',
    maxAge: Math.floor(lifetimeMs / 1000),
  })

/**
 * The headers that make a browser somebody's. Whose session waits there for the end of an impersonation may be somebody
 * else's: it goes.
 */
export const sessionCookies = (token: string, origin: string, lifetimeMs: number): string[] => [
  cookieOf(SESSION_COOKIE, token, origin, lifetimeMs),
  cookieOf(OWN_COOKIE, '', origin, 0),
]

export function setCookie(answer: Response, ...cookie: Parameters<typeof cookieOf>): Response {
  answer.headers.append('Set-Cookie', cookieOf(...cookie))
  return answer
}
