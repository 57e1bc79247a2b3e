/** The access token: got for the API token before anything is asked of the server, given back after the job. */

import * as v from 'valibot'
import { ACCESS_TOKEN_TYPE, ExchangeResponse, TOKEN_EXCHANGE } from '../shared/wire/oauth.ts'
import { Failure } from './failure.ts'
import { createHttp, type Http } from './http.ts'
import type { Inputs } from './inputs.ts'
import { notFromPostern } from './refusal.ts'
import type { Runner } from './runner.ts'

/** RFC 6750 §2.1. Anything else would break the header that it is put in. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * Exchanges the API token (RFC 8693). The access token is masked and noted for `post` before anything else can
 * happen, so that it is given back even if the job is cancelled.
 */
export async function authenticate(
  http: Http,
  runner: Runner,
  { server, apiToken }: Inputs,
): Promise<string> {
  const url = `${server}/oauth/token`
  const body = new URLSearchParams({
    grant_type: TOKEN_EXCHANGE,
    subject_token: apiToken,
    subject_token_type: ACCESS_TOKEN_TYPE,
  })
  const { access_token } = await http.post(url, { body }, ExchangeResponse)
  if (!BEARER_TOKEN.test(access_token)) throw notFromPostern(url, 'has something unexpected at access_token')
  runner.mask(access_token)
  runner.saveState('access-token', access_token)
  runner.saveState('server', server)
  return access_token
}

/** Revokes the access token of this job, if there is one (RFC 7009). It expires soon anyway: a failure is a warning. */
export async function giveBackToken(runner: Runner): Promise<void> {
  const token = runner.readState('access-token')
  if (token === '') return
  runner.mask(token)
  try {
    // The job waits for this.
    const http = createHttp({ redact: runner.redact, timeoutMs: 10_000, deadlineMs: 30_000 })
    const body = new URLSearchParams({ token })
    await http.post(`${runner.readState('server')}/oauth/revoke`, { body }, v.undefined())
    runner.info('The access token was revoked.')
  } catch (error) {
    const reason = error instanceof Failure ? `${error.code}: ${error.message}` : 'An unexpected error.'
    runner.warning(`The access token was not revoked; it expires within minutes. ${reason}`)
  }
}
