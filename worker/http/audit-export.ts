/** The audit log as a file: a line for each record, sent as it is read, however long the log is. */

import { patchBetween } from '../../shared/json-patch.ts'
import { toDateTime } from '../../shared/wire/common.ts'
import type { Principal } from '../access/principal.ts'
import { statesOf } from '../access/see-record.ts'
import type { AuditLog, AuditRow } from '../audit/read.ts'
import { csvLine } from './csv.ts'

export interface Format {
  readonly name: string
  readonly mediaType: string
  /** What its addresses and files end with. */
  readonly suffix: string
  readonly head: string
  /** @param values in the order of the columns; null for what a record does not have */
  readonly toLine: (values: readonly unknown[]) => string
}

const COLUMNS: ReadonlyArray<readonly [string, (log: AuditLog, principal: Principal) => unknown]> = [
  ['id', ({ id }) => id],
  ['date', ({ at }) => toDateTime(at)],
  ['type', ({ type }) => type],
  ['resource', ({ resource }) => resource],
  ['resourceId', ({ resourceId }) => resourceId],
  ['tenantId', ({ tenantId }) => tenantId],
  ['namespace', ({ namespace }) => namespace],
  ['userId', ({ actorId }) => actorId],
  ['username', ({ actorName }) => actorName],
  ['impersonatedBy', ({ impersonatorName }) => impersonatorName],
  ['tokenId', ({ tokenId }) => tokenId],
  ['ipAddress', ({ ipAddress }) => ipAddress],
  ['requestId', ({ requestId }) => requestId],
  [
    'appliedPatch',
    (log, principal) => {
      const { before, after } = statesOf(principal, log)
      return patchBetween(before, after)
    },
  ],
]
const NAMES = COLUMNS.map(([name]) => name)

const toCell = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)

export const CSV: Format = {
  name: 'CSV',
  mediaType: 'text/csv',
  suffix: '.csv',
  head: csvLine(NAMES),
  toLine: (values) => csvLine(values.map(toCell)),
}

/** One JSON object in each line, with the CSV's columns for members; without those that are null. */
export const NDJSON: Format = {
  name: 'lines of JSON',
  mediaType: 'application/x-ndjson',
  suffix: '.ndjson',
  head: '',
  toLine: (values) =>
    `${JSON.stringify(Object.fromEntries(NAMES.map((name, at) => [name, values[at] ?? undefined])))}\n`,
}

export async function exportAs(
  { mediaType, suffix, head, toLine }: Format,
  principal: Principal,
  pages: AsyncGenerator<readonly AuditRow[]>,
): Promise<Response> {
  const encoder = new TextEncoder()
  const toText = (rows: readonly AuditRow[]) =>
    encoder.encode(rows.map(({ log }) => toLine(COLUMNS.map(([, read]) => read(log, principal)))).join(''))
  // Read before anything is sent: a database that is down is a refusal, not half a file.
  const first = await pages.next()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(head))
      controller.enqueue(toText(first.value ?? []))
    },
    async pull(controller) {
      const { value, done } = await pages.next()
      if (done) controller.close()
      else controller.enqueue(toText(value))
    },
    cancel: async () => {
      await pages.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'Content-Type': mediaType,
      'Content-Disposition': `attachment; filename="auditlogs${suffix}"`,
      'Cache-Control': 'no-store',
    },
  })
}
