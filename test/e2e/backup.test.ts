/** `postern export` and `postern import`, as processes, from one worker on a port into another. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalEdge, startEdge } from '../../scripts/edge.ts'
import { type Deployer, provisionDeployer, setUp } from '../../scripts/provision.ts'
import { runCommandLine } from '../../scripts/runner.ts'
import { expectNoSecrets } from '../support/secrets.ts'

const ADMIN = { username: 'admin@example.com', password: 'Canary!Password1' }
const SETUP_TOKEN = 'canary-setup-token-of-both'
const SECRETS = { MASTER_KEY: randomBytes(32).toString('base64'), SETUP: 'open', SETUP_TOKEN }

let state: string
let from: LocalEdge
let to: LocalEdge
let deployer: Deployer
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'postern-backup-'))
  const start = (name: string) => startEdge({ state: join(state, name), secrets: SECRETS, onLog: () => {} })
  from = await start('from')
  to = await start('to')
  await setUp(from.url, ADMIN)
  deployer = await provisionDeployer(from.url, ADMIN, 'prod')
})
afterAll(async () => {
  await from?.stop()
  await to?.stop()
  await rm(state, { recursive: true, force: true, maxRetries: 5 })
})

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'postern-backup-'))
  return () => rm(cwd, { recursive: true })
})

async function run(line: string, env: Record<string, string> = {}) {
  const result = await runCommandLine({ args: line.split(' '), cwd, env })
  const said = result.stdout + result.stderr
  expectNoSecrets(said, [SETUP_TOKEN, ADMIN.password, deployer.token, deployer.token.slice(17)])
  return { exitCode: result.exitCode, said }
}

const asAdmin = `--user=${ADMIN.username}:${ADMIN.password}`
const statusAt = async ({ url }: LocalEdge) =>
  (await fetch(`${url}/api/v1/me`, { headers: { Authorization: `Bearer ${deployer.token}` } })).status

describe('postern export', () => {
  it('writes a file that is its owner’s alone, over one that was there (threat 42)', async () => {
    await writeFile(join(cwd, 'backup'), 'older', { mode: 0o644 })
    const { exitCode, said } = await run(`export backup --server=${from.url} ${asAdmin}`)
    expect(said).toMatch(/^Exported to backup: [\d,]+ bytes\.$/m)
    expect(exitCode).toBe(0)
    expect((await stat(join(cwd, 'backup'))).mode & 0o777).toBe(0o600)
    const backup = await readFile(join(cwd, 'backup'), 'utf8')
    expectNoSecrets(backup, [deployer.token, deployer.token.slice(17), ADMIN.password, SETUP_TOKEN])
    expect(backup).toContain('"deploy-bot"')
    expect(await readdir(cwd)).toEqual(['backup'])
  })

  it.each([
    ['who is no superadmin', () => `--api-token=${deployer.token}`, /POSTERN-121: .*superadmin/],
    ['a wrong password', () => `--user=${ADMIN.username}:Canary:wrong`, /POSTERN-114/],
    ['nobody', () => '--retries=0', /POSTERN-102/],
  ])('leaves nothing behind of an export by %s', async (_, credential, message) => {
    await writeFile(join(cwd, 'backup'), 'older')
    const { exitCode, said } = await run(`export backup --server=${from.url} ${credential()}`)
    expect(said).toMatch(message)
    expect(exitCode).toBe(1)
    expect(await readdir(cwd)).toEqual(['backup'])
    expect(await readFile(join(cwd, 'backup'), 'utf8')).toBe('older')
  })
})

describe('postern import', () => {
  it('fills an instance that is not set up, which opens when it is confirmed', async () => {
    await run(`export backup --server=${from.url} ${asAdmin}`)
    const wrong = await run(`import backup --server=${to.url} --setup-token=another-token-altogether`)
    expect(wrong).toMatchObject({ exitCode: 1, said: expect.stringContaining('setup_refused') })
    const { exitCode, said } = await run(`import backup --server=${to.url}`, { SETUP_TOKEN })
    expect(said).toMatch(/^Imported \d+ rows\.$/m)
    expect(exitCode).toBe(0)
    expect(await statusAt(to)).toBe(503)
    const again = await run(`import backup --server=${to.url} --setup-token=${SETUP_TOKEN}`)
    expect(again).toMatchObject({ exitCode: 1, said: expect.stringContaining('import_not_empty') })

    const confirmed = await fetch(`${to.url}/api/v1/recovery/restore`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ setupToken: SETUP_TOKEN, end: 'named' }),
    })
    expect(confirmed.status).toBe(200)
    expect(await statusAt(to)).toBe(await statusAt(from))
  })

  it.each([
    ['import', 2, /takes a file/],
    ['import backup', 2, /--setup-token/],
    ['export one two', 2, /takes a file/],
    ['import nowhere --setup-token=some-setup-token', 1, /POSTERN-100: .*nowhere.*ENOENT/],
  ])('%s is refused, and it is said why', async (line, code, message) => {
    const { exitCode, said } = await run(`${line} --server=${to.url}`)
    expect(said).toMatch(message)
    expect(exitCode).toBe(code)
  })
})
