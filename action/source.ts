/** Where a deployment comes from, in the words of the wire. Claimed, not proven: an identity token proves it. */

import type { SourceInput } from '../shared/wire/sync.ts'

const MAX_LENGTH = 500

/**
 * @param variables those that GitHub sets, by their names without `GITHUB_`; none outside of it
 * @param directory the folder that is sent
 */
export function describeSource(
  variables: Readonly<Record<string, string | undefined>>,
  directory: string,
): SourceInput {
  const { REPOSITORY: repository, SERVER_URL: serverUrl, RUN_ID: runId } = variables
  if (!repository) return {}
  const source = {
    repository,
    repositoryId: variables.REPOSITORY_ID,
    ref: variables.REF,
    sha: variables.SHA,
    workflowRef: variables.WORKFLOW_REF,
    runId,
    runNumber: variables.RUN_NUMBER,
    runAttempt: variables.RUN_ATTEMPT,
    runUrl: serverUrl && runId && `${serverUrl}/${repository}/actions/runs/${runId}`,
    actor: variables.ACTOR,
    directory,
  }
  // A record without one of these is better than none at all.
  return Object.fromEntries(
    Object.entries(source).filter(([, value]) => value && isLabel(value)),
  ) as SourceInput
}

const isLabel = (text: string): boolean => text.length <= MAX_LENGTH && !/\p{Cc}/u.test(text)
