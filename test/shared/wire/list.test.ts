import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { listQuery, OPERATORS } from '../../../shared/wire/list.ts'

const List = listQuery(['name', 'type'], { existing: v.optional(v.picklist(['true', 'false'])) })
const filter = (field: string, operator: string, value = 'x') => ({ field, operator, value })
const problems = (query: object) => v.safeParse(List, query).issues?.map((issue) => v.getDotPath(issue))

describe('listQuery', () => {
  it('starts at the first ten, in no particular order, with nothing left out', () => {
    expect(v.parse(List, {})).toEqual({ page: 1, size: 10, sort: [], filters: [], q: undefined })
  })

  it.each([
    ['name', [{ field: 'name', isDescending: false }]],
    ['name:asc', [{ field: 'name', isDescending: false }]],
    ['name:DESC', [{ field: 'name', isDescending: true }]],
    [
      'type:desc,name:asc',
      [
        { field: 'type', isDescending: true },
        { field: 'name', isDescending: false },
      ],
    ],
  ])('sorts by %s', (sort, keys) => {
    expect(v.parse(List, { sort }).sort).toEqual(keys)
  })

  it.each(['nothing', 'name:asc,password:asc', 'name,type,name,type,name,type'])(
    'does not sort by %s',
    (sort) => {
      expect(problems({ sort })).toEqual(['sort'])
    },
  )

  it('takes each operator on each of its fields', () => {
    for (const operator of OPERATORS) {
      expect(v.parse(List, { filters: [filter('name', operator)] }).filters).toEqual([
        filter('name', operator),
      ])
    }
  })

  it.each([
    ['a field it does not know', filter('password', 'EQUALS'), 'filters.0.field'],
    ['an operator it does not know', filter('name', 'REGEX'), 'filters.0.operator'],
    ['a text without end', filter('name', 'EQUALS', 'x'.repeat(501)), 'filters.0.value'],
  ])('refuses %s', (_, one, path) => {
    expect(problems({ filters: [one] })).toEqual([path])
  })

  it('refuses more filters than a page is worth', () => {
    expect(problems({ filters: Array(21).fill(filter('name', 'EQUALS')) })).toEqual(['filters'])
  })

  it.each([
    [{ q: 'bot' }, 'bot'],
    [{ filters: [filter('q', 'EQUALS', 'bot')] }, 'bot'],
    [{ q: '', filters: [filter('q', 'CONTAINS', 'bot')] }, 'bot'],
    [{ q: '' }, undefined],
  ])('reads free text from wherever it stands: %j', (query, q) => {
    expect(v.parse(List, query)).toMatchObject({ q, filters: [] })
  })

  it('keeps what is the list’s own', () => {
    expect(v.parse(List, { existing: 'true' }).existing).toBe('true')
  })
})
