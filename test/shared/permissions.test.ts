import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  actionsOf,
  expandPermissions,
  isKnownAction,
  isKnownResource,
  resourceNames,
} from '../../shared/permissions.ts'

const OLD_WORDS = ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const

/** Names that only the old vocabulary has, beside those in the catalogue. */
const OLD_NAMES = [
  ...['TEMPLATE', 'IMPERSONATE', 'SETTING', 'AI_COPILOT', 'APPEXECUTION', 'TEST', 'TENANT_ACCESS'],
  ...['GROUP_MEMBERSHIP', 'INFRASTRUCTURE'],
]

/** Words that every object answers to, though no catalogue holds them. */
const INHERITED = ['toString', 'valueOf', 'constructor', 'hasOwnProperty', '__proto__']

const catalogue = new Set(
  resourceNames.flatMap((resource) => actionsOf(resource).map((action) => `${resource}:${action}`)),
)

const expand = (permissions: Record<string, readonly string[]>) => [...expandPermissions(permissions)].sort()
const on = (resource: string, actions: string) => actions.split(' ').map((action) => `${resource}:${action}`)

const ALL_FILES = on('NAMESPACE_FILE', 'CREATE DELETE LIST UPDATE VIEW')

/** A role as the API would accept it. */
const knownRoles = fc
  .dictionary(
    fc.constantFrom<string>(...resourceNames, ...OLD_NAMES),
    fc.array(fc.constantFrom<string>(...OLD_WORDS, ...new Set(resourceNames.flatMap(actionsOf)))),
  )
  .map((role) =>
    Object.fromEntries(
      Object.entries(role).map(([name, actions]) => [
        name,
        isKnownResource(name) ? actions.filter(isKnownAction) : [],
      ]),
    ),
  )

describe('isKnownResource', () => {
  it.each([...resourceNames, ...OLD_NAMES, 'MCP_SERVER', 'POLICY', 'ME'])('knows %s', (resource) => {
    expect(isKnownResource(resource)).toBe(true)
  })

  it.each(['flow', '', 'FLOWS', 'FLOW ', 'FLOW:VIEW', ...INHERITED])('does not know %j', (name) => {
    expect(isKnownResource(name)).toBe(false)
  })
})

describe('isKnownAction', () => {
  it.each([...OLD_WORDS, ...resourceNames.flatMap(actionsOf), 'LOCK'])('knows %s', (action) => {
    expect(isKnownAction(action)).toBe(true)
  })

  it.each(['view', '', 'VIEW LIST', 'BOGUS', ...INHERITED])('does not know %j', (word) => {
    expect(isKnownAction(word)).toBe(false)
  })
})

