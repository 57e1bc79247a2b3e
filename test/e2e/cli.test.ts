/** The built command line against the real worker: the words of Kestra's own, and what ours adds. */

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CommandResult, runCommandLine } from '../../scripts/runner.ts'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { type Forwarder, startForwarder } from '../support/forwarder.ts'
import { expectNoSecrets } from '../support/secrets.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples/scripts')
const PASSWORD = 'Canary:pass:word42!'
const EMAIL = 'rick.astely@kestra.io'

let edge: TestEdge
let door: Forwarder
let cwd: string
let token: string

beforeAll(async () => {
  edge = await startTestEdge()
  const { id } = await edge.administer<{ id: string }>('POST', '/../users', {
    email: EMAIL,
    password: PASSWORD,
    tenants: ['main'],
  })
  const role = { name: 'Files by hand', permissions: { NAMESPACE: ['MANAGE_FILES'] } }
  const { id: roleId } = await edge.administer<{ id: string }>('POST', '/roles', role)
  await edge.administer('POST', '/bindings', { type: 'USER', externalId: id, roleId, namespaceId: 'prod' })
})
afterAll(() => edge?.stop())

beforeEach(async () => {
  door = await startForwarder(edge.url)
  cwd = await mkdtemp(join(tmpdir(), 'postern-cli-'))
  await cp(EXAMPLES, join(cwd, 'scripts'), { recursive: true })
  // A content that was sent once is not sent again.
  await writeFile(join(cwd, 'scripts', 'run.txt'), crypto.randomUUID())
  token = (await edge.provision('prod')).token
  await fetch(`${edge.url}/api/v1/main/namespaces/prod/files?path=/`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  })
  return async () => {
    await door.stop()
    await rm(cwd, { recursive: true })
  }
})

const run = (line: string, env: Record<string, string> = {}) =>
  runCommandLine({ args: line.split(' '), cwd, env })

/** The requests since the last call, without the base that all file requests share. */
const newRequests = () => door.requests.splice(0).map((line) => line.replace(/\/api\/v1.*\/files/, '…'))

async function listing(): Promise<string[]> {
  const headers = { Authorization: `Bearer ${token}` }
  const response = await fetch(`${edge.url}/api/v1/main/namespaces/prod/files/search`, { headers })
  return (await response.json()) as string[]
}

const expectClean = ({ stdout, stderr }: CommandResult) =>
  expectNoSecrets(`${stdout}\n${stderr}`, [token, token.slice(17), PASSWORD, `${EMAIL}:${PASSWORD}`])

