/** What things may be called. Each rule is a schema whose message says which part of it broke. */

import * as v from 'valibot'

/**
 * Names of service accounts and of API tokens: DNS labels, so that a name can become a Kubernetes label one day.
 * Kestra's pattern also forbids two hyphens in a row, which its documentation does not mention.
 */
export const DnsName = v.pipe(
  v.string(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(63, 'must have at most 63 characters'),
  v.regex(/^[a-z0-9-]*$/, 'must contain only lower-case letters, digits and hyphens'),
  v.regex(/^[a-z0-9]/, 'must start with a lower-case letter or a digit'),
  v.regex(/[a-z0-9]$/, 'must end with a lower-case letter or a digit'),
  v.regex(/^(?!.*--)/, 'must not contain two hyphens in a row'),
)

/** Dots nest: `company.team` lies in `company`. */
export const NamespaceId = v.pipe(
  v.string(),
  v.maxLength(150, 'must have at most 150 characters'),
  v.regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, dots, hyphens or underscores'),
)

/** Segments under `/api/v1` that name something else; a tenant of that name could never be reached. */
const RESERVED_TENANT_IDS = new Set(
  (
    'users service-accounts tenants me auths configs setup login logout license-info license validate-password ' +
    'forgotten-password reset-password auditlogs basicauthvalidationerrors main-tenant-flows instance plugins ' +
    'banners invitations cluster files namespaces groups roles bindings tenant-access acls issuers signing-keys ' +
    'master-key'
  ).split(' '),
)

export const TenantId = v.pipe(
  v.string(),
  v.maxLength(63, 'must have at most 63 characters'),
  v.regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, hyphens or underscores'),
  v.check((id) => !RESERVED_TENANT_IDS.has(id), 'is a reserved word'),
)

/** A user's e-mail address, which is also the username. The permitted characters are Kestra's. */
export const Email = v.pipe(
  v.string(),
  v.maxLength(254, 'must have at most 254 characters'),
  v.regex(/^[A-Za-z0-9_!#$%&’*+/=?`{|}~^.-]+@[A-Za-z0-9.-]+$/, 'must be an e-mail address'),
)

/** Kestra's default policy, the one its clients' tests expect. */
export const Password = v.pipe(
  v.string(),
  v.minLength(8, 'must have at least 8 characters'),
  v.maxLength(256, 'must have at most 256 characters'),
  v.regex(/[a-z]/, 'must contain a lower-case letter'),
  v.regex(/[A-Z]/, 'must contain an upper-case letter'),
  v.regex(/[0-9]/, 'must contain a digit'),
  v.regex(/[!@#$%^&*]/, 'must contain one of !@#$%^&*'),
)

/** Free text shown to people: a role's name, a description. Control characters have no place in it. */
export const Label = v.pipe(
  v.string(),
  v.maxLength(500, 'must have at most 500 characters'),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  v.regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters'),
)
