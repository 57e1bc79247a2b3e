/** Namespace files one at a time, as Kestra's API has them. */

import * as v from 'valibot'
import { isFolderText, parseFilePath } from '../../../shared/file-path.ts'
import { MAX_MULTIPART_BYTES } from '../../../shared/limits.ts'
import { NamespaceId, TenantId } from '../../../shared/names.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import {
  FileAttributes,
  OptionalPathQuery,
  PathQuery,
  ReadQuery,
  SearchQuery,
} from '../../../shared/wire/files.ts'
import type { FileError } from '../../files/errors.ts'
import { listDirectory, readFile, removeFile, searchFiles, writeFile } from '../../files/single.ts'
import { answer, empty, json } from '../answer.ts'
import { multipartBody } from '../body.ts'
import { permit, route } from '../route.ts'

/** Also where whole folders are planned and committed. */
export const path = '/api/v1/:tenant/namespaces/:namespace/files'
export const params = v.object({ tenant: TenantId, namespace: NamespaceId })

export const fileRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'Read a file',
    access: permit('NAMESPACE_FILE:VIEW'),
    consistency: 'bounded',
    params,
    query: ReadQuery,
    answers: { 200: 'application/octet-stream' },
    handle: async ({ edge, params, query }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      if (isFolderText(query.path))
        return { code: 'file_not_found', path: filePath.value, namespace: params.namespace }
      return answer(await readFile(edge, params, filePath.value, query.revision), ({ file, body }) => {
        const headers = {
          'Content-Type': 'application/octet-stream',
          'Content-Length': String(file.size),
          'Cache-Control': 'no-cache, no-store',
        }
        return new Response(body, { headers })
      })
    },
  }),
  route({
    method: 'POST',
    path,
    summary: 'Write a file; the part fileContent holds it, and no part means an empty file',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    query: PathQuery,
    body: multipartBody(MAX_MULTIPART_BYTES),
    answers: { 200: null },
    handle: async ({ edge, params, query, body, now }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      if (isFolderText(query.path)) return { code: 'path_taken', path: filePath.value }
      const content = await readContent(body)
      if (!content.ok) return content.error
      return answer(await writeFile(edge, params, filePath.value, content.value, now), () => empty(200))
    },
  }),
  route({
    method: 'DELETE',
    path,
    summary: 'Remove a file, or a folder with all below; 200 also where nothing is',
    access: permit('NAMESPACE_FILE:DELETE'),
    params,
    query: PathQuery,
    answers: { 200: null },
    handle: async ({ edge, params, query, now }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      await removeFile(edge.db, params, filePath.value, now)
      return empty(200)
    },
  }),
  route({
    method: 'GET',
    path: `${path}/directory`,
    summary: 'List the direct children of a folder',
    access: permit('NAMESPACE_FILE:LIST'),
    consistency: 'bounded',
    params,
    query: OptionalPathQuery,
    answers: { 200: v.array(FileAttributes) },
    handle: async ({ edge, params, query }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      return answer(await listDirectory(edge.db, params, filePath.value), (children) => json(200, children))
    },
  }),
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List the paths of all files, or of those whose path holds a text',
    access: permit('NAMESPACE_FILE:LIST'),
    consistency: 'bounded',
    params,
    query: SearchQuery,
    answers: { 200: v.array(v.string()) },
    handle: async ({ edge, params, query }) => json(200, await searchFiles(edge.db, params, query.q)),
  }),
]

function parsePath(text: string) {
  const parsed = parseFilePath(text)
  return parsed.ok ? parsed : err({ code: 'path_refused', reason: parsed.error } as const)
}

/** Kestra's Go client leaves the part out for an empty file. */
async function readContent(form: FormData): Promise<Result<ArrayBuffer, FileError>> {
  const part = form.get('fileContent')
  if (part === null && [...form.keys()].length === 0) return ok(new ArrayBuffer(0))
  if (part instanceof File) return ok(await part.arrayBuffer())
  return err({
    code: 'upload_malformed',
    reason: 'The file must be sent as the part fileContent, with a file name.',
  })
}
