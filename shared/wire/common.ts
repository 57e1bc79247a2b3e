/** What the wire schemas share. Requests ignore members they do not know, as Kestra's server does. */

import * as v from 'valibot'

/** Ids are opaque; they never hold a `/`, since Terraform joins them with one. */
export const Id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not an id'))

/** An instant on the wire, such as `2026-11-23T20:00:00.000Z`. Inside, instants are milliseconds since 1970. */
export const DateTime = v.pipe(v.string(), v.isoTimestamp())

export const toDateTime = (ms: number): string => new Date(ms).toISOString()

/** Query of every list: `page` starts at 1. Terraform and kestractl ask for up to 10,000 at once. */
export const Paging = v.object({
  page: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,6}$/, 'must be a whole number'), v.transform(Number), v.minValue(1)),
    '1',
  ),
  size: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,6}$/, 'must be a whole number'),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(10_000),
    ),
    '10',
  ),
})
export type Paging = v.InferOutput<typeof Paging>

export interface Page<T> {
  readonly results: readonly T[]
  /** Of all pages together. */
  readonly total: number
}

export const pageOf = <T extends v.GenericSchema>(row: T) =>
  v.object({ results: v.array(row), total: v.number() })

/** `superAdmin` was renamed `instanceOwner` in Kestra 2.0: requests may use either, answers carry both. */
export const superAdminFields = {
  superAdmin: v.nullish(v.boolean()),
  instanceOwner: v.nullish(v.boolean()),
}

export function readSuperAdmin(body: {
  superAdmin?: boolean | null | undefined
  instanceOwner?: boolean | null | undefined
}): boolean | undefined {
  return body.superAdmin ?? body.instanceOwner ?? undefined
}
