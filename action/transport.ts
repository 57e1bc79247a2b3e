/**
 * One request and its whole answer, over Node's own client: it takes proxies from the environment (`HTTPS_PROXY`,
 * `NO_PROXY`) and certificates of one's own, which `fetch` cannot be told about. No redirect is followed.
 */

import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import tls from 'node:tls'
import { Failure } from './failure.ts'
import { type Answer, notFromPostern } from './refusal.ts'

// An import of this module asks it for all that it exports, a WebSocket too, for which Node loads the whole of undici.
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http')

export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | AsyncIterable<Uint8Array> | undefined
  /** Gets the content of a good answer, piece by piece; the answer then has none. */
  readonly receive?: ((piece: Uint8Array) => void) | undefined
  /** Ends the request, the reading of its answer included. */
  readonly signal: AbortSignal
}

export type Transport = (request: OutgoingRequest) => Promise<Answer>

/** Above the longest honest one: a plan that deletes 10,000 files with long paths of any script. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024

/**
 * @param text PEM, or the path of a file that holds it; empty for none
 * @throws {Failure} POSTERN-100 for anything else
 */
export async function readCertificate(text: string, workspace: string): Promise<string | undefined> {
  if (text === '') return undefined
  const pem = text.includes('-----BEGIN')
    ? text
    : await readFile(resolve(workspace, text), 'utf8').catch(() => '')
  try {
    return new X509Certificate(pem).toString() && pem
  } catch {
    throw new Failure('POSTERN-100', {
      what: 'Input ca-certificate is neither a certificate in PEM nor the path of a file that holds one.',
      fix: 'Correct that, then run again.',
    })
  }
}

/** @param certificate PEM of an authority that is trusted besides those that Node trusts */
export function createTransport(certificate?: string): Transport {
  const ca = certificate === undefined ? {} : { ca: [...tls.getCACertificates('default'), certificate] }
  const secure = new HttpsAgent({ keepAlive: true, proxyEnv: process.env, ...ca })
  // Only the loopback address is spoken to in clear, and no proxy leads there.
  const clear = new HttpAgent({ keepAlive: true })
  return async ({ method, url, headers, body, receive, signal }) => {
    const isSecure = url.startsWith('https:')
    const sent = isSecure
      ? httpsRequest(url, { method, headers, signal, agent: secure })
      : httpRequest(url, { method, headers, signal, agent: clear })
    const received = new Promise<IncomingMessage>((resolve, reject) => {
      // More than one error may come, and none of them must go unheard.
      sent.once('response', resolve).on('error', reject)
      // What breaks a stream breaks the request.
      if (typeof body === 'object') pipeline(body, sent).catch(reject)
      else sent.end(body)
    })
    try {
      const response = await received
      const { statusCode: status = 0, headers } = response
      if (!receive || !isGood(status)) return { url, status, headers, bytes: await readBody(url, response) }
      for await (const piece of response as AsyncIterable<Buffer>) receive(piece)
      return { url, status, headers, bytes: Buffer.alloc(0) }
    } catch (error) {
      // Of a request that was ended, the reason counts, and not what that broke.
      signal.throwIfAborted()
      throw error
    }
  }
}

export const isGood = (status: number): boolean => status >= 200 && status < 300

/** Rejects when the connection breaks before the answer is whole. */
async function readBody(url: string, response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw notFromPostern(url, `is longer than ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
