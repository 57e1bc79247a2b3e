/** Roles of a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Autocomplete, Id, IdsRequest, pageOf } from '../../../shared/wire/common.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import { Role, RoleById, RoleSummary, WriteRole } from '../../../shared/wire/role.ts'
import {
  createRole,
  findRoles,
  listRoles,
  type RoleRow,
  readRole,
  removeRole,
  replaceRole,
  roleFields,
} from '../../access/roles.ts'
import { answer, empty, json } from '../answer.ts'
import { suggest } from '../autocomplete.ts'
import { jsonBody } from '../body.ts'
import { permit, route } from '../route.ts'

const path = '/api/v1/:tenant/roles'
const tenant = v.object({ tenant: TenantId })
const params = v.object({ tenant: TenantId, id: Id })

export const roleRoutes = [
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List a tenant’s roles',
    access: permit('ROLE:LIST'),
    params: tenant,
    query: listQuery(roleFields),
    answers: { 200: pageOf(RoleSummary) },
    handle: async ({ edge, params, query }) => {
      const { results, total } = await listRoles(edge.db, params.tenant, query)
      return json(200, { results: results.map(toSummary), total })
    },
  }),
  route({
    method: 'POST',
    path: `${path}/autocomplete`,
    summary: 'Suggest roles by a part of their name',
    access: permit('ROLE:LIST'),
    params: tenant,
    body: jsonBody(Autocomplete),
    answers: { 200: v.array(RoleSummary) },
    handle: async ({ edge, params, body }) => {
      const found = await suggest(
        body,
        (query) => listRoles(edge.db, params.tenant, query),
        (ids) => findRoles(edge.db, params.tenant, ids),
      )
      return json(200, found.map(toSummary))
    },
  }),
  route({
    method: 'POST',
    path: `${path}/ids`,
    summary: 'Read roles by their ids; unknown ones are left out',
    access: permit('ROLE:LIST'),
    params: tenant,
    body: jsonBody(IdsRequest),
    answers: { 200: v.array(RoleById) },
    handle: async ({ edge, params, body }) => {
      const found = await findRoles(edge.db, params.tenant, body.ids)
      return json(
        200,
        found.map((role): RoleById => ({ ...toWire(role), deleted: false })),
      )
    },
  }),
  route({
    method: 'POST',
    path,
    summary: 'Create a role',
    access: permit('ROLE:CREATE'),
    params: tenant,
    body: jsonBody(WriteRole),
    answers: { 200: Role },
    handle: async ({ edge, principal, params, body }) =>
      answer(await createRole(edge.db, principal, params.tenant, body), (role) => json(200, toWire(role))),
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a role',
    access: permit('ROLE:VIEW'),
    params,
    answers: { 200: Role },
    handle: async ({ edge, params }) =>
      answer(await readRole(edge.db, params.tenant, params.id), (role) => json(200, toWire(role))),
  }),
  route({
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Replace a role',
    access: permit('ROLE:UPDATE'),
    params,
    body: jsonBody(WriteRole),
    answers: { 200: Role },
    handle: async ({ edge, principal, params, body }) =>
      answer(await replaceRole(edge.db, principal, params.tenant, params.id, body), (role) =>
        json(200, toWire(role)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete a role with all its bindings',
    access: permit('ROLE:DELETE'),
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeRole(edge.db, principal, params.tenant, params.id), () => empty(204)),
  }),
]

const toWire = ({ id, name, description, permissions, isDefault, isManaged }: RoleRow): Role => ({
  id,
  name,
  ...(description === null ? {} : { description }),
  permissions,
  isDefault,
  isManaged,
})

const toSummary = ({ id, name, permissions, isDefault, isManaged }: RoleRow): RoleSummary => ({
  id,
  name,
  isDefault,
  isManaged,
  permissionCount: Object.keys(permissions).length,
})
