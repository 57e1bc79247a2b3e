/** API tokens of service accounts: the same three calls at the instance and in a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { visiblePrefix } from '../../../shared/token-format.ts'
import {
  type ApiToken,
  ApiTokenList,
  CreateApiToken,
  CreatedApiToken,
} from '../../../shared/wire/api-token.ts'
import { Id, toDateTime } from '../../../shared/wire/common.ts'
import type { Narrowing } from '../../../shared/wire/narrowing.ts'
import { readManagedServiceAccount, readServiceAccount } from '../../accounts/service-accounts.ts'
import { listTokens, mintToken, revokeToken } from '../../tokens/api-tokens.ts'
import type { MintedToken } from '../../tokens/mint.ts'
import { isExpired } from '../../tokens/verify.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { type Access, permit, type Route, route, superadmin } from '../route.ts'

export const apiTokenRoutes = [
  ...tokensUnder('/api/v1/service-accounts/:account', {
    list: superadmin,
    mint: superadmin,
    revoke: superadmin,
  }),
  ...tokensUnder('/api/v1/:tenant/service-accounts/:account', {
    list: permit('SERVICE_ACCOUNT:VIEW'),
    mint: permit('SERVICE_ACCOUNT:UPDATE'),
    revoke: permit('SERVICE_ACCOUNT:DELETE'),
  }),
]

type NotPublic = Exclude<Access, { kind: 'public' }>

function tokensUnder(parent: string, access: Record<'list' | 'mint' | 'revoke', NotPublic>): Route[] {
  // At the instance there is no tenant in the path, and none to belong to.
  const account = v.object({ tenant: v.optional(TenantId), account: Id })
  return [
    route({
      method: 'GET',
      path: `${parent}/api-tokens`,
      summary: 'List the API tokens of a service account, without their secrets',
      access: access.list,
      params: account,
      answers: { 200: ApiTokenList },
      handle: async ({ edge, params, now }) => {
        const found = await readServiceAccount(edge.db, params.account, params.tenant)
        if (!found.ok) return found.error
        const results = (await listTokens(edge.db, params.account)).map((token) => toWire(token, now))
        return json(200, { results, total: results.length })
      },
    }),
    route({
      method: 'POST',
      path: `${parent}/api-tokens`,
      summary: 'Create an API token; this answer alone holds its secret',
      access: access.mint,
      params: account,
      body: jsonBody(CreateApiToken),
      answers: { 200: CreatedApiToken },
      handle: async ({ edge, principal, params, body }) => {
        const found = await readManagedServiceAccount(edge.db, principal, params.account, params.tenant)
        if (!found.ok) return found.error
        return answer(
          await mintToken(edge.db, edge.keys, principal, found.value.account, body),
          ({ token, fullToken }) =>
            json(200, { id: token.id, name: token.name, fullToken } satisfies CreatedApiToken),
        )
      },
    }),
    route({
      method: 'DELETE',
      path: `${parent}/api-tokens/:token`,
      summary: 'Revoke an API token',
      access: access.revoke,
      params: v.object({ ...account.entries, token: Id }),
      answers: { 200: null },
      handle: async ({ edge, principal, params }) => {
        const found = await readManagedServiceAccount(edge.db, principal, params.account, params.tenant)
        if (!found.ok) return found.error
        return answer(await revokeToken(edge.db, principal, params.account, params.token), () => empty(200))
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
