/**
 * What the workspace was checked out from. `pull_request_target` runs with the rights of the repository, for whoever
 * opens a pull request: with the code of that pull request in the workspace, a stranger would deploy.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from './failure.ts'
import type { Runner } from './runner.ts'

/** @throws {Failure} POSTERN-105 unless the workspace is what the event itself stands for */
export async function refuseForeignCode({ workspace, run }: Runner): Promise<void> {
  if (run.event !== 'pull_request_target') return
  const head = await readHead(workspace)
  if (head !== undefined && head === run.variables.SHA) return
  throw new Failure('POSTERN-105', {
    what: `The workspace holds ${head ?? 'an unknown commit'}, and not the base ${run.variables.SHA} of the pull request.`,
    why: 'On pull_request_target, whoever opens a pull request could deploy what is in it.',
    fix: 'Deploy on push; to plan pull requests, run on pull_request with dry-run.',
  })
}

/** The commit of a checkout: detached, or of a branch whose ref is a file, as actions/checkout leaves it. */
async function readHead(workspace: string): Promise<string | undefined> {
  const read = (path: string) =>
    readFile(join(workspace, '.git', path), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    )
  const head = await read('HEAD')
  const ref = /^ref: (refs\/heads\/[^\0]+)$/.exec(head ?? '')?.[1]
  return ref === undefined || ref.includes('..') ? head : read(ref)
}
