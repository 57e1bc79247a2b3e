/** The query of a list's page: as the API's, but what makes no sense in an address falls back to the first page. */

import * as v from 'valibot'
import { type ListQuery, listQuery } from '../../shared/wire/list.ts'

export type ConsoleList = ListQuery

const SIZE = 20

/** @param fields what the list can be sorted by */
export function consoleList(fields: readonly string[]) {
  const schema = listQuery(fields)
  return v.pipe(
    v.record(v.string(), v.string()),
    v.transform(({ page, q, sort }) => {
      const asked = {
        size: String(SIZE),
        ...(page ? { page } : {}),
        ...(q ? { q } : {}),
        ...(sort ? { sort } : {}),
      }
      const parsed = v.safeParse(schema, asked)
      return parsed.success ? (parsed.output as ListQuery) : firstOf(SIZE)
    }),
  )
}

/** What a page offers to choose from, or shows as an excerpt. */
export const firstOf = (size: number): ListQuery => ({ page: 1, size, q: undefined, sort: [], filters: [] })
