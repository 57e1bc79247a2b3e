/** What a list says of accounts beside their own rows: their tokens and what they were given. */

import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

export interface AccountSummary {
  readonly id: string
  /** API tokens, expired ones included. */
  readonly tokens: number
  /** Of those that expire: the first; null where none does. */
  readonly nextExpiry: number | null
  readonly lastUsedAt: number | null
  /** Of the tenant, the account's own and those of its groups. */
  readonly bindings: number
  /** The role and place of one of them. */
  readonly roleName: string | null
  readonly namespace: string | null
}

/** Cost: the tokens and bindings of these accounts, by index. */
export async function summariesOf(
  db: Database,
  tenantId: string,
  accountIds: readonly string[],
): Promise<Map<string, AccountSummary>> {
  const rows = await db.all<AccountSummary>(sql`
    WITH asked AS (SELECT value AS id FROM json_each(${JSON.stringify(accountIds)})),
    held AS (
      SELECT asked.id AS account_id, bindings.id AS binding_id, 0 AS is_by_group FROM asked
        CROSS JOIN bindings ON bindings.account_id = asked.id AND bindings.tenant_id = ${tenantId}
      UNION ALL
      SELECT asked.id, bindings.id, 1 FROM asked
        CROSS JOIN group_members ON group_members.account_id = asked.id
        CROSS JOIN bindings ON bindings.group_id = group_members.group_id AND bindings.tenant_id = ${tenantId}
    ),
    first AS (
      SELECT account_id, count(*) AS bindings, min(is_by_group || binding_id) AS binding FROM held GROUP BY account_id
    )
    SELECT
      asked.id AS id,
      (SELECT count(*) FROM tokens WHERE account_id = asked.id AND kind = 'API') AS tokens,
      (SELECT min(expires_at) FROM tokens WHERE account_id = asked.id AND kind = 'API') AS nextExpiry,
      (SELECT max(last_used_at) FROM tokens WHERE account_id = asked.id AND kind = 'API') AS lastUsedAt,
      coalesce(first.bindings, 0) AS bindings,
      roles.name AS roleName,
      bindings.namespace AS namespace
    FROM asked
      LEFT JOIN first ON first.account_id = asked.id
      LEFT JOIN bindings ON bindings.id = substr(first.binding, 2)
      LEFT JOIN roles ON roles.id = bindings.role_id`)
  return new Map(rows.map((row) => [row.id, row]))
}
