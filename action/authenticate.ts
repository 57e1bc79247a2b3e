/**
 * What a run signs its requests with. An API token or GitHub's identity token is exchanged for an access token
 * before anything is asked of the server, which is given back after the job; other credentials are sent as they are.
 */

import * as v from 'valibot'
import { ACCESS_TOKEN_TYPE, ExchangeResponse, TOKEN_EXCHANGE } from '../shared/wire/oauth.ts'
import type { Clients } from './clients.ts'
import { Failure } from './failure.ts'
import { createHttp, json } from './http.ts'
import { mintIdentityToken, readClaims, suggestPolicy } from './identity.ts'
import { BEARER_TOKEN, type Credential } from './inputs/credential.ts'
import { parseHeaders } from './inputs/headers.ts'
import type { Inputs } from './inputs/read.ts'
import { notFromPostern } from './refusal.ts'
import type { Runner } from './runner.ts'
import { secretsAmongInputs } from './secrets.ts'
import { createTransport, readCertificate } from './transport.ts'

export interface Authorization {
  /** The value of the header. */
  readonly header: string
  /** For people: how, and as whom as far as that is known. */
  readonly told: string
}

/** @throws {Failure} POSTERN-103, 104, 111 to 115, 402, or what the HTTP client throws */
export async function authenticate(clients: Clients, runner: Runner, inputs: Inputs): Promise<Authorization> {
  const { credential } = inputs
  if (credential.kind === 'basic') {
    const { user, password } = credential
    const encoded = Buffer.from(`${user}:${password}`).toString('base64')
    return { header: `Basic ${encoded}`, told: `Requests carry the password of ${user}.` }
  }
  if (credential.kind === 'token' && !credential.token.startsWith('pst_')) {
    return {
      header: `Bearer ${credential.token}`,
      told: 'Requests carry the API token as it is: it is none of Postern.',
    }
  }
  const granted = await exchange(clients, runner, inputs, credential)
  const minutes = Math.round(granted.expires_in / 60)
  const [how, through] =
    credential.kind === 'oidc'
      ? ["GitHub's identity token", granted.policy && `, by the trust policy ${granted.policy.name}`]
      : ['an API token', '']
  const who = granted.account ? ` as ${granted.account.name}` : ''
  return {
    header: `Bearer ${granted.access_token}`,
    told: `Signed in${who} with ${how}${through ?? ''}; the access token lives ${minutes} minutes at most.`,
  }
}

/** With what the exchange of an identity token tells besides. */
const Granted = v.object({
  ...ExchangeResponse.entries,
  account: v.optional(v.object({ id: v.string(), name: v.string() })),
  policy: v.optional(v.object({ id: v.string(), name: v.string() })),
})

const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'

/**
 * RFC 8693. The access token is masked and noted for `post` before anything else can happen, so that it is given
 * back even if the job is cancelled.
 */
async function exchange(
  { server: http, github }: Clients,
  runner: Runner,
  inputs: Inputs,
  credential: Exclude<Credential, { kind: 'basic' }>,
): Promise<v.InferOutput<typeof Granted>> {
  const url = `${inputs.server}/oauth/token`
  let identityToken = ''
  const body = async () => {
    // Each try has a fresh one: the server takes each of them once, and an answer can get lost.
    if (credential.kind === 'oidc') {
      identityToken = await mintIdentityToken(github, runner, credential.audience)
    }
    return new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      ...narrowest(inputs),
      ...(credential.kind === 'oidc'
        ? { subject_token: identityToken, subject_token_type: JWT_TYPE }
        : { subject_token: credential.token, subject_token_type: ACCESS_TOKEN_TYPE }),
      ...(credential.kind === 'oidc' &&
        credential.serviceAccount && { service_account: credential.serviceAccount }),
    })
  }
  try {
    const granted = await http.send('POST', url, { body }, json(Granted))
    if (!BEARER_TOKEN.test(granted.access_token)) {
      throw notFromPostern(url, 'has something unexpected at access_token')
    }
    runner.mask(granted.access_token)
    runner.saveState('access-token', granted.access_token)
    runner.saveState('expires-at', String(Date.now() + granted.expires_in * 1000))
    runner.saveState('server', inputs.server)
    return granted
  } catch (error) {
    throw error instanceof Failure ? explain(error, url, inputs, readClaims(identityToken)) : error
  }
}

