import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../action/failure.ts'
import { readInputs } from '../../action/inputs.ts'
import { API_TOKEN } from './fixtures.ts'

const VALID = { server: 'https://postern.example.com', namespace: 'company.team', 'api-token': API_TOKEN }

const read = (inputs: Record<string, string>) =>
  readInputs((name) => ({ ...VALID, ...inputs })[name as keyof typeof VALID] ?? '')

function failureOf(inputs: Record<string, string>): Failure {
  try {
    read(inputs)
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
      namespace: 'company.team',
      directory: '.',
      root: '/',
      apiToken: API_TOKEN,
      isDeleting: false,
      isDryRun: false,
    })
  })

  it('reads all that is set', () => {
    const inputs = {
      tenant: 'b',
      directory: 'scripts',
      'namespace-path': './a//b/',
      delete: 'TRUE',
      'dry-run': 'true',
    }
    expect(read(inputs)).toMatchObject({
      tenant: 'b',
      directory: 'scripts',
      root: '/a/b',
      isDeleting: true,
      isDryRun: true,
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

describe('action.yml', () => {
  it('declares the inputs that are read, with the same defaults', async () => {
    const declared = parseDeclared(await readFile('action.yml', 'utf8'))
    const asked: string[] = []
    readInputs((name) => {
      asked.push(name)
      return VALID[name as keyof typeof VALID] ?? ''
    })
    expect([...declared.keys()].sort()).toEqual(asked.sort())
    expect(readInputs((name) => VALID[name as keyof typeof VALID] ?? declared.get(name) ?? '')).toEqual(
      read({}),
    )
    expect([...declared].filter(([, value]) => value === undefined).map(([name]) => name)).toEqual(
      Object.keys(VALID),
    )
  })
})

/** Input names and defaults, by the layout of the file. */
function parseDeclared(yaml: string): Map<string, string | undefined> {
  const inputs = yaml.slice(yaml.indexOf('\ninputs:'), yaml.indexOf('\noutputs:'))
  return new Map(
    [...inputs.matchAll(/^ {2}([a-z-]+):\n((?: {4}.*\n?)+)/gm)].map(([, name = '', body = '']) => [
      name,
      /^ {4}default: "?(.*?)"?$/m.exec(body)?.[1],
    ]),
  )
}
