/** What OAuth clients and resource servers look up before anything else. */

import { permissions } from '../../../shared/permissions.ts'
import { AuthorizationServer, Jwks, ProtectedResource } from '../../../shared/wire/introspection.ts'
import { TOKEN_EXCHANGE } from '../../../shared/wire/oauth.ts'
import { JWKS_MAX_AGE_SECONDS, readJwks } from '../../tokens/signing-keys.ts'
import { json } from '../answer.ts'
import { anyone, route } from '../route.ts'

const JWKS = '/.well-known/jwks.json'
/** The same for everybody, and it changes with a deployment at most. */
const cached = { 'Cache-Control': `public, max-age=${JWKS_MAX_AGE_SECONDS}` }

export const metadataRoutes = [
  route({
    method: 'GET',
    path: JWKS,
    summary: 'The public keys of access tokens (RFC 7517)',
    access: anyone,
    answers: { 200: Jwks },
    handle: async ({ edge }) => json(200, await readJwks(edge.db, edge.keys, edge.copies), cached),
  }),
  route({
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    summary: 'Where the endpoints of OAuth are, and what they can do (RFC 8414)',
    access: anyone,
    answers: { 200: AuthorizationServer },
    handle: async ({ address: { origin } }) =>
      json(
        200,
        {
          issuer: origin,
          token_endpoint: `${origin}/oauth/token`,
          // The token in the body is the credential.
          token_endpoint_auth_methods_supported: ['none'],
          grant_types_supported: [TOKEN_EXCHANGE],
          response_types_supported: [],
          revocation_endpoint: `${origin}/oauth/revoke`,
          revocation_endpoint_auth_methods_supported: ['none'],
          introspection_endpoint: `${origin}/oauth/introspect`,
          introspection_endpoint_auth_methods_supported: ['Bearer'],
          jwks_uri: `${origin}${JWKS}`,
          scopes_supported: permissions,
        } satisfies AuthorizationServer,
        cached,
      ),
  }),
  route({
    method: 'GET',
    path: '/.well-known/oauth-protected-resource',
    summary: 'Which tokens the API takes, and from whom (RFC 9728)',
    access: anyone,
    answers: { 200: ProtectedResource },
    handle: async ({ address: { origin } }) =>
      json(
        200,
        {
          resource: origin,
          authorization_servers: [origin],
          jwks_uri: `${origin}${JWKS}`,
          bearer_methods_supported: ['header'],
          scopes_supported: permissions,
          resource_name: 'Postern',
        } satisfies ProtectedResource,
        cached,
      ),
  }),
]
