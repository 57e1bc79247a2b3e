/** Federated credentials of service accounts: the same five calls at the instance and in a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Id, toDateTime } from '../../../shared/wire/common.ts'
import {
  FederatedCredential,
  FederatedCredentialList,
  WriteFederatedCredential,
} from '../../../shared/wire/federation.ts'
import { readManagedServiceAccount, readServiceAccount } from '../../accounts/service-accounts.ts'
import {
  type CredentialInFull,
  createCredential,
  listCredentials,
  readCredential,
  removeCredential,
  replaceCredential,
} from '../../federation/credentials.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { type Access, permit, type Route, route, superadmin } from '../route.ts'

export const federatedCredentialRoutes = [
  ...credentialsUnder('/api/v1/service-accounts/:account', { read: superadmin, change: superadmin }),
  ...credentialsUnder('/api/v1/:tenant/service-accounts/:account', {
    read: permit('SERVICE_ACCOUNT:VIEW'),
    change: permit('SERVICE_ACCOUNT:UPDATE'),
  }),
]

type NotPublic = Exclude<Access, { kind: 'public' }>

function credentialsUnder(parent: string, access: Record<'read' | 'change', NotPublic>): Route[] {
  const path = `${parent}/federated-credentials`
  // At the instance there is no tenant in the path, and none to belong to.
  const account = v.object({ tenant: v.optional(TenantId), account: Id })
  const one = v.object({ ...account.entries, credential: Id })
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the federated credentials of a service account',
      access: access.read,
      params: account,
      answers: { 200: FederatedCredentialList },
      handle: async ({ edge, params }) => {
        const found = await readServiceAccount(edge.db, params.account, params.tenant)
        if (!found.ok) return found.error
        const results = (await listCredentials(edge.db, params.account)).map(toWire)
        return json(200, { results, total: results.length })
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Let workflow runs act as a service account without a secret',
      access: access.change,
      params: account,
      body: jsonBody(WriteFederatedCredential),
      answers: { 201: FederatedCredential },
      handle: async ({ edge, principal, params, body }) => {
        const found = await readManagedServiceAccount(edge.db, principal, params.account, params.tenant)
        if (!found.ok) return found.error
        return answer(await createCredential(edge.db, principal, found.value.account, body), (made) =>
          json(201, toWire(made)),
        )
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:credential`,
      summary: 'Read a federated credential',
      access: access.read,
      params: one,
      answers: { 200: FederatedCredential },
      handle: async ({ edge, params }) => {
        const found = await readServiceAccount(edge.db, params.account, params.tenant)
        if (!found.ok) return found.error
        return answer(await readCredential(edge.db, params.account, params.credential), (credential) =>
          json(200, toWire(credential)),
        )
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:credential`,
      summary: 'Replace a federated credential; access tokens made by it end',
      access: access.change,
      params: one,
      body: jsonBody(WriteFederatedCredential),
      answers: { 200: FederatedCredential },
      handle: async ({ edge, principal, params, body }) => {
        const found = await readManagedServiceAccount(edge.db, principal, params.account, params.tenant)
        if (!found.ok) return found.error
        return answer(
          await replaceCredential(edge.db, principal, found.value.account, params.credential, body),
          (credential) => json(200, toWire(credential)),
        )
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:credential`,
      summary: 'Delete a federated credential; access tokens made by it end',
      access: access.change,
      params: one,
      answers: { 204: null },
      handle: async ({ edge, principal, params }) => {
        const found = await readManagedServiceAccount(edge.db, principal, params.account, params.tenant)
        if (!found.ok) return found.error
        return answer(await removeCredential(edge.db, principal, params.account, params.credential), () =>
          empty(204),
        )
      },
    }),
  ]
}

function toWire({ credential, issuer }: CredentialInFull) {
  const { id, name, match, narrowing, maxTtlSeconds, expiresAt, isEnabled, version } = credential
  return {
    id,
    name,
    issuer: issuer.issuer,
    match,
    ...narrowing,
    maxTtl: maxTtlSeconds,
    ...(expiresAt === null ? {} : { expiresAt: toDateTime(expiresAt) }),
    enabled: isEnabled,
    version,
  }
}
