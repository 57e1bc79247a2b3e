/** The groups of one user, changed as a whole. Who is in one group is the group's business. */

import { err, ok, type Result } from '../../shared/result.ts'
import { mayHandOver } from '../access/decide.ts'
import { compileGrants } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import { type Database, type Statement, write } from '../storage/database.ts'
import { deleteMemberships, insertMembership, listGroupGrants } from '../storage/memberships.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { findAllGroups, readUser } from './users.ts'

/**
 * Replaces a user's groups in one tenant. Being in a group is holding what it holds, so nobody puts anyone into one
 * that holds more than they do.
 */
export async function setGroupsIn(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
  groupIds: readonly string[],
): Promise<Result<void, AccountError>> {
  const found = await readUser(db, id)
  if (!found.ok) return found
  const { account, tenants, groups } = found.value
  if (!tenants.some((one) => one.id === tenant)) return err({ code: 'not_found', what: 'account', id })
  const wanted = await findAllGroups(db, groupIds, tenant)
  if (!wanted.ok) return wanted
  const before = groups.filter((group) => group.tenantId === tenant).map((group) => group.id)
  const joined = groupIds.filter((one) => !before.includes(one))
  if (!mayHandOver(principal, compileGrants(await listGroupGrants(db, joined)))) {
    return err({ code: 'grant_exceeds_own' })
  }
  const written = await write(db, [
    ...regroup(db, id, before, groupIds, principal.now),
    ...record(db, principal, {
      ...deedOn('UPDATE', account, tenant),
      before: { groups: before },
      after: { groups: groupIds },
    }),
  ])
  return written.ok ? ok(undefined) : err({ code: 'not_found', what: 'group', id: groupIds.join() })
}

export const regroup = (
  db: Database,
  accountId: string,
  before: readonly string[],
  after: readonly string[],
  now: number,
): Statement[] => [
  deleteMemberships(
    db,
    accountId,
    before.filter((id) => !after.includes(id)),
  ),
  ...after.map((id) => insertMembership(id, accountId, now)),
]
