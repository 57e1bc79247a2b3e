/** The console as a browser uses it: pages with a session's cookie, forms with the token of a page. */

import { type Bot, bind, call, createUser, csrfOf, expectJson, type Person, signIn } from './edge.ts'

export const look = (cookie: string, path: string): Promise<Response> =>
  call(path, { headers: { Cookie: cookie } })

export type Sent = Record<string, string | readonly string[]>

const formOf = (fields: Sent): URLSearchParams =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one] as [string, string]),
    ),
  )

/** @param csrf what goes with it instead of the session's own token */
export async function send(
  cookie: string,
  path: string,
  fields: Sent = {},
  csrf?: string,
): Promise<Response> {
  const token = csrf ?? (await csrfOf(cookie))['X-CSRF-TOKEN']
  return call(path, { headers: { Cookie: cookie }, body: formOf({ ...fields, csrf: token }) })
}

/** Of somebody who is not signed in. */
export const sendAlone = (
  path: string,
  fields: Sent,
  headers: Record<string, string> = {},
): Promise<Response> => call(path, { headers, body: formOf(fields) })

export interface Visitor extends Person {
  readonly cookie: string
}

/** A user of `main` who is signed in, with a role of exactly these permissions, or none. */
export async function createVisitor(
  by: Bot,
  permissions?: Record<string, readonly string[]>,
  more: object = {},
): Promise<Visitor> {
  const user = await createUser(by, { tenants: ['main'], ...more })
  if (permissions) {
    const name = `visitor ${user.id}`
    const role = await expectJson<{ id: string }>(
      call('/api/v1/main/roles', { ...by, json: { name, permissions } }),
    )
    await bind(user.id, role.id, by)
  }
  return { ...user, cookie: await signIn(user.email) }
}

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieFrom = (answer: Response, name: string): string | undefined =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith(`${name}=`))

/** What a page says, without its markup. */
export async function wordsOf(answer: Response): Promise<string> {
  const markup = await answer.text()
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
}
