import { describe, expect, it } from 'vitest'
import { Failure } from '../../../action/failure.ts'
import { readInputs } from '../../../action/inputs/read.ts'
import { API_TOKEN } from '../fixtures.ts'

const read = (inputs: Record<string, string>) =>
  readInputs((name) => inputs[name] ?? '', { hasIdentity: false, isPullRequest: false })

/** As in the documentation of kestra-io/deploy-namespace-files-action. */
const KESTRACTL = {
  server: 'https://kestra.example.com',
  namespace: 'prod',
  namespacePath: 'team',
  apiToken: API_TOKEN,
  override: 'true',
  kestractlVersion: '1.0.0',
}

describe('the inputs of kestractl’s action', () => {
  it.each([
    ['./', '/team'],
    ['.', '/team'],
    ['./scripts', '/team/scripts'],
    ['deploy/scripts/', '/team/scripts'],
  ])('bring localPath %s to where kestractl brings it', (localPath, root) => {
    const inputs = read({ ...KESTRACTL, localPath })
    expect(inputs.targets).toEqual([{ directory: localPath, namespace: 'prod', root }])
    expect(inputs.credential).toEqual({ kind: 'token', token: API_TOKEN })
    expect(inputs.notices).toEqual([
      'Input localPath is read as directory.',
      'Input namespacePath is read as namespace-path.',
      'Input apiToken is read as api-token.',
      'Input kestractlVersion has no meaning here.',
    ])
  })
})

describe('the inputs of the action of Kestra’s own command line', () => {
  it('bring the directory to where it says', () => {
    const inputs = read({
      server: 'https://kestra.example.com',
      namespace: 'prod',
      directory: './scripts',
      to: '/team',
      resource: 'namespace_files',
      user: 'a@b.c',
      password: 'x',
      delete: 'true',
    })
    expect(inputs.targets).toEqual([{ directory: './scripts', namespace: 'prod', root: '/team' }])
    expect(inputs.credential).toEqual({ kind: 'basic', user: 'a@b.c', password: 'x' })
    expect(inputs.delete).toBe('all')
  })
})

describe('an input and its alias', () => {
  it('may say the same', () => {
    expect(read({ ...KESTRACTL, 'api-token': API_TOKEN, 'namespace-path': 'team' }).notices).toHaveLength(1)
  })

  it('may not differ', () => {
    const failing = () => read({ ...KESTRACTL, 'namespace-path': 'other' })
    expect(failing).toThrow(Failure)
    expect(failing).toThrow(/Input namespace-path differs from namespacePath/)
  })
})
