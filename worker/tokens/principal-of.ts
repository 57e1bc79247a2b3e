/** From rows to a principal: the one place where stored accounts become what requests act as. */

import type { Grants } from '../access/grants.ts'
import { compileGrants } from '../access/grants.ts'
import { narrowPrincipal } from '../access/narrow.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import type { CredentialHolder } from '../storage/federation.ts'
import type { GrantRow, Holder, TokenHolder } from '../storage/tokens.ts'

/** A record is used again and again as it is, and compiling costs more than all the rest of a verification. */
const compiled = new WeakMap<readonly GrantRow[], Grants>()

function grantsOf(rows: readonly GrantRow[]): Grants {
  const grants = compiled.get(rows) ?? compileGrants(rows)
  compiled.set(rows, grants)
  return grants
}

export function principalOf(
  holder: Holder | TokenHolder | CredentialHolder,
  { ipAddress, requestId, now }: RequestContext,
): Principal {
  const { account } = holder
  const impersonator = 'token' in holder ? holder.impersonator : undefined
  const principal: Principal = {
    accountId: account.id,
    kind: account.kind,
    name: account.name,
    isSuperadmin: account.isSuperadmin,
    grants: grantsOf(holder.grants),
    ...('token' in holder ? { tokenId: holder.token.id } : {}),
    ...(impersonator ? { impersonator: { accountId: impersonator.id, name: impersonator.name } } : {}),
    // Named one by one: a principal is a context too, and must not stand in for this account.
    ...(ipAddress === undefined ? {} : { ipAddress }),
    requestId,
    now,
  }
  if ('token' in holder) return narrowPrincipal(principal, holder.token.narrowing ?? {})
  // Whatever runs in somebody's repository does not administer the instance.
  if ('credential' in holder)
    return narrowPrincipal({ ...principal, isSuperadmin: false }, holder.credential.narrowing)
  return principal
}
