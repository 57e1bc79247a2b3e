/**
 * One mapping from what went wrong to what the outside sees. `message` is worded as Kestra's server words it, since
 * its clients print and compare it; `code` is ours and stable; `detail` says what to do.
 */

import { MAX_FILE_BYTES } from '../../shared/limits.ts'
import type { AccessError } from '../access/errors.ts'
import type { AccountError } from '../accounts/errors.ts'
import type { FileError } from '../files/errors.ts'
import type { TokenError } from '../tokens/errors.ts'

export interface Problem {
  readonly message: string
  /** In a JSON body its dot path, otherwise the parameter's name. */
  readonly path?: string
}

/** The message of a problem with what is not there at all. */
export const IS_REQUIRED = 'is required'

/** What a request itself can get wrong before any room of the house is entered. */
export type RequestError =
  | { readonly code: 'credentials_missing' }
  | { readonly code: 'credentials_malformed' }
  | { readonly code: 'invalid_entity'; readonly problems: readonly Problem[] }
  | { readonly code: 'parameters_missing'; readonly names: readonly string[] }
  | { readonly code: 'query_malformed' }
  | { readonly code: 'filters_invalid'; readonly reason: string }
  | { readonly code: 'invalid_json' }
  | { readonly code: 'unsupported_media_type'; readonly expected: string }
  | { readonly code: 'body_too_large'; readonly maxBytes: number }
  | { readonly code: 'route_not_found' }

export type EdgeError = RequestError | TokenError | AccessError | AccountError | FileError

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly problems?: readonly Problem[]
  readonly headers?: Readonly<Record<string, string>>
}

