/** Which folder of the repository goes where: one from the plain inputs, or several from `mappings`. */

import * as v from 'valibot'
import { type FilePath, parseFilePath, ROOT } from '../../shared/file-path.ts'
import { NamespaceId } from '../../shared/names.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { InputProblem } from './problem.ts'

export interface Target {
  /** As written: relative to the workspace, or absolute. */
  readonly directory: string
  readonly namespace: string
  /** The folder in the namespace. */
  readonly root: FilePath
}

export interface TargetInputs {
  readonly directory: string
  readonly namespace: string
  readonly namespacePath: string
  readonly mappings: string
}

export function readTargets(inputs: TargetInputs): Result<Target[], InputProblem[]> {
  return inputs.mappings === '' ? readSingle(inputs) : readMappings(inputs)
}

function readSingle({ directory, namespace, namespacePath }: TargetInputs): Result<Target[], InputProblem[]> {
  const target = parseTarget(directory || '.', namespace, namespacePath)
  return target.ok ? ok([target.value]) : err(target.error)
}

function readMappings({ mappings, ...plain }: TargetInputs): Result<Target[], InputProblem[]> {
  const problems: InputProblem[] = Object.values(plain).some((value) => value !== '')
    ? [
        {
          name: 'mappings',
          message: 'takes the place of directory, namespace and namespace-path: set none of them',
        },
      ]
    : []
  const targets: Target[] = []
  for (const [index, line] of mappings.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, directory, namespace, root = ''] = /^\s*(.+?)\s*=>\s*([^\s:]+)(?::(.*?))?\s*$/.exec(line) ?? []
    const target =
      directory === undefined || namespace === undefined
        ? err([{ name: '', message: 'must be directory => namespace or directory => namespace:/folder' }])
        : parseTarget(directory, namespace, root)
    if (target.ok) targets.push(target.value)
    else {
      const inLine = ({ name, message }: InputProblem) => [name, message].filter(Boolean).join(' ')
      problems.push({
        name: 'mappings',
        message: `line ${index + 1}: ${target.error.map(inLine).join(', ')}`,
      })
    }
  }
  if (targets.length === 0 && problems.length === 0) problems.push({ name: 'mappings', message: 'is empty' })
  const overlap = findOverlap(targets)
  if (overlap)
    problems.push({ name: 'mappings', message: `writes twice to ${overlap.namespace}:${overlap.root}` })
  return problems.length === 0 ? ok(targets) : err(problems)
}

function parseTarget(
  directory: string,
  namespace: string,
  namespacePath: string,
): Result<Target, InputProblem[]> {
  const id = v.safeParse(v.pipe(v.string(), v.nonEmpty('is required'), NamespaceId), namespace, {
    abortPipeEarly: true,
  })
  const root = parseFilePath(namespacePath)
  const problems: InputProblem[] = []
  if (!id.success) problems.push({ name: 'namespace', message: id.issues[0].message })
  // The shared rule says what is wrong in a sentence of its own.
  if (!root.ok)
    problems.push({ name: 'namespace-path', message: `is refused: ${root.error.replace(/\.$/, '')}` })
  return id.success && root.ok ? ok({ directory, namespace: id.output, root: root.value }) : err(problems)
}

/** A target inside another one: with `delete`, each would undo what the other one did. */
function findOverlap(targets: readonly Target[]): Target | undefined {
  return targets.find((one) =>
    targets.some(
      (other) =>
        other !== one &&
        other.namespace === one.namespace &&
        (other.root === ROOT || other.root === one.root || one.root.startsWith(`${other.root}/`)),
    ),
  )
}
