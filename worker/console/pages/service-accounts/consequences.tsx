/** What hangs on a service account, said before it is taken away. */

import { groupsOf } from '../../../accounts/memberships.ts'
import { listCredentials } from '../../../federation/credentials.ts'
import { summariesOf } from '../../../storage/account-summaries.ts'
import type { Account } from '../../../storage/accounts.ts'
import type { Database } from '../../../storage/database.ts'
import { When } from '../../parts/when.tsx'

export interface Consequences {
  readonly name: string
  readonly tokens: number
  readonly credentials: number
  readonly lastUsedAt: number | null
  /** In the tenant, its own and those of its groups. */
  readonly bindings: number
  readonly groups: number
}

export async function readConsequences(
  db: Database,
  { id, name }: Account,
  tenant: string,
): Promise<Consequences> {
  const [summaries, credentials, groups] = await Promise.all([
    summariesOf(db, tenant, [id]),
    listCredentials(db, id),
    groupsOf(db, tenant, [id]),
  ])
  const { tokens = 0, lastUsedAt = null, bindings = 0 } = summaries.get(id) ?? {}
  return {
    name,
    tokens,
    credentials: credentials.length,
    lastUsedAt,
    bindings,
    groups: groups.get(id)?.length ?? 0,
  }
}

interface LossesProps {
  readonly consequences: Consequences
  /** What becomes of its credentials: `stop working`. */
  readonly verb: string
  readonly bound: string
}

export function Losses({
  consequences: { tokens, credentials, lastUsedAt, bindings, groups },
  verb,
  bound,
}: LossesProps) {
  return (
    <ul>
      <li>
        {`${count(tokens, 'API token')} and ${count(credentials, 'federated credential')} ${verb}. ${bound}`}
      </li>
      <li>Last call with a token: {lastUsedAt === null ? 'none yet' : <When at={lastUsedAt} />}.</li>
      <li>{`It has ${count(bindings, 'role')} in this tenant, and is in ${count(groups, 'group')}.`}</li>
      <li>What it has deployed and what the audit log says of it stay.</li>
    </ul>
  )
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
