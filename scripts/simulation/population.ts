/** Who there is: accounts with roles of their own and of a group, ten tokens each. Rows as the worker would have made them. */

import type { DatabaseSync } from 'node:sqlite'
import { drawToken } from '../../shared/token-format.ts'
import type { Keys } from '../../worker/tokens/keys.ts'
import { macOf } from '../../worker/tokens/mint.ts'
import type { Random } from './random.ts'

const TOKENS_OF_ONE = 10
export const ROLES = 20
const ROLE = { NAMESPACE_FILE: ['LIST', 'VIEW'], FLOW: ['LIST', 'VIEW'], EXECUTION: ['LIST', 'VIEW'] }

export interface SimulatedToken {
  readonly id: string
  readonly text: string
  /** The number of its account. */
  readonly account: number
  readonly accountId: string
  /** When its end was committed. */
  endedAt: number | undefined
}

export async function populate(
  tables: DatabaseSync,
  keys: Keys,
  random: Random,
  count: number,
): Promise<SimulatedToken[]> {
  tables.exec('BEGIN')
  const permissions = JSON.stringify(ROLE)
  const sql = (text: string) => tables.prepare(text)
  sql("INSERT INTO tenants (id, name, created_at) VALUES ('main', 'main', 0)").run()
  const insertRole = sql(`INSERT INTO roles (id, tenant_id, name, permissions, is_managed, created_at)
    VALUES (?, 'main', ?, ?, 0, 0)`)
  for (let index = 0; index < ROLES; index++) insertRole.run(`role${index}`, `Role ${index}`, permissions)
  sql("INSERT INTO groups (id, tenant_id, name, created_at) VALUES ('group', 'main', 'Everybody', 0)").run()
  const insertBinding =
    sql(`INSERT INTO bindings (id, tenant_id, account_id, group_id, role_id, namespace, created_at)
    VALUES (?, 'main', ?, ?, ?, 'prod', 0)`)
  insertBinding.run('binding', null, 'group', 'role0')
  const insertAccount = sql(`INSERT INTO accounts (id, kind, name, is_superadmin, created_at)
    VALUES (?, 'SERVICE_ACCOUNT', ?, 0, 0)`)
  const insertMember =
    sql(`INSERT INTO group_members (group_id, account_id, membership, account_name, created_at)
    VALUES ('group', ?, 'MEMBER', ?, 0)`)
  const insertToken =
    sql(`INSERT INTO tokens (id, kind, account_id, name, description, mac, key_version, created_at)
    VALUES (?, 'API', ?, 'ci', '', ?, ?, 0)`)
  const tokens: SimulatedToken[] = []
  for (let index = 0; index < count; index++) {
    const account = Math.floor(index / TOKENS_OF_ONE)
    const accountId = `account${account}`
    if (index % TOKENS_OF_ONE === 0) {
      insertAccount.run(accountId, accountId)
      insertMember.run(accountId, accountId)
      insertBinding.run(`binding of ${accountId}`, accountId, null, `role${account % ROLES}`)
    }
    const { id, token: text } = drawToken('API', (length) => random.bytes(length))
    const { mac, keyVersion } = await macOf(keys, text)
    insertToken.run(id, accountId, mac, keyVersion)
    tokens.push({ id, text, account, accountId, endedAt: undefined })
  }
  sql("INSERT INTO changes (at, kind, ref) VALUES (0, 'tenant', 'main')").run()
  tables.exec('COMMIT')
  return tokens
}
