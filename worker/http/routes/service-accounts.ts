/** Service accounts, at the instance and in a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Id, pageOf, readSuperAdmin, SetSuperAdmin } from '../../../shared/wire/common.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import {
  CreateInstanceServiceAccount,
  InstanceServiceAccount,
  PatchServiceAccount,
  ServiceAccount,
  ServiceAccountRow,
  WriteServiceAccount,
} from '../../../shared/wire/service-account.ts'
import { SetDisabled } from '../../../shared/wire/user.ts'
import {
  accountFields,
  changeServiceAccount,
  createServiceAccount,
  listServiceAccounts,
  type Placement,
  readServiceAccount,
  removeServiceAccount,
  type ServiceAccountInFull,
  type ServiceAccountProfile,
  setServiceAccountDisabled,
} from '../../accounts/service-accounts.ts'
import { setSuperadmin } from '../../accounts/superadmin.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { permit, route, superadmin } from '../route.ts'

const INSTANCE = '/api/v1/service-accounts'
const TENANT = '/api/v1/:tenant/service-accounts'
const List = listQuery(accountFields)
const account = v.object({ id: Id })
const tenant = v.object({ tenant: TenantId })
const tenantAccount = v.object({ tenant: TenantId, id: Id })

export const serviceAccountRoutes = [
  route({
    method: 'GET',
    path: INSTANCE,
    summary: 'List the service accounts of all tenants',
    access: superadmin,
    query: List,
    answers: { 200: pageOf(InstanceServiceAccount) },
    handle: async ({ edge, query }) => {
      const { results, total } = await listServiceAccounts(edge.db, query)
      return json(200, { results: results.map(toInstanceWire), total })
    },
  }),
  route({
    method: 'POST',
    path: INSTANCE,
    summary: 'Create a service account',
    access: superadmin,
    body: jsonBody(CreateInstanceServiceAccount),
    answers: { 200: InstanceServiceAccount },
    handle: async ({ edge, principal, body }) =>
      answer(await createServiceAccount(edge.db, principal, profileOf(body), body.tenants ?? []), (found) =>
        json(200, toInstanceWire(found)),
      ),
  }),
  route({
    method: 'GET',
    path: `${INSTANCE}/:id`,
    summary: 'Read a service account',
    access: superadmin,
    params: account,
    answers: { 200: InstanceServiceAccount },
    handle: async ({ edge, params }) =>
      answer(await readServiceAccount(edge.db, params.id), (found) => json(200, toInstanceWire(found))),
  }),
  route({
    method: 'PATCH',
    path: `${INSTANCE}/:id`,
    summary: 'Change a service account’s name and description',
    access: superadmin,
    params: account,
    body: jsonBody(PatchServiceAccount),
    answers: { 200: InstanceServiceAccount },
    handle: async ({ edge, principal, params, body }) =>
      answer(await changeServiceAccount(edge.db, principal, params.id, profileOf(body)), (found) =>
        json(200, toInstanceWire(found)),
      ),
  }),
  route({
    method: 'PATCH',
    path: `${INSTANCE}/:id/disabled`,
    summary: 'Disable a service account, or enable it again',
    access: superadmin,
    params: account,
    body: jsonBody(SetDisabled),
    answers: { 200: null },
    handle: async ({ edge, principal, params, body }) =>
      answer(await setServiceAccountDisabled(edge.db, principal, params.id, body.disabled), () => empty(200)),
  }),
  route({
    method: 'DELETE',
    path: `${INSTANCE}/:id`,
    summary: 'Delete a service account with all tokens and bindings',
    access: superadmin,
    params: account,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeServiceAccount(edge.db, principal, params.id), () => empty(204)),
  }),

  ...['superadmin', 'instance-owner'].map((flag) =>
    route({
      method: 'PATCH',
      path: `${INSTANCE}/:id/${flag}`,
      summary: 'Make a service account an administrator of the instance, or one no longer',
      access: superadmin,
      params: account,
      body: jsonBody(SetSuperAdmin),
      answers: { 200: null },
      handle: async ({ edge, principal, params, body }) =>
        answer(await setSuperadmin(edge.db, principal, 'SERVICE_ACCOUNT', params.id, body), () => empty(200)),
    }),
  ),

  route({
    method: 'GET',
    path: TENANT,
    summary: 'List a tenant’s service accounts',
    access: permit('SERVICE_ACCOUNT:LIST'),
    params: tenant,
    query: List,
    answers: { 200: pageOf(ServiceAccountRow) },
    handle: async ({ edge, params, query }) => {
      const { results, total } = await listServiceAccounts(edge.db, query, params.tenant)
      return json(200, { results: results.map(toRow), total })
    },
  }),
  route({
    method: 'POST',
    path: TENANT,
    summary: 'Create a service account in a tenant',
    access: permit('SERVICE_ACCOUNT:CREATE'),
    params: tenant,
    body: jsonBody(WriteServiceAccount),
    answers: { 200: ServiceAccount },
    handle: async ({ edge, principal, params, body }) =>
      answer(
        await createServiceAccount(edge.db, principal, profileOf(body), placementOf(params.tenant, body)),
        (found) => json(200, toWire(found)),
      ),
  }),
  route({
    method: 'GET',
    path: `${TENANT}/:id`,
    summary: 'Read a service account of a tenant',
    access: permit('SERVICE_ACCOUNT:VIEW'),
    params: tenantAccount,
    answers: { 200: ServiceAccount },
    handle: async ({ edge, params }) =>
      answer(await readServiceAccount(edge.db, params.id, params.tenant), (found) =>
        json(200, toWire(found)),
      ),
  }),
  route({
    method: 'PUT',
    path: `${TENANT}/:id`,
    summary: 'Replace a service account of a tenant',
    access: permit('SERVICE_ACCOUNT:UPDATE'),
    params: tenantAccount,
    body: jsonBody(WriteServiceAccount),
    answers: { 200: ServiceAccount },
    handle: async ({ edge, principal, params, body }) =>
      answer(
        await changeServiceAccount(
          edge.db,
          principal,
          params.id,
          { ...profileOf(body), description: body.description ?? null },
          placementOf(params.tenant, body),
        ),
        (found) => json(200, toWire(found)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${TENANT}/:id`,
    summary: 'Delete a service account of a tenant',
    access: permit('SERVICE_ACCOUNT:DELETE'),
    params: tenantAccount,
    answers: { 200: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeServiceAccount(edge.db, principal, params.id, params.tenant), () => empty(200)),
  }),
]

function profileOf(
  body: Omit<WriteServiceAccount, 'superAdmin' | 'instanceOwner'> & Partial<WriteServiceAccount>,
): ServiceAccountProfile {
  return { name: body.name, description: body.description, isSuperadmin: readSuperAdmin(body) }
}

const placementOf = (tenant: string, { groups }: Pick<WriteServiceAccount, 'groups'>): Placement => ({
  tenant,
  groupIds: groups?.map(({ id }) => id) ?? [],
})

const common = ({ account: { id, name, description, isSuperadmin } }: ServiceAccountInFull) => ({
  id,
  name,
  ...(description === null ? {} : { description }),
  superAdmin: isSuperadmin,
  instanceOwner: isSuperadmin,
})

const toWire = (found: ServiceAccountInFull): ServiceAccount => ({
  ...common(found),
  groups: found.groups.map(({ id }) => ({ id })),
})

const toInstanceWire = (found: ServiceAccountInFull): InstanceServiceAccount => ({
  ...common(found),
  tenants: found.tenants.map((one) => ({ id: one.id, name: one.name })),
})

const toRow = ({ account: { id, name, description }, groups }: ServiceAccountInFull): ServiceAccountRow => ({
  id,
  username: name,
  displayName: name,
  name,
  ...(description === null ? {} : { description }),
  groups: groups.map((group) => ({ id: group.id, name: group.name, external: false })),
  // A service account never signs in: it has tokens.
  auths: [],
})
