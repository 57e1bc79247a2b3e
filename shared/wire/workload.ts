/** The run of a workflow, as an identity token proved it: what a principal that came by federation is known to be. */

export interface Workload {
  /** `owner/name`, for people; the id is what counts. */
  readonly repository?: string
  readonly repositoryId?: string
  readonly ref?: string
  readonly sha?: string
  readonly workflowRef?: string
  readonly runId?: string
  readonly runNumber?: number
  readonly runAttempt?: number
  readonly actor?: string
  readonly eventName?: string
}
