/**
 * The names that Kestra's own actions have for the inputs, so that a workflow written for them needs another `uses:`
 * and nothing else. kestra-io/deploy-namespace-files-action says localPath, namespacePath and apiToken;
 * kestra-io/deploy-action says to and resource.
 */

import type { InputProblem } from './problem.ts'

export const ALIASES: Readonly<Record<string, string>> = {
  localPath: 'directory',
  namespacePath: 'namespace-path',
  to: 'namespace-path',
  apiToken: 'api-token',
}
/** Of no meaning here. */
const IGNORED = ['kestractlVersion']

export interface GivenInputs {
  /** By our names; empty where nothing is set. */
  readonly values: Readonly<Record<string, string>>
  /** For the log: what was read under another name, or not at all. */
  readonly notices: readonly string[]
  readonly problems: readonly InputProblem[]
}

/** @param read gives an input by its name in the workflow, trimmed, empty when it is not set */
export function readGiven(names: readonly string[], read: (name: string) => string): GivenInputs {
  const values = Object.fromEntries(names.map((name) => [name, read(name)]))
  const notices: string[] = []
  const problems: InputProblem[] = []
  for (const [alias, name] of Object.entries(ALIASES)) {
    const value = read(alias)
    if (value === '') continue
    if (values[name] === '') {
      values[name] = value
      notices.push(`Input ${alias} is read as ${name}.`)
    } else if (values[name] !== value) {
      problems.push({ name, message: `differs from ${alias}, which means the same` })
    }
  }
  if (read('localPath') !== '') values['namespace-path'] = belowItsOwnName(values)
  for (const name of IGNORED) if (read(name) !== '') notices.push(`Input ${name} has no meaning here.`)
  if (!['', 'namespace_files'].includes(read('resource'))) {
    problems.push({ name: 'resource', message: 'must be namespace_files: flows are not deployed' })
  }
  return { values, notices, problems }
}

/** kestractl, which takes localPath, puts a folder under its own name into the namespace folder. */
function belowItsOwnName({ directory = '', 'namespace-path': target = '' }: Record<string, string>): string {
  const name = directory.split(/[\\/]/).findLast((segment) => !['', '.'].includes(segment)) ?? ''
  return name === '..' ? target : `${target}/${name}`
}
