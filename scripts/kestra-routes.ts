/**
 * `node scripts/kestra-routes.ts openapi.json [--all]`: which operations of Kestra's OpenAPI document the table of its
 * routes does not know; with `--all` also what the others take. Ends with 1 when there are any.
 */

import { readFile } from 'node:fs/promises'
import { demandOf } from '../worker/access/kestra-demand.ts'

const [file, ...flags] = process.argv.slice(2)
if (file === undefined) throw new Error('Name an OpenAPI document in JSON.')
const { paths } = JSON.parse(await readFile(file, 'utf8')) as { paths: Record<string, object> }

/** A word that no route of Kestra uses, so that a parameter cannot be taken for one. */
const SOMETHING = 'zz'
const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete'])

let unknown = 0
for (const [path, operations] of Object.entries(paths)) {
  const target = path.replace('{tenant}', 'main').replaceAll(/\{[^}]*\}/g, SOMETHING)
  for (const method of Object.keys(operations).filter((one) => METHODS.has(one))) {
    const name = `${method.toUpperCase()} ${path}`
    const demand = demandOf(method.toUpperCase(), target)
    if (!demand.ok) {
      unknown++
      console.log(`${name}: ${demand.error.code}`)
    } else if (flags.includes('--all')) {
      const { takes, namespace } = demand.value
      const rights = typeof takes === 'string' ? takes : takes.map((some) => some.join(' or ')).join(' and ')
      console.log(`${name}: ${rights}${namespace === undefined ? '' : ' in the namespace'}`)
    }
  }
}
console.log(`${unknown} unknown`)
process.exitCode = unknown > 0 ? 1 : 0
