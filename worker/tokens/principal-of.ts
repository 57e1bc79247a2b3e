/** From rows to a principal: the one place where stored accounts become what requests act as. */

import { compileGrants } from '../access/grants.ts'
import { narrowPrincipal } from '../access/narrow.ts'
import type { Principal, RequestContext, Standing } from '../access/principal.ts'
import type { CredentialHolder, Holder, TokenHolder } from '../storage/holders.ts'

type Stored = Holder | TokenHolder | CredentialHolder

/** Of the context just these: a principal is one too, and must not stand in for this account. */
export const principalOf = (holder: Stored, { ipAddress, requestId, now }: RequestContext): Principal => ({
  ...standingOf(holder),
  ...(ipAddress === undefined ? {} : { ipAddress }),
  requestId,
  now,
})

/** A record is used again and again as it is, and working this out costs more than all the rest of a verification. */
const standings = new WeakMap<Stored, Standing>()

export function standingOf(holder: Stored): Standing {
  const standing = standings.get(holder) ?? workOut(holder)
  standings.set(holder, standing)
  return standing
}

function workOut(holder: Stored): Standing {
  const { account } = holder
  const impersonator = 'token' in holder ? holder.impersonator : undefined
  const standing: Standing = {
    accountId: account.id,
    kind: account.kind,
    name: account.name,
    isSuperadmin: account.isSuperadmin,
    grants: compileGrants(holder.grants),
    ...('token' in holder ? { tokenId: holder.token.id } : {}),
    ...(impersonator ? { impersonator: { accountId: impersonator.id, name: impersonator.name } } : {}),
  }
  if ('token' in holder) return narrowPrincipal(standing, holder.token.narrowing ?? {})
  // Whatever runs in somebody's repository does not administer the instance.
  if ('credential' in holder)
    return narrowPrincipal({ ...standing, isSuperadmin: false }, holder.credential.narrowing)
  return standing
}
