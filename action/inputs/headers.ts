/** Headers of one's own, for what stands before the server and wants to be told who comes. */

import { err, ok, type Result } from '../../shared/result.ts'

/** Those that the client itself has to set, and the one that is for the credential. */
const RESERVED_HEADERS =
  /^(authorization|host|connection|content-.*|transfer-encoding|if-match|idempotency-key)$/i

/** One `Name=value` a line, as the Kestra CLI takes them one by one. RFC 9110 §5.1 and §5.5. */
export function parseHeaders(text: string): Result<Record<string, string>, string> {
  const headers: Record<string, string> = {}
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([\x20-\x7e]*?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined) return err('must have one Name=value a line')
    if (RESERVED_HEADERS.test(name)) return err(`must not set ${name}`)
    headers[name] = value
  }
  return ok(headers)
}
