/** Requests as clients put them on the wire, byte for byte where that matters. */

import { inject } from 'vitest'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly json: any
}

/** @param path from `/api/v1` or the root, queries as the client encodes them */
export async function send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${inject('edge').url}${path}`, { method, redirect: 'manual', ...init })
  const text = await response.text()
  const isJson = response.headers.get('Content-Type') === 'application/json'
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  }
}

export const bearer = () => `Bearer ${inject('edge').token}`
export const basicOf = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
export const basic = () => basicOf(inject('edge').username, inject('edge').password)

/** Multipart with one part, as each client names its file. */
export function upload(content: string, fileName: string): FormData {
  const form = new FormData()
  form.append('fileContent', new Blob([content]), fileName)
  return form
}

/** `Set-Cookie` headers as the cookie jar of a client would send them back. */
export const cookiesOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

let count = 0
export const fresh = (word: string): string => `${word}-r${process.pid}-${++count}`
