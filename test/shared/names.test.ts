import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { DnsName, Email, Label, NamespaceId, Password, TenantId } from '../../shared/names.ts'

/** What a schema says against a value, rule by rule. */
function complaints(schema: v.GenericSchema<string>, value: unknown): string[] {
  return (v.safeParse(schema, value).issues ?? []).map((issue) => issue.message)
}

describe('DnsName', () => {
  const CHARACTERS = 'must contain only lower-case letters, digits and hyphens'
  const START = 'must start with a lower-case letter or a digit'
  const END = 'must end with a lower-case letter or a digit'
  const DOUBLE = 'must not contain two hyphens in a row'

  it.each([
    ['my-service-account', []],
    ['my-service-account-1', []],
    ['MY_SERVICE_ACCOUNT', [CHARACTERS, START, END]],
    ['myServiceAccount', [CHARACTERS]],
    ['my-service-account-', [END]],
  ])("judges Kestra's example %s", (name, broken) => {
    expect(complaints(DnsName, name)).toEqual(broken)
  })

  it.each(['a', '1', '1a', 'a1', 'a-b-c', 'a'.repeat(63)])('accepts %s', (name) => {
    expect(complaints(DnsName, name)).toEqual([])
  })

  it.each([
    ['a'.repeat(64), ['must have at most 63 characters']],
    ['-a', [START]],
    ['a-', [END]],
    ['a--b', [DOUBLE]],
    ['a.b', [CHARACTERS]],
    ['a b', [CHARACTERS]],
    ['a/b', [CHARACTERS]],
    ['é1', [CHARACTERS, START]],
    ['a\n', [CHARACTERS, END]],
  ])('says which rule %j breaks', (name, broken) => {
    expect(complaints(DnsName, name)).toEqual(broken)
  })

  it('says first of an empty name that it is empty', () => {
    expect(complaints(DnsName, '')[0]).toBe('must not be empty')
  })

  it.each([undefined, null, 7, ['a']])('refuses %j, which is no text', (value) => {
    expect(v.is(DnsName, value)).toBe(false)
  })

  it("agrees with Kestra's pattern on every text", () => {
    const KESTRA = /^(?=.{1,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/
    const near = fc.string({ unit: fc.constantFrom('a', 'z', '0', '9', '-', 'A', '_', '\n'), maxLength: 70 })
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        expect(v.is(DnsName, text)).toBe(KESTRA.test(text))
      }),
    )
  })
})

describe('NamespaceId', () => {
  it.each(['prod', 'company.team', 'company.team_1.sub-team', '0', 'a'.repeat(150)])('accepts %s', (id) => {
    expect(complaints(NamespaceId, id)).toEqual([])
  })

  it.each([
    '',
    '.prod',
    '-prod',
    '_prod',
    'Prod',
    'company team',
    'company/team',
    'prod\n',
    'é',
    'a'.repeat(151),
  ])('refuses %j', (id) => {
    expect(v.is(NamespaceId, id)).toBe(false)
  })
})

describe('TenantId', () => {
  it.each(['main', 'acme', 'acme_corp', 'acme-corp-2', '0', 'a'.repeat(63)])('accepts %s', (id) => {
    expect(complaints(TenantId, id)).toEqual([])
  })

  it.each(['', '_main', '-main', 'Main', 'a.b', 'a/b', 'a b', 'main\n', 'a'.repeat(64)])(
    'refuses %j',
    (id) => {
      expect(v.is(TenantId, id)).toBe(false)
    },
  )

  // What stands where a tenant would, in the address of something else.
  const OTHER_USES = [
    ...['users', 'service-accounts', 'tenants', 'me', 'auths', 'configs', 'setup', 'login', 'logout'],
    ...['license-info', 'license', 'validate-password', 'forgotten-password', 'reset-password', 'auditlogs'],
    ...['main-tenant-flows', 'instance', 'plugins', 'banners', 'invitations', 'cluster'],
    ...['namespaces', 'groups', 'roles', 'bindings', 'tenant-access', 'acls'],
  ]

  it.each(OTHER_USES)('refuses %s, which names something else in an address', (id) => {
    expect(complaints(TenantId, id)).toEqual(['is a reserved word'])
  })

  it('reserves words, not what begins with one', () => {
    expect(complaints(TenantId, 'users-of-acme')).toEqual([])
    expect(complaints(TenantId, 'meadow')).toEqual([])
  })
})

describe('Email', () => {
  it.each([
    'root@kestra.io',
    'Rick.Astley+flows@mail.kestra.io',
    'a_b!#$%&*+/=?`{|}~^.-@localhost',
    'o’neill@example.com',
    '1@2',
  ])('accepts %s', (email) => {
    expect(complaints(Email, email)).toEqual([])
  })

  it.each([
    '',
    'rick',
    '@kestra.io',
    'rick@',
    'rick@astley@kestra.io',
    'rick astley@kestra.io',
    'rick@kestra io',
    'rick:astley@kestra.io',
    'rick@kestra.io\n',
    '<rick@kestra.io>',
    'rïck@kestra.io',
    `${'a'.repeat(250)}@b.io`,
  ])('refuses %j', (email) => {
    expect(v.is(Email, email)).toBe(false)
  })
})

describe('Password', () => {
  it.each([
    'Root!1234',
    'TestPass!1234',
    'NewPass!9876',
    'OldPass!1',
    'NewPass!1',
    'InitialPass!1',
    'Password!234',
  ])("accepts %s, which the tests of Kestra's clients use", (password) => {
    expect(complaints(Password, password)).toEqual([])
  })

  it.each([...'!@#$%^&*'])('counts %s as a special character', (special) => {
    expect(complaints(Password, `Abcdef1${special}`)).toEqual([])
  })

  it.each([
    ['Abcde1!', 'must have at least 8 characters'],
    [`Aa1!${'x'.repeat(253)}`, 'must have at most 256 characters'],
    ['ABCDEF1!', 'must contain a lower-case letter'],
    ['abcdef1!', 'must contain an upper-case letter'],
    ['Abcdefg!', 'must contain a digit'],
    ['Abcdefg1', 'must contain one of !@#$%^&*'],
    ['Abcdefg1-', 'must contain one of !@#$%^&*'],
  ])('says which rule %s breaks', (password, rule) => {
    expect(complaints(Password, password)).toEqual([rule])
  })

  it('accepts any characters beside those it asks for', () => {
    expect(complaints(Password, 'Ünï:cödé "1" A!')).toEqual([])
  })
})

describe('Label', () => {
  it.each(['', 'Deploys the scripts', 'Größe: 5 € / “quoted” <b>', 'x'.repeat(500)])('accepts %j', (text) => {
    expect(complaints(Label, text)).toEqual([])
  })

  it.each(['a\nb', 'a\u0000', '\u001b[31mred', 'a\u007f', 'a\r', '\t'])(
    'refuses control characters in %j',
    (text) => {
      expect(complaints(Label, text)).toEqual(['must not contain control characters'])
    },
  )

  it('refuses more than 500 characters', () => {
    expect(complaints(Label, 'x'.repeat(501))).toEqual(['must have at most 500 characters'])
  })
})
