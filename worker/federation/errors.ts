/** Why an assertion is not exchanged, and why an issuer or a federated credential cannot be had. */

import type { AccessError } from '../access/errors.ts'

/**
 * An assertion that is not genuine is told nothing. One that is learns what is wrong with itself, and about a trust
 * policy only the claim that differs, and only if the policy is for its own repository.
 */
export type AssertionError =
  | {
      readonly code: 'assertion_refused'
      /** A claim's name, or `service_account` where several accounts would do. */
      readonly failingClaim?: string
    }
  | { readonly code: 'assertion_expired' }
  | { readonly code: 'assertion_replayed' }
  | { readonly code: 'audience_mismatch' }
  /** Its keys cannot be had just now: says nothing about the assertion. */
  | { readonly code: 'issuer_unavailable' }

export type FederationError =
  | AssertionError
  /** A report that says it is GitHub's and is not. */
  | { readonly code: 'signature_refused' }
  | AccessError
  | { readonly code: 'issuer_taken' }
  | { readonly code: 'issuer_in_use' }
  | { readonly code: 'credential_name_taken' }
  | { readonly code: 'credentials_too_many' }
