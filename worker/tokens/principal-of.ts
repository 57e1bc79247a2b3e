/** From rows to a principal: the one place where stored accounts become what requests act as. */

import { compileGrants } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import type { Holder } from '../storage/tokens.ts'

export function principalOf({ account, grants }: Holder): Principal {
  return {
    accountId: account.id,
    kind: account.kind,
    name: account.name,
    isSuperadmin: account.isSuperadmin,
    grants: compileGrants(grants),
  }
}
