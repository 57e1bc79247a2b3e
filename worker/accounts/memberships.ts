/**
 * Who is in which group. Being in a group brings with it all that the group holds: whoever puts an account into one
 * must hold that too, as for a binding.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import { decide, mayHandOver } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import { compileGrants } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record, recordAll } from '../audit/record.ts'
import {
  type Account,
  belongsTo,
  findAccount,
  findAccountCalled,
  findAccountsCalled,
} from '../storage/accounts.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import {
  deleteMember,
  findGroup,
  findGroups,
  findMembership,
  type Group,
  type GroupOfAccount,
  groupsOf,
  insertMembers,
  listMembers as listMemberRows,
  type Membership,
  type MembershipIn,
  memberFields,
  updateMember,
} from '../storage/groups.ts'
import { listGroupGrants } from '../storage/holders.ts'
import { admit } from './tenant-access.ts'

export { type GroupOfAccount, groupsOf, memberFields }

export interface MemberInFull {
  readonly account: Account
  /** All that it is in, in the tenant. */
  readonly groups: readonly GroupOfAccount[]
}

export async function listMembers(
  db: Database,
  tenant: string,
  groupId: string,
  query: ListQuery,
): Promise<Result<Page<MemberInFull>, AccessError>> {
  if (!(await findGroup(db, tenant, groupId))) return err({ code: 'not_found', what: 'group', id: groupId })
  const { results, total } = await listMemberRows(db, groupId, query)
  const ids = results.map(({ account }) => account.id)
  const groups = await groupsOf(db, tenant, ids)
  return ok({
    total,
    results: results.map(({ account }) => ({ account, groups: groups.get(account.id) ?? [] })),
  })
}

/** @param who an id, or a user's e-mail address */
export async function addMember(
  db: Database,
  principal: Principal,
  tenant: string,
  groupId: string,
  who: string,
): Promise<Result<MemberInFull, AccessError>> {
  const found = await findBoth(db, tenant, groupId, who)
  if (!found.ok) return found
  const { group, account } = found.value
  const enrolled = await enrol(db, principal, [account], group)
  if (!enrolled.ok) return enrolled
  const written = await write(db, enrolled.value)
  return written.ok ? readMember(db, tenant, account) : err({ code: 'member_already' })
}

/** All of them or none. @param who as for one */
export async function addMembers(
  db: Database,
  principal: Principal,
  tenant: string,
  groupId: string,
  who: readonly string[],
): Promise<Result<void, AccessError>> {
  const group = await findGroup(db, tenant, groupId)
  if (!group) return err({ code: 'not_found', what: 'group', id: groupId })
  const found = await findAccountsCalled(db, who)
  const unknown = who.find((one) => !found.has(one))
  if (unknown !== undefined) return err({ code: 'not_found', what: 'account', id: unknown })
  const enrolled = await enrol(db, principal, [...found.values()], group)
  if (!enrolled.ok) return enrolled
  const written = await write(db, enrolled.value)
  return written.ok ? ok(undefined) : err({ code: 'member_already' })
}

export async function readMembership(
  db: Database,
  tenant: string,
  groupId: string,
  who: string,
): Promise<Result<{ group: Group; account: Account; membership: Membership }, AccessError>> {
  const found = await findBoth(db, tenant, groupId, who)
  if (!found.ok) return found
  const { group, account, membership } = found.value
  return membership ? ok({ group, account, membership }) : noMember(db, tenant, account)
}

export async function removeMember(
  db: Database,
  principal: Principal,
  tenant: string,
  groupId: string,
  who: string,
): Promise<Result<MemberInFull, AccessError>> {
  const found = await findBoth(db, tenant, groupId, who)
  if (!found.ok) return found
  const { group, account, membership } = found.value
  if (!membership) return noMember(db, tenant, account)
  await writeOrThrow(db, dismiss(db, principal, account, { ...group, membership }))
  return readMember(db, tenant, account)
}

