/** The built Action without a secret: GitHub's identity token for an access token. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLAIMS, type GithubStandIn, REQUEST_TOKEN, startGithub } from '../support/github.ts'
import { decodeEntities } from '../support/secrets.ts'
import { API_TOKEN, apiError, sendJson } from './fixtures.ts'
import { expectNoSecret, type Job, startJob } from './job.ts'

let job: Job
let github: GithubStandIn
beforeEach(async () => {
  job = await startJob()
  github = await startGithub()
  await job.write({ 'scripts/a.py': 'print(1)' })
})
afterEach(async () => {
  await job[Symbol.asyncDispose]()
  await github[Symbol.asyncDispose]()
})

const main = (inputs = {}, env = {}) => job.main(inputs, { ...github.identity, ...env })
const audienceOf = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).aud

describe('a job that may ask for an identity token', () => {
  it('deploys without a secret, and gives its access token back', async () => {
    const result = await main()
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect(job.asked()).toEqual(['token', 'plan', 'blobs', 'commit'])
    expect(result.stdout).toMatch(
      /^Signed in as deploy-bot .* by the trust policy main-branch; .* 10 minutes/m,
    )
    expect(result.outputs['auth-method']).toBe('oidc')
    expectNoSecret(result, [...github.minted, REQUEST_TOKEN])
    expectNoSecret(await job.post(result.state), github.minted)
    expect(job.postern.revoked).toHaveLength(1)
  })

  it('masks the identity token before it writes anything else of it', async () => {
    const { masks } = await main()
    expect(masks).toEqual(expect.arrayContaining(github.minted))
  })

  it.each([
    [{ 'dry-run': 'true' }, 'NAMESPACE_FILE:LIST NAMESPACE_FILE:VIEW'],
    [{}, 'NAMESPACE_FILE:LIST NAMESPACE_FILE:VIEW NAMESPACE_FILE:CREATE'],
    [
      { delete: 'owned' },
      'NAMESPACE_FILE:LIST NAMESPACE_FILE:VIEW NAMESPACE_FILE:CREATE NAMESPACE_FILE:DELETE',
    ],
  ])('asks with %j for no more than %s', async (inputs, scope) => {
    await main({ ...inputs, timeout: '60' })
    expect(job.postern.exchanges).toEqual([
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: github.minted[0],
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        scope,
        namespace: 'company.team',
        tenant: 'main',
        lifetime_seconds: '120',
      },
    ])
  })

  it('asks for all namespaces of its mappings, and as the account that is named', async () => {
    await job.write({ 'sql/b.sql': 'x' })
    const mappings = 'scripts => company.team:/x\nsql => company.sql\nscripts => company.team:/y'
    await main({ namespace: '', directory: '', mappings, 'service-account': 'deploy-bot' })
    expect(job.postern.exchanges).toMatchObject([
      { namespace: 'company.team company.sql', service_account: 'deploy-bot' },
    ])
  })

  it('has the token minted for the origin of the server, whatever its path', async () => {
    await main({ server: `${job.server.url}/prefix` })
    expect(audienceOf(github.minted[0])).toBe(job.server.url)
  })

  it('says so when the audience is another one', async () => {
    const { stdout } = await main({ audience: 'https://other.example.com' })
    expect(audienceOf(github.minted[0])).toBe('https://other.example.com')
    expect(stdout).toContain('minted for https://other.example.com, which is not the server')
  })

  it('mints a fresh token for each try, so that none is sent twice', async () => {
    let tries = 0
    job.postern.intercept = ({ path }, response) => {
      if (path !== '/oauth/token' || tries++ > 0) return false
      response.destroy()
      return true
    }
    expect((await main()).exitCode).toBe(0)
    expect(github.minted).toHaveLength(2)
    expect(job.postern.exchanges.map(({ subject_token }) => subject_token)).toEqual([github.minted[1]])
  })

  it('asks GitHub again when it is busy', async () => {
    github.faults.push(503)
    expect((await main()).exitCode).toBe(0)
    expect(github.minted).toHaveLength(1)
  })

  it('prefers a secret that is set, and does not ask GitHub for anything then', async () => {
    await main({ 'api-token': API_TOKEN })
    expect(github.received).toEqual([])
  })
})

describe('a run that is not trusted', () => {
  it('is told which claim differs, and gets a federated credential to paste', async () => {
    job.postern.distrust = () => ({ code: 'assertion_refused', failing_claim: 'ref' })
    const result = await main()
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toMatch(/^POSTERN-111: .*The claim ref differs/)
    const printed = result.stdout.slice(result.stdout.indexOf('\n{'), result.stdout.indexOf('\n}') + 2)
    const policy = {
      name: 'data',
      issuer: CLAIMS.iss,
      match: {
        repository_owner_id: '123456',
        repository_id: '789012',
        ref: 'refs/heads/main',
        event_name: 'push',
        job_workflow_ref: CLAIMS.job_workflow_ref,
      },
    }
    expect(JSON.parse(printed)).toEqual(policy)
    const [, block = ''] = /^<pre>(.*)<\/pre>$/m.exec(result.summary) ?? []
    expect(JSON.parse(decodeEntities(block))).toEqual(policy)
    expectNoSecret(result, github.minted)
  })

  it.each(['assertion_expired', 'assertion_replayed', 'audience_mismatch'])(
    'because of %s is told that, and not that a policy is missing',
    async (code) => {
      job.postern.distrust = () => ({ code })
      const result = await main()
      expect(result.annotations.at(-1)?.message).toContain('POSTERN-115')
      expect(result.annotations.at(-1)?.message).toContain(code)
    },
  )
})

describe('a job', () => {
  it('that may not ask is told which permission it lacks', async () => {
    const result = await job.main({ auth: 'oidc' })
    expect(result.annotations.at(-1)?.message).toMatch(/POSTERN-103.*id-token: write/)
    expect(job.server.received).toEqual([])
  })

  it('to which GitHub mints nothing says so, and shows nothing of what it asked with', async () => {
    github.faults.push(403)
    const result = await main()
    expect(result.annotations.at(-1)?.message).toContain('POSTERN-104')
    expect(job.server.received).toEqual([])
    expectNoSecret(result, [REQUEST_TOKEN])
  })

  it('whose server exchanges nothing is told that it may be a stock Kestra', async () => {
    job.postern.intercept = (_, response) => {
      sendJson(response, 404, { message: 'Not Found' })
      return true
    }
    const result = await main()
    expect(result.annotations.at(-1)?.message).toMatch(/POSTERN-402.*stock Kestra/)
  })

  it('whose identity token is echoed by the server does not print it', async () => {
    job.postern.intercept = ({ body }, response) => {
      const echo = new URLSearchParams(String(body)).get('subject_token') ?? ''
      sendJson(response, 403, apiError(echo, `${echo} ${btoa(echo)} ${encodeURIComponent(echo)}`))
      return true
    }
    const result = await main({}, { RUNNER_DEBUG: '1' })
    expect(result.exitCode).toBe(1)
    expectNoSecret(result, github.minted)
  })
})