/** A worker lets no access token live longer. */
const MAX_LIFETIME_SECONDS = 900

/**
 * No more than this run needs: these permissions, in these namespaces, for as long as it may take. To see is to compare,
 * where the files are in a Kestra behind Postern.
 */
function narrowest({ tenant, targets, delete: mode, isWriting, timeoutMs }: Inputs): Record<string, string> {
  const permissions = [
    'LIST',
    'VIEW',
    ...(isWriting ? ['CREATE', ...(mode === 'none' ? [] : ['DELETE'])] : []),
  ]
  return {
    scope: permissions.map((permission) => `NAMESPACE_FILE:${permission}`).join(' '),
    namespace: [...new Set(targets.map(({ namespace }) => namespace))].join(' '),
    tenant,
    lifetime_seconds: String(Math.min(MAX_LIFETIME_SECONDS, timeoutMs / 1000 + 60)),
  }
}

function explain(
  failure: Failure,
  url: string,
  inputs: Inputs,
  claims: Readonly<Record<string, string>>,
): Failure {
  if (failure.code === 'POSTERN-121') {
    const { scope, namespace, tenant } = narrowest(inputs)
    return new Failure('POSTERN-121', {
      what: 'The account may do nothing of what this run is about.',
      why: `It has no role with any of ${scope} in ${namespace} of the tenant ${tenant}. (${failure.serverCode})`,
      fix: 'Give it a role with these permissions in the namespace or one above it, or check tenant and namespace.',
    })
  }
  if (failure.code === 'POSTERN-111') {
    const claim = failure.failingClaim
    return new Failure('POSTERN-111', {
      what: 'No federated credential of a service account takes this run.',
      why: claim ? `The claim ${claim} differs.` : failure.message,
      fix: 'Let an administrator of Postern give a service account the one below, if this run is to be trusted.',
      block: suggestPolicy(claims),
    })
  }
  if ((failure.status === 404 || failure.status === 405) && failure.serverCode === undefined) {
    return new Failure('POSTERN-402', {
      what: `${url} does not exist (${failure.status}).`,
      why: 'The server is a stock Kestra, or a Postern under another address: only Postern exchanges tokens.',
      fix: 'Check the input server; for a stock Kestra, set user and password, or api-token to a token of that Kestra.',
    })
  }
  return failure
}

/**
 * Revokes the access token of this job, if there is one that lives (RFC 7009). It expires soon anyway: a failure is
 * a warning.
 */
export async function giveBackToken(runner: Runner): Promise<void> {
  const token = runner.readState('access-token')
  const expiresAt = runner.readState('expires-at')
  if (token === '' || (expiresAt !== '' && Date.now() > Number(expiresAt))) return
  for (const secret of [token, ...secretsAmongInputs(runner.input)]) runner.mask(secret)
  try {
    const headers = parseHeaders(runner.input('headers'))
    const http = createHttp({
      redact: runner.redact,
      transport: createTransport(await readCertificate(runner.input('ca-certificate'), runner.workspace)),
      ...(headers.ok && { headers: headers.value }),
      // The job waits for this.
      timeoutMs: 10_000,
      deadlineMs: 30_000,
    })
    const body = new URLSearchParams({ token })
    await http.send('POST', `${runner.readState('server')}/oauth/revoke`, { body }, json(v.undefined()))
    runner.info('The access token was revoked.')
  } catch (error) {
    const reason = error instanceof Failure ? `${error.code}: ${error.message}` : 'An unexpected error.'
    runner.warning(`The access token was not revoked; it expires within minutes. ${reason}`)
  }
}
