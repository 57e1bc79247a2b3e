import { describe, expect, it } from 'vitest'
import { type CredentialInputs, decideCredential } from '../../../action/inputs/credential.ts'
import { API_TOKEN } from '../fixtures.ts'

const NOTHING: CredentialInputs = {
  auth: 'auto',
  apiToken: '',
  user: '',
  password: '',
  serviceAccount: '',
  audience: 'https://postern.example.com',
}
const token = { apiToken: API_TOKEN }
const user = { user: 'a@b.c:pass:word' }

const decide = (inputs: Partial<CredentialInputs>, hasIdentity = false) =>
  decideCredential({ ...NOTHING, ...inputs }, hasIdentity)

const OIDC = { kind: 'oidc', audience: 'https://postern.example.com', serviceAccount: undefined }
const TOKEN = { kind: 'token', token: API_TOKEN }
const BASIC = { kind: 'basic', user: 'a@b.c', password: 'pass:word' }

describe('decideCredential', () => {
  it.each<[string, Partial<CredentialInputs>, boolean, unknown]>([
    ['an API token', token, false, TOKEN],
    ['an API token before the identity token', token, true, TOKEN],
    ['user and password, split at the first colon', user, false, BASIC],
    ['user and password apart', { user: 'a@b.c', password: 'pass:word' }, false, BASIC],
    ['the identity token where nothing is set', {}, true, OIDC],
    ['the service account to act as', { serviceAccount: 'bot' }, true, { ...OIDC, serviceAccount: 'bot' }],
    ['the identity token where auth says so', { ...token, auth: 'oidc' }, true, OIDC],
    ['the API token where auth says so', { ...token, ...user, auth: 'token' }, true, TOKEN],
    ['the user where auth says so', { ...token, ...user, auth: 'basic' }, true, BASIC],
    [
      'a token of a stock Kestra',
      { apiToken: 'kestra.tok-en_1==' },
      false,
      { kind: 'token', token: 'kestra.tok-en_1==' },
    ],
  ])('takes %s', (_, inputs, hasIdentity, expected) => {
    expect(decide(inputs, hasIdentity)).toEqual(expected)
  })

  it.each<[string, Partial<CredentialInputs>, boolean, unknown]>([
    ['two that are set', { ...token, ...user }, false, { name: 'api-token', code: 'POSTERN-101' }],
    ['none at all', {}, false, { name: 'api-token', code: 'POSTERN-102' }],
    ['auth: token without one', { auth: 'token' }, true, { name: 'api-token', code: 'POSTERN-102' }],
    ['auth: basic without one', { auth: 'basic' }, true, { name: 'user', code: 'POSTERN-102' }],
    ['auth: oidc where GitHub offers none', { auth: 'oidc' }, false, { name: 'auth', code: 'POSTERN-103' }],
    ['half a token', { apiToken: API_TOKEN.slice(0, 40) }, false, { name: 'api-token', code: 'POSTERN-112' }],
    ['a token that breaks a header', { apiToken: 'a\r\nX: 1' }, false, { code: 'POSTERN-112' }],
    ['a user without a password', { user: 'a@b.c' }, false, { name: 'user' }],
    ['a password without a user in front', { user: ':x' }, false, { name: 'user' }],
    ['an empty password', { user: 'a@b.c:' }, false, { name: 'user' }],
    ['two passwords', { ...user, password: 'x' }, false, { name: 'user' }],
  ])('refuses %s', (_, inputs, hasIdentity, expected) => {
    const problem = decide(inputs, hasIdentity)
    expect(problem).toMatchObject({ message: expect.any(String), ...(expected as object) })
  })
})