export async function setMembership(
  db: Database,
  principal: Principal,
  tenant: string,
  groupId: string,
  who: string,
  membership: Membership,
): Promise<Result<MemberInFull, AccessError>> {
  const found = await findBoth(db, tenant, groupId, who)
  if (!found.ok) return found
  const { group, account, membership: before } = found.value
  if (!before) return noMember(db, tenant, account)
  // An owner can hand the group's roles to others.
  if (membership === 'OWNER' && !(await mayHandOverGroups(db, principal, [groupId]))) {
    return err({ code: 'grant_exceeds_own' })
  }
  await writeOrThrow(db, [
    updateMember(db, groupId, account.id, membership),
    ...record(db, principal, deedOn(group, account, { before, after: membership })),
  ])
  return readMember(db, tenant, account)
}

/** An owner of a group may change who is in it, without the permission to manage members. */
export const ownsGroup = async (db: Database, principal: Principal, groupId: string): Promise<boolean> =>
  !principal.isNarrowed && (await findMembership(db, groupId, principal.accountId)) === 'OWNER'

/** The statements that make accounts members of a group, and of its tenant if need be. Cost: of many as of one. */
export async function enrol(
  db: Database,
  principal: Principal,
  accounts: readonly Account[],
  group: Group,
): Promise<Result<Statement[], AccessError>> {
  const each = [...new Map(accounts.map((one) => [one.id, one])).values()]
  if (each.length === 0) return ok([])
  const admitted = await admit(db, principal, group.tenantId, each)
  if (!admitted.ok) return admitted
  if (!(await mayHandOverGroups(db, principal, [group.id]))) return err({ code: 'grant_exceeds_own' })
  return ok([...admitted.value, ...makeMembers(principal, group, each)])
}

function makeMembers(principal: Principal, group: Group, accounts: readonly Account[]): Statement[] {
  const ids = accounts.map(({ id }) => id)
  return [
    insertMembers(group.id, ids, 'MEMBER', principal.now),
    ...recordAll(
      principal,
      accounts.map((account) => deedOn(group, account, { after: 'MEMBER' })),
    ),
  ]
}

/** The statements that make an account of the groups' tenants a member of each. */
export async function enlist(
  db: Database,
  principal: Principal,
  account: Account,
  groups: readonly Group[],
): Promise<Result<Statement[], AccessError>> {
  const ids = groups.map(({ id }) => id)
  if (!(await mayHandOverGroups(db, principal, ids))) return err({ code: 'grant_exceeds_own' })
  return ok(groups.flatMap((group) => makeMembers(principal, group, [account])))
}

/**
 * The statements that put an account of a tenant into exactly these groups there. Who may not manage the members of a group
 * may only leave it as it is.
 */
export async function replaceGroups(
  db: Database,
  principal: Principal,
  tenant: string,
  account: Account,
  groupIds: readonly string[],
): Promise<Result<Statement[], AccessError>> {
  const wanted = await findGroups(db, tenant, groupIds)
  const unknown = groupIds.find((id) => !wanted.some((group) => group.id === id))
  if (unknown !== undefined) return err({ code: 'not_found', what: 'group', id: unknown })
  const current = (await groupsOf(db, tenant, [account.id])).get(account.id) ?? []
  return regroup(
    db,
    principal,
    account,
    current.map((group) => ({ ...group, tenantId: tenant })),
    wanted,
  )
}

/** Makes an account of a tenant a member of exactly these groups there. */
export async function setGroupsIn(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
  groupIds: readonly string[],
): Promise<Result<void, AccessError>> {
  const account = await findAccount(db, 'USER', id)
  if (!account || !(await belongsTo(db, tenant, id))) return err({ code: 'not_found', what: 'account', id })
  const replaced = await replaceGroups(db, principal, tenant, account, groupIds)
  if (!replaced.ok) return replaced
  if (replaced.value.length > 0) await writeOrThrow(db, replaced.value)
  return ok(undefined)
}

/** Puts an account of a tenant into more groups there, and takes it out of others. */
export async function changeGroups(
  db: Database,
  principal: Principal,
  tenant: string,
  account: Account,
  { joined = [], left = [] }: { readonly joined?: readonly string[]; readonly left?: readonly string[] },
): Promise<Result<void, AccessError>> {
  if (!(await belongsTo(db, tenant, account.id)))
    return err({ code: 'not_found', what: 'account', id: account.id })
  const current = (await groupsOf(db, tenant, [account.id])).get(account.id) ?? []
  const kept = current.map(({ id }) => id).filter((id) => !left.includes(id))
  const replaced = await replaceGroups(db, principal, tenant, account, [...new Set([...kept, ...joined])])
  if (!replaced.ok) return replaced
  const written = await write(db, replaced.value)
  return written.ok ? ok(undefined) : err({ code: 'member_already' })
}

