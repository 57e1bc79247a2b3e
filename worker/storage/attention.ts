/**
 * What of a tenant's accounts somebody should look at: a few of each kind. Each query walks an index from where it
 * matters most, and no further than `MAX_LOOKED_AT` rows: in a tenant of a hundred thousand accounts a few are found as
 * well, and finding all is what the lists are for.
 */

import { type SQL, sql } from 'drizzle-orm'
import type { AccountKind } from './accounts.ts'
import type { Database } from './database.ts'
import { each } from './listing.ts'

export const MAX_SHOWN = 5
const MAX_LOOKED_AT = 200

export type Reason = 'expired' | 'expiring' | 'endless' | 'tokenless' | 'roleless'

export interface Concern {
  readonly reason: Reason
  readonly accountId: string
  readonly accountName: string
  readonly accountKind: AccountKind
  /** Of a token; null where it is about the account as a whole. */
  readonly tokenName: string | null
  readonly expiresAt: number | null
}

/**
 * The most pressing first.
 *
 * @param kinds of accounts, whose tokens the reader may see
 * @param soonMs how long before its end a token is of concern
 */
export async function findConcerns(
  db: Database,
  tenantId: string,
  {
    kinds,
    now,
    soonMs,
  }: { readonly kinds: readonly AccountKind[]; readonly now: number; readonly soonMs: number },
): Promise<Concern[]> {
  const ofTokens = (reason: Reason, which: SQL, order: SQL) => sql`SELECT * FROM (
    SELECT ${reason} AS reason, accounts.id AS accountId, accounts.name AS accountName, accounts.kind AS accountKind,
      found.name AS tokenName, found.expires_at AS expiresAt
    FROM (
      SELECT account_id, name, expires_at FROM tokens WHERE kind = 'API' AND ${which} ORDER BY ${order} LIMIT ${MAX_LOOKED_AT}
    ) AS found
    CROSS JOIN accounts ON accounts.id = found.account_id
    WHERE accounts.disabled_at IS NULL AND accounts.kind IN ${each(kinds)}
      AND EXISTS (SELECT 1 FROM tenant_access WHERE tenant_id = ${tenantId} AND account_id = accounts.id)
    LIMIT ${MAX_SHOWN})`
  const ofAccounts = (reason: Reason, lacks: SQL) => sql`SELECT * FROM (
    SELECT ${reason} AS reason, accounts.id AS accountId, accounts.name AS accountName, accounts.kind AS accountKind,
      NULL AS tokenName, NULL AS expiresAt
    FROM (
      SELECT account_id FROM tenant_access WHERE tenant_id = ${tenantId} AND account_kind = 'SERVICE_ACCOUNT'
      ORDER BY account_name COLLATE NOCASE, account_id LIMIT ${MAX_LOOKED_AT}
    ) AS found
    CROSS JOIN accounts ON accounts.id = found.account_id
    WHERE accounts.disabled_at IS NULL AND accounts.kind IN ${each(kinds)} AND ${lacks}
    LIMIT ${MAX_SHOWN})`
  return db.all<Concern>(
    sql.join(
      [
        ofTokens('expired', sql`expires_at <= ${now}`, sql`expires_at DESC`),
        ofTokens('expiring', sql`expires_at > ${now} AND expires_at <= ${now + soonMs}`, sql`expires_at`),
        ofAccounts('tokenless', WITHOUT_CREDENTIAL),
        ofAccounts('roleless', withoutRole(tenantId)),
        ofTokens('endless', sql`expires_at IS NULL`, sql`id`),
      ],
      sql` UNION ALL `,
    ),
  )
}

/** Neither a token nor a workflow that may act as it. */
const WITHOUT_CREDENTIAL = sql`
  NOT EXISTS (SELECT 1 FROM tokens WHERE account_id = accounts.id AND kind = 'API')
  AND NOT EXISTS (SELECT 1 FROM federated_credentials WHERE account_id = accounts.id)`

const withoutRole = (tenantId: string) => sql`
  accounts.is_superadmin = 0
  AND NOT EXISTS (SELECT 1 FROM bindings WHERE account_id = accounts.id AND tenant_id = ${tenantId})
  AND NOT EXISTS (SELECT 1 FROM group_members CROSS JOIN bindings ON bindings.group_id = group_members.group_id
    WHERE group_members.account_id = accounts.id AND bindings.tenant_id = ${tenantId})`
