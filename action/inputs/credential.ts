/** Which credential a run signs in with. Pure, and the same for the Action and the command line. */

import { parseToken } from '../../shared/token-format.ts'
import type { InputProblem } from './problem.ts'

export type Credential =
  | { readonly kind: 'oidc'; readonly audience: string; readonly serviceAccount: string | undefined }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }

export const AUTH_METHODS = ['auto', 'oidc', 'token', 'basic'] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

export interface CredentialInputs {
  readonly auth: AuthMethod
  readonly apiToken: string
  /** A name, or `name:password`. */
  readonly user: string
  readonly password: string
  readonly serviceAccount: string
  readonly audience: string
}

/** RFC 6750 §2.1. Anything else would break the header that it is put in. */
export const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * @param hasIdentity whether GitHub offers the job an identity token
 * @returns the credential, or what is wrong
 */
export function decideCredential(inputs: CredentialInputs, hasIdentity: boolean): Credential | InputProblem {
  const { apiToken, user, serviceAccount, audience } = inputs
  switch (inputs.auth) {
    case 'auto':
      if (apiToken !== '' && user !== '') {
        return { name: 'api-token', message: 'and user are both set', code: 'POSTERN-101' }
      }
      if (apiToken !== '') return readToken(apiToken)
      if (user !== '') return readBasic(inputs)
      if (hasIdentity) return { kind: 'oidc', audience, serviceAccount: serviceAccount || undefined }
      return { name: 'api-token', message: 'is required', code: 'POSTERN-102' }
    case 'oidc':
      if (hasIdentity) return { kind: 'oidc', audience, serviceAccount: serviceAccount || undefined }
      return { name: 'auth', message: 'cannot be oidc in this job', code: 'POSTERN-103' }
    case 'token':
      return apiToken === ''
        ? { name: 'api-token', message: 'is required', code: 'POSTERN-102' }
        : readToken(apiToken)
    case 'basic':
      return user === '' ? { name: 'user', message: 'is required', code: 'POSTERN-102' } : readBasic(inputs)
  }
}

/** A token that does not look like one of Postern may be one of a stock Kestra, whatever those look like. */
function readToken(token: string): Credential | InputProblem {
  const isWhole = token.startsWith('pst_') ? parseToken(token)?.kind === 'API' : BEARER_TOKEN.test(token)
  if (isWhole) return { kind: 'token', token }
  const message = 'is not a whole API token of Postern, which starts with pst_ and has 66 characters'
  return { name: 'api-token', message, code: 'POSTERN-112' }
}

/** RFC 7617: the name holds no colon, the password may. */
function readBasic({ user, password }: CredentialInputs): Credential | InputProblem {
  if (password !== '') {
    if (user.includes(':')) return { name: 'user', message: 'must hold no password when password is set' }
    return { kind: 'basic', user, password }
  }
  const colon = user.indexOf(':')
  if (colon < 1 || colon === user.length - 1) {
    return { name: 'user', message: 'must be name:password, or a name beside the input password' }
  }
  return { kind: 'basic', user: user.slice(0, colon), password: user.slice(colon + 1) }
}
