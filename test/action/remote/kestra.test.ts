/** The built Action against a stock Kestra, of which a stand-in behaves as its contract says. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KESTRA_TOKEN, KESTRA_USER, type KestraStandIn, startKestra } from '../../support/kestra.ts'
import { API_TOKEN } from '../fixtures.ts'
import { expectNoSecret, type Job, startJob } from '../job.ts'

let job: Job
let kestra: KestraStandIn
beforeEach(async () => {
  job = await startJob()
  kestra = await startKestra()
})
afterEach(async () => {
  await job[Symbol.asyncDispose]()
  await kestra[Symbol.asyncDispose]()
})

const main = (inputs: Record<string, string> = {}) =>
  job.main({ server: kestra.url, namespace: 'prod', 'api-token': KESTRA_TOKEN, ...inputs })

const put = (files: Record<string, string>) => {
  for (const [path, content] of Object.entries(files)) kestra.files.set(path, Buffer.from(content))
}
const stored = () => Object.fromEntries([...kestra.files].map(([path, bytes]) => [path, String(bytes)]))
const writes = () => kestra.asked().filter((line) => /^(POST|DELETE) \//.test(line))
const last = ({ annotations }: { annotations: readonly { message: string }[] }) => annotations.at(-1)?.message

describe('a deployment to a stock Kestra', () => {
  it('is noticed by the first plan, says what it cannot promise, and writes what differs', async () => {
    await job.write({ 'scripts/a.py': 'new', 'scripts/sub/same.sql': 'same', 'scripts/sub/b c+d#é.sql': 'x' })
    put({ '/sub/same.sql': 'same', '/a.py': 'old', '/else.txt': 'stays' })
    const result = await main()
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect(kestra.asked().slice(0, 2)).toEqual(['POST plan', 'GET directory /'])
    expect(writes().sort()).toEqual(['POST /a.py', 'POST /sub/b c+d#é.sql'])
    expect(stored()).toEqual({
      '/a.py': 'new',
      '/sub/same.sql': 'same',
      '/sub/b c+d#é.sql': 'x',
      '/else.txt': 'stays',
    })
    expect(result.stdout).toMatch(/stock Kestra: files are written one by one and not all or nothing/)
    expect(result.outputs).toMatchObject({
      created: '1',
      updated: '1',
      unchanged: '1',
      deployment: '',
      'server-kind': 'kestra',
    })
    expectNoSecret(result, [KESTRA_TOKEN])
    expect(result.state).toEqual({})
  })

  it('writes nothing the second time, and reads only what has the same size', async () => {
    await job.write({ 'scripts/a.py': 'x', 'scripts/b.py': 'yy' })
    await main()
    kestra.received.length = 0
    expect((await main()).outputs.changed).toBe('false')
    expect(kestra.asked().sort()).toEqual(['GET /a.py', 'GET /b.py', 'GET directory /', 'POST plan'])
    kestra.received.length = 0
    put({ '/b.py': 'longer' })
    expect((await main({ 'dry-run': 'true' })).outputs.updated).toBe('1')
    expect(kestra.asked()).toEqual(['POST plan', 'GET directory /', 'GET /a.py'])
  })

  it('compares contents longer than any other answer may be, also when one is cut', async () => {
    const large = Buffer.alloc(33 * 1024 * 1024, 'x')
    await job.write({ 'scripts/large.bin': large.toString() })
    kestra.files.set('/large.bin', large)
    kestra.cuts.push('/large.bin')
    const result = await main()
    expect(result.exitCode).toBe(0)
    expect(result.outputs).toMatchObject({ changed: 'false', unchanged: '1' })
    expect(kestra.asked().filter((line) => line === 'GET /large.bin')).toHaveLength(2)
  })

  it('deletes file by file, never a folder, and nothing outside its own', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    put({ '/team/old/one.py': '1', '/team/old/two.py': '2', '/teammate/x': 'x', '/y': 'y' })
    const result = await main({ delete: 'all', 'namespace-path': 'team' })
    expect(result.exitCode).toBe(0)
    expect(writes()).toEqual(['POST /team/a.py', 'DELETE /team/old/one.py', 'DELETE /team/old/two.py'])
    expect(Object.keys(stored()).sort()).toEqual(['/team/a.py', '/teammate/x', '/y'])
  })

  it('says how far it is ten times, however many files there are', async () => {
    await job.write(Object.fromEntries(Array.from({ length: 55 }, (_, i) => [`scripts/f${i}`, 'x'])))
    const { stdout } = await main()
    expect(stdout.match(/^Sent \d+ of 55 contents$/gm)?.slice(-2)).toEqual([
      'Sent 54 of 55 contents',
      'Sent 55 of 55 contents',
    ])
    expect(stdout.match(/^Sent/gm)).toHaveLength(10)
  })

  it('stores an archive as what it is', async () => {
    await job.write({ 'scripts/lib.zip': 'PK', 'scripts/empty.py': '' })
    expect((await main()).exitCode).toBe(0)
    expect(stored()).toEqual({ '/lib.zip': 'PK', '/empty.py': '' })
  })

  it('writes nothing in a dry run, and shows the plan', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    put({ '/old': 'x' })
    const result = await main({ 'dry-run': 'true', delete: 'all' })
    expect(result.outputs).toMatchObject({ created: '1', deleted: '1' })
    expect(writes()).toEqual([])
  })

  it('signs in with user and password, which may hold colons', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const result = await main({ 'api-token': '', user: `${KESTRA_USER.user}:${KESTRA_USER.password}` })
    expect(result.exitCode).toBe(0)
    expect(stored()).toEqual({ '/a.py': 'x' })
    expectNoSecret(result, [KESTRA_USER.password, `${KESTRA_USER.user}:${KESTRA_USER.password}`])
  })

  it('keeps its guards: protect, override, max-delete', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    put({
      '/a.py': 'old',
      '/data/keep': 'x',
      ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`/f${i}`, ''])),
    })
    expect(last(await main({ override: 'false' }))).toContain('POSTERN-304')
    expect(last(await main({ protect: '*.py' }))).toContain('POSTERN-305')
    expect(last(await main({ delete: 'all' }))).toContain('POSTERN-303')
    expect(writes()).toEqual([])
    expect((await main({ delete: 'all', 'max-delete': '100%', protect: 'data/' })).exitCode).toBe(0)
    expect(Object.keys(stored()).sort()).toEqual(['/a.py', '/data/keep'])
  })
})

describe('a stock Kestra', () => {
  it('that fails half-way has it told what was done and what is open', async () => {
    await job.write(Object.fromEntries(['a', 'b', 'c'].map((name) => [`scripts/${name}`, name])))
    put({ '/old': 'x' })
    kestra.fault = ({ method }) => (method === 'DELETE' ? 500 : undefined)
    const result = await main({ delete: 'all', retries: '0' })
    expect(result.exitCode).toBe(1)
    expect(last(result)).toMatch(/^POSTERN-501: 3 of 4 changes were made.*Told to fail/)
    expect(result.stdout).toMatch(/^done: create a$/m)
    expect(result.stdout).toMatch(/^open: delete old$/m)
    expect(result.summary).toContain('open&#58; delete old')
  })

  it('that hangs up at the first file leaves that open; one that refuses it does not', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const atFirstFile = (fault: 403 | 'hang up') => {
      kestra.fault = ({ method, path }) => (method === 'POST' && path.includes('?path=') ? fault : undefined)
    }
    atFirstFile('hang up')
    const result = await main({ retries: '0' })
    expect(last(result)).toMatch(/^POSTERN-501: 0 of 1 changes were made/)
    expect(result.stdout).toMatch(/^open: create a\.py$/m)
    atFirstFile(403)
    expect(last(await main())).toContain('POSTERN-121')
  })

  it('is tried again when it is busy', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    let tries = 0
    kestra.fault = ({ method, path }) =>
      method === 'POST' && !path.endsWith('/plan') && tries++ === 0 ? 503 : undefined
    expect((await main()).exitCode).toBe(0)
  })

  it.each([
    [{ 'api-token': 'wrong-token' }, /POSTERN-112/],
    [{ 'api-token': '', user: 'admin@example.com:wrong' }, /POSTERN-114/],
    [{ 'api-token': API_TOKEN }, /POSTERN-112/],
    [{ delete: 'owned' }, /POSTERN-402: .*does not remember who/],
  ])('refuses %j, and nothing is written', async (inputs, expected) => {
    await job.write({ 'scripts/a.py': 'x' })
    const result = await main(inputs)
    expect(result.exitCode).toBe(1)
    expect(last(result)).toMatch(expected)
    expect(stored()).toEqual({})
  })

  it('whose listing names a path that leaves the folder is not believed', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    put({ '/../../etc/passwd': 'x' })
    const result = await main({ delete: 'all' })
    expect(last(result)).toMatch(/POSTERN-401: .*names a path that no file can have/)
    expect(writes()).toEqual([])
  })
})
