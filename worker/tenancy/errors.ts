import type { NotFound } from '../access/errors.ts'

/** Why a tenant or a namespace cannot be had, made or removed. */
export type TenancyError =
  | NotFound
  | { readonly code: 'tenant_taken' }
  /** Files lie in it. Nobody is to lose them by the way. */
  | { readonly code: 'tenant_in_use' }
  | { readonly code: 'namespace_taken' }
