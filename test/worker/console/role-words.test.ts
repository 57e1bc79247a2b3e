import { describe, expect, it } from 'vitest'
import { inOrderOf, toPermissions } from '../../../worker/console/pages/roles/words.ts'

describe('the words of a role', () => {
  it('are gathered by resource', () => {
    expect(toPermissions(['FLOW:READ', 'FLOW:CREATE', 'KVSTORE:READ'])).toEqual({
      FLOW: ['READ', 'CREATE'],
      KVSTORE: ['READ'],
    })
  })

  it('make no object out of the prototype’s names', () => {
    const permissions = toPermissions(['__proto__:READ', 'constructor:READ'])
    expect(Object.keys(permissions)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(permissions)).toBe(Object.prototype)
  })

  it('stay in the order they were written in, with what is new after it', () => {
    const before = { KVSTORE: ['UPDATE', 'READ'], FLOW: [], ROLE: ['LIST'] }
    const after = inOrderOf(before, { GROUP: ['READ'], KVSTORE: ['CREATE', 'READ', 'UPDATE'] })
    expect(JSON.stringify(after)).toBe(
      JSON.stringify({ KVSTORE: ['UPDATE', 'READ', 'CREATE'], FLOW: [], GROUP: ['READ'] }),
    )
  })
})
