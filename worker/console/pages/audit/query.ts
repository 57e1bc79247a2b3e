/** What the audit log's page is asked for, in the names that the API's list and export take: one address serves both. */

import * as v from 'valibot'
import { AuditQuery } from '../../../../shared/wire/audit-log.ts'
import type { ListQuery } from '../../../../shared/wire/list.ts'
import { firstOf } from '../../list.ts'

const FILTERS = ['q', 'type', 'resources', 'userId', 'details', 'startDate', 'endDate'] as const

export interface AuditAsked {
  readonly query: ListQuery
  /** As typed, to be shown again. */
  readonly typed: Readonly<Partial<Record<(typeof FILTERS)[number], string>>>
  /** The same filters for the API, without a page. */
  readonly search: string
}

const SIZE = 30

export const auditAsked = v.pipe(
  v.record(v.string(), v.string()),
  v.transform((sent): AuditAsked => {
    const typed = Object.fromEntries(FILTERS.flatMap((name) => (sent[name] ? [[name, sent[name]]] : [])))
    const filters = {
      ...typed,
      ...(isDay(typed.endDate) ? { endDate: `${typed.endDate}T23:59:59.999Z` } : {}),
    }
    const parsed = v.safeParse(AuditQuery, {
      size: String(SIZE),
      ...(sent.page ? { page: sent.page } : {}),
      ...filters,
    })
    return {
      query: parsed.success ? parsed.output : firstOf(SIZE),
      typed,
      search: String(new URLSearchParams(filters)),
    }
  }),
)

/** A day as a browser sends it: all of it is meant. */
const isDay = (text: string | undefined): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '')
