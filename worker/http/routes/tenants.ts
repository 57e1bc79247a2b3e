/** Tenants, at the instance. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { MAX_ATTRIBUTES_BYTES } from '../../../shared/wire/attributes.ts'
import { pageOf } from '../../../shared/wire/common.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import { CreateTenant, ReplaceTenant, Tenant } from '../../../shared/wire/tenant.ts'
import {
  createTenant,
  listTenants,
  readTenant,
  removeTenant,
  replaceTenant,
  type TenantRow,
  tenantFields,
} from '../../tenancy/tenants.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { ID_DIFFERS } from '../refusal.ts'
import { route, superadmin } from '../route.ts'

const path = '/api/v1/tenants'
const params = v.object({ id: TenantId })

export const tenantRoutes = [
  route({
    method: 'POST',
    path,
    summary: 'Create a tenant with its managed roles; who does becomes its administrator',
    access: superadmin,
    body: jsonBody(CreateTenant, MAX_ATTRIBUTES_BYTES),
    answers: { 200: Tenant },
    handle: async ({ edge, principal, body }) =>
      answer(await createTenant(edge.db, principal, body), (tenant) => json(200, toWire(tenant))),
  }),
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List the tenants',
    access: superadmin,
    query: listQuery(tenantFields),
    answers: { 200: pageOf(Tenant) },
    handle: async ({ edge, query }) => {
      const { results, total } = await listTenants(edge.db, query)
      return json(200, { results: results.map(toWire), total })
    },
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a tenant',
    access: superadmin,
    params,
    answers: { 200: Tenant },
    handle: async ({ edge, params }) =>
      answer(await readTenant(edge.db, params.id), (tenant) => json(200, toWire(tenant))),
  }),
  route({
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Replace a tenant; what is left out is gone',
    access: superadmin,
    params,
    body: jsonBody(ReplaceTenant, MAX_ATTRIBUTES_BYTES),
    answers: { 200: Tenant },
    handle: async ({ edge, principal, params, body }) => {
      if (body.id != null && body.id !== params.id) return ID_DIFFERS
      return answer(await replaceTenant(edge.db, principal, params.id, body), (tenant) =>
        json(200, toWire(tenant)),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete a tenant with its roles, bindings, groups and namespaces; refused while it holds files',
    access: superadmin,
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeTenant(edge.db, principal, params.id), () => empty(204)),
  }),
]

const toWire = ({ id, name, attributes }: TenantRow): Tenant => ({ ...attributes, id, name, deleted: false })
