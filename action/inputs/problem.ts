/** What is wrong with one input, and what that amounts to when all of them are known. No value is repeated. */

import { Failure, type FailureCode, type FailureDetails } from '../failure.ts'

export interface InputProblem {
  /** As it is written in the workflow. */
  readonly name: string
  /** Such as «must be true or false». */
  readonly message: string
  /** What the run fails with if nothing else is wrong; without it, POSTERN-100. */
  readonly code?: keyof typeof ALONE
}

/** What to say when a credential is all that is wrong. */
const ALONE = {
  'POSTERN-101': { fix: 'Keep one of them, or say with auth which one counts.' },
  'POSTERN-102': {
    what: 'There is no credential: neither api-token nor user is set, and GitHub offers this job no identity token.',
    why: 'GitHub hands no secrets to runs for forks, and to those of Dependabot only its own.',
    fix: 'Set api-token to a secret of the repository, or let the job have `permissions: id-token: write`.',
  },
  'POSTERN-103': {
    what: 'GitHub gave this job no identity token.',
    why: 'The job lacks `permissions: id-token: write`, or it runs for a fork.',
    fix: 'Add the permission to the job.',
  },
  'POSTERN-112': { fix: 'Copy the whole token into the secret again.' },
} satisfies Partial<Record<FailureCode, Partial<FailureDetails>>>

export function toFailure(problems: readonly InputProblem[]): Failure {
  const what = problems.map(({ name, message }) => `Input ${name} ${message}.`).join(' ')
  const [first] = problems
  const code = problems.every((problem) => problem.code === first?.code) ? first?.code : undefined
  return code === undefined
    ? new Failure('POSTERN-100', { what, fix: 'Correct that, then run again.' })
    : new Failure(code, { what, ...ALONE[code] })
}
