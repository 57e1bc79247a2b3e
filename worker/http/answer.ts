/** Answers: JSON, empty, or an error in the shape of the API that was called. */

import type { Result } from '../../shared/result.ts'
import type { ApiError, OauthError } from '../../shared/wire/error.ts'
import { type EdgeError, IS_REQUIRED, type Refusal, toRefusal } from './refusal.ts'

/** Nothing here may be kept by a cache between: each answer belongs to one credential. */
const NO_STORE = { 'Cache-Control': 'no-store' }

/** Members that are undefined or null are left out: Terraform's provider crashes on a null. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify(value, (_, member: unknown) => member ?? undefined)
  return new Response(body, {
    status,
    headers: { 'Content-Type': 'application/json', ...NO_STORE, ...headers },
  })
}

/** Nothing is loaded into a page, no other page frames it, and none learns where one came from. */
export function html(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      'Referrer-Policy': 'no-referrer',
      ...NO_STORE,
    },
  })
}

export const text = (body: string, contentType: string): Response =>
  new Response(body, { headers: { 'Content-Type': contentType, ...NO_STORE } })

export function empty(status: 200 | 201 | 204, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...NO_STORE, ...headers } })
}

/** Answers a result: its value through `succeed`, or its error. */
export function answer<T>(
  result: Result<T, EdgeError>,
  succeed: (value: T) => Response,
): Response | EdgeError {
  return result.ok ? succeed(result.value) : result.error
}

/** What an error answer needs to know of its request. */
export interface Asked {
  readonly pathname: string
  readonly requestId: string
  /** Of a route that asks for a credential in the header. */
  readonly isGuarded?: boolean
}

export const refuse = (error: EdgeError, asked: Asked): Response => renderRefusal(toRefusal(error), asked)

export function renderRefusal(refusal: Refusal, asked: Asked): Response {
  const { status, headers } = refusal
  if (!asked.pathname.startsWith('/oauth/')) return json(status, toApiError(refusal, asked), headers)
  const body = toOauthError(refusal, asked)
  if (asked.isGuarded && (status === 401 || status === 403)) return json(status, body, headers)
  // RFC 6749 §5.2: what is wrong with the request itself is 400, the subject token included.
  return [401, 403, 422].includes(status) ? json(400, body) : json(status, body, headers)
}

function toApiError({ message, code, detail, problems }: Refusal, { pathname, requestId }: Asked): ApiError {
  return {
    message,
    code,
    ...(detail === undefined ? {} : { detail }),
    requestId,
    _links: { self: [{ href: pathname, templated: false }] },
    ...(problems === undefined ? {} : { _embedded: { errors: [...problems] } }),
  }
}

function toOauthError(
  { status, message, code, detail, problems, oauthError, failingClaim }: Refusal,
  { requestId, isGuarded }: Asked,
): OauthError {
  const wrong = problems?.find((problem) => problem.message !== IS_REQUIRED)?.path?.split('.')[0] ?? ''
  const known = oauthError ?? OAUTH_ERRORS[wrong] ?? 'invalid_request'
  const error = status >= 500 ? 'server_error' : isGuarded && status === 401 ? 'invalid_token' : known
  return {
    error,
    error_description: detail ?? message,
    code,
    ...(failingClaim === undefined ? {} : { failing_claim: failingClaim }),
    requestId,
  }
}

/**
 * By the parameter that is wrong (RFC 6749 §5.2, RFC 8693 §2.2.2). All else is an `invalid_request`, a subject token
 * that is not accepted included.
 */
const OAUTH_ERRORS: Readonly<Record<string, string>> = {
  grant_type: 'unsupported_grant_type',
  scope: 'invalid_scope',
  namespace: 'invalid_scope',
  tenant: 'invalid_scope',
  audience: 'invalid_target',
  resource: 'invalid_target',
}
