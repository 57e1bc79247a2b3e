/**
 * Walks every route: nothing is open by omission, whoever lacks a right changes nothing, and whoever changes something
 * leaves a record of it.
 */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Permission } from '../../../shared/permissions.ts'
import { routes } from '../../../worker/app.ts'
import {
  deniesCredentials,
  deniesRight,
  type NearMisses,
  nearMisses,
  only,
  permissionOf,
  type Request,
} from '../support/denies.ts'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  createTenant,
  createUser,
  expectJson,
  freshEdge,
  inventory,
  mintToken,
  PASSWORD,
  RECORDS,
} from '../support/edge.ts'
import { filesOf, formOf, removeFile, writeFile } from '../support/files.ts'
import { credentialOf, ISSUER, JWKS_URI, trust } from '../support/issuer.ts'
import { deploy, deploymentsOf } from '../support/sync.ts'

/** Everything else asks for a credential. The tokens in the bodies of the first two, and of the last, are theirs. */
const PUBLIC = [
  'POST /oauth/token',
  'POST /oauth/revoke',
  'POST /leaks',
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/oauth-protected-resource',
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /api/v1/recovery/administrator',
  'POST /api/v1/recovery/restore',
  'POST /api/v1/backup',
  'POST /login',
  'POST /api/v1/login',
  'GET /api/v1/auths',
  'GET /api/v1/configs/login',
  'POST /api/v1/validate-password',
  'POST /api/v1/forgotten-password',
  'POST /api/v1/reset-password',
  'POST /api/v1/invitations/accept',
  'GET /health',
  'GET /ready',
  'GET /openapi.json',
  'GET /docs',
]

const ACCOUNTS = '/api/v1/service-accounts'
const TENANT = '/api/v1/:tenant'
const FILES = `${TENANT}/namespaces/:namespace/files`
const DEPLOYMENTS = `${TENANT}/namespaces/:namespace/deployments`