export function toRefusal(error: EdgeError): Refusal {
  const { code } = error
  switch (code) {
    case 'credentials_missing':
      return unauthorized(code, 'Send an API token: Authorization: Bearer pst_…')
    case 'credentials_malformed':
      return unauthorized(code, 'The Authorization header is neither "Bearer <token>" nor "Basic <base64>".')
    case 'token_malformed':
      return unauthorized(
        code,
        'This is not a whole token of this Postern. An API token starts with pst_ and has 66 characters: ' +
          'was it cut when it was copied?',
      )
    case 'token_unknown':
      return unauthorized(code, 'There is no such token, or it was revoked. Create a new one.')
    case 'token_revoked':
      return unauthorized(code, 'The token was revoked. Create or exchange a new one.')
    case 'token_expired':
      return unauthorized(code, `The token expired on ${new Date(error.at).toISOString()}. Create a new one.`)
    case 'account_disabled':
      return unauthorized(code, 'The account is disabled.')
    case 'too_many_attempts':
      return {
        status: 429,
        code,
        message: 'Too Many Requests',
        detail: 'Too many attempts. Wait a little, then try again.',
        headers: { 'Retry-After': String(error.retryAfterSeconds) },
      }
    case 'credentials_wrong':
      return unauthorized(
        code,
        'The e-mail address or the password is wrong. Service accounts sign in with a token.',
      )

    case 'permission_missing': {
      const place =
        error.namespace === undefined ? 'in the whole tenant' : `in the namespace ${error.namespace}`
      return forbidden(code, `This takes ${error.permission} ${place}, which the account has no role for.`)
    }
    case 'superadmin_required':
      return forbidden(code, 'This takes a superadmin.')
    case 'grant_exceeds_own':
      return forbidden(code, 'Nobody can grant more than they hold themselves.')
    case 'role_managed':
      return forbidden(code, 'Managed roles cannot be changed or deleted. Create a role of your own.')
    case 'setup_refused':
      return forbidden(code, 'The setupToken must be the SETUP_TOKEN secret of this worker.')

    case 'route_not_found':
      return { status: 404, code, message: 'Not Found' }
    case 'not_found':
      return notFound(code, `${capitalised(error.what)} '${error.id}' was not found.`)
    case 'file_not_found':
      return notFound(code, `File '${error.path}' was not found in namespace '${error.namespace}'.`)
    case 'revision_not_found':
      return {
        status: 404,
        code,
        message: `Revision ${error.revision} of file '${error.path}' was not found in namespace '${error.namespace}'.`,
      }
    case 'directory_not_found':
      return { status: 404, code, message: `Directory not found: ${error.path}` }

    case 'setup_done':
      return { status: 405, code, message: 'Method Not Allowed: set-up is already done.' }

    case 'last_superadmin':
      return conflict(code, 'This is the last superadmin who can sign in.')
    case 'email_taken':
      return conflict(code, 'A user with this e-mail address exists.')
    case 'path_taken':
      return conflict(code, `'${error.path}' cannot be a file and a folder.`)
    case 'folder_changed':
      return {
        status: 412,
        code,
        message: 'Precondition Failed: the folder has changed since it was planned.',
        detail: 'Plan again, then commit with the new ETag.',
      }

    case 'body_too_large':
    case 'upload_too_large':
      return { status: 413, code, message: `Request Entity Too Large: at most ${error.maxBytes} bytes.` }
    case 'file_too_large':
      return {
        status: 413,
        code,
        message: `Request Entity Too Large: ${error.name} is above ${MAX_FILE_BYTES} bytes.`,
      }
    case 'unsupported_media_type':
      return { status: 415, code, message: `Unsupported Media Type: send ${error.expected}.` }

    case 'parameters_missing':
      return { status: 400, code, message: `Bad Request: the query needs ${error.names.join(', ')}.` }
    case 'query_malformed':
      return { status: 400, code, message: 'Bad Request: the query is not UTF-8.' }
    case 'filters_invalid':
      return { status: 400, code, message: `Invalid query filters: ${error.reason}` }
    case 'invalid_json':
      return { status: 422, code, message: 'Invalid json: the body is not JSON.' }
    case 'invalid_entity':
      return {
        status: 422,
        code,
        message: `Invalid entity: ${error.problems.map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ')}`,
        problems: error.problems,
      }
    case 'path_refused':
      return illegalArgument(code, error.reason)
    case 'upload_malformed':
      return illegalArgument(code, error.reason)
    case 'hash_mismatch':
      return illegalArgument(
        code,
        `A content named ${error.expected} has the hash ${error.actual}. Nothing was stored.`,
      )
    case 'content_missing':
      return illegalArgument(
        code,
        `Upload the missing contents first: ${error.hashes.slice(0, 10).join(', ')}`,
      )
    case 'idempotency_key_reused':
      return illegalArgument(code, 'This Idempotency-Key was used for another request.')

    default:
      return error satisfies never
  }
}

/** RFC 9110 §11.6: one challenge for each scheme; RFC 6750 §3.1 wants the error in Bearer's. */
function unauthorized(code: string, detail: string): Refusal {
  const isMissing = code === 'credentials_missing'
  const headers = {
    'WWW-Authenticate': `${challenge(isMissing ? undefined : 'invalid_token')}, Basic realm="postern"`,
  }
  return { status: 401, code, message: 'Unauthorized', detail, headers }
}

const challenge = (error?: string): string => `Bearer realm="postern"${error ? `, error="${error}"` : ''}`

/** RFC 6750 §3.1. */
const forbidden = (code: string, detail: string): Refusal => ({
  status: 403,
  code,
  message: 'Forbidden',
  detail,
  headers: { 'WWW-Authenticate': challenge('insufficient_scope') },
})

const notFound = (code: string, what: string): Refusal => ({
  status: 404,
  code,
  message: `Not Found: ${what}`,
})
const conflict = (code: string, what: string): Refusal => ({
  status: 409,
  code,
  message: `Conflict: ${what}`,
})
const illegalArgument = (code: string, what: string): Refusal => ({
  status: 422,
  code,
  message: `Illegal argument: ${what}`,
})

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
