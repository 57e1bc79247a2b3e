/** GitHub's identity token of this job: minted by GitHub, for one audience, good for five minutes. */

import * as v from 'valibot'
import { Failure } from './failure.ts'
import { type Http, json } from './http.ts'
import { BEARER_TOKEN } from './inputs/credential.ts'
import type { Runner } from './runner.ts'

const Minted = v.object({ value: v.pipe(v.string(), v.regex(BEARER_TOKEN)) })

/**
 * Mints a new one each time it is asked: a token is accepted once. It is masked before anything else can happen.
 *
 * @throws {Failure} POSTERN-103 where GitHub offers none, 104 when it does not answer as it should
 */
export async function mintIdentityToken(github: Http, runner: Runner, audience: string): Promise<string> {
  const { identity } = runner
  if (identity === undefined) {
    throw new Failure('POSTERN-103', {
      what: 'GitHub gave this job no identity token.',
      fix: 'Add `permissions: id-token: write` to the job.',
    })
  }
  runner.mask(identity.token)
  const url = new URL(identity.url)
  url.searchParams.set('audience', audience)
  const headers = { Authorization: `Bearer ${identity.token}` }
  try {
    const { value } = await github.send('GET', url.href, { headers }, json(Minted))
    runner.mask(value)
    return value
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure('POSTERN-104', {
      what: 'GitHub did not mint an identity token for this job.',
      why: error.message,
      fix: 'Run the job again; if that does not help, look at githubstatus.com.',
    })
  }
}

/** Claims by which a trust policy may know a run again; those that are missing are left out. */
const POLICY_CLAIMS = [
  'repository_owner_id',
  'repository_id',
  'ref',
  'event_name',
  'environment',
  'job_workflow_ref',
] as const

/** Not verified, which is for who accepts the token: it is to be shown to the people that it is about. */
export function readClaims(identityToken: string): Record<string, string> {
  const [, payload = ''] = identityToken.split('.')
  const claims = v.safeParse(v.record(v.string(), v.unknown()), parse(payload))
  if (!claims.success) return {}
  return Object.fromEntries(
    Object.entries(claims.output).filter((claim): claim is [string, string] => typeof claim[1] === 'string'),
  )
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** A federated credential that takes runs like this one, as JSON for whoever may create it. */
export function suggestPolicy(claims: Readonly<Record<string, string>>): string {
  const match = POLICY_CLAIMS.flatMap((name) => (claims[name] ? [[name, claims[name]]] : []))
  const name =
    claims.repository
      ?.split('/')[1]
      ?.toLowerCase()
      .replace(/[^a-z0-9]+/g, '-') ?? 'github-actions'
  return JSON.stringify({ name, issuer: claims.iss, match: Object.fromEntries(match) }, null, 2)
}
