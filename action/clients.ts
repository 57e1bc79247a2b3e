/** The two that a run speaks to: the user's server, and GitHub where it is asked to. */

import { Failure } from './failure.ts'
import { createHttp, type Http } from './http.ts'
import type { Inputs } from './inputs/read.ts'
import type { Runner } from './runner.ts'
import { createTransport, readCertificate } from './transport.ts'

export interface Clients {
  readonly server: Http
  readonly github: Http
}

export interface Connection
  extends Pick<Inputs, 'server' | 'headers' | 'retries' | 'timeoutMs' | 'caCertificate'> {
  /** For one request, where that is not as usual. */
  readonly requestMs?: number
}

/**
 * @param elapsedMs of the time that the whole run has
 * @throws {Failure} POSTERN-100 for a certificate that is none, 403 when certificates would not be checked
 */
export async function openClients(
  { redact, workspace, isTlsVerified }: Runner,
  { server, headers, retries, timeoutMs, caCertificate, requestMs }: Connection,
  signal: AbortSignal,
  elapsedMs: number,
): Promise<Clients> {
  if (!isTlsVerified && server.startsWith('https:')) throw unverified()
  const transport = createTransport(await readCertificate(caCertificate, workspace))
  const common = {
    redact,
    transport,
    signal,
    retries,
    deadlineMs: timeoutMs - elapsedMs,
    ...(requestMs !== undefined && { timeoutMs: requestMs }),
  }
  return { server: createHttp({ ...common, headers }), github: createHttp(common) }
}

const unverified = (): Failure =>
  new Failure('POSTERN-403', {
    what: 'NODE_TLS_REJECT_UNAUTHORIZED is 0: the certificate of the server would not be checked.',
    why: 'Whoever stands between could take the API token.',
    fix: 'Remove the variable from the environment of this step; for an authority of your own, set ca-certificate.',
  })
