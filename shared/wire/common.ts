/** What the wire schemas share. Requests ignore members they do not know, as Kestra's server does. */

import * as v from 'valibot'
import { TenantId } from '../names.ts'

/** Tenants of an account. Counted before they are read, like every list of unbounded length. */
export const TenantIds = v.pipe(
  v.array(v.unknown()),
  v.maxLength(100, 'must name at most 100 tenants'),
  v.array(TenantId),
)

/** An id as somebody sends it: opaque, so that one of another shape is simply of nothing that is here. */
export const Id = v.pipe(v.string(), v.maxLength(128, 'must have at most 128 characters'))

/** Counted before they are read. */
export const Ids = v.pipe(v.array(v.unknown()), v.maxLength(1000, 'must name at most 1000'), v.array(Id))

/** `POST …/ids`: those of them that are there. */
export const IdsRequest = v.object({ ids: Ids })

/** `POST …/autocomplete`: those whose name holds `q`, and those named by id. */
export const Autocomplete = v.object({
  q: v.nullish(v.pipe(v.string(), v.maxLength(500, 'must have at most 500 characters'))),
  ids: v.nullish(Ids),
  existingOnly: v.nullish(v.boolean()),
})
export type Autocomplete = v.InferOutput<typeof Autocomplete>

/** An instant on the wire, such as `2026-11-23T20:00:00.000Z`. Inside, instants are milliseconds since 1970. */
export const DateTime = v.pipe(v.string(), v.isoTimestamp())

export const toDateTime = (ms: number): string => new Date(ms).toISOString()

const wholeNumber = (max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,6}$/, 'must be a whole number'),
    v.transform(Number),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(max, `must be at most ${max}`),
  )

/** Query of every list: `page` starts at 1. Terraform and kestractl ask for up to 10,000 at once. */
export const Paging = v.object({
  page: v.optional(wholeNumber(999_999), '1'),
  size: v.optional(wholeNumber(10_000), '10'),
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

/** `PATCH …/superadmin` and, as it is called since, `…/instance-owner`. */
export const SetSuperAdmin = v.pipe(
  v.object(superAdminFields),
  v.transform(readSuperAdmin),
  v.boolean('superAdmin or instanceOwner must be given'),
)
