/** What an answer that is not 200, or no answer at all, means to who runs the Action. Pure. */

import * as v from 'valibot'
import { ApiError, OauthError } from '../shared/wire/error.ts'
import { Failure, type FailureCode } from './failure.ts'

/** An answer as it came, read to its end. */
export interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

type Redact = (text: string) => string

/** Whether the same request may succeed later. */
export const isTransient = (status: number): boolean => [408, 425, 429, 500, 502, 503, 504].includes(status)

/** @param redact takes the secrets out of what the server says, which may echo them */
export function readRefusal(answer: Answer, redact: Redact): Failure {
  const { url, status, headers } = answer
  if (status >= 300 && status < 400) {
    return new Failure('POSTERN-401', {
      what: `${url} redirects to ${shorten(redact(headers.get('Location') ?? 'nowhere'))}.`,
      why: 'Redirects are not followed, so that the credential goes nowhere else.',
      fix: 'Set server to the address that Postern itself answers at.',
    })
  }
  const said = readError(answer.text)
  if (said === undefined && !isTransient(status)) {
    return notFromPostern(
      url,
      `has the status ${status} and is no error of Postern: ${describe(answer, redact)}`,
    )
  }
  const code = codeOf(status, said?.code)
  const retryAfter = headers.get('Retry-After')
  return new Failure(code, {
    what: `${url} answered ${status}${retryAfter ? ` (Retry-After: ${shorten(redact(retryAfter))})` : ''}.`,
    ...(said && { why: shorten(redact(`${said.text} (${said.code}, request ${said.requestId})`)) }),
    fix: ADVICE[said?.code ?? ''] ?? FIXES[code] ?? 'Look for the request id in the log of the worker.',
    ...(said && { serverCode: said.code }),
  })
}

/** An answer with which the Action cannot go on, whoever gave it. */
export function notFromPostern(url: string, flaw: string): Failure {
  return new Failure('POSTERN-401', {
    what: `The answer of ${url} ${flaw}.`,
    why: 'A Postern of this version does not answer so; a sign-in page or a proxy before it may.',
    fix: 'Check the input server, and that the runner may reach it without signing in.',
  })
}

/** Of a body only HTML is quoted: one that was to be JSON may hold a token that nobody knows yet. */
export function describe({ headers, text }: Answer, redact: Redact): string {
  const contentType = shorten(redact(headers.get('Content-Type') ?? 'none'))
  const start = contentType.startsWith('text/html') ? `, begins with «${redact(text).slice(0, 80)}»` : ''
  return `content type ${contentType}${start}`
}

/** Only the code of the error is shown: a message of `fetch` can hold a header, and so the credential. */
export function readNetworkError(url: string, error: unknown): { failure: Failure; isTransient: boolean } {
  const { origin } = new URL(url)
  const reason = reasonOf(error)
  if (/CERT|^ERR_(TLS|SSL)_|^UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/.test(reason)) {
    const failure = new Failure('POSTERN-403', {
      what: `The TLS connection to ${origin} failed (${reason}).`,
      why: 'The certificate of the server is not one that this runner trusts.',
      fix: 'Give the server a certificate of a public authority, for the name in the input server.',
    })
    return { failure, isTransient: false }
  }
  const failure = new Failure('POSTERN-405', {
    what: `There is no answer from ${origin} (${reason}).`,
    fix: 'Check the input server, that it is up, and that this runner may connect to it; then run again.',
  })
  return { failure, isTransient: true }
}

const NEW_TOKEN = 'Create a new API token in Postern and put it in the secret that api-token reads.'

/** By the code of the server's answer. */
const ADVICE: Readonly<Record<string, string>> = {
  route_not_found: 'Check the input server: it is the base URL, without /api/v1 or anything below.',
  path_taken:
    'The namespace has a file where the directory has a folder, or the other way round: remove or rename one of them.',
}

const FIXES: Partial<Record<FailureCode, string>> = {
  'POSTERN-112': NEW_TOKEN,
  'POSTERN-113': NEW_TOKEN,
  'POSTERN-121':
    'Give the service account a role with this permission in the namespace or one above it, or check tenant and namespace.',
  'POSTERN-406': 'Wait, or let fewer runs start at the same time; then run again.',
}

function codeOf(status: number, serverCode: string | undefined): FailureCode {
  if (status === 429) return 'POSTERN-406'
  if (serverCode === 'token_expired') return 'POSTERN-113'
  // The token endpoint says 400 for every credential that it does not accept (RFC 8693 §2.2.2).
  if (status === 401 || serverCode?.startsWith('token_') || serverCode === 'account_disabled') {
    return 'POSTERN-112'
  }
  return status === 403 ? 'POSTERN-121' : 'POSTERN-407'
}

function readError(text: string): { code: string; text: string; requestId: string } | undefined {
  const json = parseJson(text)
  const api = v.safeParse(ApiError, json)
  if (api.success) return { ...api.output, text: api.output.detail ?? api.output.message }
  const oauth = v.safeParse(OauthError, json)
  return oauth.success ? { ...oauth.output, text: oauth.output.error_description } : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause } = error
  if (!(cause instanceof Error)) return error.name
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}

/** What servers say can be long; a line of the log should not be. */
const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)
