/** What was counted, as a table: a row for each figure, a column for each run. */

import { BUSY_MS } from './simulated-d1.ts'
import type { Outcome } from './world.ts'

const count = (value: number): string => Math.round(value).toLocaleString('en')
const rate = (value: number): string => (value < 10 ? value.toFixed(2) : count(value))
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`
const all = ({ accepted, refused, unavailable }: Outcome): number => accepted + refused + unavailable
const each = (of: (outcome: Outcome) => number) => (outcome: Outcome) =>
  rate((of(outcome) * (outcome.scenario.sample ?? 1)) / outcome.scenario.seconds)

const ROWS: ReadonlyArray<readonly [string, (outcome: Outcome) => string]> = [
  ['isolates, in locations', ({ scenario }) => `${count(scenario.isolates)}, ${scenario.locations}`],
  ['tokens', ({ scenario }) => count(scenario.tokens)],
  ['of them simulated: one in', ({ scenario }) => count(scenario.sample ?? 1)],
  ['bound T, s', ({ scenario }) => count(scenario.boundSeconds)],
  ['**verifications / s**', each(all)],
  ['answered from memory', (outcome) => share(outcome.atOnce, all(outcome))],
  ['took a copy from KV', (outcome) => share(outcome.kv.found, all(outcome))],
  ['read the record in D1', (outcome) => share(outcome.d1.record, all(outcome))],
  ['answered 503', (outcome) => share(outcome.unavailable, all(outcome))],
  [
    'wait p50 · p90 · p99 · max, ms',
    ({ waitMs }) => `${[0.5, 0.9, 0.99, 1].map(waitMs.percentile).join(' · ')}`,
  ],
  ['**D1 round trips / s**', each(({ d1 }) => d1.feed + d1.record + d1.write)],
  ['of the feed alone', each(({ d1 }) => d1.feed)],
  ['of isolates and T: 2 / T each', ({ scenario }) => rate((2 * scenario.isolates) / scenario.boundSeconds)],
  ['with a record', each(({ d1 }) => d1.record)],
  ['that write', each(({ d1 }) => d1.write)],
  ['uses noted in them / s', each(({ d1 }) => d1.usesNoted)],
  ['D1 busy', ({ d1, scenario }) => share(d1.busyMs, scenario.seconds * 1000)],
  ['turned away by D1 / s', each(({ d1 }) => d1.overloaded)],
  ['**KV reads / s**', each(({ kv }) => kv.found + kv.absent)],
  ['of them cached in the location', ({ kv }) => share(kv.cached, kv.found + kv.absent)],
  ['KV writes / s', each(({ kv }) => kv.puts)],
  ['**tokens revoked and tried again**', ({ revoked }) => count(revoked)],
  [
    'accepted last p50 · p90 · p99 after, s',
    ({ lateMs }) => seconds([0.5, 0.9, 0.99].map(lateMs.percentile)),
  ],
  ['**latest of all, s**', ({ lateMs }) => seconds([lateMs.max])],
]

const seconds = (ms: readonly number[]): string => ms.map((one) => (one / 1000).toFixed(1)).join(' · ')

export function toMarkdown(outcomes: readonly Outcome[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const busy = Object.entries(BUSY_MS).map(([kind, ms]) => `${kind} ${ms} ms`)
  return [
    line(['', ...outcomes.map(({ scenario }) => scenario.name)]),
    line(['---', ...outcomes.map(() => '---:')]),
    ...ROWS.map(([title, cell]) => line([title, ...outcomes.map(cell)])),
    '',
    `D1 is busy for each batch: ${busy.join(', ')}.`,
  ].join('\n')
}
