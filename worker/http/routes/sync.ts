/** Whole folders: plan, blobs, commit. `shared/wire/sync.ts` tells how they play together. */

import * as v from 'valibot'
import {
  MAX_FILE_BYTES,
  MAX_FORM_FILE_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_MULTIPART_BYTES,
  MAX_UPLOAD_BYTES,
  MAX_UPLOAD_CONTENTS,
} from '../../../shared/limits.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import { Commit, Deployment, Plan, PlanRequest, Sha256, StoredBlobs } from '../../../shared/wire/sync.ts'
import { decide } from '../../access/decide.ts'
import type { FileError } from '../../files/errors.ts'
import { originOf } from '../../files/source.ts'
import { storeContents, streamContent, type Upload } from '../../files/store.ts'
import { commitFolder, planFolder } from '../../files/sync.ts'
import { answer, json } from '../answer.ts'
import { jsonBody, multipartBody, streamBody } from '../body.ts'
import { permit, route } from '../route.ts'
import { params, path } from './files.ts'

/** The ETag that was planned against (RFC 9110 §13.1.1). */
export const IfMatch = v.pipe(v.string(), v.maxLength(100, 'must have at most 100 characters'))
/** What a request is known by when it is sent again. */
export const IdempotencyKey = v.pipe(
  v.string(),
  v.minLength(8, 'must have at least 8 characters'),
  v.maxLength(100, 'must have at most 100 characters'),
)

export const syncRoutes = [
  route({
    method: 'POST',
    path: `${path}/plan`,
    summary: 'Say what it would take to make a folder what the manifest says; writes nothing',
    access: permit('NAMESPACE_FILE:LIST'),
    // A POST for the size of its body alone.
    consistency: 'bounded',
    params,
    body: jsonBody(PlanRequest, MAX_MANIFEST_BYTES),
    answers: { 200: Plan },
    handle: async ({ edge, principal, params, body, now }) =>
      answer(
        await planFolder(edge.db, params, body, originOf(body.source, principal.workload), now),
        (plan) => json(200, plan),
      ),
  }),
  route({
    method: 'POST',
    path: `${path}/blobs`,
    summary: 'Store contents; each part `blob` has its SHA-256 as file name',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    body: multipartBody(MAX_MULTIPART_BYTES),
    answers: { 200: StoredBlobs },
    handle: async ({ edge, params, body, now }) => {
      const uploads = await readUploads(body)
      if (!uploads.ok) return uploads.error
      return answer(await storeContents(edge, params, uploads.value, now), (stored) => json(200, { stored }))
    },
  }),
  route({
    method: 'PUT',
    path: `${path}/blobs/:sha256`,
    summary: 'Store one content of any size; the body is its bytes',
    access: permit('NAMESPACE_FILE:CREATE'),
    params: v.object({ ...params.entries, sha256: Sha256 }),
    body: streamBody(MAX_FILE_BYTES),
    answers: { 200: StoredBlobs },
    handle: async ({ edge, params: { sha256, ...place }, body, now }) => {
      const upload = { body: body.stream, size: body.length, expected: sha256 }
      return answer(await streamContent(edge, place, upload, now), (stored) => json(200, { stored }))
    },
  }),
  route({
    method: 'POST',
    path: `${path}/commit`,
    summary: 'Make a folder what the manifest says, all or nothing, if it is still as planned',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    headers: v.object({ 'if-match': IfMatch, 'idempotency-key': IdempotencyKey }),
    body: jsonBody(Commit, MAX_MANIFEST_BYTES),
    answers: { 200: Deployment },
    handle: async ({ edge, principal, params, headers, body }) => {
      const permission = 'NAMESPACE_FILE:DELETE'
      if (body.plan.delete !== 'none' && !decide(principal, { ...params, permission })) {
        return { code: 'permission_missing', permission, namespace: params.namespace }
      }
      const request = {
        plan: body.plan,
        origin: originOf(body.source, principal.workload),
        allowStale: body.allowStale,
        ifMatch: headers['if-match'],
        idempotencyKey: headers['idempotency-key'],
      }
      return answer(await commitFolder(edge.db, params, principal, request), (deployment) =>
        json(200, deployment),
      )
    },
  }),
]

async function readUploads(form: FormData): Promise<Result<Upload[], FileError>> {
  const parts = form.getAll('blob')
  if (parts.length === 0 || parts.length > MAX_UPLOAD_CONTENTS) {
    return malformed(`Send 1 to ${MAX_UPLOAD_CONTENTS} parts named blob, not ${parts.length}.`)
  }
  const uploads: Upload[] = []
  for (const part of parts) {
    if (!(part instanceof File) || !v.is(Sha256, part.name)) {
      return malformed('Each part named blob needs its SHA-256 in lower-case hex as file name.')
    }
    if (part.size > MAX_FORM_FILE_BYTES)
      return err({ code: 'file_too_large', name: part.name, maxBytes: MAX_FORM_FILE_BYTES })
    uploads.push({ bytes: new Uint8Array(await part.arrayBuffer()), expected: part.name })
  }
  const bytes = uploads.reduce((sum, upload) => sum + upload.bytes.byteLength, 0)
  const isTooMuch = uploads.length > 1 && bytes > MAX_UPLOAD_BYTES
  return isTooMuch ? err({ code: 'upload_too_large', maxBytes: MAX_UPLOAD_BYTES }) : ok(uploads)
}

const malformed = (reason: string) => err({ code: 'upload_malformed', reason } as const)
