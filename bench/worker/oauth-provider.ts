/** @cloudflare/workers-oauth-provider: an opaque token, looked up in KV at each request. */

import { getOAuthApi, OAuthProvider } from '@cloudflare/workers-oauth-provider'
import { Hono } from 'hono'
import { ORIGIN, PATH, type Row } from './row.ts'

const REDIRECT = `${ORIGIN}/callback`

export async function oauthProviderRow(kv: KVNamespace): Promise<Row> {
  const env = { OAUTH_KV: kv }
  const app = new Hono().get(PATH, (c) => c.json({ ok: true }))
  const options = {
    apiRoute: '/api/',
    apiHandler: { fetch: (request: Request) => app.fetch(request) },
    defaultHandler: { fetch: () => new Response(null, { status: 404 }) },
    authorizeEndpoint: '/authorize',
    tokenEndpoint: '/token',
    clientRegistrationEndpoint: '/register',
    resourceMetadata: { resource: `${ORIGIN}/api/` },
  }
  const provider = new OAuthProvider(options)
  const context = { waitUntil() {}, passThroughOnException() {}, props: {} }
  const send = (request: Request): Promise<Response> => provider.fetch(request, env, context)

  // One client, one consent, one code for one token.
  const api = getOAuthApi(options, env)
  const client = await api.createClient({
    redirectUris: [REDIRECT],
    clientName: 'bench',
    tokenEndpointAuthMethod: 'client_secret_basic',
  })
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: REDIRECT,
    scope: 'read',
    state: 'x',
  })
  const { redirectTo } = await api.completeAuthorization({
    request: await api.parseAuthRequest(new Request(`${ORIGIN}/authorize?${query}`)),
    userId: 'one',
    metadata: {},
    scope: ['read'],
    props: { account: 'one' },
  })
  const answer = await send(
    new Request(`${ORIGIN}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${client.clientId}:${client.clientSecret}`)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: new URL(redirectTo).searchParams.get('code') ?? '',
        redirect_uri: REDIRECT,
      }),
    }),
  )
  if (!answer.ok) throw new Error(`workers-oauth-provider: ${answer.status} ${await answer.text()}`)
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return { name: 'workers-oauth-provider', group: 'peer', credential: () => token, fetch: send }
}
