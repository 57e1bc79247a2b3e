/** What a request presents to authenticate, read from its headers. Whether it is any good, others decide. */

import { err, ok, type Result } from '../../shared/result.ts'
import { readCookie, SESSION_COOKIE } from './cookies.ts'
import type { RequestError } from './refusal.ts'

export type Credential =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }

/**
 * Kestra's clients have habits: its CLI sends Basic and Bearer at once, which arrive joined by a comma, and its
 * Terraform provider sends an empty Basic when nothing is configured (as good as none), also beside a session's
 * cookie. Of several a Bearer token wins, then the session.
 */
export function readCredential(headers: Headers): Result<Credential | undefined, RequestError> {
  const authorization = readAuthorization(headers)
  if (!authorization.ok || authorization.value?.kind === 'bearer') return authorization
  const session = readCookie(headers.get('Cookie'), SESSION_COOKIE)
  return session === undefined ? authorization : ok({ kind: 'session', token: session })
}

function readAuthorization(headers: Headers): Result<Credential | undefined, RequestError> {
  const header = headers.get('Authorization')?.trim()
  if (!header) return ok(undefined)
  const [, token] = /^Bearer +([^\s,]+)$/i.exec(header) ?? []
  if (token !== undefined) return ok({ kind: 'bearer', token })
  const credentials: Credential[] = []
  for (const part of header.split(/,\s*(?=(?:Basic|Bearer)\s)/i)) {
    // RFC 9110 §11.1: the scheme is case-insensitive.
    const [, scheme = '', value = ''] = /^(Basic|Bearer)\s+(\S+)$/i.exec(part.trim()) ?? []
    const credential =
      scheme.toLowerCase() === 'bearer' ? ({ kind: 'bearer', token: value } as const) : readBasic(value)
    if (!credential) return err({ code: 'credentials_malformed' })
    credentials.push(credential)
  }
  const bearers = credentials.filter(({ kind }) => kind === 'bearer')
  const basics = credentials.filter(
    (one) => one.kind === 'basic' && (one.username !== '' || one.password !== ''),
  )
  // Which of two is meant nobody can tell.
  if (bearers.length > 1 || basics.length > 1) return err({ code: 'credentials_malformed' })
  return ok(bearers[0] ?? basics[0])
}

/** RFC 7617: UTF-8; the password may hold colons, the username may not. */
function readBasic(value: string): Credential | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(atob(value), (character) => character.charCodeAt(0)),
    )
    const colon = text.indexOf(':')
    if (colon < 0) return undefined
    return { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}
