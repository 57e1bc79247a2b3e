/** Who may enter a tenant, and what they hold there. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Id, pageOf } from '../../../shared/wire/common.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import {
  GrantTenantAccess,
  SuggestUsers,
  TenantAccess,
  TenantUser,
} from '../../../shared/wire/tenant-access.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import { accountFields } from '../../accounts/service-accounts.ts'
import {
  type AccessInFull,
  findTenantUsers,
  findUserByEmail,
  grantTenantAccess,
  listTenantUsers,
  readTenantAccess,
  revokeTenantAccess,
  type TenantUser as User,
} from '../../accounts/tenant-users.ts'
import { answer, empty, json } from '../answer.ts'
import { suggest } from '../autocomplete.ts'
import { jsonBody } from '../body.ts'
import { type Exception, permit, route } from '../route.ts'

const path = '/api/v1/:tenant/tenant-access'
const tenant = v.object({ tenant: TenantId })
const params = v.object({ tenant: TenantId, account: Id })

const asOneself: Exception = (_, principal, params) =>
  (params as { account: string }).account === principal.accountId

export const tenantAccessRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'List the users of a tenant',
    access: permit('USER:LIST'),
    params: tenant,
    query: listQuery(accountFields),
    answers: { 200: pageOf(TenantUser) },
    handle: async ({ edge, params, query }) => {
      const { results, total } = await listTenantUsers(edge.db, params.tenant, query)
      return json(200, { results: results.map(toRow), total })
    },
  }),
  route({
    method: 'POST',
    path,
    summary: 'Let a user into a tenant, by e-mail address',
    access: permit('USER:CREATE'),
    params: tenant,
    body: jsonBody(GrantTenantAccess),
    answers: { 204: null },
    handle: async ({ edge, principal, params, body }) =>
      answer(await grantTenantAccess(edge.db, principal, params.tenant, body.email), () => empty(204)),
  }),
  route({
    method: 'POST',
    path: `${path}/autocomplete`,
    summary: 'Suggest users by a part of their e-mail address; from outside the tenant by the whole of it',
    access: permit('USER:LIST'),
    params: tenant,
    body: jsonBody(SuggestUsers),
    answers: { 200: v.array(TenantUser) },
    handle: async ({ edge, params, body }) => {
      const q = body.q || body.username || undefined
      const users = await suggest(
        { ...body, q },
        async (query) => {
          const { results, total } = await listTenantUsers(edge.db, params.tenant, query)
          return { results: results.map(toRow), total }
        },
        async (ids) => (await findTenantUsers(edge.db, params.tenant, ids)).map(toRow),
      )
      const outside = q && !body.existingOnly ? await findUserByEmail(edge.db, params.tenant, q) : undefined
      const isNew = outside && !users.some(({ id }) => id === outside.account.id)
      return json(200, isNew ? [...users, toRow(outside)] : users)
    },
  }),
  route({
    method: 'PUT',
    path: `${path}/:account`,
    summary: 'Let a user into a tenant, by id',
    access: permit('USER:CREATE'),
    params,
    answers: { 201: null },
    handle: async ({ edge, principal, params }) =>
      answer(await grantTenantAccess(edge.db, principal, params.tenant, params.account), () => empty(201)),
  }),
  route({
    method: 'GET',
    path: `${path}/:account`,
    summary: 'Read what a user holds in a tenant, and where it comes from; everyone may read their own',
    access: permit('USER:VIEW', { or: asOneself }),
    params,
    answers: { 200: TenantAccess },
    handle: async ({ edge, principal, params }) =>
      answer(await readTenantAccess(edge.db, principal, params.tenant, params.account), (access) =>
        json(200, toWire(params.tenant, access)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:account`,
    summary: 'Show a user out of a tenant, with all bindings and memberships there',
    access: permit('USER:DELETE'),
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await revokeTenantAccess(edge.db, principal, params.tenant, params.account), () => empty(204)),
  }),
]

const toGroups = ({ groups }: User) => groups.map(({ id, name }) => ({ id, name, external: false }))

const toRow = (user: User): TenantUser => ({
  id: user.account.id,
  username: user.account.name,
  displayName: displayNameOf(user.account),
  groups: toGroups(user),
  auths: user.account.password === null ? [] : [{ name: 'BASIC_AUTH', type: 'BASIC_AUTH' }],
})

const toWire = (tenant: string, access: AccessInFull): TenantAccess => ({
  tenantId: tenant,
  userId: access.account.id,
  username: access.account.name,
  displayName: displayNameOf(access.account),
  groups: toGroups(access),
  roles: access.bindings.map(({ binding, role, group }) => ({
    id: role.id,
    name: role.name,
    ...(binding.namespace === null ? {} : { namespace: binding.namespace }),
    origin: group === null ? 'BINDING' : 'GROUP',
    sourceId: group?.id ?? binding.id,
    permissions: Object.entries(role.permissions).map(([resource, actions]) => ({ resource, actions })),
  })),
  superAdmin: access.account.isSuperadmin,
  instanceOwner: access.account.isSuperadmin,
})
