/** Roles of a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Id } from '../../../shared/wire/common.ts'
import { Role, WriteRole } from '../../../shared/wire/role.ts'
import { createRole, type RoleRow, readRole, removeRole, replaceRole } from '../../access/roles.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { permit, route } from '../route.ts'

const path = '/api/v1/:tenant/roles'
const params = v.object({ tenant: TenantId, id: Id })

export const roleRoutes = [
  route({
    method: 'POST',
    path,
    summary: 'Create a role',
    access: permit('ROLE:CREATE'),
    params: v.object({ tenant: TenantId }),
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

function toWire({ id, name, description, permissions, isManaged }: RoleRow): Role {
  return {
    id,
    name,
    ...(description === null ? {} : { description }),
    permissions,
    isDefault: false,
    isManaged,
  }
}
