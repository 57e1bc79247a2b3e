/** Bindings of a tenant: who holds which role, and where. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Binding, CreateBinding } from '../../../shared/wire/binding.ts'
import { Id } from '../../../shared/wire/common.ts'
import { type BindingInFull, bindRole, readBinding, unbindRole } from '../../access/bindings.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { permit, route } from '../route.ts'

const path = '/api/v1/:tenant/bindings'
const params = v.object({ tenant: TenantId, id: Id })

export const bindingRoutes = [
  route({
    method: 'POST',
    path,
    summary: 'Bind an account to a role, in a namespace or the whole tenant',
    access: permit('BINDING:CREATE'),
    params: v.object({ tenant: TenantId }),
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