describe('the command line of the documentation', () => {
  it('works with an API token, which it gives back as an access token', async () => {
    const result = await run(
      `namespace files update prod scripts . --server=${door.url} --api-token ${token}`,
    )
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect(newRequests()).toEqual([
      'POST /oauth/token',
      'POST …/plan',
      'POST …/blobs',
      'POST …/commit',
      'POST /oauth/revoke',
    ])
    expect(await listing()).toContain('/sql/daily_revenue.sql')
    expect(result.stdout).toMatch(/^\+ sql\/daily_revenue\.sql \(/m)
    expect(result.stdout).toMatch(/^Deployed to prod, folder \/$/m)
    expectClean(result)
  })

  it('works with a user and a password that holds colons', async () => {
    const line = `namespace files update prod scripts . --server=${door.url} --user=${EMAIL}:${PASSWORD}`
    const result = await run(line)
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect(newRequests()).toEqual(['POST …/plan', 'POST …/blobs', 'POST …/commit'])
    expect(await listing()).toContain('/sql/daily_revenue.sql')
    expectClean(result)

    expect((await run(line)).stdout).toContain('Nothing to change')
    expect(newRequests()).toEqual(['POST …/plan'])
  })

  it('takes every option in both spellings, in any order', async () => {
    const line = `--tenant main namespace files update --delete prod --headers X-A=b scripts --headers=X-C=d /team --server ${door.url} --api-token=${token}`
    const seen: unknown[] = []
    door.intercept = ({ headers }) => {
      seen.push([headers['x-a'], headers['x-c']])
      return false
    }
    const result = await run(line)
    expect(result.exitCode).toBe(0)
    expect(new Set(seen.map(String))).toEqual(new Set(['b,d']))
    expect((await listing()).every((path) => path.startsWith('/team/'))).toBe(true)
  })
})

describe('a run', () => {
  const options = () => `--server=${door.url} --api-token ${token}`

  it('with --delete removes what the folder does not have, after it planned it', async () => {
    await run(`namespace files update prod scripts / ${options()}`)
    await rm(join(cwd, 'scripts/sql/daily_revenue.sql'))
    newRequests()
    const result = await run(`namespace files update prod scripts / --delete ${options()}`)
    expect(result.stdout).toMatch(/^- sql\/daily_revenue\.sql/m)
    expect(newRequests()).toEqual(['POST /oauth/token', 'POST …/plan', 'POST …/commit', 'POST /oauth/revoke'])
    expect(await listing()).not.toContain('/sql/daily_revenue.sql')
  })

  it('with --dry-run writes nothing', async () => {
    const result = await run(`namespace files update prod scripts --dry-run ${options()}`)
    expect(result.stdout).toContain('Dry run: nothing was written to prod, folder /')
    expect(await listing()).toEqual([])
  })

  it('with --output json has nothing but JSON on standard output', async () => {
    const result = await run(`namespace files update prod scripts --output json ${options()}`)
    expect(result.exitCode).toBe(0)
    const { created, changed, plan, deployment } = JSON.parse(result.stdout)
    expect(changed).toBe(true)
    expect(plan).toHaveLength(created)
    expect(deployment).toMatch(/^\w+$/)
    expect(result.stderr).toContain('Deployed to prod')
    expectClean(result)
  })

  it('shows plain lines where there is no terminal', async () => {
    const { stdout, stderr } = await run(`namespace files update prod scripts ${options()}`)
    expect(stdout).toMatch(/^Sent \d+ of \d+ contents$/m)
    for (const sign of ['\r', '█', '\u001b']) expect(stdout + stderr).not.toContain(sign)
  })

  it('takes a folder by any path, and names its files as one sees them', async () => {
    await writeFile(join(cwd, 'scripts', 'key.pem'), 'x')
    const result = await run(`namespace files update prod ${join(cwd, 'scripts')} ${options()}`)
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/^scripts\/key\.pem has the name of a private key/m)
    expect(result.stderr).toMatch(/^error: POSTERN-204: /m)
    expect(newRequests()).toEqual([])
  })

  it('takes server and credentials from the environment, and prefers what is given', async () => {
    const env = { KESTRA_SERVER: door.url, KESTRA_API_TOKEN: token, KESTRA_TENANT: 'main' }
    expect((await run('namespace files update prod scripts', env)).exitCode).toBe(0)
    const given = await run(`namespace files update prod scripts --user ${EMAIL}:wrong`, env)
    expect(given.stderr).toContain('POSTERN-114')
  })
})

describe('a refused run', () => {
  it.each([
    ['namespace files update prod', /takes a namespace and a folder/],
    ['namespace files upload prod scripts', /The command is: namespace files update/],
    ['namespace files update prod scripts . extra', /there is more/],
    ['namespace files update prod scripts --api-tokn=canary-token', /--api-tokn/],
    ['namespace files update prod scripts --delete=canary-token', /--delete/],
    ['namespace files update prod scripts --output=yaml', /text or json/],
  ])('%s ends with 2 and says why', async (line, message) => {
    const result = await run(line)
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toMatch(message)
    expect(result.stderr + result.stdout).not.toContain('canary')
  })

  it.each([
    ['a server that is none', '--server=nowhere', /POSTERN-100: Input server must be a URL/],
    ['no credential', '', /POSTERN-102/],
    ['two credentials', '--user a:b --api-token c', /POSTERN-101/],
    ['a wrong password', `--user ${EMAIL}:Canary:wrong`, /POSTERN-114/],
  ])('because of %s ends with 1', async (_, options, message) => {
    const result = await run(
      `namespace files update prod scripts ${`--server=${door.url} ${options}`.trim()}`,
    )
    expect(result.exitCode).toBe(1)
    expect(result.stderr).toMatch(message)
    expect(result.stderr + result.stdout).not.toContain('Canary')
  })

  it('because of a folder that is missing says where it was looked for', async () => {
    const result = await run(`namespace files update prod nowhere --server=${door.url} --api-token ${token}`)
    expect(result.exitCode).toBe(1)
    expect(result.stderr).toMatch(/POSTERN-201: There is no directory \S+nowhere/)
  })

  it('in JSON has an empty object, and the error beside it', async () => {
    const result = await run(`namespace files update prod nowhere --output=json --api-token ${token}`)
    expect(JSON.parse(result.stdout)).toEqual({})
    expect(result.stderr).toContain('POSTERN-201')
  })
})

describe('help', () => {
  it('is there for who asks, and names every option', async () => {
    const { exitCode, stdout } = await run('--help')
    expect(exitCode).toBe(0)
    for (const option of [
      '--server',
      '--api-token',
      '--user',
      '--tenant',
      '--headers',
      '--delete',
      '--dry-run',
    ]) {
      expect(stdout).toContain(option)
    }
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
