/**
 * A request to Kestra, read in the one way that leaves no second reading. Whatever Kestra, or a proxy before it, could
 * take for another path than it looks like is refused, not repaired.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import type { RequestAmbiguous } from './errors.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type KestraMethod = (typeof METHODS)[number]

export interface KestraRequest {
  readonly method: KestraMethod
  /** Decoded, without the leading slash. Only the last one may be empty, for a path that ends with a slash. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

/** RFC 3986 §3.3 without `;`, which some servers cut a path at. */
const PATH = /^\/(?!\/)(?:[A-Za-z0-9._~!$&'()*+,=:@/-]|%[0-9A-Fa-f]{2})*$/
/** RFC 3986 §3.4 without `;`, at which Kestra's server also splits, with the brackets its clients send as they are. */
const QUERY = /^(?:[A-Za-z0-9._~!$&'()*+,=:@/?[\]-]|%[0-9A-Fa-f]{2})*$/
/** Letters, digits and `-._~`: to encode them is never needed, so it is only done to be read differently. */
const NEEDLESSLY_ENCODED = /%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])/
/** Decoded, these would be a border, a second encoding, or an end of the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNFIT = /[/\\%;\u0000-\u001f\u007f]/

/**
 * @param method as the proxy says; HEAD is answered as GET
 * @param target path and query as they were sent, in origin form (RFC 9112 §3.2.1)
 */
export function readKestraRequest(method: string, target: string): Result<KestraRequest, RequestAmbiguous> {
  const known = METHODS.find((one) => one === (method === 'HEAD' ? 'GET' : method))
  if (!known) return refuse('the method is not one of Kestra’s')
  const cut = target.indexOf('?')
  const path = cut < 0 ? target : target.slice(0, cut)
  const search = cut < 0 ? '' : target.slice(cut + 1)
  if (!PATH.test(path)) return refuse('the path is not in its plain form')
  if (NEEDLESSLY_ENCODED.test(path)) return refuse('the path encodes what needs no encoding')
  if (!QUERY.test(search) || /%00/.test(search)) return refuse('the query is not in its plain form')

  const segments = path.slice(1).split('/')
  for (const [index, segment] of segments.entries()) {
    const decoded = decode(segment)
    if (decoded === undefined) return refuse('the path is not UTF-8')
    if (UNFIT.test(decoded)) return refuse('the path hides a border in an encoding')
    if (decoded === '.' || decoded === '..') return refuse('the path climbs')
    if (decoded === '' && index < segments.length - 1) return refuse('the path has an empty segment')
    segments[index] = decoded
  }
  if (decode(search) === undefined) return refuse('the query is not UTF-8')
  // A question mark is put in front, because one that the query itself begins with would be dropped.
  return ok({ method: known, segments, query: new URLSearchParams(`?${search}`) })
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const refuse = (reason: string): Result<never, RequestAmbiguous> => err({ code: 'request_ambiguous', reason })
