/** From rows to a principal: the one place where stored accounts become what requests act as. */

import { compileGrants } from '../access/grants.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import type { Holder, TokenHolder } from '../storage/tokens.ts'

export function principalOf(holder: Holder | TokenHolder, context: RequestContext): Principal {
  const { account, grants } = holder
  const impersonator = 'token' in holder ? holder.impersonator : undefined
  return {
    accountId: account.id,
    kind: account.kind,
    name: account.name,
    isSuperadmin: account.isSuperadmin,
    grants: compileGrants(grants),
    ...('token' in holder ? { tokenId: holder.token.id } : {}),
    ...(impersonator ? { impersonator: { accountId: impersonator.id, name: impersonator.name } } : {}),
    ...context,
  }
}
