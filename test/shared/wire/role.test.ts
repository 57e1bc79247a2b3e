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
    ['an unknown resource', { FLOWS: ['READ'] }, 'FLOWS:READ'],
    ['an unknown action', { FLOW: ['READ', 'BOGUS'] }, 'FLOW:BOGUS'],
    ['an action of another resource', { FLOW: ['MANAGE_FILES'] }, 'FLOW:MANAGE_FILES'],
    ['an action in lower case', { FLOW: ['read'] }, 'FLOW:read'],
    ['a new action under an old name', { SETTING: ['VIEW'] }, 'SETTING:VIEW'],
    ['a name that every object answers to', { toString: ['READ'] }, 'toString:READ'],
  ])('refuses %s and names it', (_, permissions, named) => {
    expect(complaints({ name: 'CI', permissions })).toEqual([
      `permissions: holds ${named}, which is not a permission`,
    ])
  })

  it('names every permission that it does not know', () => {
    expect(complaints({ name: 'CI', permissions: { A: ['X', 'Y'], FLOW: ['READ', 'Z'] } })).toHaveLength(3)
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
