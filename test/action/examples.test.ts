/** The workflows in examples/ and in the README: their inputs exist, and are taken as they are written. */

import { readdir, readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readInputs } from '../../action/inputs/read.ts'
import { API_TOKEN } from './fixtures.ts'

const Step = v.strictObject({
  id: v.optional(v.string()),
  uses: v.optional(v.pipe(v.string(), v.regex(/^(actions\/checkout@v\d|OWNER\/postern@v\d)$/))),
  with: v.optional(v.record(v.string(), v.union([v.string(), v.boolean()]))),
  run: v.optional(v.string()),
  env: v.optional(v.record(v.string(), v.string())),
})
const PERMISSIONS = ['contents', 'id-token', 'pull-requests']
const Permissions = v.record(v.picklist(PERMISSIONS), v.picklist(['read', 'write']))
/** As much of a workflow's grammar as ours use. Of everything else it is said that it is unknown. */
const Workflow = v.strictObject({
  name: v.optional(v.string()),
  on: v.record(
    v.picklist(['push', 'pull_request', 'schedule', 'workflow_dispatch']),
    v.union([
      v.null(),
      v.strictObject({ branches: v.array(v.string()) }),
      v.array(v.strictObject({ cron: v.pipe(v.string(), v.regex(/^(\S+ ){4}\S+$/)) })),
    ]),
  ),
  concurrency: v.optional(v.string()),
  permissions: v.optional(Permissions),
  jobs: v.record(
    v.string(),
    v.strictObject({
      if: v.optional(v.string()),
      'runs-on': v.literal('ubuntu-latest'),
      permissions: Permissions,
      steps: v.array(Step),
    }),
  ),
})

const FOLDER = 'examples/workflows'
const files = await readdir(FOLDER)
const inReadme = [...(await readFile('README.md', 'utf8')).matchAll(/^```yaml\n(on:[\s\S]*?)^```$/gm)]
const texts: [string, string][] = [
  ...(await Promise.all(
    files.map(async (name): Promise<[string, string]> => [name, await readFile(`${FOLDER}/${name}`, 'utf8')]),
  )),
  ...inReadme.map(([, text = ''], index): [string, string] => [`README, ${index + 1}`, text]),
]
const action: { inputs: Record<string, unknown>; outputs: Record<string, unknown> } = parse(
  await readFile('action.yml', 'utf8'),
)

/** What an expression comes to in a run, as far as the inputs need it. */
const SECRETS: Record<string, string> = {
  POSTERN_API_TOKEN: API_TOKEN,
  KESTRA_USER: 'admin@example.com',
  KESTRA_PASSWORD: 'Secret:1',
}
const evaluate = (text: string) =>
  text.replace(/\$\{\{ secrets\.(\w+) \}\}/g, (whole, name) => SECRETS[name] ?? whole)

it('are all there is to try', () => {
  expect(files.sort()).toEqual([
    'drift-check.yml',
    'keyless.yml',
    'pull-request.yml',
    'secret.yml',
    'several-namespaces.yml',
    'stock-kestra.yml',
  ])
  expect(inReadme.length).toBeGreaterThan(0)
})

describe.each(texts)('%s', (_, text) => {
  const workflow = v.parse(Workflow, parse(text))
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ ...step, job })))
  const ours = steps.filter(({ uses }) => uses?.startsWith('OWNER/'))

  it('gives the Action inputs that it has, with values that it takes', () => {
    expect(ours).toHaveLength(1)
    for (const { with: given = {}, job } of ours) {
      expect(Object.keys(given).filter((name) => !(name in action.inputs))).toEqual([])
      const hasIdentity = job.permissions['id-token'] === 'write'
      const read = (name: string) => evaluate(String(given[name] ?? '')).trim()
      const inputs = readInputs(read, { hasIdentity, isPullRequest: false })
      expect(inputs.notices).toEqual([])
      expect(inputs.credential.kind === 'oidc').toBe(hasIdentity)
      expect(inputs.isCommenting).toBe(job.permissions['pull-requests'] === 'write')
    }
  })

  it('checks out before it deploys, without leaving a credential behind', () => {
    expect(steps[0]).toMatchObject({ uses: 'actions/checkout@v5', with: { 'persist-credentials': false } })
  })

  it('puts no expression into a shell, and reads outputs that exist', () => {
    for (const { run = '', env = {} } of steps) {
      expect(run).not.toContain('${' + '{')
      for (const [, name = ''] of JSON.stringify(env).matchAll(/outputs\.([\w-]+)/g)) {
        expect(Object.keys(action.outputs)).toContain(name)
      }
    }
  })
})
