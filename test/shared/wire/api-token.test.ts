import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { ApiToken, CreateApiToken } from '../../../shared/wire/api-token.ts'

const MAX_AGE =
  'must be a positive ISO 8601 duration of days, hours, minutes and seconds, such as P30D or PT12H'

describe('CreateApiToken', () => {
  it.each([
    ['P30D', 2_592_000_000],
    ['PT12H', 43_200_000],
    ['P1D', 86_400_000],
    ['PT1S', 1_000],
  ])('reads the age %s as milliseconds', (maxAge, ms) => {
    expect(v.parse(CreateApiToken, { name: 'ci', maxAge }).maxAge).toBe(ms)
  })

  it.each([
    ['absent', {}],
    ['null', { maxAge: null }],
    ['empty', { maxAge: '' }],
  ])('reads an age that is %s as never expiring', (_, age) => {
    expect(v.parse(CreateApiToken, { name: 'ci', ...age }).maxAge).toBeUndefined()
  })

  // Each of these must be refused: read as no age at all, it would be a token that never expires.
  it.each(['P0D', 'PT0S', '-P1D', 'P1M', 'P1Y', 'P', 'PT', ' ', 'never', '3600', 'P99999D', 'NaN'])(
    'refuses the age %j',
    (maxAge) => {
      const { issues = [] } = v.safeParse(CreateApiToken, { name: 'ci', maxAge })
      expect(issues.map((issue) => [v.getDotPath(issue), issue.message])).toEqual([['maxAge', MAX_AGE]])
    },
  )

  it.each([0, 3_600, false, true, [], {}])('refuses the age %j, which is no text', (maxAge) => {
    expect(v.is(CreateApiToken, { name: 'ci', maxAge })).toBe(false)
  })

  it.each(['ci-token', 'a', 'a'.repeat(63)])('accepts the name %s', (name) => {
    expect(v.is(CreateApiToken, { name })).toBe(true)
  })

  it.each([undefined, '', 'CI', 'ci_token', 'ci-', 'a'.repeat(64)])('refuses the name %j', (name) => {
    expect(v.is(CreateApiToken, { name })).toBe(false)
  })

  it('passes over members it does not know, as Kestra does', () => {
    expect(v.parse(CreateApiToken, { name: 'ci', id: 'x', unknown: true })).not.toHaveProperty('unknown')
  })
})

describe('ApiToken', () => {
  const token = {
    id: 't',
    name: 'ci',
    prefix: 'pst_x',
    iat: '2026-11-23T20:00:00.000Z',
    extended: false,
    expired: false,
  }

  it("always has a description, which Terraform's provider cannot do without", () => {
    expect(v.is(ApiToken, { ...token, description: '' })).toBe(true)
    expect(v.is(ApiToken, token)).toBe(false)
    expect(v.is(ApiToken, { ...token, description: null })).toBe(false)
  })

  it('has no member that could hold the secret', () => {
    const row = { ...token, description: '', fullToken: 'pst_secret', hash: 'h' }
    expect(Object.keys(v.parse(ApiToken, row)).sort()).toEqual(
      ['id', 'name', 'description', 'prefix', 'iat', 'extended', 'expired'].sort(),
    )
  })
})
