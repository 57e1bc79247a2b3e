/**
 * One mapping from what went wrong to what the outside sees. `message` is worded as Kestra's server words it, since
 * its clients print and compare it; `code` is ours and stable; `detail` says what to do.
 */

import { MAX_CREDENTIALS } from '../../shared/wire/federation.ts'
import type { AccessError } from '../access/errors.ts'
import type { AccountError } from '../accounts/errors.ts'
import type { FederationError } from '../federation/errors.ts'
import type { FileError } from '../files/errors.ts'
import type { GatewayError } from '../gateway/errors.ts'
import type { TenancyError } from '../tenancy/errors.ts'
import type { ExchangeError, TokenError } from '../tokens/errors.ts'

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
  | { readonly code: 'length_required' }
  | { readonly code: 'route_not_found' }
  | { readonly code: 'original_request_missing' }
  /** Where nobody stands between who would want a 403. */
  | { readonly code: 'request_unclear'; readonly reason: string }

export type EdgeError =
  | RequestError
  | TokenError
  | ExchangeError
  | AccessError
  | AccountError
  | TenancyError
  | FederationError
  | FileError
  | GatewayError

/** What is replaced is what the path names. */
export const ID_DIFFERS: RequestError = {
  code: 'invalid_entity',
  problems: [{ path: 'id', message: 'must be the one in the path' }],
}

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly problems?: readonly Problem[]
  /** What OAuth calls it (RFC 6749 §5.2, RFC 8693 §2.2.2), where that is not `invalid_request`. */
  readonly oauthError?: string
  readonly failingClaim?: string
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

    case 'assertion_refused':
      return {
        ...badAssertion(
          code,
          error.failingClaim === undefined
            ? 'No federated credential of this Postern accepts this assertion.'
            : `The claim ${error.failingClaim} is not as the federated credential for this repository wants it.`,
        ),
        ...(error.failingClaim === undefined ? {} : { failingClaim: error.failingClaim }),
      }
    case 'assertion_expired':
      return badAssertion(code, 'The assertion has expired. Ask its issuer for a new one.')
    case 'assertion_replayed':
      return badAssertion(
        code,
        'The assertion had its answer before. Ask its issuer for a new one for each try.',
      )
    case 'audience_mismatch':
      return badAssertion(
        code,
        'The assertion was made for another audience than the origin of this Postern.',
      )
    case 'issuer_unavailable':
      return {
        status: 503,
        code,
        message: 'Service Unavailable: the keys of the issuer cannot be had. Try again.',
        // It is not asked again sooner.
        headers: { 'Retry-After': '30' },
      }
    case 'scope_empty':
      return {
        status: 400,
        code,
        message: 'The account holds nothing of what was asked for, in the places it was asked for.',
        oauthError: 'invalid_scope',
      }
    case 'target_unknown':
      return {
        status: 400,
        code,
        message: 'Access tokens are for the origin of this Postern alone.',
        oauthError: 'invalid_target',
      }
    case 'access_token_too_large':
      return {
        status: 400,
        code,
        message:
          'The access token would have more than 4096 characters. Ask for fewer namespaces or permissions.',
        oauthError: 'invalid_scope',
      }

    case 'permission_missing': {
      const place =
        error.namespace === undefined ? 'in the whole tenant' : `in the namespace ${error.namespace}`
      return forbidden(
        code,
        `This takes ${error.permission} ${place}, which the account has no role for.`,
        error.permission,
      )
    }
    case 'superadmin_required':
      return forbidden(code, 'This takes a superadmin.')
    case 'grant_exceeds_own':
      return forbidden(code, 'Nobody can grant more than they hold themselves.')
    case 'access_token_insufficient':
      return forbidden(
        code,
        'Use the API token itself, a session or a password: an access token is too short-lived.',
      )
    case 'token_narrowed':
      return forbidden(
        code,
        'Use a session, a password or a token of all that the account may do: this one was narrowed.',
      )
    case 'users_only':
      return forbidden(code, 'This is for users. Service accounts have nothing personal.')
    case 'console_closed':
      return forbidden(
        code,
        'Service accounts have no access to the console: they have no password, and their tokens are for the API alone.',
      )
    case 'impersonating':
      return forbidden(code, 'Not while acting as somebody else.')
    case 'csrf_failed':
      return forbidden(
        code,
        'With a session, send the token of the page (meta csrf-token) as X-CSRF-TOKEN, and the cookie csrfToken.',
      )
    case 'role_managed':
      return forbidden(code, 'Managed roles cannot be changed or deleted. Create a role of your own.')
    case 'request_ambiguous':
      return forbidden(code, `The request can be read in more than one way: ${error.reason}.`)
    case 'kestra_route_unknown':
      return forbidden(code, 'This is no route of Kestra that Postern knows a permission for.')
    case 'deletion_refused':
      return forbidden(code, 'This removes files that came later, which takes NAMESPACE_FILE:DELETE.')
    case 'signature_refused':
      return forbidden(code, 'The signature is not of a key that GitHub publishes, or not over this body.')
    case 'setup_refused':
      return forbidden(code, 'The setupToken must be the SETUP_TOKEN secret of this worker.')

    case 'files_in_kestra':
      return {
        ...notFound(code, 'namespace files live in the Kestra behind this Postern.'),
        detail: 'Write them one by one: there is no plan, no commit and no deployment to go back to.',
      }
    case 'route_not_found':
      return { status: 404, code, message: 'Not Found' }
    case 'not_found':
      return notFound(code, `${capitalised(error.what)} '${error.id}' was not found.`)
    case 'invitation_unknown':
      return notFound(code, 'There is no such invitation, or it is of no use any more.')
    case 'invitation_used':
      return { status: 410, code, message: 'Resource has expired: this invitation was taken up already.' }
    case 'invitation_expired':
      return { status: 410, code, message: 'Resource has expired: ask for another invitation.' }
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

    case 'deployment_not_found':
      return notFound(code, `Deployment '${error.id}' was not found.`)
    case 'deployment_expired':
      return {
        status: 410,
        code,
        message: `Resource has expired: what deployment '${error.id}' changed is kept for ${error.keptDays} days.`,
      }

    case 'kestra_unreachable':
      return {
        status: 502,
        code,
        message: 'Bad Gateway: Kestra cannot be reached, or its answer cannot be read.',
      }
    case 'kestra_unauthorized':
      return {
        status: 502,
        code,
        message: 'Bad Gateway: Kestra does not accept this request from Postern.',
        // Passed on, its 401 would have clients throw away a credential that is good.
        detail: 'Either KESTRA_AUTHORIZATION is wrong, or this Kestra knows no such route or content type.',
      }
    case 'kestra_silent':
      return {
        status: 504,
        code,
        message: `Gateway Timeout: Kestra was silent for ${error.seconds} seconds.`,
      }

    case 'setup_done':
      return { status: 405, code, message: 'Method Not Allowed: set-up is already done.' }

    case 'minted_already':
      return conflict(code, 'This token was created earlier. Its value cannot be shown again.')
    case 'issuer_taken':
      return conflict(code, 'This issuer is there already.')
    case 'issuer_in_use':
      return conflict(code, 'Federated credentials name this issuer. Delete them first, or disable it.')
    case 'credential_name_taken':
      return conflict(code, 'The service account has a federated credential of this name.')
    case 'credentials_too_many':
      return conflict(code, `A service account has at most ${MAX_CREDENTIALS} federated credentials.`)
    case 'last_superadmin':
      return conflict(code, 'This is the last superadmin who can sign in.')
    case 'restore_none':
      return conflict(code, 'The database was not put back.')
    case 'import_unfinished':
      return conflict(code, 'The import broke off. Import again, from the beginning.')
    case 'import_not_empty':
      return conflict(code, 'This Postern is set up. A backup goes into one that is not.')
    case 'email_taken':
      return conflict(code, 'A user with this e-mail address exists.')
    case 'group_name_taken':
      return conflict(code, 'A group with this name exists.')
    case 'member_already':
      return conflict(code, 'The account is a member of this group.')
    case 'member_not':
      return conflict(code, 'The account is not a member of this group.')
    case 'tenant_access_already':
      return conflict(code, 'The user has access to this tenant.')
    case 'invitation_pending':
      return conflict(code, 'There is an invitation for this e-mail address. Delete it to send another.')
    case 'tenant_taken':
      return conflict(code, 'A tenant with this id exists.')
    case 'tenant_in_use':
      return conflict(code, 'There are files in this tenant. Delete them first.')
    case 'namespace_taken':
      return conflict(code, 'A namespace with this id exists.')
    case 'path_taken':
      return conflict(code, `'${error.path}' cannot be a file and a folder.`)
    case 'stale_run': {
      const { runNumber, runUrl } = error.newer
      return {
        ...conflict(
          code,
          `run ${runNumber} of this workflow has deployed to ${error.root}; this is run ${error.runNumber}.`,
        ),
        detail: `To go back to an older state, roll back, or allow this run to be stale.${runUrl === undefined ? '' : ` The later run: ${runUrl}`}`,
      }
    }
    case 'folder_changed':
      return {
        status: 412,
        code,
        message: 'Precondition Failed: the folder has changed since it was planned.',
        detail: 'Plan again, then commit with the new ETag.',
      }

    case 'length_required':
      return { status: 411, code, message: 'Length Required: send Content-Length.' }
    case 'body_too_large':
    case 'upload_too_large':
      return { status: 413, code, message: `Request Entity Too Large: at most ${error.maxBytes} bytes.` }
    case 'file_too_large':
      return {
        status: 413,
        code,
        message: `Request Entity Too Large: ${error.name} is above ${error.maxBytes} bytes.`,
      }
    case 'archive_too_large':
    case 'export_too_large':
      return { status: 413, code, message: `Request Entity Too Large: ${error.reason}` }
    case 'unsupported_media_type':
      return { status: 415, code, message: `Unsupported Media Type: send ${error.expected}.` }

    case 'parameters_missing':
      return { status: 400, code, message: `Bad Request: the query needs ${error.names.join(', ')}.` }
    case 'original_request_missing':
      return {
        status: 400,
        code,
        message: 'Bad Request: the proxy did not say which request it asks about.',
        detail:
          'It must send X-Original-Method with X-Original-URI, or X-Forwarded-Method with X-Forwarded-Uri.',
      }
    case 'request_unclear':
      return {
        status: 400,
        code,
        message: `Bad Request: this can be read in more than one way: ${error.reason}.`,
      }
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
    case 'old_password_wrong':
      return illegalArgument(code, 'the old password is wrong.')
    case 'reset_unavailable':
      return illegalArgument(code, 'Postern sends no mail, so there is no such token. Ask an administrator.')
    case 'path_refused':
    case 'upload_malformed':
    case 'archive_refused':
      return illegalArgument(code, error.reason)
    case 'hash_mismatch':
      return illegalArgument(
        code,
        `A content named ${error.expected} has ${error.actual === undefined ? 'another hash' : `the hash ${error.actual}`}. Nothing was stored.`,
      )
    case 'backup_refused':
      return illegalArgument(code, error.reason)
    case 'source_missing':
      return illegalArgument(code, 'To delete what is owned takes a source with a repositoryId.')
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

const challenge = (error?: string, scope?: string): string =>
  `Bearer realm="postern"${error ? `, error="${error}"` : ''}${scope ? `, scope="${scope}"` : ''}`

/**
 * RFC 6750 §3.1.
 *
 * @param scope what it would take, where a token with more scope would have had it
 */
const forbidden = (code: string, detail: string, scope?: string): Refusal => ({
  status: 403,
  code,
  message: 'Forbidden',
  detail,
  headers: { 'WWW-Authenticate': challenge('insufficient_scope', scope) },
})

/** RFC 8693 §2.2.2 calls every subject token that is not accepted an `invalid_request`. */
const badAssertion = (code: string, message: string): Refusal => ({ status: 400, code, message })

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
