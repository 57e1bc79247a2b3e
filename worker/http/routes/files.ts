/** Namespace files one at a time, as Kestra's API has them. */

import * as v from 'valibot'
import { type FilePath, isFolderText, parseFilePath } from '../../../shared/file-path.ts'
import { MAX_MULTIPART_BYTES } from '../../../shared/limits.ts'
import { NamespaceId, TenantId } from '../../../shared/names.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import {
  FileAttributes,
  FileRevision,
  MoveQuery,
  OptionalPathQuery,
  PathQuery,
  ReadQuery,
  SearchQuery,
} from '../../../shared/wire/files.ts'
import { createDirectory, listDirectory, statPath } from '../../files/directories.ts'
import type { FileError } from '../../files/errors.ts'
import { exportFiles } from '../../files/export.ts'
import { listRevisions, moveFile, readFile, removeFile, searchFiles, writeFile } from '../../files/single.ts'
import { unpackFiles } from '../../files/unpack.ts'
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
      return answer(await readFile(edge, params, filePath.value, query.revision), ({ size, body }) => {
        const headers = {
          'Content-Type': 'application/octet-stream',
          'Content-Length': String(size),
          'Cache-Control': 'no-cache, no-store',
        }
        return new Response(body, { headers })
      })
    },
  }),
  route({
    method: 'POST',
    path,
    summary:
      'Write a file; the part fileContent holds it, and no part means an empty file. ' +
      'A part whose file name ends with .zip is unpacked at the root instead, and path says nothing',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    query: PathQuery,
    body: multipartBody(MAX_MULTIPART_BYTES),
    answers: { 200: null },
    handle: async ({ edge, principal, params, query, body }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      const content = await readContent(body)
      if (!content.ok) return content.error
      const { name, bytes } = content.value
      if (/\.zip$/i.test(name))
        return answer(await unpackFiles(edge, params, bytes, principal), () => empty(200))
      if (isFolderText(query.path)) return { code: 'path_taken', path: filePath.value }
      return answer(await writeFile(edge, params, filePath.value, bytes, principal), () => empty(200))
    },
  }),
  route({
    method: 'PUT',
    path,
    summary: 'Move a file with its revisions, or a folder with all below',
    access: permit('NAMESPACE_FILE:UPDATE'),
    params,
    query: MoveQuery,
    answers: { 200: null },
    handle: async ({ edge, principal, params, query }) => {
      const from = parsePath(query.from)
      if (!from.ok) return from.error
      const to = parsePath(query.to)
      if (!to.ok) return to.error
      return answer(await moveFile(edge.db, params, from.value, to.value, principal), () => empty(200))
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
    handle: async ({ edge, principal, params, query }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      await removeFile(edge.db, params, filePath.value, principal)
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
    method: 'POST',
    path: `${path}/directory`,
    summary: 'Make a folder; 200 also where it is',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    query: OptionalPathQuery,
    answers: { 200: null },
    handle: async ({ edge, principal, params, query }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      return answer(await createDirectory(edge.db, params, filePath.value, principal), () => empty(200))
    },
  }),
  route({
    method: 'GET',
    path: `${path}/stats`,
    summary: 'Say what a path is: a file or a folder',
    access: permit('NAMESPACE_FILE:LIST'),
    params,
    query: OptionalPathQuery,
    answers: { 200: FileAttributes },
    handle: async ({ edge, params, query, now }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      return answer(await statPath(edge.db, params, filePath.value, now), (attributes) =>
        json(200, attributes),
      )
    },
  }),
  route({
    method: 'GET',
    path: `${path}/revisions`,
    summary: 'List the revisions of a file that can be read',
    access: permit('NAMESPACE_FILE:LIST'),
    params,
    query: PathQuery,
    answers: { 200: v.array(FileRevision) },
    handle: async ({ edge, params, query }) => {
      const filePath = parsePath(query.path)
      if (!filePath.ok) return filePath.error
      return answer(await listRevisions(edge.db, params, filePath.value), (revisions) =>
        json(
          200,
          revisions.map((revision) => ({ revision })),
        ),
      )
    },
  }),
  route({
    method: 'GET',
    path: `${path}/export`,
    summary: 'Read all files as a zip archive',
    access: permit('NAMESPACE_FILE:VIEW'),
    params,
    answers: { 200: 'application/zip' },
    handle: async ({ edge, params }) =>
      answer(await exportFiles(edge, params), (archive) => {
        const headers = {
          'Content-Type': 'application/zip',
          'Content-Disposition': `attachment; filename="${params.namespace}_files.zip"`,
          'Cache-Control': 'no-store',
        }
        return new Response(archive, { headers })
      }),
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

function parsePath(text: string): Result<FilePath, FileError> {
  const parsed = parseFilePath(text)
  return parsed.ok ? parsed : err({ code: 'path_refused', reason: parsed.error })
}

/** Kestra's Go client leaves the part out for an empty file. */
async function readContent(form: FormData): Promise<Result<{ name: string; bytes: Uint8Array }, FileError>> {
  const part = form.get('fileContent')
  if (part === null && [...form.keys()].length === 0) return ok({ name: '', bytes: new Uint8Array(0) })
  if (part instanceof File) return ok({ name: part.name, bytes: new Uint8Array(await part.arrayBuffer()) })
  return err({
    code: 'upload_malformed',
    reason: 'The file must be sent as the part fileContent, with a file name.',
  })
}
