/**
 * `npm run deploy`, with the real worker as what it deploys: once by the real wrangler against a stand-in of Cloudflare,
 * and all that can go wrong against a stand-in of wrangler, which takes a tenth of the time.
 */

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { deploy } from '../../scripts/deploy/cloudflare.ts'
import { checkWorker } from '../../scripts/deploy/smoke.ts'
import { readTarget } from '../../scripts/deploy/target.ts'
import { findAddress } from '../../scripts/deploy/upload.ts'
import { type LocalEdge, startEdge } from '../../scripts/edge.ts'
import { createWrangler, ROOT } from '../../scripts/wrangler.ts'
import { startCloudflare } from '../support/cloudflare.ts'
import { type Account, PROGRAM } from '../support/wrangler.ts'

let temporary: string
let state: string
let edge: LocalEdge
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'postern-deployed-'))
  edge = await startEdge({ state })
})
afterAll(async () => {
  await edge.stop()
  await rm(state, { recursive: true, force: true, maxRetries: 5 })
})

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'postern-account-'))
  vi.stubEnv('CLOUDFLARE_STAND_IN', join(temporary, 'account.json'))
  vi.stubEnv('TMPDIR', temporary)
  await change({})
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  await rm(temporary, { recursive: true, maxRetries: 5 })
})

const EMPTY: Account = {
  accounts: [{ id: 'a'.repeat(32), name: 'Acme' }],
  databases: [],
  namespaces: [],
  buckets: [],
  workers: {},
  migrated: [],
  users: 0,
  address: '',
  calls: [],
}

const file = () => join(temporary, 'account.json')
const account = async () => JSON.parse(await readFile(file(), 'utf8')) as Account
async function change(members: Partial<Account>): Promise<void> {
  const before = await account().catch(() => ({ ...EMPTY, address: edge.url }))
  await writeFile(file(), JSON.stringify({ ...before, ...members, calls: [] }))
}

/** @returns what was said, and what went wrong */
async function run({
  environment = '',
  location = undefined as string | undefined,
  env = {} as NodeJS.ProcessEnv,
  wrangler = createWrangler(PROGRAM),
} = {}) {
  const lines: string[] = []
  const error = await deploy({
    target: readTarget(environment, env.WRANGLER_CI_OVERRIDE_NAME),
    wrangler,
    release: '1.2.3',
    location,
    patience: { tries: 1, pauseMs: 0 },
    env,
    say: (line) => lines.push(line),
  }).then(
    () => undefined,
    (caught: Error) => caught.message,
  )
  return { said: lines.join('\n'), error, account: await account() }
}

