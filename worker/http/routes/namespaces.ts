/** Namespaces of a tenant. Their files have routes of their own. */

import * as v from 'valibot'
import { NamespaceId, TenantId } from '../../../shared/names.ts'
import { MAX_ATTRIBUTES_BYTES } from '../../../shared/wire/attributes.ts'
import { pageOf } from '../../../shared/wire/common.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import {
  AutocompleteNamespaces,
  CreateNamespace,
  Existing,
  InheritedVariables,
  Namespace,
  ReplaceNamespace,
} from '../../../shared/wire/namespace.ts'
import {
  createNamespace,
  inheritedVariables,
  type NamespaceRow,
  namespaceFields,
  readNamespace,
  removeNamespace,
  replaceNamespace,
  searchNamespaces,
  suggestNamespaces,
} from '../../tenancy/namespaces.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { ID_DIFFERS } from '../refusal.ts'
import { permit, route } from '../route.ts'

const path = '/api/v1/:tenant/namespaces'
const tenant = v.object({ tenant: TenantId })
const params = v.object({ tenant: TenantId, namespace: NamespaceId })

export const namespaceRoutes = [
  route({
    method: 'POST',
    path,
    summary: 'Create a namespace',
    access: permit('NAMESPACE:CREATE', { where: 'body' }),
    params: tenant,
    body: jsonBody(CreateNamespace, MAX_ATTRIBUTES_BYTES),
    answers: { 200: Namespace },
    handle: async ({ edge, principal, params, body }) =>
      answer(await createNamespace(edge.db, principal, params.tenant, body), (namespace) =>
        json(200, toWire(namespace)),
      ),
  }),
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List the namespaces that the caller may see, `system` first',
    access: permit('NAMESPACE:LIST', { where: 'anywhere' }),
    params: tenant,
    query: listQuery(namespaceFields, { existing: Existing }),
    answers: { 200: pageOf(Namespace) },
    handle: async ({ edge, principal, params, query }) => {
      const { results, total } = await searchNamespaces(edge.db, principal, params.tenant, query)
      return json(200, { results: results.map(toWire), total })
    },
  }),
  route({
    method: 'POST',
    path: `${path}/autocomplete`,
    summary: 'Suggest ids of namespaces that the caller may see',
    access: permit('NAMESPACE:LIST', { where: 'anywhere' }),
    params: tenant,
    body: jsonBody(AutocompleteNamespaces),
    answers: { 200: v.array(v.string()) },
    handle: async ({ edge, principal, params, body }) =>
      json(200, await suggestNamespaces(edge.db, principal, params.tenant, body)),
  }),
  route({
    method: 'GET',
    path: `${path}/:namespace`,
    summary: 'Read a namespace',
    access: permit('NAMESPACE:VIEW'),
    params,
    answers: { 200: Namespace },
    handle: async ({ edge, params }) =>
      answer(await readNamespace(edge.db, params.tenant, params.namespace), (namespace) =>
        json(200, toWire(namespace)),
      ),
  }),
  route({
    method: 'PUT',
    path: `${path}/:namespace`,
    summary: 'Replace a namespace; what is left out is gone',
    access: permit('NAMESPACE:UPDATE'),
    params,
    body: jsonBody(ReplaceNamespace, MAX_ATTRIBUTES_BYTES),
    answers: { 200: Namespace },
    handle: async ({ edge, principal, params, body }) => {
      if (body.id != null && body.id !== params.namespace) return ID_DIFFERS
      return answer(
        await replaceNamespace(edge.db, principal, params.tenant, params.namespace, body),
        (namespace) => json(200, toWire(namespace)),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:namespace`,
    summary: 'Delete a namespace; its files stay',
    access: permit('NAMESPACE:DELETE'),
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeNamespace(edge.db, principal, params.tenant, params.namespace), () => empty(204)),
  }),
  route({
    method: 'GET',
    path: `${path}/:namespace/inherited-variables`,
    summary: 'Read the variables that the namespaces above hand down',
    access: permit('NAMESPACE:VIEW'),
    params,
    answers: { 200: InheritedVariables },
    handle: async ({ edge, params }) =>
      json(200, await inheritedVariables(edge.db, params.tenant, params.namespace)),
  }),
]

const toWire = ({ id, attributes }: NamespaceRow): Namespace => ({ ...attributes, id, deleted: false })
