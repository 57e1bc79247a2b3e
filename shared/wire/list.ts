/** The query of a list: `page`, `size`, `sort=name:asc`, `q`, `filters[name][EQUALS]=x`, as Kestra's clients send it. */

import * as v from 'valibot'
import { Paging } from './common.ts'

/** Kestra also names REGEX, which SQL has no safe way to run. */
export const OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_OR_EQUAL_TO',
  'LESS_THAN_OR_EQUAL_TO',
  'IN',
  'NOT_IN',
  'STARTS_WITH',
  'ENDS_WITH',
  'CONTAINS',
  'PREFIX',
] as const

export interface Filter {
  readonly field: string
  readonly operator: (typeof OPERATORS)[number]
  /** Of IN and NOT_IN several, with commas between. */
  readonly value: string
}

export interface SortKey {
  readonly field: string
  readonly isDescending: boolean
}

export interface ListQuery extends Paging {
  readonly sort: readonly SortKey[]
  readonly filters: readonly Filter[]
  /** Free text, from `q` or `filters[q][…]`; absent when nothing was asked. */
  readonly q: string | undefined
}

/** Counted before they are read: a query must not become more work than a page is. */
const MAX_FILTERS = 20
const MAX_TEXT = 500

const Text = v.pipe(v.string(), v.maxLength(MAX_TEXT, `must have at most ${MAX_TEXT} characters`))

/** `name:asc,type:desc`, also without a direction. */
const Sort = (fields: readonly string[]) =>
  v.pipe(
    v.optional(Text, ''),
    v.transform((text) => text.split(',').filter(Boolean).map(readSortKey)),
    v.maxLength(5, 'must name at most 5 fields'),
    v.check((keys) => keys.every(({ field }) => fields.includes(field)), `can be by ${fields.join(', ')}`),
  )

function readSortKey(text: string): SortKey {
  const [field = '', direction = 'asc'] = text.trim().split(':')
  return { field, isDescending: direction.toLowerCase() === 'desc' }
}

/**
 * @param fields what the list can be filtered and sorted by; `q` is always among the filters
 * @param more fields of the query that are the list's own
 */
export function listQuery<const More extends v.ObjectEntries = Record<never, never>>(
  fields: readonly string[],
  more?: More,
) {
  const known = [...fields, 'q']
  const Filters = v.pipe(
    v.optional(v.array(v.unknown()), []),
    v.maxLength(MAX_FILTERS, `must be at most ${MAX_FILTERS}`),
    v.array(
      v.object({
        field: v.picklist(known, `can be by ${known.join(', ')}`),
        operator: v.picklist(OPERATORS, `must be one of ${OPERATORS.join(', ')}`),
        value: Text,
      }),
    ),
  )
  const Query = v.object({
    ...Paging.entries,
    ...(more ?? ({} as More)),
    sort: Sort(fields),
    q: v.optional(Text),
    filters: Filters,
  })
  return v.pipe(
    Query,
    v.transform((query) => {
      const { q, filters } = query as unknown as ListQuery
      const text = q || filters.find(({ field }) => field === 'q')?.value || undefined
      return { ...query, q: text, filters: filters.filter(({ field }) => field !== 'q') }
    }),
  )
}