describe('from an empty account', () => {
  it('creates what is needed, migrates before it deploys, checks, and says how to set up', async () => {
    const { said, error, account } = await run({ location: 'weur' })
    expect(error).toBeUndefined()
    expect(account.calls.map(({ command }) => command)).toEqual([
      'whoami',
      'secret list',
      'd1 list',
      'd1 create',
      'd1 migrations apply',
      'd1 execute',
      'kv namespace list',
      'kv namespace create',
      'kv namespace list',
      'deploy',
    ])
    expect(account).toMatchObject({
      databases: [{ name: 'postern', location: 'weur' }],
      namespaces: [{ title: 'postern-copies' }],
      buckets: ['postern-contents'],
      workers: { postern: { copiesId: account.namespaces[0]?.id, versions: 1 } },
    })
    expect(said).toContain(`${edge.url}/api/v1/setup`)
    expect(said).toContain('version-1')
  })

  it('draws secrets that let in who has them, shows the set-up token once and the master key never', async () => {
    const { said, account } = await run()
    const { secrets = {} } = account.workers.postern ?? {}
    const { MASTER_KEY = '', SETUP_TOKEN = '' } = secrets
    expect(said.split(SETUP_TOKEN)).toHaveLength(2)
    expect(said).not.toContain(MASTER_KEY)

    const deployed = await startEdge({ state: join(temporary, 'state'), secrets })
    const admin = { username: 'you@example.com', password: 'First!Sign-in1' }
    const setUp = (setupToken: string) =>
      fetch(`${deployed.url}/api/v1/setup`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...admin, setupToken }),
      })
    expect((await setUp('a-token-of-somebody-else')).status).toBe(403)
    expect((await setUp(SETUP_TOKEN)).status).toBe(200)
    const signIn = await fetch(`${deployed.url}/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(admin),
    })
    expect(signIn.status).toBe(200)
    await deployed.stop()
  })

  it('gives secrets to nobody but wrangler, in a file of its own that is gone afterwards', async () => {
    const { account } = await run()
    const args = JSON.stringify(account.calls.map((call) => call.args))
    for (const secret of Object.values(account.workers.postern?.secrets ?? {}))
      expect(args).not.toContain(secret)
    expect(account.calls.at(-1)).toMatchObject({ command: 'deploy', secretsFileMode: 0o600 })
    expect(await readdir(temporary)).toEqual(['account.json'])
    await expect(stat(join(ROOT, 'wrangler.deploy.json'))).rejects.toThrow('ENOENT')
  })

  it('takes secrets that it is given, and does not show them', async () => {
    const env = { MASTER_KEY: `${'A'.repeat(43)}=`, SETUP_TOKEN: 'a-token-of-my-own' }
    const { said, account } = await run({ env })
    expect(account.workers.postern?.secrets).toEqual(env)
    expect(said).not.toContain(env.SETUP_TOKEN)
  })

  it('prints no set-up token into the log of a build, and says how to set one', async () => {
    const { said, account } = await run({ env: { CI: 'true' } })
    expect(Object.keys(account.workers.postern?.secrets ?? {})).toEqual(['MASTER_KEY'])
    expect(said).toContain('wrangler secret put SETUP_TOKEN')
  })

  it('keeps an environment apart from the others', async () => {
    await run()
    const { account } = await run({ environment: 'staging' })
    expect(account.databases.map(({ name }) => name)).toEqual(['postern', 'postern-staging'])
    expect(account.namespaces.map(({ title }) => title)).toEqual(['postern-copies', 'postern-staging-copies'])
    expect(account.buckets).toEqual(['postern-contents', 'postern-staging-contents'])
    const { postern, 'postern-staging': staging } = account.workers
    expect(staging?.secrets.MASTER_KEY).not.toBe(postern?.secrets.MASTER_KEY)
    expect(staging?.copiesId).not.toBe(postern?.copiesId)
  })
})

describe('a second run', () => {
  it('creates nothing, and leaves every secret as it is', async () => {
    const first = await run()
    await change({})
    const { account, error } = await run({ env: { MASTER_KEY: 'another', SETUP_TOKEN: 'another' } })
    expect(error).toBeUndefined()
    expect(account.workers.postern).toEqual({ ...first.account.workers.postern, versions: 2 })
    expect(account.calls.map(({ command }) => command)).toEqual([
      'whoami',
      'secret list',
      'd1 list',
      'd1 migrations apply',
      'kv namespace list',
      'deploy',
    ])
    expect(account.calls.at(-1)?.args).not.toContain('--secrets-file')
  })

  it.each(
    ['d1 create', 'd1 migrations apply', 'kv namespace create', 'deploy'].flatMap((command) =>
      (['before', 'after'] as const).map((when) => [when, command] as const),
    ),
  )('goes on where the first one failed, %s %s', async (when, command) => {
    await change({ fails: { command, when } })
    const first = await run()
    expect(first.error).toContain(`wrangler ${command}`)
    const stored = first.account.workers.postern?.secrets
    const { error, account, said } = await run()
    expect(error).toBeUndefined()
    expect(account).toMatchObject({
      databases: [{ name: 'postern' }],
      namespaces: [{ title: 'postern-copies' }],
    })
    const secrets = account.workers.postern?.secrets ?? {}
    if (stored !== undefined) expect(secrets).toEqual(stored)
    // One of both has shown the token that counts.
    expect(first.said + said).toContain(secrets.SETUP_TOKEN)
  })

  it('obeys the name that Workers Builds gives the worker, and finds its secrets under it', async () => {
    const env = { CI: 'true', WRANGLER_CI_OVERRIDE_NAME: 'entrance' }
    vi.stubEnv('WRANGLER_CI_OVERRIDE_NAME', 'entrance')
    const first = await run({ env })
    const second = await run({ env })
    expect(Object.keys(second.account.workers)).toEqual(['entrance'])
    expect(second.account.workers.entrance?.secrets).toEqual(first.account.workers.entrance?.secrets)
  })
})

describe('it changes nothing', () => {
  const READING = ['whoami', 'secret list', 'd1 list']

  it.each([
    ['nobody is signed in', { accounts: [] }, 'npx wrangler login'],
    [
      'there are several accounts',
      { accounts: [...EMPTY.accounts, { id: 'b'.repeat(32), name: 'Other' }] },
      'Set CLOUDFLARE_ACCOUNT_ID',
    ],
    [
      'it cannot be known which secrets the worker has',
      { fails: { command: 'secret list', when: 'before' as const } },
      'did not work today',
    ],
  ])('when %s', async (_, members, message) => {
    await change(members)
    const { error, account } = await run()
    expect(error).toContain(message)
    expect(account.calls.filter(({ command }) => !READING.includes(command))).toEqual([])
  })

  it.each([{ MASTER_KEY: '' }, { MASTER_KEY: 'short' }, { SETUP_TOKEN: 'short' }])(
    'when it is given what the worker would not take: %j',
    async (env) => {
      const { error, account } = await run({ env })
      expect(error).toMatch(/^(MASTER_KEY|SETUP_TOKEN) must be/)
      expect(account.calls.map(({ command }) => command)).toEqual(['whoami', 'secret list'])
    },
  )

  it('to a database with accounts under a key that the worker does not have', async () => {
    await run()
    await change({ workers: {}, users: 3 })
    const { error, account } = await run()
    expect(error).toContain('in the variable MASTER_KEY')
    expect(account.workers).toEqual({})
    const kept = await run({ env: { MASTER_KEY: `${'A'.repeat(43)}=` } })
    expect(kept.error).toBeUndefined()
  })
})

describe('with the real wrangler', () => {
  // It starts 17 times, each of which takes seconds where little else goes fast.
  const timeout = 400_000

  it('goes the same way, and on a second run changes no secret', { timeout }, async () => {
    const cloudflare = await startCloudflare()
    vi.stubEnv('CLOUDFLARE_API_BASE_URL', `${cloudflare.url}/client/v4`)
    vi.stubEnv('CLOUDFLARE_API_TOKEN', 'a-token-for-nothing-else')
    vi.stubEnv('HOME', temporary)
    // The address that it is told is nobody's: what is asked there is asked of the worker on this machine.
    const { fetch } = globalThis
    vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
      fetch(url.replace('https://postern-staging.acme.workers.dev', edge.url), init),
    )
    const options = { environment: 'staging', location: 'weur', wrangler: createWrangler() }
    const first = await run(options)
    expect(first.error).toBeUndefined()
    expect(first.said).toContain('Checked: https://postern-staging.acme.workers.dev serves')
    expect(cloudflare).toMatchObject({
      databases: [{ name: 'postern-staging', primary_location_hint: 'weur' }],
      namespaces: [{ title: 'postern-staging-copies' }],
      buckets: [{ name: 'postern-staging-contents' }],
    })
    expect(cloudflare.migrations).toContain('0000_foundation.sql')
    const [{ worker, bindings } = { worker: '', bindings: [] }] = cloudflare.uploads
    expect(worker).toBe('postern-staging')
    const { id } = cloudflare.namespaces[0] ?? {}
    expect(bindings).toContainEqual(expect.objectContaining({ name: 'COPIES', namespace_id: id }))
    const secrets = bindings.filter(({ type }) => type === 'secret_text').map(({ name }) => name)
    expect(secrets).toEqual(['MASTER_KEY', 'SETUP_TOKEN'])

    const second = await run(options)
    expect(second.error).toBeUndefined()
    expect(cloudflare.uploads).toHaveLength(2)
    expect(cloudflare.uploads[1]?.bindings.filter(({ type }) => type === 'secret_text')).toEqual([])
    expect(
      [cloudflare.databases, cloudflare.namespaces, cloudflare.buckets].map(({ length }) => length),
    ).toEqual([1, 1, 1])
    cloudflare.stop()
  })
})

describe('checkWorker', () => {
  /** Answers 404 for a while, as an address does that is not known everywhere yet; then it is the worker. */
  let unknownFor: number
  const relay = createServer(async ({ url }, response) => {
    const answer =
      unknownFor-- > 0 ? { status: 404, text: () => 'Nothing here yet' } : await fetch(edge.url + url)
    response.writeHead(answer.status).end(await answer.text())
  })
  let address: string
  beforeAll(async () => {
    await new Promise<void>((ready) => relay.listen(0, '127.0.0.1', ready))
    address = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`
  })
  afterAll(() => relay.close())

  it('waits for a new address', async () => {
    unknownFor = 4
    expect(await checkWorker(address, { tries: 5, pauseMs: 1 })).toEqual({ isSetUp: false })
  })

  it('gives up, and shows what it was answered', async () => {
    unknownFor = Number.POSITIVE_INFINITY
    await expect(checkWorker(address, { tries: 2, pauseMs: 1 })).rejects.toThrow(
      'answered 404 Nothing here yet',
    )
  })

  it('finds a worker that is not configured', async () => {
    const unconfigured = await startEdge({ state: join(temporary, 'state'), secrets: {}, onLog: () => {} })
    await expect(checkWorker(unconfigured.url, { tries: 1, pauseMs: 0 })).rejects.toThrow('not_configured')
    await unconfigured.stop()
  })
})

describe('findAddress', () => {
  it.each([
    [['https://postern.acme.workers.dev', 'schedule: 23 * * * *'], 'https://postern.acme.workers.dev'],
    [
      ['https://postern.acme.workers.dev', 'postern.example.com (custom domain)'],
      'https://postern.example.com',
    ],
    [['example.com/api/* (zone name: example.com)', 'schedule: 17 3 * * *'], undefined],
    [[], undefined],
  ])('takes from %j: %s', (targets, address) => {
    expect(findAddress(targets)).toBe(address)
  })
})
