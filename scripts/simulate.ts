/**
 * `npm run simulate`: the worker's own verification on a simulated Cloudflare, at sizes that no machine here has; what it
 * costs and how late a revocation is felt. `-- --quick` runs tiny ones in a minute, `-- --broken` one whose reads lag behind,
 * `-- --only <name>` one by its name, `-- --seed 7` another chance. The exit code is 1 when a revoked token was accepted later than the bound allows.
 */

import { parseArgs } from 'node:util'
import { toMarkdown } from './simulation/report.ts'
import { BROKEN, QUICK, SCENARIOS } from './simulation/scenarios.ts'
import { type Outcome, simulate } from './simulation/world.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    broken: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
  },
})
const { only } = values
const all = values.broken ? [BROKEN] : values.quick ? QUICK : SCENARIOS
const chosen = all.filter(({ name }) => only?.includes(name) ?? true)
if (chosen.length === 0) throw new Error(`No such scenario: ${only?.join(', ')}`)
const outcomes: Outcome[] = []
for (const scenario of chosen) {
  process.stderr.write(`${scenario.name} …\n`)
  outcomes.push(await simulate(scenario, Number(values.seed)))
}
console.log(`Seed ${values.seed}.\n\n${toMarkdown(outcomes)}`)
for (const { scenario, lateMs } of outcomes) {
  if (lateMs.max <= scenario.boundSeconds * 1000) continue
  console.error(`${scenario.name}: a revoked token was accepted ${lateMs.max} ms after its end.`)
  process.exitCode = 1
}
