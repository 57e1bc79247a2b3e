import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PatchOperation, patchBetween } from '../../shared/json-patch.ts'

type State = Record<string, unknown>

/** As RFC 6902 has it, for members of one object. */
function apply(state: State, patch: readonly PatchOperation[]): State {
  const members = new Map(Object.entries(state))
  for (const operation of patch) {
    const name = operation.path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
    if (operation.op !== 'add' && !members.has(name)) throw new Error(`${operation.op} of nothing at ${name}`)
    if (operation.op === 'remove') members.delete(name)
    else members.set(name, operation.value)
  }
  return Object.fromEntries(members)
}

/** Names alone are compared: a value may be anything, and need not have a text to sort by. */
const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1)

describe('patchBetween', () => {
  it('says what was added, replaced and removed, and nothing of what stayed', () => {
    expect(patchBetween({ a: 1, b: [1], c: 'x' }, { b: [2], c: 'x', d: null })).toEqual([
      { op: 'remove', path: '/a' },
      { op: 'replace', path: '/b', value: [2] },
      { op: 'add', path: '/d', value: null },
    ])
  })

  it.each([
    ['a/b', '/a~1b'],
    ['a~b', '/a~0b'],
    ['~1', '/~01'],
    ['', '/'],
  ])('points to %j as %s (RFC 6901 §3)', (name, path) => {
    expect(patchBetween({}, { [name]: 1 })).toEqual([{ op: 'add', path, value: 1 }])
  })

  it('takes nothing for an empty object', () => {
    expect(patchBetween(null, null)).toEqual([])
    expect(patchBetween(null, { a: 1 })).toEqual([{ op: 'add', path: '/a', value: 1 }])
    expect(patchBetween({ a: 1 }, null)).toEqual([{ op: 'remove', path: '/a' }])
  })

  it('leads from any object to any other, and back', () => {
    const name = fc.oneof(fc.constantFrom('a', 'b', '/', '~', '__proto__', 'constructor'), fc.string())
    const state = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 })
    fc.assert(
      fc.property(state, state, (before, after) => {
        const same = (one: State) => Object.fromEntries(Object.entries(one).sort(byName))
        expect(JSON.stringify(same(apply(before, patchBetween(before, after))))).toBe(
          JSON.stringify(same(after)),
        )
        expect(JSON.stringify(same(apply(after, patchBetween(after, before))))).toBe(
          JSON.stringify(same(before)),
        )
      }),
    )
  })
})
