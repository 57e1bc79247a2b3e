/** Bindings of a tenant: who holds which role, and where. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Binding, bindingQuery, CreateBinding, CreateBindings } from '../../../shared/wire/binding.ts'
import { Id, pageOf } from '../../../shared/wire/common.ts'
import { type Filter, listQuery } from '../../../shared/wire/list.ts'
import {
  type BindingInFull,
  bindingFields,
  bindRole,
  bindRoles,
  listBindings,
  readBinding,
  unbindRole,
} from '../../access/bindings.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { permit, route } from '../route.ts'

const path = '/api/v1/:tenant/bindings'
const tenant = v.object({ tenant: TenantId })
const params = v.object({ tenant: TenantId, id: Id })

export const bindingRoutes = [
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List a tenant’s bindings, of one account or group where `id` names it',
    access: permit('BINDING:LIST'),
    params: tenant,
    query: listQuery(bindingFields, bindingQuery),
    answers: { 200: pageOf(Binding) },
    handle: async ({ edge, params, query }) => {
      const named = (['type', 'id', 'namespace'] as const).flatMap((field): Filter[] => {
        const value = query[field]
        return value === undefined ? [] : [{ field, operator: 'EQUALS', value }]
      })
      const filters = [...query.filters, ...named]
      const { results, total } = await listBindings(edge.db, params.tenant, { ...query, filters })
      return json(200, { results: results.map(toWire), total })
    },
  }),
  route({
    method: 'POST',
    path: `${path}/bulk`,
    summary: 'Bind accounts and groups to roles, all or none',
    access: permit('BINDING:CREATE'),
    params: tenant,
    body: jsonBody(CreateBindings),
    answers: { 200: v.array(Binding) },
    handle: async ({ edge, principal, params, body }) =>
      answer(await bindRoles(edge.db, principal, params.tenant, body), (bound) =>
        json(200, bound.map(toWire)),
      ),
  }),
  route({
    method: 'POST',
    path,
    summary: 'Bind an account or a group to a role, in a namespace or the whole tenant',
    access: permit('BINDING:CREATE'),
    params: tenant,
    body: jsonBody(CreateBinding),
    answers: { 200: Binding },
    handle: async ({ edge, principal, params, body }) =>
      answer(await bindRole(edge.db, principal, params.tenant, body), (bound) => json(200, toWire(bound))),
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a binding',
    access: permit('BINDING:VIEW'),
    params,
    answers: { 200: Binding },
    handle: async ({ edge, params }) =>
      answer(await readBinding(edge.db, params.tenant, params.id), (bound) => json(200, toWire(bound))),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Remove a binding',
    access: permit('BINDING:DELETE'),
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await unbindRole(edge.db, principal, params.tenant, params.id), () => empty(204)),
  }),
]

function toWire({ binding, role, account, group }: BindingInFull): Binding {
  const { id, namespace } = binding
  return {
    id,
    type: group === null ? 'USER' : 'GROUP',
    ...(namespace === null ? {} : { namespace, namespaceId: namespace }),
    role: { id: role.id, name: role.name },
    ...(group === null ? {} : { group: { id: group.id, name: group.name } }),
    ...(account === null
      ? {}
      : {
          user: {
            id: account.id,
            username: account.name,
            displayName: displayNameOf(account),
            type: account.kind === 'USER' ? 'STANDARD' : 'SERVICE_ACCOUNT',
          },
        }),
  }
}
