/** What a client's picker asks while somebody types: what matches, and what was picked before. */

import type { Autocomplete, Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'

/** A picker shows no more. */
const MAX_SUGGESTIONS = 100

/** Without a text and without ids, the first of all. */
export async function suggest<T extends { readonly id: string }>(
  { q, ids }: Autocomplete,
  list: (query: ListQuery) => Promise<Page<T>>,
  find: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const picked = ids?.length ? await find(ids) : []
  const query = { page: 1, size: MAX_SUGGESTIONS, sort: [], filters: [], q: q || undefined }
  const matching = q || !ids?.length ? (await list(query)).results : []
  return [...picked, ...matching.filter((one) => !picked.some(({ id }) => id === one.id))]
}
