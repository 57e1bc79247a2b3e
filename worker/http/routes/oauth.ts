/** OAuth: an API token or an assertion for an access token, giving a token back, and asking about one. */

import { ExchangeRequest } from '../../../shared/wire/exchange.ts'
import { Introspection, IntrospectRequest } from '../../../shared/wire/introspection.ts'
import { ACCESS_TOKEN_TYPE, ExchangeResponse, RevokeRequest } from '../../../shared/wire/oauth.ts'
import { giveBackToken } from '../../tokens/bearer.ts'
import { exchangeToken } from '../../tokens/exchange.ts'
import { type Admitted, exchangeAssertion } from '../../tokens/exchange-assertion.ts'
import { introspect } from '../../tokens/introspect.ts'
import type { AccessToken } from '../../tokens/sign.ts'
import { answer, empty, json } from '../answer.ts'
import { formBody } from '../body.ts'
import { anyone, route, signedIn } from '../route.ts'

export const oauthRoutes = [
  route({
    method: 'POST',
    path: '/oauth/token',
    summary: 'Exchange an API token or an assertion for a short-lived access token (RFC 8693)',
    // The token in the body is the credential.
    access: anyone,
    body: formBody(ExchangeRequest),
    answers: { 200: ExchangeResponse },
    handle: async ({ edge: { db, issuerKeys }, verification, body, address: { origin }, context }) => {
      const { audience = origin, resource = origin, subject_token: subject } = body
      if (audience !== origin || resource !== origin) return { code: 'target_unknown' }
      const wish = {
        narrowing: { tenant: body.tenant, namespaces: body.namespace, permissions: body.scope },
        lifetimeSeconds: body.lifetime_seconds,
        serviceAccount: body.service_account,
      }
      return answer<AccessToken & Partial<Admitted>>(
        body.subject_token_type === ACCESS_TOKEN_TYPE
          ? await exchangeToken(db, verification, subject, wish, origin, context)
          : await exchangeAssertion(db, verification, issuerKeys, subject, wish, origin, context),
        ({ jwt, lifetimeSeconds, scope, principal, policy }) =>
          json(200, {
            access_token: jwt,
            issued_token_type: ACCESS_TOKEN_TYPE,
            token_type: 'Bearer',
            expires_in: lifetimeSeconds,
            scope,
            account: { id: principal.accountId, name: principal.name },
            ...(policy ? { policy: { id: policy.id, name: policy.name } } : {}),
          } satisfies { [Key in keyof ExchangeResponse]: ExchangeResponse[Key] | undefined }),
      )
    },
  }),
  route({
    method: 'POST',
    path: '/oauth/revoke',
    summary: 'Give a token back (RFC 7009); 200 also for one that is unknown',
    access: anyone,
    body: formBody(RevokeRequest),
    answers: { 200: null },
    handle: async ({ edge, verification, body, context }) => {
      await giveBackToken(edge.db, verification, body.token, context)
      return empty(200)
    },
  }),
  route({
    method: 'POST',
    path: '/oauth/introspect',
    summary: 'Ask what a token is worth now (RFC 7662)',
    access: signedIn,
    body: formBody(IntrospectRequest),
    answers: { 200: Introspection },
    handle: async ({ verification, principal, body, address: { origin } }) =>
      json(200, await introspect(verification, principal, body.token, origin)),
  }),
]
