/** What was measured, as a table and as the bars that it is held against. */

import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'

const DOCUMENT = resolve(import.meta.dirname, '../docs/performance.md')

export interface Measured {
  readonly name: string
  readonly group: 'floor' | 'postern' | 'peer'
  readonly microseconds: number
  /** Round trips for each request, those after the answer included. */
  readonly d1: number
  readonly kv: number
}

const WARM = 'Postern, API token, warm'
const HS256 = 'jose, HS256'
const FROM_D1 = 'Hono, a hash and a read from D1'

/** Postern's row, what it is held against, and the ratio that it must not exceed. */
const BARS: ReadonlyArray<readonly [string, string, number]> = [
  [WARM, 'hono bearerAuth, a fixed token', 0.75],
  [WARM, 'Hono, a hash and a read from memory', 1.5],
  [WARM, 'workers-oauth-provider', 1 / 15],
  [WARM, 'better-auth, api-key plugin', 1 / 100],
  ['Postern, access token, seen before', HS256, 0.5],
  ['Postern, access token, first sight', 'jose, ES256', 1.15],
  ['Postern, API token, cold', FROM_D1, 1.5],
  ['Postern, API token, cold, the feed known', FROM_D1, 1.5],
  ['Postern, garbage', WARM, 1.2],
]

export function toMarkdown(measured: readonly Measured[]): string {
  const bare = find(measured, 'Hono alone')
  const rows = measured.map(({ name, microseconds, d1, kv }) => [
    name,
    microseconds.toFixed(1),
    (microseconds / bare.microseconds).toFixed(2),
    d1.toFixed(2).replace(/\.?0+$/, ''),
    kv.toFixed(2).replace(/\.?0+$/, ''),
  ])
  return [
    '| What checks the credential | µs | × Hono alone | D1 round trips | KV operations |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n')
}

export function judge(measured: readonly Measured[]): string {
  const rows = BARS.map(([own, other, most]) => {
    const ratio = find(measured, own).microseconds / find(measured, other).microseconds
    const shown = (value: number) => value.toFixed(value < 0.1 ? 4 : 2)
    return `| ${own} | ${other} | ${shown(ratio)} | ${shown(most)} | ${ratio <= most ? 'yes' : '**no**'} |`
  })
  return [
    '| Postern’s row | Held against | Ratio | At most | Reached |',
    '| --- | --- | ---: | ---: | --- |',
    ...rows,
  ].join('\n')
}

interface Run {
  readonly machine: string
  readonly rounds: number
  readonly clock: string
  readonly date: Date
}

/** Replaces what stands between the two marks, and nothing else. */
export async function writeDocument(
  table: string,
  verdicts: string,
  { machine, rounds, clock, date }: Run,
): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8')
  const day = date.toISOString().slice(0, 10)
  const run = `Measured on ${day} on ${machine}, Node ${process.versions.node}, medians of ${rounds} rounds of ${clock}.`
  const parts = /^([\s\S]*<!-- measured -->\n)[\s\S]*(<!-- end -->[\s\S]*)$/.exec(text)
  if (!parts) throw new Error('docs/performance.md has no place for the table.')
  await writeFile(DOCUMENT, `${parts[1]}\n${run}\n\n${table}\n\n${verdicts}\n\n${parts[2]}`)
}

function find(measured: readonly Measured[], name: string): Measured {
  const found = measured.find((one) => one.name === name)
  if (!found) throw new Error(`Nothing was measured as "${name}".`)
  return found
}
