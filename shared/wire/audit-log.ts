/** The audit log: who did what, when, and what became of it. Reading it is all there is: records are never written here. */

import * as v from 'valibot'
import { PatchOperation } from '../json-patch.ts'
import { DateTime, Id } from './common.ts'
import { type Filter, type ListQuery, listQuery } from './list.ts'

const Text = v.pipe(v.string(), v.maxLength(500, 'must have at most 500 characters'))

/** What the log can be filtered by, and sorted by `date`. A flow and an execution are ids like any other. */
export const AUDIT_FIELDS = [
  'id',
  'date',
  'startDate',
  'endDate',
  'userId',
  'namespace',
  'resources',
  'type',
  'action',
  'details',
  'flowId',
  'executionId',
] as const

/** Older clients send these beside the filters, and mean the same. */
const PLAIN = AUDIT_FIELDS.filter((field) => field !== 'date' && field !== 'action')
const INSTANTS: readonly string[] = ['date', 'startDate', 'endDate'] satisfies Array<
  (typeof AUDIT_FIELDS)[number]
>

/** Instants come out as milliseconds; `startDate` is the first that is wanted, `endDate` the last. */
export const AuditQuery = v.pipe(
  listQuery(AUDIT_FIELDS, Object.fromEntries(PLAIN.map((field) => [field, v.optional(Text)]))),
  v.transform((query) => {
    const { page, size, sort, q, filters, ...plain } = query as ListQuery & Partial<Record<string, string>>
    const added = PLAIN.flatMap((field): Filter[] => {
      const value = plain[field]
      return value
        ? [{ field, operator: field === 'resources' || field === 'type' ? 'IN' : 'EQUALS', value }]
        : []
    })
    return { page, size, sort, q, filters: [...filters, ...added].map(toInstant) }
  }),
  v.forward(
    v.check(
      ({ filters }) => filters.every(({ value }) => value !== 'NaN'),
      `${INSTANTS.join(', ')} must be instants such as 2026-11-23T20:00:00Z`,
    ),
    ['filters'],
  ),
)

function toInstant({ field, operator, value }: Filter): Filter {
  if (!INSTANTS.includes(field)) return { field, operator, value }
  const bound = { startDate: 'GREATER_THAN_OR_EQUAL_TO', endDate: 'LESS_THAN_OR_EQUAL_TO' } as const
  return {
    field,
    operator: operator === 'EQUALS' && field in bound ? bound[field as keyof typeof bound] : operator,
    value: String(Date.parse(value)),
  }
}

export const FindAuditLog = v.object({
  resource: Text,
  type: v.nullish(Text),
  detail: v.nullish(v.object({ id: v.nullish(Id), namespace: v.nullish(Text) })),
})
export type FindAuditLog = v.InferOutput<typeof FindAuditLog>

export const DiffQuery = v.object({ previousId: v.optional(Id) })

export const AuditLog = v.object({
  id: v.string(),
  /** Absent for what belongs to the instance. */
  tenantId: v.optional(v.string()),
  type: v.string(),
  /** What it was done to; Kestra's clients read the resource under either name. */
  detail: v.object({
    resource: v.string(),
    resourceType: v.string(),
    type: v.string(),
    id: v.string(),
    namespace: v.optional(v.string()),
  }),
  date: DateTime,
  userId: v.string(),
  ipAddress: v.optional(v.string()),
  /** The name of who really acted, where somebody was impersonated. */
  impersonatedBy: v.optional(v.string()),
  /** JSON Patch (RFC 6902) of the members that changed, and the one that undoes it. */
  appliedPatch: v.array(PatchOperation),
  revertPatch: v.array(PatchOperation),
})

/** Whoever acted, as they were then. */
export const AuditUser = v.object({
  id: v.string(),
  username: v.string(),
  /** Absent when the account is gone. */
  type: v.optional(v.picklist(['STANDARD', 'SERVICE_ACCOUNT'])),
})

export const AuditEntry = v.object({ auditLog: AuditLog, user: AuditUser })
export type AuditEntry = v.InferOutput<typeof AuditEntry>

/** Empty when nothing was found. */
export const FoundAuditEntry = v.partial(AuditEntry)

export const AuditHistory = v.array(v.object({ id: v.string(), date: DateTime, username: v.string() }))

/** The object before and after, as indented JSON; empty where there was none. */
export const AuditDiff = v.object({ before: v.string(), after: v.string() })
export type AuditDiff = v.InferOutput<typeof AuditDiff>
