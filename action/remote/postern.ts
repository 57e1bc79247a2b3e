/** The bulk protocol of Postern, call by call. Which call comes when is the business of sync. */

import {
  type CommitInput,
  Deployment,
  type ManifestInput,
  Plan,
  StoredBlobs,
} from '../../shared/wire/sync.ts'
import type { Http } from '../http.ts'

export interface Postern {
  /** Says what would change; writes nothing. */
  plan(manifest: ManifestInput): Promise<Plan>
  /** Stores contents, each under its SHA-256. */
  upload(contents: readonly Content[]): Promise<void>
  /** Makes the folder what the manifest says, if it still has this ETag. */
  commit(commit: CommitInput, etag: string): Promise<Deployment>
}

export interface Content {
  readonly sha256: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface Place {
  readonly server: string
  readonly tenant: string
  readonly namespace: string
}

export function connectPostern(
  http: Http,
  { server, tenant, namespace }: Place,
  accessToken: string,
): Postern {
  const files = `${server}/api/v1/${tenant}/namespaces/${namespace}/files`
  const authorization = { Authorization: `Bearer ${accessToken}` }
  const json = { ...authorization, 'Content-Type': 'application/json' }
  return {
    plan: (manifest) => http.post(`${files}/plan`, { headers: json, body: JSON.stringify(manifest) }, Plan),

    async upload(contents) {
      const body = new FormData()
      for (const { sha256, bytes } of contents) {
        body.append('blob', new Blob([bytes], { type: 'application/octet-stream' }), sha256)
      }
      await http.post(`${files}/blobs`, { headers: authorization, body }, StoredBlobs)
    },

    commit(commit, etag) {
      // One key for all tries of this commit: when only the answer was lost, the next one gets it again.
      const headers = { ...json, 'If-Match': etag, 'Idempotency-Key': crypto.randomUUID() }
      return http.post(`${files}/commit`, { headers, body: JSON.stringify(commit) }, Deployment)
    },
  }
}
