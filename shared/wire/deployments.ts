/** Deployments of a namespace: who changed which folder, from where, and going back to one of them. */

import * as v from 'valibot'
import { DateTime, pageOf } from './common.ts'
import { Count, Etag, FileChange, Sha256, Source } from './sync.ts'

const entries = {
  id: v.string(),
  /** The folder; paths of changes are relative to it. */
  root: v.string(),
  /** The folder as it was afterwards. */
  etag: Etag,
  created: Count,
  updated: Count,
  deleted: Count,
  unchanged: Count,
  createdAt: DateTime,
  account: v.object({ id: v.string(), name: v.string() }),
  source: v.optional(Source),
  /** Whether an identity token vouched for the source, or only whoever committed. */
  isVerified: v.boolean(),
  /** The deployment that this one went back to. */
  restores: v.optional(v.string()),
}

export const DeploymentRow = v.object(entries)
export type DeploymentRow = v.InferOutput<typeof DeploymentRow>
export const DeploymentPage = pageOf(DeploymentRow)

export const DeploymentDetail = v.object({
  ...entries,
  /** Sorted by path. Absent once they are older than what is kept of the past. */
  changes: v.optional(v.array(FileChange)),
})
export type DeploymentDetail = v.InferOutput<typeof DeploymentDetail>

const Side = v.object({ sha256: Sha256, size: Count })

/** What a deployment changed, sorted by path. A created file has no `before`, a deleted one no `after`. */
export const DeploymentDiff = v.object({
  changes: v.array(
    v.object({
      path: v.string(),
      kind: v.picklist(['create', 'update', 'delete']),
      before: v.optional(Side),
      after: v.optional(Side),
    }),
  ),
})
export type DeploymentDiff = v.InferOutput<typeof DeploymentDiff>
