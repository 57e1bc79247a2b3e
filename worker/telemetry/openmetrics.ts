/** The text that OpenMetrics 1.0 prescribes, and what of an isolate and of the database is told in it. */

import type { Telemetry } from './telemetry.ts'

export const OPENMETRICS = 'application/openmetrics-text'

/** One family of samples. Of a counter the name comes without `_total`; a unit is the last part of its name. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly unit?: string
  readonly samples: ReadonlyArray<{ readonly labels?: Labels; readonly value: number }>
}

type Labels = Readonly<Record<string, string>>

export const toOpenMetrics = (families: readonly Family[]): string =>
  `${families.flatMap(toLines).join('\n')}\n# EOF\n`

/** A family's metadata, then its samples, with nothing between (§3.2.1). */
function toLines({ name, type, help, unit, samples }: Family): string[] {
  const suffix = type === 'counter' ? '_total' : ''
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escapeText(help)}`,
    ...samples.map(({ labels = {}, value }) => `${name}${suffix}${toLabels(labels)} ${value}`),
  ]
}

function toLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join()}}`
}

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

/** An isolate lives for minutes or hours, beside others: what it counts bears its name, so that no two are mixed up. */
export function countersOf({ isolate, requests, refusals, traffic }: Telemetry): Family[] {
  const counter = (name: string, help: string, samples: Family['samples']): Family => ({
    name: `postern_${name}`,
    type: 'counter',
    help: `${help} Since this isolate began.`,
    samples: samples.map(({ labels, value }) => ({ labels: { isolate, ...labels }, value })),
  })
  return [
    counter(
      'requests',
      'Requests answered, by declared route; without a route what fits none.',
      [...requests].flatMap(([{ method, path }, statuses]) =>
        [...statuses].map(([status, value]) => ({
          labels: { method, route: path, status: String(status) },
          value,
        })),
      ),
    ),
    counter(
      'refusals',
      'Requests refused or failed, by the code of the answer.',
      [...refusals].map(([code, value]) => ({ labels: { code }, value })),
    ),
    counter('d1_round_trips', 'Round trips to D1.', [{ value: traffic.d1RoundTrips }]),
    counter('feed_reads', 'Those of them that verifying took: less than requests, by what was in memory.', [
      { value: traffic.feedReads },
    ]),
    counter('kv_reads', 'Looks into KV, by whether there was a copy.', [
      { labels: { result: 'hit' }, value: traffic.kvHits },
      { labels: { result: 'miss' }, value: traffic.kvMisses },
    ]),
    counter('kv_writes', 'Copies written to KV.', [{ value: traffic.kvWrites }]),
  ]
}

/** What is there now, wherever one asks. */
export interface Inventory {
  /** By what `totals` calls them, such as `accounts USER`. */
  readonly totals: ReadonlyMap<string, number>
  readonly feedPosition: number
  /** When the last change was, in milliseconds since 1970; absent before the first. */
  readonly changedAt?: number
}

export function gaugesOf({ totals, feedPosition, changedAt }: Inventory, now: number): Family[] {
  const gauge = (name: string, help: string, samples: Family['samples'], unit?: string): Family => ({
    name: `postern_${name}`,
    type: 'gauge',
    help,
    samples,
    ...(unit === undefined ? {} : { unit }),
  })
  const byKind = (list: string, kinds: readonly string[]) =>
    kinds.map((kind) => ({ labels: { kind }, value: totals.get(`${list} ${kind}`) ?? 0 }))
  return [
    gauge('accounts', 'Accounts there are.', byKind('accounts', ['USER', 'SERVICE_ACCOUNT'])),
    gauge(
      'tokens',
      'Opaque tokens there are, expired ones that nobody has removed included.',
      byKind('tokens', ['API', 'SESSION', 'IMPERSONATION']),
    ),
    gauge('tenants', 'Tenants there are.', [{ value: totals.get('tenants') ?? 0 }]),
    gauge('audit_records', 'Records in the audit log.', [{ value: totals.get('audit_logs') ?? 0 }]),
    gauge('feed_position', 'Changes ever made that put an end to something.', [{ value: feedPosition }]),
    gauge(
      'feed_age_seconds',
      'Since the last of them.',
      changedAt === undefined ? [] : [{ value: Math.max(0, now - changedAt) / 1000 }],
      'seconds',
    ),
  ]
}
