/** Request bodies: read with a limit, decoded once, by the kind that the route declares. */

import type * as v from 'valibot'
import { MAX_JSON_BYTES } from '../../shared/limits.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { RequestError } from './refusal.ts'

type MediaType =
  | 'application/json'
  | 'application/x-www-form-urlencoded'
  | 'multipart/form-data'
  | 'text/plain'
  | 'application/octet-stream'

export interface Body<S extends v.GenericSchema = v.GenericSchema> {
  readonly mediaType: MediaType
  /** The same members in another coding, where clients send either. */
  readonly orMediaType?: MediaType
  readonly maxBytes: number
  /** Whether no body at all is good enough; it is then `undefined`, and not the schema's to judge. */
  readonly isOptional?: true
  /** Whether the handler is also given the bytes as they came, to check a signature over them. */
  readonly keepsBytes?: true
  /** Absent for multipart and for bytes: they are the handler's to read. */
  readonly schema?: S
}

export const jsonBody = <S extends v.GenericSchema>(schema: S, maxBytes = MAX_JSON_BYTES) =>
  ({ mediaType: 'application/json', maxBytes, schema }) as const

export const optionalJsonBody = <S extends v.GenericSchema>(schema: S) =>
  ({ ...jsonBody(schema), isOptional: true }) as const

export const signedJsonBody = <S extends v.GenericSchema>(schema: S) =>
  ({ ...jsonBody(schema), keepsBytes: true }) as const

export const formBody = <S extends v.GenericSchema>(schema: S) =>
  ({ mediaType: 'application/x-www-form-urlencoded', maxBytes: MAX_JSON_BYTES, schema }) as const

export const jsonOrFormBody = <S extends v.GenericSchema>(schema: S) =>
  ({ ...jsonBody(schema), orMediaType: 'application/x-www-form-urlencoded' }) as const

export const textBody = <S extends v.GenericSchema>(schema: S) =>
  ({ mediaType: 'text/plain', maxBytes: MAX_JSON_BYTES, schema }) as const

export const multipartBody = (maxBytes: number) => ({ mediaType: 'multipart/form-data', maxBytes }) as const

/** Bytes that pass through without being held. Their length must be known, for R2. */
export const streamBody = (maxBytes: number) => ({ mediaType: 'application/octet-stream', maxBytes }) as const

export interface ByteStream {
  readonly stream: ReadableStream
  /** Bytes, as announced; the platform holds the stream to it. */
  readonly length: number
}

/** What a body that keeps its bytes is read as. */
export interface Signed<T> {
  readonly bytes: Uint8Array
  readonly value: T
}

/** @returns what the schema is to judge, as a `Signed` where bytes are kept; for multipart a `FormData`, empty when there is no body at all */
export async function readBody(request: Request, body: Body): Promise<Result<unknown, RequestError>> {
  if (body.mediaType === 'application/octet-stream') return readStream(request, body.maxBytes)
  const sent = request.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  const bytes = await readBytes(request, body.maxBytes)
  if (!bytes) return err({ code: 'body_too_large', maxBytes: body.maxBytes })
  // Kestra's clients send an empty file as no body at all, with or without some type.
  const isAbsent = bytes.length === 0
  const { orMediaType } = body
  const mediaType = orMediaType !== undefined && sent === orMediaType ? orMediaType : body.mediaType
  if (sent !== mediaType && !isAbsent)
    return err({ code: 'unsupported_media_type', expected: body.mediaType })
  if (isAbsent && body.isOptional) return ok(undefined)
  switch (mediaType) {
    case 'application/json': {
      const json = parseJson(bytes)
      return json.ok && body.keepsBytes ? ok({ bytes, value: json.value } satisfies Signed<unknown>) : json
    }
    case 'application/x-www-form-urlencoded':
      return parseForm(bytes)
    case 'text/plain':
      return ok(new TextDecoder().decode(bytes))
    default:
      return isAbsent ? ok(new FormData()) : parseMultipart(bytes, request.headers.get('Content-Type') ?? '')
  }
}

function parseJson(bytes: Uint8Array): Result<unknown, RequestError> {
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)))
  } catch {
    return err({ code: 'invalid_json' })
  }
}

/** RFC 6749 §3.2: no parameter twice, or two readers could read two requests. */
function parseForm(bytes: Uint8Array): Result<unknown, RequestError> {
  const pairs = [...new URLSearchParams(new TextDecoder().decode(bytes))]
  const form = Object.fromEntries(pairs)
  if (Object.keys(form).length === pairs.length) return ok(form)
  return err({ code: 'invalid_entity', problems: [{ message: 'a parameter comes twice' }] })
}

async function parseMultipart(
  bytes: Uint8Array,
  contentType: string,
): Promise<Result<FormData, RequestError>> {
  try {
    return ok(await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData())
  } catch {
    return err({ code: 'invalid_entity', problems: [{ message: 'the body is not multipart/form-data' }] })
  }
}

/** Of any media type: clients disagree on what to call bytes. */
function readStream(request: Request, maxBytes: number): Result<ByteStream, RequestError> {
  const announced = request.headers.get('Content-Length') ?? ''
  if (!/^\d+$/.test(announced)) return err({ code: 'length_required' })
  const length = Number(announced)
  if (length > maxBytes) return err({ code: 'body_too_large', maxBytes })
  return ok({ stream: request.body ?? new Blob([]).stream(), length })
}

/** `undefined` when there are more than allowed; then the rest stays unread. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('Content-Length') ?? 0) > maxBytes) return undefined
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
