/** Records of the audit log, a line each. */

import type { AuditRow } from '../../../audit/read.ts'
import { Pill, type Tone } from '../../parts/pill.tsx'
import { Table } from '../../parts/table.tsx'
import { Instant, When } from '../../parts/when.tsx'

const VERBS: Readonly<Record<string, readonly [string, Tone]>> = {
  CREATE: ['Created', 'ok'],
  UPDATE: ['Changed', 'info'],
  DELETE: ['Deleted', 'bad'],
  LOGIN: ['Signed in', 'mute'],
  LOGOUT: ['Signed out', 'mute'],
  LOGIN_FAILURE: ['Sign-in failed', 'warn'],
  ACCOUNT_LOCKED: ['Locked', 'warn'],
  IMPERSONATE: ['Impersonated', 'warn'],
}

export const verbOf = (type: string): string => VERBS[type]?.[0] ?? type

/** `SERVICE_ACCOUNT` reads `service account`. */
export const nounOf = (resource: string): string => resource.toLowerCase().replaceAll('_', ' ')

/** What it was done to, by a name where the record has one. */
export function objectOf({ before, after, resourceId }: AuditRow['log']): string {
  const { name, email, path } = { ...before, ...after } as Record<string, unknown>
  return ([name, email, path].find((one) => typeof one === 'string') as string | undefined) ?? resourceId
}

interface Props {
  readonly rows: readonly AuditRow[]
  /** Of one record. */
  readonly addressOf: (row: AuditRow) => string
}

export function Trail({ rows, addressOf }: Props) {
  return (
    <Table
      caption="Records of the audit log, the newest first"
      rows={rows}
      columns={[
        {
          label: 'When',
          show: (row) => (
            <span class="two">
              <a class="row" href={addressOf(row)}>
                <When at={row.log.at} />
              </a>
              <Instant at={row.log.at} />
            </span>
          ),
        },
        {
          label: 'Who',
          show: ({ log }) => (
            <span class="two plain">
              <bdi>{log.actorName || 'Nobody'}</bdi>
              {log.impersonatorName && <bdi>{`by ${log.impersonatorName}`}</bdi>}
            </span>
          ),
        },
        {
          label: 'Did',
          show: ({ log }) => <Pill tone={VERBS[log.type]?.[1] ?? 'mute'}>{verbOf(log.type)}</Pill>,
        },
        {
          label: 'What',
          show: ({ log }) => (
            <span class="two plain">
              <bdi>{objectOf(log)}</bdi>
              <span>{nounOf(log.resource)}</span>
            </span>
          ),
        },
        { label: 'Namespace', show: ({ log }) => log.namespace && <span class="mono">{log.namespace}</span> },
        { label: 'From', show: ({ log }) => log.ipAddress && <span class="mono">{log.ipAddress}</span> },
      ]}
    />
  )
}
