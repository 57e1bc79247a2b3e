/** OAuth: an API token for an access token, giving a token back, and the keys to check access tokens with. */

import {
  ACCESS_TOKEN_TYPE,
  ExchangeRequest,
  ExchangeResponse,
  Jwks,
  RevokeRequest,
} from '../../../shared/wire/oauth.ts'
import { exchangeToken, giveBackToken } from '../../tokens/bearer.ts'
import { JWKS_MAX_AGE_SECONDS, readJwks } from '../../tokens/signing-keys.ts'
import { answer, empty, json } from '../answer.ts'
import { formBody } from '../body.ts'
import { anyone, route } from '../route.ts'

export const oauthRoutes = [
  route({
    method: 'POST',
    path: '/oauth/token',
    summary: 'Exchange an API token for a short-lived access token (RFC 8693)',
    // The token in the body is the credential.
    access: anyone,
    body: formBody(ExchangeRequest),
    answers: { 200: ExchangeResponse },
    handle: async ({ edge, verification, body, origin, context }) =>
      answer(
        await exchangeToken(edge.db, verification, body.subject_token, origin, context),
        ({ jwt, lifetimeSeconds }) =>
          json(200, {
            access_token: jwt,
            issued_token_type: ACCESS_TOKEN_TYPE,
            token_type: 'Bearer',
            expires_in: lifetimeSeconds,
          } satisfies ExchangeResponse),
      ),
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
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys of access tokens (RFC 7517)',
    access: anyone,
    answers: { 200: Jwks },
    handle: async ({ edge }) =>
      json(200, await readJwks(edge.db, edge.keys, edge.copies), {
        'Cache-Control': `public, max-age=${JWKS_MAX_AGE_SECONDS}`,
      }),
  }),
]
