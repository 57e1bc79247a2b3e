/** Where a deployment comes from: what is recorded of it, what it owns, and which line of runs it belongs to. */

import type { FilePath } from '../../shared/file-path.ts'
import type { Source } from '../../shared/wire/sync.ts'

export interface Origin {
  readonly source: Source | undefined
  /** Whether an identity token vouched for it. */
  readonly isVerified: boolean
}

/**
 * What is verified takes the place of all that is claimed, but for what no token knows: the folder that was sent, and
 * where the run can be looked at.
 */
export function originOf(claimed: Source | undefined, verified?: Source): Origin {
  if (!verified) return { source: claimed, isVerified: false }
  const { directory, runUrl } = claimed ?? {}
  return {
    source: {
      ...(directory === undefined ? {} : { directory }),
      ...(runUrl === undefined ? {} : { runUrl }),
      ...verified,
    },
    isVerified: true,
  }
}

/** Whose the files are that it puts into a folder; null when it does not say who it is. */
export const ownerOf = (source: Source | undefined, root: FilePath): string | null =>
  source?.repositoryId ? `${source.repositoryId}:${root}` : null

/** In which of its runs a workflow deploys; undefined when it does not say. */
export function runOf(source: Source | undefined) {
  const { repositoryId, workflowRef, runNumber } = source ?? {}
  if (!repositoryId || !workflowRef || runNumber === undefined) return undefined
  return { workflow: `${repositoryId} ${workflowRef}`, runNumber }
}
