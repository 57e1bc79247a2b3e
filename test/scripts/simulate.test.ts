/** `npm run simulate`, as a process: what it prints is what a seed determines, and it notices a bound that does not hold. */

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const simulate = (...flags: string[]) =>
  spawnSync('node', ['scripts/simulate.ts', ...flags], { encoding: 'utf8' })

/** The figures of a row, without what is beside them. */
function row(table: string, title: string): number[] {
  const line = table.split('\n').find((one) => one.startsWith(`| ${title} |`))
  if (!line) throw new Error(`No row "${title}" in\n${table}`)
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => Number.parseFloat(cell.replaceAll(',', '')))
}

it('holds the bound, and asks D1 by isolates, not by tokens or use', () => {
  const { status, stdout, stderr } = simulate('--quick')
  expect(status, stderr).toBe(0)
  for (const late of row(stdout, '**latest of all, s**')) expect(late).toBeLessThanOrEqual(10)
  expect(row(stdout, 'answered 503')).toEqual([0, 0, 0, 0])
  const [use = 0, , moreUse = 0] = row(stdout, '**verifications / s**')
  expect(moreUse).toBeGreaterThan(3 * use)
  const law = row(stdout, 'of isolates and T: 2 / T each')
  for (const [index, feeds] of row(stdout, 'of the feed alone').entries()) {
    expect(feeds).toBeLessThanOrEqual(law[index] ?? 0)
  }
  // Four times the tokens, and four times the use.
  const [records = 0, ofMoreTokens, ofMoreUse] = row(stdout, 'with a record')
  expect(ofMoreTokens).toBeLessThan(1.2 * records)
  expect(ofMoreUse).toBeLessThan(2 * records)
  // At most a write in 25 s for each isolate, and one more for each that was new.
  for (const [index, writes] of row(stdout, 'that write').entries()) {
    expect(writes).toBeLessThan((law[index] ?? 0) + 2)
  }
})

it('says the same again for the same seed', () => {
  const [first, second] = [1, 2].map(() => simulate('--quick', '--only', 'tiny', '--seed', '7').stdout)
  expect(first).toContain('Seed 7.')
  expect(second).toBe(first)
})

it('fails when reads come from a replica that lags behind', () => {
  const { status, stderr } = simulate('--broken')
  expect(status).toBe(1)
  expect(stderr).toMatch(/by a replica: a revoked token was accepted \d+ ms after its end/)
})
