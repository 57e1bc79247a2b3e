/** The bulk protocol of Postern, call by call. Which call comes when is the business of `bulk.ts`. */

import { type CommitInput, Deployment, Plan, type PlanInput, StoredBlobs } from '../../shared/wire/sync.ts'
import { type Http, json } from '../http.ts'
import { multipart } from '../multipart.ts'
import { contentOf, type ScannedFile } from '../scanned-file.ts'
import { filesUrl, type Place } from './remote.ts'

export interface Postern {
  plan(request: PlanInput): Promise<Plan>
  /** Stores contents, each under its SHA-256. */
  upload(files: readonly ScannedFile[]): Promise<void>
  /** The same for a single one, whatever its size. */
  uploadLarge(file: ScannedFile): Promise<void>
  /** Makes the folder what the manifest says, if it still has this ETag. */
  commit(commit: CommitInput, etag: string): Promise<Deployment>
}

/** @param authorization the value of the header */
export function connectPostern(http: Http, place: Place, authorization: string): Postern {
  const files = filesUrl(place)
  const headers = { Authorization: authorization }
  return {
    plan: (request) =>
      http.send('POST', `${files}/plan`, { headers, body: JSON.stringify(request) }, json(Plan)),

    async upload(scanned) {
      const body = multipart(
        scanned.map((file) => ({ name: 'blob', fileName: file.sha256, ...contentOf(file) })),
      )
      await http.send('POST', `${files}/blobs`, { headers, body }, json(StoredBlobs))
    },

    async uploadLarge(file) {
      const body = { type: 'application/octet-stream', ...contentOf(file) }
      await http.send('PUT', `${files}/blobs/${file.sha256}`, { headers, body }, json(StoredBlobs))
    },

    commit(commit, etag) {
      // One key for all tries of this commit: when only the answer was lost, the next one gets it again.
      const conditions = { 'If-Match': etag, 'Idempotency-Key': crypto.randomUUID() }
      const request = { headers: { ...headers, ...conditions }, body: JSON.stringify(commit) }
      return http.send('POST', `${files}/commit`, request, json(Deployment))
    },
  }
}
