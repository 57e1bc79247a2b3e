import { describe, expect, it } from 'vitest'
import { Failure } from '../../../action/failure.ts'
import { type Circumstances, readInputs } from '../../../action/inputs/read.ts'
import { API_TOKEN } from '../fixtures.ts'

const VALID = { server: 'https://postern.example.com', namespace: 'company.team', 'api-token': API_TOKEN }

const NOWHERE: Circumstances = { hasIdentity: false, isPullRequest: false }

const read = (inputs: Record<string, string>, circumstances: Partial<Circumstances> = {}) =>
  readInputs((name) => ({ ...VALID, ...inputs })[name as keyof typeof VALID] ?? '', {
    ...NOWHERE,
    ...circumstances,
  })

function failureOf(inputs: Record<string, string>, circumstances: Partial<Circumstances> = {}): Failure {
  try {
    read(inputs, circumstances)
  } catch (error) {
    if (error instanceof Failure) return error
  }
  throw new Error('did not fail')
}

describe('readInputs', () => {
  it('fills in what is not set or empty', () => {
    expect(read({})).toEqual({
      server: 'https://postern.example.com',
      tenant: 'main',
      targets: [{ namespace: 'company.team', directory: '.', root: '/' }],
      credential: { kind: 'token', token: API_TOKEN },
      headers: {},
      delete: 'none',
      maxDelete: { count: 50, unit: 'percent' },
      protect: '',
      isEmptyAllowed: false,
      isOverriding: true,
      isWriting: true,
      isFailingOnChanges: false,
      onConflict: 'retry',
      staleRun: 'fail',
      timeoutMs: 300_000,
      retries: 3,
      caCertificate: '',
      isCommenting: false,
      githubToken: '',
      notices: [],
    })
  })

  it('reads all that is set', () => {
    const inputs = {
      tenant: 'b',
      directory: 'scripts',
      'namespace-path': './a//b/',
      delete: 'TRUE',
      'dry-run': 'true',
      'max-delete': '20',
      protect: 'data/**',
      'allow-empty': 'true',
      override: 'false',
      'on-conflict': 'fail',
      'stale-run': 'skip',
      timeout: '60',
      retries: '0',
      headers: 'CF-Access-Client-Id=a=b\n X-Team = data ',
      comment: 'true',
      'github-token': 'ghs_x',
    }
    expect(read(inputs)).toMatchObject({
      tenant: 'b',
      targets: [{ namespace: 'company.team', directory: 'scripts', root: '/a/b' }],
      delete: 'all',
      isWriting: false,
      maxDelete: { count: 20, unit: 'files' },
      protect: 'data/**',
      isEmptyAllowed: true,
      isOverriding: false,
      onConflict: 'fail',
      staleRun: 'skip',
      timeoutMs: 60_000,
      retries: 0,
      headers: { 'CF-Access-Client-Id': 'a=b', 'X-Team': 'data' },
      isCommenting: true,
      githubToken: 'ghs_x',
    })
  })

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(read({}))).toBe(true)
  })

  it.each([
    ['https://postern.example.com/', 'https://postern.example.com'],
    ['https://example.com/edge/postern//', 'https://example.com/edge/postern'],
    ['https://EXAMPLE.com:443', 'https://example.com'],
    ['http://127.0.0.1:8787/', 'http://127.0.0.1:8787'],
    ['http://localhost:8787', 'http://localhost:8787'],
    ['http://[::1]:8787', 'http://[::1]:8787'],
  ])('reads the server %s as %s', (text, server) => {
    expect(read({ server: text }).server).toBe(server)
  })

  it.each([
    ['server', ''],
    ['server', 'postern.example.com'],
    ['server', 'http://postern.example.com'],
    ['server', 'http://127.0.0.1.example.com'],
    ['server', 'http://localhost.example.com'],
    ['server', 'ftp://localhost'],
    ['server', 'https://name:secret@postern.example.com'],
    ['server', 'https://postern.example.com/?tenant=a'],
    ['server', 'https://postern.example.com/?'],
    ['server', 'https://postern.example.com/#'],
    ['tenant', 'Main'],
    ['tenant', 'users'],
    ['namespace', ''],
    ['namespace', 'company/team'],
    ['namespace-path', '/a/../b'],
    ['namespace-path', '/_flows'],
    ['delete', 'yes'],
    ['dry-run', '1'],
    ['max-delete', '101%'],
    ['max-delete', '-1'],
    ['max-delete', 'half'],
    ['override', 'no'],
    ['allow-empty', 'maybe'],
    ['on-conflict', 'force'],
    ['stale-run', 'ignore'],
    ['fail-on', 'warnings'],
    ['auth', 'kerberos'],
    ['timeout', '0'],
    ['timeout', '3601'],
    ['retries', '11'],
    ['headers', 'Authorization=Bearer x'],
    ['headers', 'content-length=1'],
    ['headers', 'no value'],
    ['headers', 'X-A=é'],
    ['comment', 'yes'],
    ['resource', 'flow'],
  ])('refuses the %s «%s», naming the input', (name, text) => {
    const failure = failureOf({ [name]: text })
    expect(failure.code).toBe('POSTERN-100')
    expect(failure.message).toContain(`Input ${name} `)
  })

  it('tells everything that is wrong at once', () => {
    const { code, message } = failureOf({ server: 'x', namespace: '', 'api-token': '', delete: 'maybe' })
    expect(code).toBe('POSTERN-100')
    for (const name of ['server', 'namespace', 'api-token', 'delete'])
      expect(message).toContain(`Input ${name} `)
  })

  it('says that there is no credential when only that is missing', () => {
    expect(failureOf({ 'api-token': '' }).code).toBe('POSTERN-102')
  })

  it('refuses a cut API token without repeating it', () => {
    const cut = API_TOKEN.slice(0, -1)
    const failure = failureOf({ 'api-token': cut })
    expect(failure.code).toBe('POSTERN-112')
    expect(failure.message).not.toContain(cut.slice(0, 20))
  })

  it('does not repeat a password in the server', () => {
    expect(failureOf({ server: 'https://name:hunter2@example.com' }).message).not.toContain('hunter2')
  })
})

describe('whether anything is written', () => {
  it.each([
    [{}, true, true],
    [{ 'dry-run': 'true' }, false, false],
    [{ 'dry-run': 'auto' }, false, true],
    [{ 'fail-on': 'changes' }, false, false],
  ])('with %j is %s on a pull request, else %s', (inputs, onPullRequest, otherwise) => {
    expect(read(inputs, { isPullRequest: true }).isWriting).toBe(onPullRequest)
    expect(read(inputs, { isPullRequest: false }).isWriting).toBe(otherwise)
  })
})

describe('a message', () => {
  it('repeats no value of any input', () => {
    const canaries = Object.fromEntries(
      ['server', 'api-token', 'user', 'password', 'headers', 'ca-certificate', 'max-delete', 'timeout'].map(
        (name) => [name, `canary of ${name}`],
      ),
    )
    expect(failureOf(canaries).message).not.toContain('canary')
  })
})