/** Who may call the others. A route that moves to another right must move here too. */
const RIGHTS: Record<string, string> = {
  'POST /api/v1/logout': 'signed-in',
  'GET /api/v1/configs': 'signed-in',
  'GET /api/v1/license-info': 'signed-in',
  'GET /api/v1/me': 'signed-in',
  'PATCH /api/v1/me': 'user',
  'PUT /api/v1/me/password': 'user',
  'GET /api/v1/me/invitations': 'signed-in',
  'GET /api/v1/me/api-tokens': 'signed-in',
  'POST /api/v1/me/api-tokens': 'signed-in',
  'DELETE /api/v1/me/api-tokens/:token': 'signed-in',
  'GET /api/v1/users': 'superadmin',
  'POST /api/v1/users': 'superadmin',
  'GET /api/v1/users/:id': 'superadmin',
  'PUT /api/v1/users/:id': 'superadmin',
  'PATCH /api/v1/users/:id': 'superadmin',
  'DELETE /api/v1/users/:id': 'superadmin',
  'PATCH /api/v1/users/:id/password': 'superadmin',
  'PATCH /api/v1/users/:id/superadmin': 'superadmin',
  'PATCH /api/v1/users/:id/instance-owner': 'superadmin',
  'PATCH /api/v1/users/:id/restricted': 'superadmin',
  'PATCH /api/v1/users/:id/disabled': 'superadmin',
  'DELETE /api/v1/users/:id/auths/:auth': 'superadmin',
  'DELETE /api/v1/users/:id/refresh-token': 'superadmin',
  'GET /api/v1/users/:account/api-tokens': 'superadmin',
  'POST /api/v1/users/:account/api-tokens': 'superadmin',
  'DELETE /api/v1/users/:account/api-tokens/:token': 'superadmin',
  [`PUT ${TENANT}/users/:id/groups`]: 'GROUP:MANAGE_MEMBERS',
  [`PATCH ${ACCOUNTS}/:id/disabled`]: 'superadmin',
  'POST /api/v1/users/:id/impersonate': 'superadmin',
  [`GET ${ACCOUNTS}`]: 'superadmin',
  [`POST ${ACCOUNTS}`]: 'superadmin',
  [`GET ${ACCOUNTS}/:id`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:id`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id/superadmin`]: 'superadmin',
  [`PATCH ${ACCOUNTS}/:id/instance-owner`]: 'superadmin',
  [`GET ${ACCOUNTS}/:account/api-tokens`]: 'superadmin',
  [`POST ${ACCOUNTS}/:account/api-tokens`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:account/api-tokens/:token`]: 'superadmin',
  'POST /oauth/introspect': 'signed-in',
  'GET /api/v1/issuers': 'superadmin',
  'POST /api/v1/issuers': 'superadmin',
  'GET /api/v1/issuers/:id': 'superadmin',
  'PUT /api/v1/issuers/:id': 'superadmin',
  'DELETE /api/v1/issuers/:id': 'superadmin',
  'GET /api/v1/signing-keys': 'superadmin',
  'POST /api/v1/signing-keys/rotate': 'superadmin',
  'GET /api/v1/master-key': 'superadmin',
  'GET /metrics': 'SYSTEM_SETTINGS:VIEW',
  'GET /api/v1/backup': 'superadmin',
  'POST /api/v1/master-key/reseal': 'superadmin',
  [`GET ${ACCOUNTS}/:account/federated-credentials`]: 'superadmin',
  [`POST ${ACCOUNTS}/:account/federated-credentials`]: 'superadmin',
  [`GET ${ACCOUNTS}/:account/federated-credentials/:credential`]: 'superadmin',
  [`PUT ${ACCOUNTS}/:account/federated-credentials/:credential`]: 'superadmin',
  [`DELETE ${ACCOUNTS}/:account/federated-credentials/:credential`]: 'superadmin',
  [`GET ${TENANT}/service-accounts/:account/federated-credentials`]: 'SERVICE_ACCOUNT:VIEW',
  [`POST ${TENANT}/service-accounts/:account/federated-credentials`]: 'SERVICE_ACCOUNT:UPDATE',
  [`GET ${TENANT}/service-accounts/:account/federated-credentials/:credential`]: 'SERVICE_ACCOUNT:VIEW',
  [`PUT ${TENANT}/service-accounts/:account/federated-credentials/:credential`]: 'SERVICE_ACCOUNT:UPDATE',
  [`DELETE ${TENANT}/service-accounts/:account/federated-credentials/:credential`]: 'SERVICE_ACCOUNT:UPDATE',
  [`GET ${TENANT}/service-accounts`]: 'SERVICE_ACCOUNT:LIST',
  [`POST ${TENANT}/service-accounts`]: 'SERVICE_ACCOUNT:CREATE',
  [`GET ${TENANT}/service-accounts/:id`]: 'SERVICE_ACCOUNT:VIEW',
  [`PUT ${TENANT}/service-accounts/:id`]: 'SERVICE_ACCOUNT:UPDATE',
  [`DELETE ${TENANT}/service-accounts/:id`]: 'SERVICE_ACCOUNT:DELETE',
  [`GET ${TENANT}/service-accounts/:account/api-tokens`]: 'SERVICE_ACCOUNT:VIEW',
  [`POST ${TENANT}/service-accounts/:account/api-tokens`]: 'SERVICE_ACCOUNT:UPDATE',
  [`DELETE ${TENANT}/service-accounts/:account/api-tokens/:token`]: 'SERVICE_ACCOUNT:DELETE',
  [`GET ${TENANT}/groups/search`]: 'GROUP:LIST',
  [`POST ${TENANT}/groups/autocomplete`]: 'GROUP:LIST',
  [`POST ${TENANT}/groups/ids`]: 'GROUP:LIST',
  [`POST ${TENANT}/groups`]: 'GROUP:CREATE',
  [`GET ${TENANT}/groups/:id`]: 'GROUP:VIEW',
  [`PUT ${TENANT}/groups/:id`]: 'GROUP:UPDATE',
  [`DELETE ${TENANT}/groups/:id`]: 'GROUP:DELETE',
  [`GET ${TENANT}/groups/:id/members`]: 'GROUP:VIEW',
  [`PUT ${TENANT}/groups/:id/members/membership/:account`]: 'GROUP:MANAGE_MEMBERS',
  [`PUT ${TENANT}/groups/:id/members/:account`]: 'GROUP:MANAGE_MEMBERS',
  [`DELETE ${TENANT}/groups/:id/members/:account`]: 'GROUP:MANAGE_MEMBERS',
  [`GET ${TENANT}/roles/search`]: 'ROLE:LIST',
  [`POST ${TENANT}/roles/autocomplete`]: 'ROLE:LIST',
  [`POST ${TENANT}/roles/ids`]: 'ROLE:LIST',
  [`POST ${TENANT}/roles`]: 'ROLE:CREATE',
  [`GET ${TENANT}/roles/:id`]: 'ROLE:VIEW',
  [`PUT ${TENANT}/roles/:id`]: 'ROLE:UPDATE',
  [`DELETE ${TENANT}/roles/:id`]: 'ROLE:DELETE',
  [`GET ${TENANT}/bindings/search`]: 'BINDING:LIST',
  [`POST ${TENANT}/bindings/bulk`]: 'BINDING:CREATE',
  [`POST ${TENANT}/bindings`]: 'BINDING:CREATE',
  [`GET ${TENANT}/bindings/:id`]: 'BINDING:VIEW',
  [`DELETE ${TENANT}/bindings/:id`]: 'BINDING:DELETE',
  [`GET ${TENANT}/tenant-access`]: 'USER:LIST',
  [`POST ${TENANT}/tenant-access`]: 'USER:CREATE',
  [`POST ${TENANT}/tenant-access/autocomplete`]: 'USER:LIST',
  [`PUT ${TENANT}/tenant-access/:account`]: 'USER:CREATE',
  [`GET ${TENANT}/tenant-access/:account`]: 'USER:VIEW',
  [`DELETE ${TENANT}/tenant-access/:account`]: 'USER:DELETE',
  [`POST ${TENANT}/invitations`]: 'INVITATION:CREATE',
  [`GET ${TENANT}/invitations/search`]: 'INVITATION:LIST',
  [`GET ${TENANT}/invitations/email/:email`]: 'INVITATION:LIST',
  [`GET ${TENANT}/invitations/:id`]: 'INVITATION:VIEW',
  [`DELETE ${TENANT}/invitations/:id`]: 'INVITATION:DELETE',
  [`GET ${TENANT}/acls/permissions`]: 'any of ROLE',
  [`GET ${TENANT}/acls/templates`]: 'any of ROLE',
  [`GET ${TENANT}/acls/actions`]: 'any of ROLE',
  [`GET ${TENANT}/access/explain`]: 'signed-in',
  [`POST ${FILES}/plan`]: 'NAMESPACE_FILE:LIST',
  [`POST ${FILES}/blobs`]: 'NAMESPACE_FILE:CREATE',
  [`PUT ${FILES}/blobs/:sha256`]: 'NAMESPACE_FILE:CREATE',
  [`POST ${FILES}/commit`]: 'NAMESPACE_FILE:CREATE',
  [`GET ${FILES}`]: 'NAMESPACE_FILE:VIEW',
  [`POST ${FILES}`]: 'NAMESPACE_FILE:CREATE',
  [`PUT ${FILES}`]: 'NAMESPACE_FILE:UPDATE',
  [`DELETE ${FILES}`]: 'NAMESPACE_FILE:DELETE',
  [`GET ${FILES}/directory`]: 'NAMESPACE_FILE:LIST',
  [`POST ${FILES}/directory`]: 'NAMESPACE_FILE:CREATE',
  [`GET ${FILES}/stats`]: 'NAMESPACE_FILE:LIST',
  [`GET ${FILES}/revisions`]: 'NAMESPACE_FILE:LIST',
  [`GET ${FILES}/export`]: 'NAMESPACE_FILE:VIEW',
  [`GET ${FILES}/search`]: 'NAMESPACE_FILE:LIST',
  'POST /api/v1/tenants': 'superadmin',
  'GET /api/v1/tenants/search': 'superadmin',
  'GET /api/v1/tenants/:id': 'superadmin',
  'PUT /api/v1/tenants/:id': 'superadmin',
  'DELETE /api/v1/tenants/:id': 'superadmin',
  [`POST ${TENANT}/namespaces`]: 'NAMESPACE:CREATE body',
  [`GET ${TENANT}/namespaces/search`]: 'NAMESPACE:LIST anywhere',
  [`POST ${TENANT}/namespaces/autocomplete`]: 'NAMESPACE:LIST anywhere',
  [`GET ${TENANT}/namespaces/:namespace`]: 'NAMESPACE:VIEW',
  [`PUT ${TENANT}/namespaces/:namespace`]: 'NAMESPACE:UPDATE',
  [`DELETE ${TENANT}/namespaces/:namespace`]: 'NAMESPACE:DELETE',
  [`GET ${TENANT}/namespaces/:namespace/inherited-variables`]: 'NAMESPACE:VIEW',
  'GET /api/v1/auditlogs/search': 'superadmin',
  'POST /api/v1/auditlogs/find': 'superadmin',
  'GET /api/v1/auditlogs/history/:id': 'superadmin',
  'GET /api/v1/auditlogs/:id/diff': 'superadmin',
  'GET /api/v1/auditlogs/export': 'superadmin',
  'GET /api/v1/auditlogs/export.ndjson': 'superadmin',
  'GET /api/v1/auditlogs/integrity': 'superadmin',
  [`GET ${TENANT}/auditlogs/search`]: 'AUDITLOG:LIST',
  [`POST ${TENANT}/auditlogs/find`]: 'AUDITLOG:VIEW',
  [`GET ${TENANT}/auditlogs/history/:id`]: 'AUDITLOG:VIEW',
  [`GET ${TENANT}/auditlogs/:id/diff`]: 'AUDITLOG:VIEW',
  [`GET ${TENANT}/auditlogs/export`]: 'AUDITLOG:EXPORT',
  [`GET ${TENANT}/auditlogs/export.ndjson`]: 'AUDITLOG:EXPORT',
  [`GET ${DEPLOYMENTS}`]: 'NAMESPACE_FILE:LIST',
  [`GET ${DEPLOYMENTS}/:id`]: 'NAMESPACE_FILE:LIST',
  [`GET ${DEPLOYMENTS}/:id/diff`]: 'NAMESPACE_FILE:LIST',
  [`POST ${DEPLOYMENTS}/:id/rollback`]: 'NAMESPACE_FILE:CREATE',
}

/** What else it takes, by what the request is about. */
const ALSO: Record<string, Permission> = {
  [`GET ${TENANT}/auditlogs/:id/diff`]: 'ROLE:VIEW',
}

/** A proxy asks with the method of its request: what each of them may do is in verify.test.ts. */
const VERIFY = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [
  { name: `${method} /verify`, request: { method, path: '/verify?permission=ROLE:VIEW' } },
  {
    name: `${method} /verify/kestra`,
    request: {
      method,
      path: '/verify/kestra',
      headers: { 'X-Original-Method': 'GET', 'X-Original-URI': '/api/v1/plugins' },
    },
  },
])
for (const { name } of VERIFY) RIGHTS[name] = 'signed-in'

/** What there is to read, change and delete. */
interface World {
  readonly admin: Bot
  readonly account: string
  readonly token: string
  readonly user: string
  readonly userEmail: string
  readonly userToken: string
  /** Who asks, where accounts act on themselves. */
  readonly own: Bot
  /** Belongs to the tenant; the other one does not. */
  readonly tenantUser: string
  readonly role: string
  readonly binding: string
  readonly group: string
  /** Of the group; the account is not in it. */
  readonly member: string
  readonly invitation: string
  /** A tenant without files. */
  readonly tenant: string
  /** The id of the role's audit record. */
  readonly record: string
  readonly deployment: string
  /** One that nothing names, so that it can be deleted. */
  readonly issuer: string
  readonly credential: string
}

let world: World

const tenant = '/api/v1/main'
const SHA256_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
/** A folder that never held anything: its ETag is "0". */
const PLAN = { root: '/empty', files: [] }

const ofUser = (rest = '', method = 'GET', json?: object): Request => ({
  path: `/api/v1/users/${world.user}${rest}`,
  method,
  ...(json === undefined ? {} : { json }),
})

/** One request for each guarded route, which succeeds for who holds the right. */
const requests: Record<string, () => Request> = {
  'POST /api/v1/logout': () => ({ path: '/api/v1/logout', method: 'POST' }),
  'GET /api/v1/configs': () => ({ path: '/api/v1/configs' }),
  'GET /api/v1/license-info': () => ({ path: '/api/v1/license-info' }),
  'GET /api/v1/me': () => ({ path: '/api/v1/me' }),
  'PATCH /api/v1/me': () => ({ path: '/api/v1/me', method: 'PATCH', json: { firstName: 'New' } }),
  'PUT /api/v1/me/password': () => ({
    path: '/api/v1/me/password',
    method: 'PUT',
    json: { oldPassword: PASSWORD, newPassword: 'NewPass!9876' },
  }),
  'GET /api/v1/me/invitations': () => ({ path: '/api/v1/me/invitations' }),
  'GET /api/v1/me/api-tokens': () => ({ path: '/api/v1/me/api-tokens' }),
  'POST /api/v1/me/api-tokens': () => ({ path: '/api/v1/me/api-tokens', json: { name: 'new' } }),
  'DELETE /api/v1/me/api-tokens/:token': () => ({
    path: `/api/v1/me/api-tokens/${world.own.tokenId}`,
    method: 'DELETE',
  }),
  'POST /api/v1/users/:id/impersonate': () => ({
    path: `/api/v1/users/${world.user}/impersonate`,
    method: 'POST',
  }),

  'GET /api/v1/users': () => ({ path: '/api/v1/users' }),
  'POST /api/v1/users': () => ({
    path: '/api/v1/users',
    json: { email: `${crypto.randomUUID()}@example.com` },
  }),
  'GET /api/v1/users/:id': () => ofUser(),
  'PUT /api/v1/users/:id': () => ofUser('', 'PUT', { firstName: 'New' }),
  'PATCH /api/v1/users/:id': () => ofUser('', 'PATCH', { firstName: 'New' }),
  'DELETE /api/v1/users/:id': () => ofUser('', 'DELETE'),
  'PATCH /api/v1/users/:id/password': () => ofUser('/password', 'PATCH', { password: 'NewPass!9876' }),
  'PATCH /api/v1/users/:id/superadmin': () => ofUser('/superadmin', 'PATCH', { superAdmin: true }),
  'PATCH /api/v1/users/:id/instance-owner': () => ofUser('/instance-owner', 'PATCH', { instanceOwner: true }),
  'PATCH /api/v1/users/:id/restricted': () => ofUser('/restricted', 'PATCH', { restricted: true }),
  'PATCH /api/v1/users/:id/disabled': () => ofUser('/disabled', 'PATCH', { disabled: true }),
  'DELETE /api/v1/users/:id/auths/:auth': () => ofUser('/auths/BASIC_AUTH', 'DELETE'),
  'DELETE /api/v1/users/:id/refresh-token': () => ofUser('/refresh-token', 'DELETE'),
  'GET /api/v1/users/:account/api-tokens': () => ofUser('/api-tokens'),
  'POST /api/v1/users/:account/api-tokens': () => ofUser('/api-tokens', 'POST', { name: 'new' }),
  'DELETE /api/v1/users/:account/api-tokens/:token': () => ofUser(`/api-tokens/${world.userToken}`, 'DELETE'),
  'PUT /api/v1/:tenant/users/:id/groups': () => ({
    path: `${tenant}/users/${world.tenantUser}/groups`,
    method: 'PUT',
    json: { groupIds: [world.group] },
  }),

  'PATCH /api/v1/service-accounts/:id/disabled': () => ({
    path: `/api/v1/service-accounts/${world.account}/disabled`,
    method: 'PATCH',
    json: { disabled: true },
  }),
  'GET /api/v1/service-accounts': () => ({ path: '/api/v1/service-accounts' }),
  'POST /api/v1/service-accounts': () => ({ path: '/api/v1/service-accounts', json: { name: 'new' } }),
  'GET /api/v1/service-accounts/:id': () => ({ path: `/api/v1/service-accounts/${world.account}` }),
  'PATCH /api/v1/service-accounts/:id': () => ({
    path: `/api/v1/service-accounts/${world.account}`,
    method: 'PATCH',
    json: { name: 'new' },
  }),
  'DELETE /api/v1/service-accounts/:id': () => ({
    path: `/api/v1/service-accounts/${world.account}`,
    method: 'DELETE',
  }),
  'PATCH /api/v1/service-accounts/:id/superadmin': () => ({
    path: `/api/v1/service-accounts/${world.account}/superadmin`,
    method: 'PATCH',
    json: { superAdmin: true },
  }),
  'PATCH /api/v1/service-accounts/:id/instance-owner': () => ({
    path: `/api/v1/service-accounts/${world.account}/instance-owner`,
    method: 'PATCH',
    json: { instanceOwner: true },
  }),
  'GET /api/v1/service-accounts/:account/api-tokens': () => ({
    path: `/api/v1/service-accounts/${world.account}/api-tokens`,
  }),
  'POST /api/v1/service-accounts/:account/api-tokens': () => ({
    path: `/api/v1/service-accounts/${world.account}/api-tokens`,
    json: { name: 'new' },
  }),
  'DELETE /api/v1/service-accounts/:account/api-tokens/:token': () => ({
    path: `/api/v1/service-accounts/${world.account}/api-tokens/${world.token}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/service-accounts': () => ({ path: `${tenant}/service-accounts` }),
  'POST /api/v1/:tenant/service-accounts': () => ({
    path: `${tenant}/service-accounts`,
    json: { name: 'new' },
  }),
  'GET /api/v1/:tenant/service-accounts/:id': () => ({
    path: `${tenant}/service-accounts/${world.account}`,
  }),
  'PUT /api/v1/:tenant/service-accounts/:id': () => ({
    path: `${tenant}/service-accounts/${world.account}`,
    method: 'PUT',
    json: { name: 'new' },
  }),
  'DELETE /api/v1/:tenant/service-accounts/:id': () => ({
    path: `${tenant}/service-accounts/${world.account}`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/service-accounts/:account/api-tokens': () => ({
    path: `${tenant}/service-accounts/${world.account}/api-tokens`,
  }),
  'POST /api/v1/:tenant/service-accounts/:account/api-tokens': () => ({
    path: `${tenant}/service-accounts/${world.account}/api-tokens`,
    json: { name: 'new' },
  }),
  'DELETE /api/v1/:tenant/service-accounts/:account/api-tokens/:token': () => ({
    path: `${tenant}/service-accounts/${world.account}/api-tokens/${world.token}`,
    method: 'DELETE',
  }),

  'POST /oauth/introspect': () => ({
    path: '/oauth/introspect',
    body: new URLSearchParams({ token: world.admin.token }),
  }),
  'GET /api/v1/issuers': () => ({ path: '/api/v1/issuers' }),
  'POST /api/v1/issuers': () => ({
    path: '/api/v1/issuers',
    json: { issuer: `https://${crypto.randomUUID()}.test`, jwksUri: JWKS_URI },
  }),
  'GET /api/v1/issuers/:id': () => ({ path: `/api/v1/issuers/${world.issuer}` }),
  'PUT /api/v1/issuers/:id': () => ({
    path: `/api/v1/issuers/${world.issuer}`,
    method: 'PUT',
    json: { issuer: `https://${crypto.randomUUID()}.test`, jwksUri: JWKS_URI },
  }),
  'DELETE /api/v1/issuers/:id': () => ({ path: `/api/v1/issuers/${world.issuer}`, method: 'DELETE' }),
  'GET /api/v1/signing-keys': () => ({ path: '/api/v1/signing-keys' }),
  'POST /api/v1/signing-keys/rotate': () => ({
    path: '/api/v1/signing-keys/rotate',
    json: { now: true },
  }),
  'GET /api/v1/master-key': () => ({ path: '/api/v1/master-key' }),
  'GET /metrics': () => ({ path: '/metrics' }),
  'GET /api/v1/backup': () => ({ path: '/api/v1/backup' }),
  'POST /api/v1/master-key/reseal': () => ({ path: '/api/v1/master-key/reseal', method: 'POST' }),
  ...credentialRequests('/api/v1/service-accounts', '/api/v1/service-accounts'),
  ...credentialRequests('/api/v1/:tenant/service-accounts', `${tenant}/service-accounts`),

  'GET /api/v1/:tenant/groups/search': () => ({ path: `${tenant}/groups/search` }),
  'POST /api/v1/:tenant/groups/autocomplete': () => ({ path: `${tenant}/groups/autocomplete`, json: {} }),
  'POST /api/v1/:tenant/groups/ids': () => ({ path: `${tenant}/groups/ids`, json: { ids: [] } }),
  'POST /api/v1/:tenant/groups': () => ({
    path: `${tenant}/groups`,
    json: { name: crypto.randomUUID(), membersId: [] },
  }),
  'GET /api/v1/:tenant/groups/:id': () => ({ path: `${tenant}/groups/${world.group}` }),
  'PUT /api/v1/:tenant/groups/:id': () => ({
    path: `${tenant}/groups/${world.group}`,
    method: 'PUT',
    json: { name: crypto.randomUUID() },
  }),
  'DELETE /api/v1/:tenant/groups/:id': () => ({
    path: `${tenant}/groups/${world.group}`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/groups/:id/members': () => ({ path: `${tenant}/groups/${world.group}/members` }),
  'PUT /api/v1/:tenant/groups/:id/members/membership/:account': () => ({
    path: `${tenant}/groups/${world.group}/members/membership/${world.member}?membership=OWNER`,
    method: 'PUT',
  }),
  'PUT /api/v1/:tenant/groups/:id/members/:account': () => ({
    path: `${tenant}/groups/${world.group}/members/${world.account}`,
    method: 'PUT',
  }),
  'DELETE /api/v1/:tenant/groups/:id/members/:account': () => ({
    path: `${tenant}/groups/${world.group}/members/${world.member}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/roles/search': () => ({ path: `${tenant}/roles/search` }),
  'POST /api/v1/:tenant/roles/autocomplete': () => ({ path: `${tenant}/roles/autocomplete`, json: {} }),
  'POST /api/v1/:tenant/roles/ids': () => ({ path: `${tenant}/roles/ids`, json: { ids: [] } }),
  'POST /api/v1/:tenant/roles': () => ({
    path: `${tenant}/roles`,
    json: { name: 'new', permissions: only('ROLE:CREATE') },
  }),
  'GET /api/v1/:tenant/roles/:id': () => ({ path: `${tenant}/roles/${world.role}` }),
  'PUT /api/v1/:tenant/roles/:id': () => ({
    path: `${tenant}/roles/${world.role}`,
    method: 'PUT',
    json: { name: 'new', permissions: only('ROLE:UPDATE') },
  }),
  'DELETE /api/v1/:tenant/roles/:id': () => ({ path: `${tenant}/roles/${world.role}`, method: 'DELETE' }),

  'GET /api/v1/:tenant/bindings/search': () => ({ path: `${tenant}/bindings/search` }),
  'POST /api/v1/:tenant/bindings/bulk': () => ({
    path: `${tenant}/bindings/bulk`,
    json: [{ type: 'USER', externalId: world.account, roleId: world.role }],
  }),
  'POST /api/v1/:tenant/bindings': () => ({
    path: `${tenant}/bindings`,
    json: { type: 'USER', externalId: world.account, roleId: world.role },
  }),
  'GET /api/v1/:tenant/bindings/:id': () => ({ path: `${tenant}/bindings/${world.binding}` }),
  'DELETE /api/v1/:tenant/bindings/:id': () => ({
    path: `${tenant}/bindings/${world.binding}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/tenant-access': () => ({ path: `${tenant}/tenant-access` }),
  'POST /api/v1/:tenant/tenant-access': () => ({
    path: `${tenant}/tenant-access`,
    json: { email: world.userEmail },
  }),
  'POST /api/v1/:tenant/tenant-access/autocomplete': () => ({
    path: `${tenant}/tenant-access/autocomplete`,
    json: {},
  }),
  'PUT /api/v1/:tenant/tenant-access/:account': () => ({
    path: `${tenant}/tenant-access/${world.user}`,
    method: 'PUT',
  }),
  'GET /api/v1/:tenant/tenant-access/:account': () => ({
    path: `${tenant}/tenant-access/${world.tenantUser}`,
  }),
  'DELETE /api/v1/:tenant/tenant-access/:account': () => ({
    path: `${tenant}/tenant-access/${world.tenantUser}`,
    method: 'DELETE',
  }),

  'POST /api/v1/:tenant/invitations': () => ({
    path: `${tenant}/invitations`,
    json: { email: `${crypto.randomUUID()}@example.com` },
  }),
  'GET /api/v1/:tenant/invitations/search': () => ({ path: `${tenant}/invitations/search` }),
  'GET /api/v1/:tenant/invitations/email/:email': () => ({
    path: `${tenant}/invitations/email/somebody@example.com`,
  }),
  'GET /api/v1/:tenant/invitations/:id': () => ({ path: `${tenant}/invitations/${world.invitation}` }),
  'DELETE /api/v1/:tenant/invitations/:id': () => ({
    path: `${tenant}/invitations/${world.invitation}`,
    method: 'DELETE',
  }),

  'GET /api/v1/:tenant/acls/permissions': () => ({ path: `${tenant}/acls/permissions` }),
  'GET /api/v1/:tenant/acls/templates': () => ({ path: `${tenant}/acls/templates` }),
  'GET /api/v1/:tenant/acls/actions': () => ({ path: `${tenant}/acls/actions` }),
  'GET /api/v1/:tenant/access/explain': () => ({
    path: `${tenant}/access/explain?permission=FLOW:EXECUTE`,
  }),

  'POST /api/v1/:tenant/namespaces/:namespace/files/plan': () => ({
    path: `${filesOf('prod')}/plan`,
    json: PLAN,
  }),
  'POST /api/v1/:tenant/namespaces/:namespace/files/blobs': () => ({
    path: `${filesOf('prod')}/blobs`,
    body: formOf('x', 'blob', SHA256_OF_X),
  }),
  'PUT /api/v1/:tenant/namespaces/:namespace/files/blobs/:sha256': () => ({
    path: `${filesOf('prod')}/blobs/${SHA256_OF_X}`,
    method: 'PUT',
    body: 'x',
    headers: { 'Content-Length': '1' },
  }),
  'POST /api/v1/:tenant/namespaces/:namespace/files/commit': () => ({
    path: `${filesOf('prod')}/commit`,
    json: { plan: PLAN },
    headers: { 'If-Match': '"0"', 'Idempotency-Key': 'denied-for-ever' },
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files': () => ({ path: `${filesOf('prod')}?path=a.txt` }),
  'POST /api/v1/:tenant/namespaces/:namespace/files': () => ({
    path: `${filesOf('prod')}?path=b.txt`,
    body: formOf('b'),
  }),
  'PUT /api/v1/:tenant/namespaces/:namespace/files': () => ({
    path: `${filesOf('prod')}?from=a.txt&to=${crypto.randomUUID()}`,
    method: 'PUT',
  }),
  'DELETE /api/v1/:tenant/namespaces/:namespace/files': () => ({
    path: `${filesOf('prod')}?path=a.txt`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/directory': () => ({
    path: `${filesOf('prod')}/directory`,
  }),
  'POST /api/v1/:tenant/namespaces/:namespace/files/directory': () => ({
    path: `${filesOf('prod')}/directory?path=new`,
    method: 'POST',
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/stats': () => ({
    path: `${filesOf('prod')}/stats?path=a.txt`,
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/revisions': () => ({
    path: `${filesOf('prod')}/revisions?path=a.txt`,
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/export': () => ({ path: `${filesOf('prod')}/export` }),
  'GET /api/v1/:tenant/namespaces/:namespace/files/search': () => ({ path: `${filesOf('prod')}/search` }),

  'POST /api/v1/tenants': () => ({
    path: '/api/v1/tenants',
    json: { id: `${world.tenant}-new`, name: 'New' },
  }),
  'GET /api/v1/tenants/search': () => ({ path: '/api/v1/tenants/search' }),
  'GET /api/v1/tenants/:id': () => ({ path: `/api/v1/tenants/${world.tenant}` }),
  'PUT /api/v1/tenants/:id': () => ({
    path: `/api/v1/tenants/${world.tenant}`,
    method: 'PUT',
    json: { name: 'Other' },
  }),
  'DELETE /api/v1/tenants/:id': () => ({ path: `/api/v1/tenants/${world.tenant}`, method: 'DELETE' }),

  'POST /api/v1/:tenant/namespaces': () => ({
    path: `${tenant}/namespaces`,
    json: { id: `prod.${world.tenant}` },
  }),
  'GET /api/v1/:tenant/namespaces/search': () => ({ path: `${tenant}/namespaces/search` }),
  'POST /api/v1/:tenant/namespaces/autocomplete': () => ({
    path: `${tenant}/namespaces/autocomplete`,
    json: { q: 'prod' },
  }),
  'GET /api/v1/:tenant/namespaces/:namespace': () => ({ path: `${tenant}/namespaces/prod` }),
  'PUT /api/v1/:tenant/namespaces/:namespace': () => ({
    path: `${tenant}/namespaces/prod`,
    method: 'PUT',
    json: { description: 'Other' },
  }),
  'DELETE /api/v1/:tenant/namespaces/:namespace': () => ({
    path: `${tenant}/namespaces/prod`,
    method: 'DELETE',
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/inherited-variables': () => ({
    path: `${tenant}/namespaces/prod/inherited-variables`,
  }),

  ...Object.fromEntries(
    ['/api/v1', tenant].flatMap((base) => {
      const declared = `${base === tenant ? TENANT : base}/auditlogs`
      const requests: Array<[string, () => Request]> = [
        [`GET ${declared}/search`, () => ({ path: `${base}/auditlogs/search` })],
        [`POST ${declared}/find`, () => ({ path: `${base}/auditlogs/find`, json: { resource: 'ROLE' } })],
        [`GET ${declared}/history/:id`, () => ({ path: `${base}/auditlogs/history/${world.role}` })],
        [`GET ${declared}/:id/diff`, () => ({ path: `${base}/auditlogs/${world.record}/diff` })],
        [`GET ${declared}/export`, () => ({ path: `${base}/auditlogs/export` })],
        [`GET ${declared}/export.ndjson`, () => ({ path: `${base}/auditlogs/export.ndjson` })],
      ]
      return requests
    }),
  ),
  'GET /api/v1/auditlogs/integrity': () => ({ path: '/api/v1/auditlogs/integrity' }),
  ...Object.fromEntries(VERIFY.map(({ name, request }) => [name, () => request])),
  'GET /api/v1/:tenant/namespaces/:namespace/deployments': () => ({ path: deploymentsOf('prod') }),
  'GET /api/v1/:tenant/namespaces/:namespace/deployments/:id': () => ({
    path: `${deploymentsOf('prod')}/${world.deployment}`,
  }),
  'GET /api/v1/:tenant/namespaces/:namespace/deployments/:id/diff': () => ({
    path: `${deploymentsOf('prod')}/${world.deployment}/diff`,
  }),
  'POST /api/v1/:tenant/namespaces/:namespace/deployments/:id/rollback': () => ({
    path: `${deploymentsOf('prod')}/${world.deployment}/rollback`,
    method: 'POST',
  }),
}

/** The same five at the instance and in a tenant. */
function credentialRequests(route: string, parent: string): Record<string, () => Request> {
  const all = `${route}/:account/federated-credentials`
  const path = () => `${parent}/${world.account}/federated-credentials`
  const json = credentialOf({ name: 'new' })
  return {
    [`GET ${all}`]: () => ({ path: path() }),
    [`POST ${all}`]: () => ({ path: path(), json }),
    [`GET ${all}/:credential`]: () => ({ path: `${path()}/${world.credential}` }),
    [`PUT ${all}/:credential`]: () => ({ path: `${path()}/${world.credential}`, method: 'PUT', json }),
    [`DELETE ${all}/:credential`]: () => ({ path: `${path()}/${world.credential}`, method: 'DELETE' }),
  }
}

const named = routes.map(({ method, path, access }) => ({ name: `${method} ${path}`, access }))
const guarded = named.flatMap(({ name, access }) => (access.kind === 'public' ? [] : [{ name, access }]))
type Guarded = (typeof guarded)[number]['access']

function rightOf(access: Guarded): string {
  if (access.kind === 'permission') {
    return access.where === 'path' ? access.permission : `${access.permission} ${access.where}`
  }
  return access.kind === 'resource' ? `any of ${access.resource}` : access.kind
}

/** Whether nothing of the world was changed yet: it takes many requests to make. */
let isWhole = false

async function wholeWorld(): Promise<void> {
  if (!isWhole) world = await createWorld(world.admin)
  isWhole = true
}

async function createWorld(admin: Bot): Promise<World> {
  const create = async (path: string, json: object, status = 200) =>
    (await expectJson<{ id: string }>(call(path, { ...admin, json }), status)).id
  // Without a role: who mints a token for an account must hold all that it holds.
  const account = await create(`${tenant}/service-accounts`, { name: 'victim' })
  const token = await mintToken(account, { by: admin })
  const { id: user, email: userEmail, tokenId: userToken } = await createUser(admin, { tenants: [] })
  const { id: tenantUser } = await createUser(admin, { tenants: ['main'] })
  const own = await createUser(admin)
  const role = await create(`${tenant}/roles`, { name: 'victim', permissions: only('BINDING:CREATE') })
  const binding = await bind(user, role, admin)
  const member = await create(`${tenant}/service-accounts`, { name: 'member' })
  const group = await create(`${tenant}/groups`, { name: `victim ${member}`, membersId: [member] })
  const invitation = await create(`${tenant}/invitations`, { email: `${account}@example.org` }, 201)
  await writeFile('prod', 'a.txt', 'a', admin)
  // There since the last world, unless this one was made because it was deleted.
  await call(`${tenant}/namespaces`, { ...admin, json: { id: 'prod' } })
  const emptyTenant = await create('/api/v1/tenants', { id: `t-${account.toLowerCase()}`, name: 'Victim' })
  const history = await expectJson<Array<{ id: string }>>(call(`${tenant}/auditlogs/history/${role}`, admin))
  // Going back to it brings the file again, and takes none.
  const { id: deployment = '' } = await deploy('prod', { x: 'x' }, admin, { root: `/${account}` })
  await removeFile('prod', account, admin)
  const other = { issuer: `https://${crypto.randomUUID()}.test`, jwksUri: JWKS_URI }
  const issuer = await create('/api/v1/issuers', other, 201)
  const credential = await trust({ id: account }, admin)
  return {
    admin,
    account,
    token: token.id,
    user,
    userEmail,
    userToken,
    own,
    tenantUser,
    role,
    binding: binding.id,
    group,
    member,
    invitation,
    deployment,
    tenant: emptyTenant,
    record: history[0]?.id ?? '',
    issuer,
    credential: credential.id,
  }
}

beforeAll(async () => {
  await freshEdge()
  const admin = await createAdmin()
  await expectJson(call('/api/v1/issuers', { ...admin, json: { issuer: ISSUER, jwksUri: JWKS_URI } }), 201)
  world = await createWorld(admin)
  await createTenant('acme')
})

describe('the table of routes', () => {
  it('is public only where this list says so (threat 21)', () => {
    expect(
      named
        .filter(({ access }) => access.kind === 'public')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(PUBLIC.toSorted())
  })

  it('asks for these rights on every other route', () => {
    expect(Object.fromEntries(guarded.map(({ name, access }) => [name, rightOf(access)]))).toEqual(RIGHTS)
  })

  it('has a request for every guarded route here, and none for another', () => {
    expect(Object.keys(requests).sort()).toEqual(guarded.map(({ name }) => name).sort())
  })
})

const requestOf = (name: string): Request => {
  const request = requests[name]
  if (!request) throw new Error(`There is no request for ${name}`)
  return request()
}

/** Who acts on themselves is a user; who asks a question of `/verify` holds what it is about. */
const whoeverActs = (name: string): Bot => (name.includes('/verify') ? world.admin : world.own)

/** @param also another right that the handler asks for */
const whoMay = async (
  name: string,
  access: Guarded,
  namespace: string | null,
  also?: Permission,
): Promise<Bot> => {
  switch (access.kind) {
    case 'signed-in':
    case 'user':
      return whoeverActs(name)
    case 'superadmin':
      return world.admin
    case 'permission':
    case 'resource':
      return createBot(
        { ...only(permissionOf(access)), ...(also ? only(also) : {}) },
        { namespace, by: world.admin },
      )
  }
}

/** By right: many routes ask for the same one. */
const misses = new Map<string, NearMisses>()

describe.each(guarded)('$name', ({ name, access }) => {
  beforeAll(async () => {
    await wholeWorld()
  })

  it('refuses every credential that is not good (threat 21)', async () => {
    await deniesCredentials(requestOf(name), world.admin, world.admin)
  })

  it('refuses who comes close to the right (threat 21)', async () => {
    const right = rightOf(access)
    const near = misses.get(right) ?? (await nearMisses(access, 'acme', world.admin))
    misses.set(right, near)
    await deniesRight(requestOf(name), access, near)
  })

  it('serves who has just the right, and lets no cache keep the answer (threat 30)', async () => {
    const isPlaced =
      /\/:namespace(\/|$)/.test(name) || (access.kind === 'permission' && access.where !== 'path')
    const by = await whoMay(name, access, isPlaced ? 'prod' : null, ALSO[name])
    const request = requestOf(name)
    isWhole &&= isReading(name)
    const answer = await call(request.path, { ...request, token: by.token })
    expect(`${answer.status} ${await answer.text()}`).toMatch(/^20[014]/)
    // Nobody else is to get it from a cache.
    expect(answer.headers.get('Cache-Control')).toContain('no-store')
  })
})

/** Routes that change nothing, whatever their method looks like. */
const READING = [
  '/verify',
  '/verify/kestra',
  '/files/plan',
  '/autocomplete',
  '/ids',
  '/auditlogs/find',
  '/oauth/introspect',
]

/** What leaves no audit record, and why. */
const UNRECORDED: Record<string, string> = {
  'POST /api/v1/logout': 'it ends a session, and who has none ends none',
  [`POST ${FILES}/commit`]: 'this one changes nothing, and then there is nothing to record',
  [`POST ${FILES}/blobs`]: 'a content that no file refers to is nothing yet',
  [`PUT ${FILES}/blobs/:sha256`]: 'a content that no file refers to is nothing yet',
  'POST /api/v1/master-key/reseal': 'nothing hangs on another key here',
}

/** What leaves no row in the change feed, because no verdict depends on it. */
const UNFED = [
  ...Object.keys(UNRECORDED),
  `POST ${FILES}`,
  `PUT ${FILES}`,
  `DELETE ${FILES}`,
  `POST ${FILES}/directory`,
  `POST ${DEPLOYMENTS}/:id/rollback`,
  `POST ${TENANT}/namespaces`,
  `PUT ${TENANT}/namespaces/:namespace`,
  `DELETE ${TENANT}/namespaces/:namespace`,
  'PUT /api/v1/tenants/:id',
  // Nobody is in a new group, and a name decides nothing.
  `POST ${TENANT}/groups`,
  `PUT ${TENANT}/groups/:id`,
  `POST ${TENANT}/invitations`,
  `DELETE ${TENANT}/invitations/:id`,
  'POST /api/v1/users/:id/impersonate',
]

const isReading = (name: string) => name.startsWith('GET ') || READING.some((end) => name.endsWith(end))
const changing = guarded.filter(({ name }) => !isReading(name))

const countRows = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0

/** The administrator, or where accounts act on themselves a user. */
async function sendAsAllowed(name: string, { kind }: Guarded): Promise<Response> {
  const request = requestOf(name)
  isWhole &&= isReading(name)
  const { token } = kind === 'user' || kind === 'signed-in' ? whoeverActs(name) : world.admin
  return call(request.path, { ...request, token })
}

describe.each(changing)('$name', ({ name, access }) => {
  const isRecorded = !(name in UNRECORDED)
  const isFed = !UNFED.includes(name)
  const expected = [...(isRecorded ? ['audit_logs'] : []), ...(isFed ? ['changes'] : [])]
  beforeAll(async () => {
    await wholeWorld()
  })

  it.runIf(expected.length > 0)(
    'does nothing at all when its records cannot be written (threat 35)',
    async () => {
      for (const table of expected) {
        await env.DB.prepare(
          `CREATE TRIGGER broken AFTER INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END`,
        ).run()
        const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
        try {
          const before = await inventory()
          expect((await sendAsAllowed(name, access)).status).toBe(503)
          expect(await inventory()).toBe(before)
        } finally {
          await env.DB.prepare('DROP TRIGGER broken').run()
          log.mockRestore()
        }
      }
    },
  )

  it(`leaves ${expected.join(' and ') || 'no records'} (threat 35)`, async () => {
    const tables = ['audit_logs', 'changes']
    const before = await Promise.all(tables.map(countRows))
    expect((await sendAsAllowed(name, access)).status).toBeLessThan(300)
    const after = await Promise.all(tables.map(countRows))
    expect(tables.filter((_, index) => after[index] !== before[index])).toEqual(expected)
  })
})

/** Readings that one wants to know of afterwards. */
const LEAVING_RECORDS = ['GET /api/v1/backup']

describe.each(guarded.filter(({ name }) => isReading(name)))('$name', ({ name, access }) => {
  beforeAll(async () => {
    await wholeWorld()
  })

  it('changes nothing', async () => {
    const except = LEAVING_RECORDS.includes(name) ? RECORDS : []
    const before = await inventory({ except })
    expect((await sendAsAllowed(name, access)).status).toBeLessThan(300)
    expect(await inventory({ except })).toBe(before)
  })
})
