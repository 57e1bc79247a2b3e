/** Who a role can be bound to, and who can be a member: accounts of both kinds, and groups, under one word. */

import type { Permission } from '../../shared/permissions.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { decide } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import type { Principal } from '../access/principal.ts'
import { type Account, findAccounts, listAccounts, tenantIdsOf } from '../storage/accounts.ts'
import type { Database } from '../storage/database.ts'
import { findGroup, type Group, listGroups } from '../storage/groups.ts'
import { displayNameOf } from './display-name.ts'

export interface Subject {
  readonly kind: Account['kind'] | 'GROUP'
  readonly id: string
  /** What it is called in full: of a user the e-mail address. */
  readonly name: string
  /** A person's own name, or what somebody wrote of it; empty where there is nothing. */
  readonly detail: string
  readonly isSuperadmin: boolean
}

const KINDS: ReadonlyArray<readonly [Subject['kind'], Permission]> = [
  ['USER', 'USER:LIST'],
  ['SERVICE_ACCOUNT', 'SERVICE_ACCOUNT:LIST'],
  ['GROUP', 'GROUP:LIST'],
]

/**
 * The first of each kind in the tenant whose name holds a text, of the kinds that the principal may list.
 *
 * @param size of each kind at most so many
 */
export async function findSubjects(
  db: Database,
  principal: Principal,
  tenant: string,
  q: string | undefined,
  kinds: ReadonlyArray<Subject['kind']>,
  size: number,
): Promise<Subject[]> {
  const query = { page: 1, size, q, sort: [], filters: [] }
  const listed = KINDS.filter(
    ([kind, permission]) => kinds.includes(kind) && decide(principal, { tenant, permission }),
  )
  const found = await Promise.all(
    listed.map(async ([kind]) =>
      kind === 'GROUP'
        ? (await listGroups(db, tenant, query)).results.map(groupAsSubject)
        : (await listAccounts(db, kind, query, tenant)).results.map(accountAsSubject),
    ),
  )
  return found.flat()
}

/** Accounts of other tenants alone are as good as none, as where a role is bound. */
export async function readSubject(
  db: Database,
  principal: Principal,
  tenant: string,
  type: 'USER' | 'GROUP',
  id: string,
): Promise<Result<Subject, AccessError>> {
  if (type === 'GROUP') {
    const group = await findGroup(db, tenant, id)
    return group ? ok(groupAsSubject(group)) : err({ code: 'not_found', what: 'group', id })
  }
  const [account] = await findAccounts(db, [id])
  const isKnown = account && (principal.isSuperadmin || (await tenantIdsOf(db, id)).includes(tenant))
  return isKnown ? ok(accountAsSubject(account)) : err({ code: 'not_found', what: 'account', id })
}

export function accountAsSubject(account: Account): Subject {
  const { kind, id, name, isSuperadmin } = account
  const ownName = displayNameOf(account)
  return { kind, id, name, isSuperadmin, detail: ownName === name ? (account.description ?? '') : ownName }
}

const groupAsSubject = ({ id, name, description }: Group): Subject => ({
  kind: 'GROUP',
  id,
  name,
  detail: description ?? '',
  isSuperadmin: false,
})
