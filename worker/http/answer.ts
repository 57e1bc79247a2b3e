/** Answers: JSON, empty, or an error in the shape of the API that was called. */

import type { Result } from '../../shared/result.ts'
import type { ApiError, OauthError } from '../../shared/wire/error.ts'
import { type EdgeError, IS_REQUIRED, type Refusal, toRefusal } from './refusal.ts'

/** Nothing here may be kept by a cache between: each answer belongs to one credential. */
const NO_STORE = { 'Cache-Control': 'no-store' }
const JSON_HEADERS = { 'Content-Type': 'application/json', ...NO_STORE }

export type Head = Readonly<Record<string, string>>

/** An answer before it is made. To set a header on a Response that is there takes longer than to make one. */
export class Answer {
  readonly status: number
  readonly #body: string | null
  readonly #headers: Head

  constructor(status: number, body: string | null, headers: Head) {
    this.status = status
    this.#body = body
    this.#headers = headers
  }

  /** @param head what every answer says of itself; it becomes the whole */
  toResponse(head: Record<string, string> = {}): Response {
    return new Response(this.#body, { status: this.status, headers: Object.assign(head, this.#headers) })
  }
}

/** Members that are undefined or null are left out: Terraform's provider crashes on a null. */
export const json = (status: number, value: unknown, headers?: Head): Answer =>
  new Answer(
    status,
    JSON.stringify(value, leaveOutNull),
    headers ? { ...JSON_HEADERS, ...headers } : JSON_HEADERS,
  )

const leaveOutNull = (_: string, member: unknown) => member ?? undefined

/** Nothing is loaded into a page, no other page frames it, and none learns where one came from. */
export const html = (status: number, text: string): Answer =>
  new Answer(status, text, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    'Referrer-Policy': 'no-referrer',
    ...NO_STORE,
  })

export const text = (body: string, contentType: string): Answer =>
  new Answer(200, body, { 'Content-Type': contentType, ...NO_STORE })

export const empty = (status: 200 | 201 | 204, headers: Head = {}): Answer =>
  new Answer(status, null, { ...NO_STORE, ...headers })

/** What a handler comes to. */
export type Outcome = Answer | Response | EdgeError

export const isError = (outcome: Outcome): outcome is EdgeError =>
  !(outcome instanceof Answer || outcome instanceof Response)

/** What every answer says of itself. */
export const headOf = (requestId: string): Record<string, string> => ({
  'X-Request-Id': requestId,
  'X-Content-Type-Options': 'nosniff',
})

export function finish(answer: Answer | Response, head: Record<string, string>): Response {
  if (answer instanceof Answer) return answer.toResponse(head)
  for (const [name, value] of Object.entries(head)) answer.headers.set(name, value)
  return answer
}

/** Answers a result: its value through `succeed`, or its error. */
export function answer<T>(result: Result<T, EdgeError>, succeed: (value: T) => Outcome): Outcome {
  return result.ok ? succeed(result.value) : result.error
}

/** What an error answer needs to know of its request. */
export interface Asked {
  readonly pathname: string
  readonly requestId: string
  /** Of a route that asks for a credential in the header. */
  readonly isGuarded?: boolean
}

export const refuse = (error: EdgeError, asked: Asked): Answer => renderRefusal(toRefusal(error), asked)

export function renderRefusal(refusal: Refusal, asked: Asked): Answer {
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
