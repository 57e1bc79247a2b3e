import { describe, expect, it } from 'vitest'
import { Failure } from '../../action/failure.ts'
import { guardPlan, keepProtected, type Rules, refuseToEmpty } from '../../action/guards.ts'
import type { FileChange } from '../../shared/folder-diff.ts'

const RULES: Rules = { maxDelete: { count: 50, unit: 'percent' }, protect: '', isOverriding: true }

const planOf = (changes: FileChange[], unchanged = 0) => ({ etag: '"1"', changes, unchanged, missing: [] })
const create = (path: string): FileChange => ({ kind: 'create', path, size: 1 })
const update = (path: string): FileChange => ({ kind: 'update', path, size: 1, previousSize: 2 })
const remove = (path: string): FileChange => ({ kind: 'delete', path, previousSize: 1 })
const removals = (count: number) => Array.from({ length: count }, (_, index) => remove(`f${index}`))

function failureOf(changes: FileChange[], unchanged: number, rules: Partial<Rules>): Failure | undefined {
  try {
    guardPlan(planOf(changes, unchanged), { ...RULES, ...rules }, 'scripts')
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

describe('max-delete', () => {
  it.each([
    // Of as many files, so many may go.
    ['50%', 100, 50, true],
    ['50%', 100, 51, false],
    ['50%', 12, 10, true],
    ['50%', 12, 11, false],
    ['50%', 3, 3, true],
    ['0%', 100, 10, true],
    ['0%', 100, 11, false],
    ['100%', 100, 100, true],
    ['5', 100, 5, true],
    ['5', 100, 6, false],
    ['0', 100, 1, false],
  ])('of %s, of %i files, lets %i go: %s', (text, existing, deleted, isAllowed) => {
    const maxDelete = {
      count: Number.parseInt(text, 10),
      unit: text.endsWith('%') ? ('percent' as const) : ('files' as const),
    }
    const failure = failureOf(removals(deleted), existing - deleted, { maxDelete })
    expect(failure?.code).toBe(isAllowed ? undefined : 'POSTERN-303')
  })

  it('counts what is there, not what comes', () => {
    const coming = Array.from({ length: 100 }, (_, index) => create(`n${index}`))
    expect(failureOf([...removals(20), ...coming], 10, {})?.code).toBe('POSTERN-303')
    expect(failureOf([...removals(20), update('u')], 19, {})).toBeUndefined()
  })

  it('shows the first twenty', () => {
    const failure = failureOf(removals(100), 0, {})
    expect(failure?.message).toMatch(
      /^100 of 100 files would be deleted; at most 50 may be. Nothing was written/,
    )
    expect(failure?.block?.split('\n')).toHaveLength(21)
    expect(failure?.block).toMatch(/^- f0\n[\s\S]*\n… and 80 more$/)
  })
})

describe('override', () => {
  it('set to false refuses to change a file, and names it in the repository', () => {
    const failure = failureOf([create('a'), update('b/c')], 0, { isOverriding: false })
    expect(failure?.code).toBe('POSTERN-304')
    expect(failure?.files).toEqual([
      { file: 'scripts/b/c', problem: 'exists in the namespace with other content' },
    ])
  })

  it('set to false has nothing against new files and equal ones', () => {
    expect(failureOf([create('a')], 5, { isOverriding: false })).toBeUndefined()
  })
})

describe('protect', () => {
  const protect = 'data/*\n!data/public/\n/config.yml'

  it('keeps files from being deleted', () => {
    const plan = planOf([remove('data/a'), remove('data/public/b'), remove('other'), create('data/new')])
    const { plan: kept, keep } = keepProtected(plan, protect)
    expect(keep).toEqual(['data/a'])
    expect(kept.changes.map(({ path }) => path)).toEqual(['data/public/b', 'other', 'data/new'])
  })

  it('refuses to overwrite them', () => {
    expect(failureOf([update('config.yml')], 0, { protect })).toMatchObject({
      code: 'POSTERN-305',
      files: [{ file: 'scripts/config.yml' }],
    })
    expect(failureOf([update('sub/config.yml'), create('config.yml')], 0, { protect })).toBeUndefined()
  })
})

describe('refuseToEmpty', () => {
  const empty = { files: [], skipped: { ignored: 3, hidden: 2 } }

  it.each(['all', 'owned'] as const)('fails when there is nothing to deploy and delete is %s', (mode) => {
    expect(() => refuseToEmpty(empty, 'd', { delete: mode, isEmptyAllowed: false })).toThrow(
      /^d holds no file .*3 ignored, 2 hidden/,
    )
  })

  it.each([
    ['nothing is deleted', { delete: 'none', isEmptyAllowed: false }],
    ['it is meant', { delete: 'all', isEmptyAllowed: true }],
  ] as const)('has nothing against an empty directory when %s', (_, inputs) => {
    expect(() => refuseToEmpty(empty, 'd', inputs)).not.toThrow()
  })
})
