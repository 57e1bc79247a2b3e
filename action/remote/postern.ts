/** The bulk protocol of Postern, call by call. Which call comes when is the business of `bulk.ts`. */

import * as v from 'valibot'
import { type CommitInput, Deployment, Plan, type PlanInput, StoredBlobs } from '../../shared/wire/sync.ts'
import { type Http, json, type Streamed } from '../http.ts'
import type { Content } from '../scanned-file.ts'
import { filesUrl, type Place } from './remote.ts'

export interface Postern {
  plan(request: PlanInput): Promise<Plan>
  /** Stores contents, each under its SHA-256. */
  upload(contents: readonly Content[]): Promise<void>
  /** Stores one content that may be too large to be held in memory. */
  uploadLarge(sha256: string, content: Streamed): Promise<void>
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

    async upload(contents) {
      const body = new FormData()
      for (const { sha256, bytes } of contents) {
        body.append('blob', new Blob([bytes], { type: 'application/octet-stream' }), sha256)
      }
      await http.send('POST', `${files}/blobs`, { headers, body }, json(StoredBlobs))
    },

    async uploadLarge(sha256, content) {
      await http.send('PUT', `${files}/blobs/${sha256}`, { headers, body: content }, json(v.unknown()))
    },

    commit(commit, etag) {
      // One key for all tries of this commit: when only the answer was lost, the next one gets it again.
      const conditions = { 'If-Match': etag, 'Idempotency-Key': crypto.randomUUID() }
      const request = { headers: { ...headers, ...conditions }, body: JSON.stringify(commit) }
      return http.send('POST', `${files}/commit`, request, json(Deployment))
    },
  }
}
