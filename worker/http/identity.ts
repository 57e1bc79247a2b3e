/** The headers that tell the service behind a proxy whose request it gets. */

import type { Principal } from '../access/principal.ts'

export interface Place {
  readonly tenant: string
  readonly namespace?: string | undefined
}

/**
 * `Postern-Account`, `-Account-Id`, `-Account-Kind` (`USER` or `SERVICE_ACCOUNT`), `-Tenant`; where they apply
 * `-Namespace`, `-Impersonator` and `-Impersonator-Id`. Names are percent-encoded UTF-8 beyond printable ASCII.
 */
export function identityOf(principal: Principal, { tenant, namespace }: Place): Record<string, string> {
  const { accountId, name, kind, impersonator } = principal
  return {
    'Postern-Account': encodeHeader(name),
    'Postern-Account-Id': accountId,
    'Postern-Account-Kind': kind,
    'Postern-Tenant': tenant,
    ...(namespace === undefined ? {} : { 'Postern-Namespace': namespace }),
    ...(impersonator === undefined
      ? {}
      : {
          'Postern-Impersonator': encodeHeader(impersonator.name),
          'Postern-Impersonator-Id': impersonator.accountId,
        }),
  }
}

/** E-mail addresses may hold characters that a header cannot carry. `%` is encoded so that it can be undone. */
const encodeHeader = (text: string): string => text.replace(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent)
