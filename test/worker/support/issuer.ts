/** An issuer of identity tokens as GitHub's is: real keys, real signatures, its address served from here. */

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { vi } from 'vitest'
import { JWT_TYPE } from '../../../shared/wire/oauth.ts'
import { type Bot, type Call, call, expectJson, ORIGIN } from './edge.ts'
import { exchange } from './oauth.ts'

export const ISSUER = 'https://issuer.test'
export const JWKS_URI = `${ISSUER}/.well-known/jwks`

export interface TestIssuer {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
  /** How many times its keys were asked for. */
  fetches(): number
  /** What it answers from now on; as long as nothing is said, its keys. */
  answers(respond: (request: Request) => Response | Promise<Response>): void
  /** An identity token for a run of `deploy.yml` on main, with these changes; a claim that is undefined is left out. */
  sign(claims?: object, header?: object, key?: CryptoKey | Uint8Array): Promise<string>
}

export const claimsOfRun = () => {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: ISSUER,
    aud: ORIGIN,
    sub: 'repo:acme/web:ref:refs/heads/main',
    jti: crypto.randomUUID(),
    iat: now,
    nbf: now - 300,
    exp: now + 300,
    repository: 'acme/web',
    repository_id: '789012',
    repository_owner: 'acme',
    repository_owner_id: '123456',
    repository_visibility: 'private',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    ref_protected: 'true',
    sha: '0123456789abcdef0123456789abcdef01234567',
    event_name: 'push',
    workflow: 'deploy',
    workflow_ref: 'acme/web/.github/workflows/deploy.yml@refs/heads/main',
    job_workflow_ref: 'acme/web/.github/workflows/deploy.yml@refs/heads/main',
    environment: 'production',
    runner_environment: 'github-hosted',
    actor: 'octocat',
    actor_id: '583231',
    run_id: '4242',
    run_number: '7',
    run_attempt: '1',
    check_run_id: '99',
  }
}

/** The edge must be set up; the issuer is added to it. `stop` gives the network back. */
export async function startIssuer(by: Call, algorithm = 'RS256'): Promise<TestIssuer & { stop(): void }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const kid = crypto.randomUUID()
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }
  let respond = (_: Request): Response | Promise<Response> => Response.json({ keys: [publicJwk] })
  const network = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init as RequestInit)
    if (request.url !== JWKS_URI) throw new Error(`The tests have no ${request.url}`)
    return respond(request)
  })
  await expectJson(call('/api/v1/issuers', { ...by, json: { issuer: ISSUER, jwksUri: JWKS_URI } }), 201)
  return {
    kid,
    privateKey,
    publicJwk,
    fetches: () => network.mock.calls.length,
    answers: (next) => {
      respond = next
    },
    sign: (claims = {}, header = {}, key = privateKey) =>
      new SignJWT({ ...claimsOfRun(), ...claims })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid, ...header })
        .sign(key),
    stop: () => network.mockRestore(),
  }
}

export const MATCH = {
  repository_owner_id: '123456',
  repository_id: '789012',
  ref: ['refs/heads/main'],
}

/** Changes of a federated credential. */
export interface Written {
  readonly name?: string
  readonly match?: object
  readonly [more: string]: unknown
}

export const credentialOf = ({ match = {}, ...more }: Written = {}) => ({
  name: 'web-main',
  issuer: ISSUER,
  match: { ...MATCH, ...match },
  ...more,
})

export const credentialsOf = (account: string) =>
  `/api/v1/main/service-accounts/${account}/federated-credentials`

/** A federated credential for the run of `claimsOfRun`, with these changes. */
export const trust = ({ id }: Pick<Bot, 'id'>, by: Call, written: Written = {}) =>
  expectJson<{ id: string; name: string; version: number }>(
    call(credentialsOf(id), { ...by, json: credentialOf(written) }),
    201,
  )

export const exchangeAssertion = (assertion: string, changes: Record<string, string> = {}) =>
  exchange(assertion, { subject_token_type: JWT_TYPE, ...changes })
