/** A server that keeps namespace files, as far as sync needs to know: it can say what would change, and change it. */

import type { FilePath } from '../../shared/file-path.ts'
import type { ManifestFile } from '../../shared/folder-diff.ts'
import type { DeleteMode, Plan, PlanInput, SourceInput } from '../../shared/wire/sync.ts'
import type { ScannedFile } from '../scanned-file.ts'

export interface Remote {
  readonly kind: 'postern' | 'kestra'
  /** Says what would change; writes nothing. */
  plan(request: PlanInput): Promise<Plan>
  /** Makes the folder what the manifest says. */
  apply(work: Work): Promise<Applied>
}

/** What the folder should hold. */
export interface Manifest {
  readonly root: FilePath
  readonly delete: DeleteMode
  /** Files that stay whatever `delete` says. */
  readonly keep?: readonly string[]
  readonly files: readonly ManifestFile[]
}

export interface Work {
  readonly manifest: Manifest
  readonly plan: Plan
  readonly files: readonly ScannedFile[]
  readonly source: SourceInput
  /** Whether a newer run that has been there before is overruled. */
  readonly allowStale: boolean
  readonly progress: (done: number, total: number) => void
  /** Runs what is not to be broken off half-way when the job is cancelled. */
  readonly uninterrupted: <T>(work: () => Promise<T>) => Promise<T>
}

export interface Applied {
  /** Of what the server recorded, if it records such things. */
  readonly deploymentId?: string | undefined
  /** Contents that were sent; headers and manifests do not count. */
  readonly sentBytes: number
}

export interface Place {
  readonly server: string
  readonly tenant: string
  readonly namespace: string
}

/** Below this are the files of a namespace, in Kestra's API and in what Postern adds to it. */
export const filesUrl = ({ server, tenant, namespace }: Place): string =>
  `${server}/api/v1/${tenant}/namespaces/${namespace}/files`
