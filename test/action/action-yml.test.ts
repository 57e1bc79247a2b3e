/** action.yml, the code and the README say the same. */

import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readInputs } from '../../action/inputs/read.ts'
import { API_TOKEN } from './fixtures.ts'

interface Declared {
  readonly description: string
  readonly required?: boolean
  readonly default?: string
}
const action: { inputs: Record<string, Declared>; outputs: Record<string, Declared> } = parse(
  await readFile('action.yml', 'utf8'),
)
const readme = await readFile('README.md', 'utf8')

const VALID: Record<string, string> = {
  server: 'https://postern.example.com',
  namespace: 'company.team',
  'api-token': API_TOKEN,
}
const nowhere = { hasIdentity: false, isPullRequest: false }
const declaredInputs = Object.keys(action.inputs)
const ALIASES = ['localPath', 'namespacePath', 'to', 'apiToken', 'resource', 'kestractlVersion']

it('declares the inputs that are read, and no others', () => {
  const asked = new Set<string>()
  readInputs((name) => {
    asked.add(name)
    return VALID[name] ?? ''
  }, nowhere)
  expect([...asked].sort()).toEqual(declaredInputs.toSorted())
})

it('declares the defaults that the code has', () => {
  const withDefaults = readInputs((name) => VALID[name] ?? action.inputs[name]?.default ?? '', nowhere)
  const without = readInputs((name) => VALID[name] ?? '', nowhere)
  // Only GitHub itself knows the token of the job.
  const { githubToken, ...rest } = withDefaults
  expect(githubToken).toMatch(/^\$\{\{ github\.token \}\}$/)
  expect({ ...rest, githubToken: '' }).toEqual(without)
})

/** The rows of the first table below a heading: name, and the text of the other cells. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n### ${heading}\n`)
  const rows =
    section
      .split('\n## ')[0]
      ?.split('\n### ')[0]
      ?.match(/^\| `.*\|$/gm) ?? []
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

it('has each input in the table of the README, with its default', () => {
  const rows = tableBelow('Inputs').map(([name = '', standard = '']) => [
    name.replaceAll('`', ''),
    standard.replaceAll('`', ''),
  ])
  const expected = declaredInputs
    .filter((name) => !ALIASES.includes(name))
    .map((name) => [name, action.inputs[name]?.required ? 'required' : (action.inputs[name]?.default ?? '')])
  expect(rows).toEqual(expected)
})

it('has each output in the table of the README', () => {
  expect(tableBelow('Outputs').map(([name]) => name)).toEqual(
    Object.keys(action.outputs).map((name) => `\`${name}\``),
  )
})

it('names every alias in the README', () => {
  for (const alias of ALIASES) expect(readme).toContain(`\`${alias}\``)
})
