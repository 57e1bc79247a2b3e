/**
 * `node scripts/kestra-routes.ts openapi.json [--all]`: which operations of Kestra's OpenAPI document the table of its
 * routes does not know; with `--all` also what the others take. Ends with 1 when there are any.
 */

import { readFile } from 'node:fs/promises'
import { readOperations } from './kestra-operations.ts'

const [file, ...flags] = process.argv.slice(2)
if (file === undefined) throw new Error('Name an OpenAPI document in JSON.')
const operations = readOperations(JSON.parse(await readFile(file, 'utf8')))

for (const { name, demand } of operations) {
  if (typeof demand === 'string') console.log(`${name}: ${demand}`)
  else if (flags.includes('--all')) {
    const { takes, namespace } = demand
    const rights = typeof takes === 'string' ? takes : takes.map((some) => some.join(' or ')).join(' and ')
    console.log(`${name}: ${rights}${namespace === undefined ? '' : ' in the namespace'}`)
  }
}
const unknown = operations.filter(({ demand }) => typeof demand === 'string').length
console.log(`${unknown} unknown`)
process.exitCode = unknown > 0 ? 1 : 0
