/** The token endpoint, as its clients call it. */

import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE } from '../../../shared/wire/oauth.ts'
import { call, expectJson } from './edge.ts'

export const exchange = (token: string, changes: Record<string, string> = {}) =>
  call('/oauth/token', {
    body: new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token: token,
      subject_token_type: ACCESS_TOKEN_TYPE,
      ...changes,
    }),
  })

/** An access token for an API token. */
export async function accessTokenFor(token: string): Promise<string> {
  const { access_token } = await expectJson<{ access_token: string }>(exchange(token))
  return access_token
}

export const giveBack = (token: string) => call('/oauth/revoke', { body: new URLSearchParams({ token }) })