/** The same of groups of any tenant, from those that the account is in to those that are wanted. */
export async function regroup(
  db: Database,
  principal: Principal,
  account: Account,
  current: readonly MembershipIn[],
  wanted: readonly Group[],
): Promise<Result<Statement[], AccessError>> {
  const joined = wanted.filter(({ id }) => !current.some((group) => group.id === id))
  const left = current.filter(({ id }) => !wanted.some((group) => group.id === id))
  for (const { id, tenantId } of [...joined, ...left]) {
    if (!(await mayManageMembers(db, principal, tenantId, id))) return err(MAY_NOT_MANAGE)
  }
  const enlisted = await enlist(db, principal, account, joined)
  if (!enlisted.ok) return enlisted
  return ok([...left.flatMap((group) => dismiss(db, principal, account, group)), ...enlisted.value])
}

/** Whether somebody may put accounts into these groups of a tenant, as far as they are there. */
export async function refuseGroups(
  db: Database,
  principal: Principal,
  tenant: string,
  ids: readonly string[],
): Promise<AccessError | undefined> {
  for (const id of ids) {
    if (!(await mayManageMembers(db, principal, tenant, id))) return MAY_NOT_MANAGE
  }
  return (await mayHandOverGroups(db, principal, ids)) ? undefined : { code: 'grant_exceeds_own' }
}

const MANAGE = 'GROUP:MANAGE_MEMBERS'
const MAY_NOT_MANAGE = { code: 'permission_missing', permission: MANAGE } as const

const mayManageMembers = async (db: Database, principal: Principal, tenant: string, groupId: string) =>
  decide(principal, { tenant, permission: MANAGE }) || ownsGroup(db, principal, groupId)

const dismiss = (db: Database, principal: Principal, account: Account, group: MembershipIn): Statement[] => [
  deleteMember(db, group.id, account.id),
  ...record(db, principal, deedOn(group, account, { before: group.membership })),
]

const mayHandOverGroups = async (db: Database, principal: Principal, ids: readonly string[]) =>
  mayHandOver(principal, compileGrants(await listGroupGrants(db, ids)))

async function findBoth(
  db: Database,
  tenant: string,
  groupId: string,
  who: string,
): Promise<Result<{ group: Group; account: Account; membership: Membership | undefined }, AccessError>> {
  const group = await findGroup(db, tenant, groupId)
  if (!group) return err({ code: 'not_found', what: 'group', id: groupId })
  const account = await findAccountCalled(db, who)
  if (!account) return err({ code: 'not_found', what: 'account', id: who })
  return ok({ group, account, membership: await findMembership(db, groupId, account.id) })
}

/** Of accounts outside the tenant it is not said that they are there at all. */
async function noMember(db: Database, tenant: string, { id }: Account): Promise<Result<never, AccessError>> {
  const isKnown = await belongsTo(db, tenant, id)
  return err(isKnown ? { code: 'member_not' } : { code: 'not_found', what: 'account', id })
}

async function readMember(
  db: Database,
  tenant: string,
  account: Account,
): Promise<Result<MemberInFull, AccessError>> {
  const groups = (await groupsOf(db, tenant, [account.id])).get(account.id) ?? []
  return ok({ account, groups })
}

function deedOn(
  group: Pick<Group, 'id' | 'tenantId'>,
  account: Account,
  { before, after }: { readonly before?: Membership; readonly after?: Membership },
): Deed {
  const state = (membership: Membership) => ({ accountId: account.id, name: account.name, membership })
  return {
    type: before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE',
    resource: 'GROUP_MEMBERSHIP',
    id: group.id,
    tenant: group.tenantId,
    ...(before === undefined ? {} : { before: state(before) }),
    ...(after === undefined ? {} : { after: state(after) }),
    ends: [{ kind: 'account', ref: account.id }],
  }
}
