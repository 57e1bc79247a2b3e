/** API tokens: the same three calls for service accounts at the instance and in a tenant, for users, and for oneself. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import type { Result } from '../../../shared/result.ts'
import { visiblePrefix } from '../../../shared/token-format.ts'
import {
  type ApiToken,
  ApiTokenList,
  CreateApiToken,
  CreatedApiToken,
} from '../../../shared/wire/api-token.ts'
import { Id, toDateTime } from '../../../shared/wire/common.ts'
import type { Narrowing } from '../../../shared/wire/narrowing.ts'
import type { Principal } from '../../access/principal.ts'
import { readMe } from '../../accounts/me.ts'
import { readManagedServiceAccount, readServiceAccount } from '../../accounts/service-accounts.ts'
import { type AccountWithTenants, readUser } from '../../accounts/users.ts'
import type { Edge } from '../../edge.ts'
import { listTokens, mintToken, revokeToken } from '../../tokens/api-tokens.ts'
import type { MintedToken } from '../../tokens/mint.ts'
import { isExpired } from '../../tokens/verify.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import type { EdgeError } from '../refusal.ts'
import { type Access, permit, type Route, route, signedIn, superadmin } from '../route.ts'

interface OwnerInPath {
  readonly tenant?: string | undefined
  readonly account?: string | undefined
}

type NotPublic = Exclude<Access, { kind: 'public' }>
type Find = (
  db: Edge['db'],
  principal: Principal,
  params: OwnerInPath,
) => Promise<Result<Pick<AccountWithTenants, 'account'>, EdgeError>>

/** Whose tokens these are. */
interface Owner {
  readonly path: string
  readonly params: v.GenericSchema<unknown, OwnerInPath>
  readonly access: Readonly<Record<'list' | 'mint' | 'revoke', NotPublic>>
  readonly find: Find
  /** For who acts on the tokens, where that is not the same. */
  readonly findManaged?: Find
  readonly statuses?: { readonly minted: 200 | 201; readonly revoked: 200 | 204 }
}

const allBy = (access: NotPublic) => ({ list: access, mint: access, revoke: access })

const serviceAccounts = {
  find: (db, _, { account = '', tenant }) => readServiceAccount(db, account, tenant),
  findManaged: (db, principal, { account = '', tenant }) =>
    readManagedServiceAccount(db, principal, account, tenant),
} satisfies Partial<Owner>

export const apiTokenRoutes = [
  ...tokensOf({
    path: '/api/v1/me',
    params: v.object({}),
    access: allBy(signedIn),
    find: (db, principal) => readMe(db, principal),
  }),
  ...tokensOf({
    path: '/api/v1/users/:account',
    params: v.object({ account: Id }),
    access: allBy(superadmin),
    find: (db, _, { account = '' }) => readUser(db, account),
    // As Kestra has it, for users alone.
    statuses: { minted: 201, revoked: 204 },
  }),
  ...tokensOf({
    path: '/api/v1/service-accounts/:account',
    params: v.object({ account: Id }),
    access: allBy(superadmin),
    ...serviceAccounts,
  }),
  ...tokensOf({
    path: '/api/v1/:tenant/service-accounts/:account',
    params: v.object({ tenant: TenantId, account: Id }),
    access: {
      list: permit('SERVICE_ACCOUNT:VIEW'),
      mint: permit('SERVICE_ACCOUNT:UPDATE'),
      revoke: permit('SERVICE_ACCOUNT:DELETE'),
    },
    ...serviceAccounts,
  }),
]

function tokensOf({
  path,
  params,
  access,
  find,
  findManaged = find,
  statuses = { minted: 200, revoked: 200 },
}: Owner): Route[] {
  return [
    route({
      method: 'GET',
      path: `${path}/api-tokens`,
      summary: 'List the API tokens of an account, without their secrets',
      access: access.list,
      params,
      answers: { 200: ApiTokenList },
      handle: async ({ edge, principal, params, now }) => {
        const found = await find(edge.db, principal, params)
        if (!found.ok) return found.error
        const tokens = await listTokens(edge.db, found.value.account.id)
        return json(200, { results: tokens.map((token) => toWire(token, now)), total: tokens.length })
      },
    }),
    route({
      method: 'POST',
      path: `${path}/api-tokens`,
      summary: 'Create an API token; this answer alone holds its secret',
      access: access.mint,
      params,
      body: jsonBody(CreateApiToken),
      answers: { [statuses.minted]: CreatedApiToken },
      handle: async ({ edge, principal, params, body }) => {
        const found = await findManaged(edge.db, principal, params)
        if (!found.ok) return found.error
        return answer(
          await mintToken(edge.db, edge.keys, principal, found.value.account, body),
          ({ token, fullToken }) =>
            json(statuses.minted, {
              id: token.id,
              name: token.name,
              fullToken,
            } satisfies CreatedApiToken),
        )
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/api-tokens/:token`,
      summary: 'Revoke an API token',
      access: access.revoke,
      params: v.intersect([params, v.object({ token: Id })]),
      answers: { [statuses.revoked]: null },
      handle: async ({ edge, principal, params }) => {
        const found = await findManaged(edge.db, principal, params)
        if (!found.ok) return found.error
        return answer(await revokeToken(edge.db, principal, found.value.account.id, params.token), () =>
          empty(statuses.revoked),
        )
      },
    }),
  ]
}

function toWire(token: MintedToken['token'], now: number): ApiToken {
  return {
    id: token.id,
    name: token.name,
    description: token.description,
    prefix: visiblePrefix(token.id),
    iat: toDateTime(token.createdAt),
    ...(token.expiresAt === null ? {} : { exp: toDateTime(token.expiresAt) }),
    ...(token.lastUsedAt === null ? {} : { lastUsed: toDateTime(token.lastUsedAt) }),
    extended: token.extendsBy !== null,
    expired: isExpired(token, now),
    ...sayNarrowing(token.narrowing),
  }
}

const sayNarrowing = (
  narrowing: Narrowing | null,
): Pick<ApiToken, 'tenant' | 'namespaces' | 'permissions'> => ({
  ...(narrowing?.tenant ? { tenant: narrowing.tenant } : {}),
  ...(narrowing?.namespaces ? { namespaces: [...narrowing.namespaces] } : {}),
  ...(narrowing?.permissions ? { permissions: [...narrowing.permissions] } : {}),
})
