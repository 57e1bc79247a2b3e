/** Who is signed in, and what there is to see: made through the API, since the pages are what is tested. */

import { inject } from 'vitest'

export interface Answer<T> {
  readonly status: number
  readonly body: T
}

/** One request of the first administrator. The path starts with `/api/`. */
export async function administer<T = Record<string, unknown>>(
  method: string,
  path: string,
  json?: unknown,
): Promise<T> {
  const { url, username, password } = inject('console')
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** The cookie of a session, `JWT=…`, of the first administrator or somebody else. */
export async function sessionOf(username?: string, password?: string): Promise<string> {
  const first = inject('console')
  const response = await fetch(`${first.url}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: username ?? first.username, password: password ?? first.password }),
  })
  if (!response.ok) throw new Error(`/login: ${response.status} ${await response.text()}`)
  return response.headers.get('Set-Cookie')?.split(';')[0] ?? ''
}

export const createServiceAccount = (name: string, more: object = {}) =>
  administer<{ id: string; name: string }>('POST', '/api/v1/main/service-accounts', { name, ...more })

/** A user of the tenant `main`. */
export const createUser = (email: string, more: object = {}) =>
  administer<{ id: string; username: string }>('POST', '/api/v1/users', { email, tenants: ['main'], ...more })

export const invite = (email: string, more: object = {}) =>
  administer<{ id: string; link: string }>('POST', '/api/v1/main/invitations', { email, ...more })
