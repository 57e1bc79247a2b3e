import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { WriteRole } from '../../../shared/wire/role.ts'

function complaints(value: unknown): string[] {
  return (v.safeParse(WriteRole, value).issues ?? []).map(
    (issue) => `${v.getDotPath(issue)}: ${issue.message}`,
  )
}

describe('WriteRole', () => {
  it('keeps permissions exactly as they were sent, in either vocabulary and in their order', () => {
    const permissions = {
      NAMESPACE: ['UPDATE', 'READ', 'CREATE'],
      FLOW: ['VIEW', 'EXPORT', 'LIST'],
      SETTING: ['READ'],
      GROUP_MEMBERSHIP: ['DELETE', 'CREATE'],
      TEMPLATE: ['READ'],
    }
    const role = v.parse(WriteRole, { name: 'CI', permissions })
    expect(JSON.stringify(role.permissions)).toBe(JSON.stringify(permissions))
  })

  it('keeps a word that is sent twice', () => {
    const permissions = { FLOW: ['READ', 'READ'] }
    expect(v.parse(WriteRole, { name: 'CI', permissions }).permissions).toEqual(permissions)
  })

  it.each([
    ['an unknown resource', { FLOWS: ['READ'] }, 'permissions.FLOWS: is not a resource'],
    ['an unknown action', { FLOW: ['READ', 'BOGUS'] }, 'permissions.FLOW.1: is not an action'],
    ['an action in lower case', { FLOW: ['read'] }, 'permissions.FLOW.0: is not an action'],
    [
      'a name that every object answers to',
      { toString: ['READ'] },
      'permissions.toString: is not a resource',
    ],
    ['an unknown resource without actions', { X: [], FLOW: ['READ'] }, 'permissions.X: is not a resource'],
  ])('refuses %s and says where it is', (_, permissions, complaint) => {
    expect(complaints({ name: 'CI', permissions })).toEqual([complaint])
  })

  it('says of everything that it does not know where it is', () => {
    expect(
      complaints({ name: 'CI', permissions: { FLOW: ['READ', 'Y', 'Z'], TRIGGER: ['X'] } }),
    ).toHaveLength(3)
  })

  it('keeps words of Kestra that grant nothing here', () => {
    const permissions = { MCP_SERVER: ['VIEW'], TRIGGER: ['LOCK'], ME: ['READ'], FLOW: ['MANAGE_FILES'] }
    expect(v.parse(WriteRole, { name: 'CI', permissions }).permissions).toEqual(permissions)
  })

  it('complains once about more words than any role needs', () => {
    const many = Array.from({ length: 100_000 }, () => 'BOGUS')
    expect(complaints({ name: 'CI', permissions: { FLOW: many } })).toEqual([
      'permissions.FLOW: must name at most 100 actions',
    ])
    const wide = Object.fromEntries(many.map((_, i) => [`R${i}`, ['READ']]))
    expect(complaints({ name: 'CI', permissions: wide })).toEqual([
      'permissions: must name at most 100 resources',
    ])
  })

  it.each([{}, { FLOW: [] }, { FLOW: [], NAMESPACE: [] }])(
    'refuses %j, which grants nothing',
    (permissions) => {
      expect(complaints({ name: 'CI', permissions })).toEqual(['permissions: must not be empty'])
    },
  )

  it.each([undefined, null, [], 'FLOW', { FLOW: 'READ' }, { FLOW: null }, { FLOW: [1] }])(
    'refuses %j as permissions',
    (permissions) => {
      expect(v.is(WriteRole, { name: 'CI', permissions })).toBe(false)
    },
  )

  it.each(['CI', 'Deploys scripts (prod)', 'x'.repeat(500)])('accepts the name %s', (name) => {
    expect(complaints({ name, permissions: { FLOW: ['READ'] } })).toEqual([])
  })

  it.each([undefined, '', 'a\nb', 'x'.repeat(501)])('refuses the name %j', (name) => {
    expect(v.is(WriteRole, { name, permissions: { FLOW: ['READ'] } })).toBe(false)
  })

  it.each([undefined, null, '', 'What it is for'])('accepts the description %j', (description) => {
    expect(v.is(WriteRole, { name: 'CI', description, permissions: { FLOW: ['READ'] } })).toBe(true)
  })
})
