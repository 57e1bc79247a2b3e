/** Which groups somebody may put an account into, and what each brings with it. */

import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import { decide, mayGrant } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { type BindingInFull, listBindingsOfGroups } from '../storage/bindings.ts'
import type { Database } from '../storage/database.ts'
import { type Group, groupsOf, listGroups } from '../storage/groups.ts'

export interface JoinableGroup {
  readonly group: Group
  readonly brings: readonly BindingInFull[]
}

/** Of one page of the tenant's groups those that the principal may add members to: the rule is the one of adding. */
export async function listJoinableGroups(
  db: Database,
  principal: Principal,
  tenant: string,
  query: ListQuery,
): Promise<Page<JoinableGroup>> {
  const { results, total } = await listGroups(db, tenant, query)
  const brought = await listBindingsOfGroups(
    db,
    tenant,
    results.map(({ id }) => id),
  )
  const own = (await groupsOf(db, tenant, [principal.accountId])).get(principal.accountId) ?? []
  const mayManage = (id: string) =>
    decide(principal, { tenant, permission: 'GROUP:MANAGE_MEMBERS' }) ||
    own.some((group) => group.id === id && group.membership === 'OWNER')
  const offered = results
    .map((group) => ({ group, brings: brought.filter(({ binding }) => binding.groupId === group.id) }))
    .filter(
      ({ group, brings }) => mayManage(group.id) && brings.every((one) => mayGrantAgain(principal, one)),
    )
  return { results: offered, total }
}

const mayGrantAgain = (principal: Principal, { binding, role }: BindingInFull): boolean =>
  mayGrant(principal, {
    tenant: binding.tenantId,
    permissions: role.permissions,
    namespace: binding.namespace,
  })
