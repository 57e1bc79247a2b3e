/** What an answer that is not 200, or no answer at all, means to who runs the Action. Pure. */

import type { IncomingHttpHeaders } from 'node:http'
import * as v from 'valibot'
import { ApiError, OauthError } from '../shared/wire/error.ts'
import { Failure, type FailureCode } from './failure.ts'

/** An answer as it came, read to its end. */
export interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

export type Redact = (text: string) => string

/** Whether the same request may succeed later. */
export const isTransient = (status: number): boolean => [408, 425, 429, 500, 502, 503, 504].includes(status)

/**
 * @param redact takes the secrets out of what the server says, which may echo them
 * @param isBasic whether a user and a password were sent, and no token
 */
export function readRefusal(answer: Answer, redact: Redact, isBasic: boolean): Failure {
  const { url, status, headers } = answer
  if (status >= 300 && status < 400) {
    return new Failure('POSTERN-401', {
      what: `${url} redirects to ${shorten(redact(headers.location ?? 'nowhere'))}.`,
      why: 'Redirects are not followed, so that the credential goes nowhere else.',
      fix: 'Set server to the address that Postern itself answers at.',
    })
  }
  const said = readError(answer.bytes.toString())
  // Of a page, nothing is believed; a stock Kestra may answer 401 and 404 with nothing at all.
  const isPage = headers['content-type']?.startsWith('text/html') ?? false
  if (said === undefined && !isTransient(status) && (isPage || status !== 401)) {
    const flaw = `has the status ${status} and is no error of Postern: ${describe(answer, redact)}`
    return notFromPostern(url, flaw, isPage ? undefined : status)
  }
  const code = codeOf(status, said?.code, isBasic)
  const retryAfter = headers['retry-after']
  return new Failure(code, {
    what: `${url} answered ${status}${retryAfter ? ` (Retry-After: ${shorten(redact(retryAfter))})` : ''}.`,
    ...(said && { why: shorten(redact(told(said))) }),
    fix: ADVICE[said?.code ?? ''] ?? FIXES[code] ?? 'Look for the request id in the log of the worker.',
    status,
    ...(said?.code && { serverCode: said.code }),
    ...(said?.failingClaim && { failingClaim: shorten(redact(said.failingClaim)) }),
  })
}

/** An answer with which the Action cannot go on, whoever gave it. */
export function notFromPostern(url: string, flaw: string, status?: number): Failure {
  return new Failure('POSTERN-401', {
    what: `The answer of ${url} ${flaw}.`,
    why: 'A Postern of this version does not answer so; a sign-in page or a proxy before it may.',
    fix: 'Check the input server, and that the runner may reach it without signing in.',
    ...(status && { status }),
  })
}

/** Of a body only HTML is quoted: one that was to be JSON may hold a token that nobody knows yet. */
export function describe({ headers, bytes }: Answer, redact: Redact): string {
  const contentType = shorten(redact(headers['content-type'] ?? 'none'))
  const start = contentType.startsWith('text/html')
    ? `, begins with «${redact(bytes.toString()).slice(0, 80)}»`
    : ''
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
      fix: 'Set ca-certificate to that of your own authority, or give the server one for the name in the input server.',
    })
    return { failure, isTransient: false }
  }
  if (reason === 'ERR_PROXY_TUNNEL') {
    const failure = new Failure('POSTERN-404', {
      what: `The proxy of this runner does not lead to ${origin}.`,
      why: 'HTTPS_PROXY names a proxy, and NO_PROXY does not name this server.',
      fix: 'Let the proxy pass the connection, or add the server to NO_PROXY.',
    })
    return { failure, isTransient: true }
  }
  const failure = new Failure('POSTERN-405', {
    what: `There is no answer from ${origin} (${reason}).`,
    fix: 'Check the input server, that it is up, and that this runner may connect to it (through HTTPS_PROXY, where that is set); then run again.',
  })
  return { failure, isTransient: true }
}

const NEW_TOKEN = 'Create a new API token in Postern and put it in the secret that api-token reads.'

/** By the code of the server's answer. */
const ADVICE: Readonly<Record<string, string>> = {
  route_not_found: 'Check the input server: it is the base URL, without /api/v1 or anything below.',
  stale_run: 'Run the workflow for the newest commit, or set stale-run to skip or allow.',
  path_taken:
    'The namespace has a file where the directory has a folder, or the other way round: remove or rename one of them.',
}

const FIXES: Partial<Record<FailureCode, string>> = {
  'POSTERN-112': NEW_TOKEN,
  'POSTERN-113': NEW_TOKEN,
  'POSTERN-114':
    'Check user and password. A service account has none: give it an API token; so wants Kestra Cloud.',
  'POSTERN-115':
    'Leave audience out, check the clock of a runner of your own, and run the job again: each try mints a fresh token.',
  'POSTERN-121':
    'Give the service account a role with this permission in the namespace or one above it, or check tenant and namespace.',
  'POSTERN-406': 'Wait, or let fewer runs start at the same time; then run again.',
}

/** By the code of the server's answer, where the status would say less. */
const CODES: Readonly<Record<string, FailureCode>> = {
  token_expired: 'POSTERN-113',
  account_disabled: 'POSTERN-112',
  credentials_wrong: 'POSTERN-114',
  assertion_refused: 'POSTERN-111',
  stale_run: 'POSTERN-302',
  scope_empty: 'POSTERN-121',
}

function codeOf(status: number, serverCode = '', isBasic: boolean): FailureCode {
  if (status === 429) return 'POSTERN-406'
  const known = CODES[serverCode]
  if (known) return known
  // The token endpoint says 400 for every credential that it does not accept (RFC 8693 §2.2.2).
  if (/^assertion_|^audience_/.test(serverCode)) return 'POSTERN-115'
  if (serverCode.startsWith('token_')) return 'POSTERN-112'
  if (status === 401) return isBasic ? 'POSTERN-114' : 'POSTERN-112'
  return status === 403 ? 'POSTERN-121' : 'POSTERN-407'
}

interface Said {
  readonly text: string
  readonly code?: string | undefined
  readonly requestId?: string | undefined
  readonly failingClaim?: string | undefined
}

const told = ({ text, code, requestId }: Said): string =>
  code === undefined ? text : `${text} (${code}, request ${requestId})`

/** RFC 8693 with what Postern adds: the claim of an assertion that no trust policy takes, if the caller may know it. */
const Refused = v.object({ ...OauthError.entries, failing_claim: v.optional(v.string()) })
/** Of a stock Kestra: its own shape, or a problem document (RFC 9457) from its version 2 on. */
const KestraError = v.union([v.object({ message: v.string() }), v.object({ detail: v.string() })])

function readError(text: string): Said | undefined {
  const json = parseJson(text)
  const api = v.safeParse(ApiError, json)
  if (api.success) return { ...api.output, text: api.output.detail ?? api.output.message }
  const oauth = v.safeParse(Refused, json)
  if (oauth.success) {
    const { error_description, failing_claim, ...rest } = oauth.output
    return { ...rest, text: error_description, failingClaim: failing_claim }
  }
  const kestra = v.safeParse(KestraError, json)
  if (!kestra.success) return undefined
  return { text: 'message' in kestra.output ? kestra.output.message : kestra.output.detail }
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
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** What servers say can be long; a line of the log should not be. */
const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)
