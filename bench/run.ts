/**
 * `npm run bench`: Postern beside its peers, in one workerd process. `-- --write` puts the table into
 * docs/performance.md; `-- --quick` only tries whether everything runs.
 *
 * A row costs what 0.9 n requests more take, of n and n / 10 in one dispatch: so the way into the worker does not count.
 * Rows take turns, and each cost is the median of its rounds, so that a busy machine disturbs all alike.
 */

import { availableParallelism, cpus } from 'node:os'
import { judge, type Measured, toMarkdown, writeDocument } from './report.ts'
import { type BenchWorker, startWorker } from './start.ts'

const flags = new Set(process.argv.slice(2))
const isQuick = flags.has('--quick')
const ROUNDS = isQuick ? 1 : 15
/** Of one dispatch. Long enough for what is collected to be part of it, short enough for the rows to take turns. */
const DISPATCH_MS = isQuick ? 5 : 500
const MOST_REQUESTS = 20_000
/** For rows whose every request needs a credential of its own, in all rounds together. */
const FRESH = isQuick ? 200 : 800

const worker = await startWorker()
try {
  const rows = await worker.prepare(FRESH)
  const plans = []
  for (const [index, row] of rows.entries()) {
    plans.push({
      ...row,
      index,
      requests: await chooseRequests(worker, index, row.limit),
      costs: [] as number[],
    })
  }
  for (let round = 0; round < ROUNDS; round++) {
    process.stderr.write(`\rround ${round + 1} of ${ROUNDS}`)
    // Each round begins with another row: none is always the one after the slowest.
    for (const plan of [...plans.slice(round % plans.length), ...plans.slice(0, round % plans.length)]) {
      const few = Math.max(1, Math.round(plan.requests / 10))
      const short = await worker.run(plan.index, few)
      const long = await worker.run(plan.index, plan.requests)
      plan.costs.push(((long.ms - short.ms) / (plan.requests - few)) * 1000)
    }
  }
  process.stderr.write('\n')
  const measured: Measured[] = []
  for (const { name, group, index, requests, limit, costs } of plans) {
    // Of many requests, since some send something to a store only now and then.
    const counted = Math.min(requests, limit === undefined ? 50 : 10)
    const { d1, kv } = await worker.run(index, counted)
    measured.push({ name, group, microseconds: median(costs), d1: d1 / counted, kv: kv / counted })
  }
  const table = toMarkdown(measured)
  const verdicts = judge(measured)
  console.log(`\n${table}\n\n${verdicts}`)
  if (flags.has('--write')) {
    const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}`
    await writeDocument(table, verdicts, { machine, rounds: ROUNDS, clock: worker.clock, date: new Date() })
  }
} finally {
  await worker.stop()
}

async function chooseRequests(bench: BenchWorker, index: number, limit?: number): Promise<number> {
  if (limit !== undefined) return Math.floor((limit - 30) / (1.1 * ROUNDS + 1))
  await bench.run(index, 20)
  const { ms } = await bench.run(index, 50)
  return Math.round(Math.min(MOST_REQUESTS, Math.max(30, (DISPATCH_MS / ms) * 50)))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
