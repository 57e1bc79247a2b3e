/** Groups of a tenant: several accounts, users and service accounts alike, that one binding governs. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { CreateGroup, WriteGroup } from '../../shared/wire/group.ts'
import type { AccessError } from '../access/errors.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import { findAccounts } from '../storage/accounts.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import {
  deleteGroup,
  findGroup,
  findGroups,
  type Group,
  groupFields,
  insertGroup,
  listGroups,
  updateGroup,
} from '../storage/groups.ts'
import { newId } from '../storage/ids.ts'
import { enrol } from './memberships.ts'

export { findGroups, type Group, groupFields, listGroups }

export async function createGroup(
  db: Database,
  principal: Principal,
  tenant: string,
  { name, description, membersId }: CreateGroup,
): Promise<Result<Group, AccessError>> {
  const group: Group = {
    id: newId(),
    tenantId: tenant,
    name,
    description: description ?? null,
    createdAt: principal.now,
  }
  const members = await enrolFirst(db, principal, group, membersId ?? [])
  if (!members.ok) return members
  const written = await write(db, [
    insertGroup(db, group),
    ...record(db, principal, deedOn('CREATE', group)),
    ...members.value,
  ])
  return written.ok ? ok(group) : err({ code: 'group_name_taken' })
}

async function enrolFirst(
  db: Database,
  principal: Principal,
  group: Group,
  ids: readonly string[],
): Promise<Result<Statement[], AccessError>> {
  const accounts = await findAccounts(db, ids)
  const unknown = ids.find((id) => !accounts.some((account) => account.id === id))
  return unknown === undefined
    ? enrol(db, principal, accounts, group)
    : err({ code: 'not_found', what: 'account', id: unknown })
}

export async function readGroup(
  db: Database,
  tenant: string,
  id: string,
): Promise<Result<Group, AccessError>> {
  const group = await findGroup(db, tenant, id)
  return group ? ok(group) : err({ code: 'not_found', what: 'group', id })
}

export async function replaceGroup(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
  { name, description }: WriteGroup,
): Promise<Result<Group, AccessError>> {
  const found = await readGroup(db, tenant, id)
  if (!found.ok) return found
  const changes = { name, description: description ?? null }
  const after = { ...found.value, ...changes }
  const written = await write(db, [
    updateGroup(db, id, changes),
    ...record(db, principal, { ...deedOn('UPDATE', after), before: found.value }),
  ])
  return written.ok ? ok(after) : err({ code: 'group_name_taken' })
}

/** What its members had by it ends at once. */
export async function removeGroup(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<void, AccessError>> {
  const found = await readGroup(db, tenant, id)
  if (!found.ok) return found
  await writeOrThrow(db, [
    deleteGroup(db, id),
    ...record(db, principal, { ...deedOn('DELETE', found.value), ends: [{ kind: 'group', ref: id }] }),
  ])
  return ok(undefined)
}

/** What a group is called decides nothing: only its end ends something. */
const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', group: Group): Deed => ({
  type,
  resource: 'GROUP',
  id: group.id,
  tenant: group.tenantId,
  [type === 'DELETE' ? 'before' : 'after']: group,
})