describe('expandPermissions', () => {
  it.each([
    ['FLOW', 'READ', on('FLOW', 'VIEW LIST EXPORT').concat(on('NAMESPACE_FILE', 'VIEW LIST'))],
    ['FLOW', 'CREATE', on('FLOW', 'CREATE IMPORT').concat(on('NAMESPACE_FILE', 'CREATE'))],
    [
      'FLOW',
      'UPDATE',
      on('FLOW', 'UPDATE EXECUTE DISABLE ENABLE VALIDATE').concat(on('NAMESPACE_FILE', 'UPDATE')),
    ],
    ['FLOW', 'DELETE', on('FLOW', 'DELETE').concat(on('NAMESPACE_FILE', 'DELETE'))],
    ['EXECUTION', 'READ', on('EXECUTION', 'VIEW LIST ACCESS_LOGS ACCESS_OUTPUTS ACCESS_FILES EXPORT FOLLOW')],
    ['EXECUTION', 'CREATE', on('EXECUTION', 'CREATE')],
    [
      'EXECUTION',
      'UPDATE',
      on('EXECUTION', 'UPDATE RESTART KILL REPLAY PAUSE RESUME CHANGE_LABELS UNQUEUE FORCE_RUN'),
    ],
    ['TRIGGER', 'READ', on('TRIGGER', 'VIEW LIST EXPORT')],
    ['TRIGGER', 'CREATE', []],
    ['TRIGGER', 'UPDATE', on('TRIGGER', 'UNLOCK RESTART DISABLE ENABLE BACKFILL')],
    ['TRIGGER', 'DELETE', []],
    ['NAMESPACE', 'READ', on('NAMESPACE', 'VIEW LIST EXPORT_PLUGIN_DEFAULTS')],
    ['NAMESPACE', 'CREATE', on('NAMESPACE', 'CREATE')],
    ['NAMESPACE', 'UPDATE', on('NAMESPACE', 'UPDATE MANAGE_FILES IMPORT_PLUGIN_DEFAULTS').concat(ALL_FILES)],
    ['NAMESPACE', 'DELETE', on('NAMESPACE', 'DELETE')],
    ['APP', 'UPDATE', on('APP', 'UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS')],
    ['AUDITLOG', 'READ', on('AUDITLOG', 'VIEW LIST EXPORT')],
    ['AUDITLOG', 'DELETE', []],
    ['USER', 'UPDATE', on('USER', 'UPDATE MANAGE_GROUP_MEMBERSHIP')],
    ['GROUP', 'UPDATE', on('GROUP', 'UPDATE MANAGE_MEMBERS')],
    ['BINDING', 'READ', on('BINDING', 'VIEW LIST')],
    ['BINDING', 'UPDATE', []],
    ['SERVICE_ACCOUNT', 'READ', on('SERVICE_ACCOUNT', 'VIEW LIST')],
    ['NAMESPACE_FILE', 'READ', on('NAMESPACE_FILE', 'VIEW LIST')],
  ])('reads the old word %s:%s', (resource, word, granted) => {
    expect(expand({ [resource]: [word] })).toEqual([...granted].sort())
  })

  it.each([
    ['SETTING', 'READ', ['SYSTEM_SETTINGS:VIEW', 'TENANT_SETTINGS:VIEW']],
    ['SETTING', 'UPDATE', ['SYSTEM_SETTINGS:UPDATE', 'TENANT_SETTINGS:UPDATE']],
    ['SETTING', 'DELETE', []],
    ['AI_COPILOT', 'READ', ['COPILOT:USE']],
    ['TENANT_ACCESS', 'READ', ['USER:LIST', 'USER:VIEW']],
    ['TENANT_ACCESS', 'DELETE', ['USER:DELETE']],
    ['APPEXECUTION', 'READ', ['APP:LIST', 'APP:VIEW']],
    ['TEST', 'CREATE', ['TESTSUITE:CREATE']],
    ['TEMPLATE', 'READ', []],
    ['IMPERSONATE', 'READ', []],
    ['INFRASTRUCTURE', 'READ', []],
  ])('reads the renamed %s:%s', (resource, word, granted) => {
    expect(expand({ [resource]: [word] })).toEqual(granted)
  })

  it('takes new words as they are', () => {
    expect(expand({ FLOW: ['VIEW'], EXECUTION: ['KILL'], USER: ['IMPERSONATE'] })).toEqual([
      'EXECUTION:KILL',
      'FLOW:VIEW',
      'USER:IMPERSONATE',
    ])
  })

  it('reads NAMESPACE:UPDATE among old words as including MANAGE_FILES, beside a new word as itself', () => {
    expect(expand({ NAMESPACE: ['CREATE', 'READ', 'UPDATE'] })).toContain('NAMESPACE:MANAGE_FILES')
    expect(expand({ NAMESPACE: ['VIEW', 'UPDATE'] })).toEqual(['NAMESPACE:UPDATE', 'NAMESPACE:VIEW'])
    expect(expand({ NAMESPACE: ['UPDATE', 'VIEW'] })).toEqual(['NAMESPACE:UPDATE', 'NAMESPACE:VIEW'])
  })

  it('reads READ as its whole row, beside a new word too', () => {
    expect(expand({ NAMESPACE: ['READ', 'MANAGE_FILES'] })).toEqual(
      expect.arrayContaining(on('NAMESPACE', 'VIEW LIST EXPORT_PLUGIN_DEFAULTS')),
    )
  })

  it('grants all of NAMESPACE_FILE with MANAGE_FILES', () => {
    expect(expand({ NAMESPACE: ['MANAGE_FILES'] })).toEqual(['NAMESPACE:MANAGE_FILES', ...ALL_FILES].sort())
    expect(ALL_FILES).toEqual(
      actionsOf('NAMESPACE_FILE')
        .map((action) => `NAMESPACE_FILE:${action}`)
        .sort(),
    )
  })

  it('grants reading files with FLOW:READ but not with FLOW:VIEW', () => {
    expect(expand({ FLOW: ['READ'] })).toContain('NAMESPACE_FILE:VIEW')
    expect(expand({ FLOW: ['VIEW', 'LIST', 'EXPORT'] })).toEqual(on('FLOW', 'EXPORT LIST VIEW'))
    expect(expand({ FLOW: ['VIEW', 'CREATE', 'UPDATE', 'DELETE'] }).join()).not.toContain('NAMESPACE_FILE')
  })

  it('grants writing files only as far as FLOW had the word for it', () => {
    expect(expand({ FLOW: ['READ', 'CREATE'] }).filter((one) => one.startsWith('NAMESPACE_FILE'))).toEqual(
      on('NAMESPACE_FILE', 'CREATE LIST VIEW'),
    )
  })

  it('grants no more than members with GROUP_MEMBERSHIP, whatever the word', () => {
    expect(expand({ GROUP_MEMBERSHIP: ['READ'] })).toEqual(['GROUP:LIST', 'GROUP:VIEW'])
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom<string>(...OLD_WORDS), fc.string())), (actions) => {
        for (const permission of expandPermissions({ GROUP_MEMBERSHIP: actions })) {
          expect(['GROUP:VIEW', 'GROUP:LIST', 'GROUP:MANAGE_MEMBERS']).toContain(permission)
        }
      }),
    )
  })

  it.each([
    ['an unknown resource', { FLOWS: ['READ', 'VIEW'] }],
    ['an unknown action', { FLOW: ['BOGUS'] }],
    ['an action of another resource', { FLOW: ['MANAGE_FILES'] }],
    ['a new word on a renamed resource', { SETTING: ['EXECUTE'] }],
    ['an unknown word on GROUP_MEMBERSHIP', { GROUP_MEMBERSHIP: ['BOGUS'] }],
    ['no actions', { FLOW: [] }],
    ['no resources', {}],
  ])('grants nothing for %s', (_, permissions: Record<string, string[]>) => {
    expect(expand(permissions)).toEqual([])
  })

  it.each(INHERITED)('grants nothing for a resource called %s', (name) => {
    expect(expand(Object.fromEntries([[name, ['READ']]]))).toEqual([])
  })

  it('grants only what the catalogue holds', () => {
    fc.assert(
      fc.property(knownRoles, (role) => {
        for (const permission of expandPermissions(role)) expect(catalogue).toContain(permission)
      }),
    )
  })

  it('grants a role of all permissions all of the catalogue', () => {
    const all = Object.fromEntries(resourceNames.map((resource) => [resource, actionsOf(resource)]))
    expect(expandPermissions(all)).toEqual(catalogue)
  })

  it('grants the same in whatever order the words stand', () => {
    const shuffled = knownRoles.chain((role) =>
      fc
        .tuple(
          ...Object.values(role).map((actions) =>
            fc.shuffledSubarray(actions, { minLength: actions.length }),
          ),
        )
        .map(
          (lists) =>
            [role, Object.fromEntries(Object.keys(role).map((name, i) => [name, lists[i] ?? []]))] as const,
        ),
    )
    fc.assert(
      fc.property(shuffled, ([role, other]) => {
        expect(expand(other)).toEqual(expand(role))
      }),
    )
  })
})
