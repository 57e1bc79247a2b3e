/**
 * Which headers pass. To Kestra only those that say what is sent and how it may be answered: whatever else a client
 * sends, it cannot make Kestra take the request for another one or for somebody else's. Back to the client all but what
 * belongs to the connection, to Kestra's own sign-in, or to Postern.
 */

const TO_KESTRA = [
  'Accept',
  'Accept-Language',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Type',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Last-Event-ID',
  'Range',
  'User-Agent',
]

const NOT_BACK = [
  // RFC 9110 §7.6.1
  'Connection',
  'Keep-Alive',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  // They speak of Kestra's sessions and of the credential that Postern has there.
  'Authentication-Info',
  'Clear-Site-Data',
  'Proxy-Authenticate',
  'Set-Cookie',
  'WWW-Authenticate',
  // Which sites may read an answer is not Kestra's to say, and which hosts are reached by TLS or otherwise neither.
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Origin',
  'Alt-Svc',
  'Strict-Transport-Security',
]

/** @param identity what Postern says of who is asking; what the client says of it has no way through */
export function headersToKestra(
  sent: Headers,
  authorization: string | undefined,
  identity: Readonly<Record<string, string>>,
): Headers {
  const headers = new Headers(identity)
  for (const name of TO_KESTRA) {
    const value = sent.get(name)
    if (value !== null) headers.set(name, value)
  }
  if (authorization !== undefined) headers.set('Authorization', authorization)
  return headers
}

export function headersBack(answered: Headers, kestraOrigin: string): Headers {
  const headers = new Headers(answered)
  const named = (answered.get('Connection') ?? '').split(',').map((name) => name.trim())
  for (const name of [...NOT_BACK, ...named.filter((name) => /^[\w-]+$/.test(name))]) headers.delete(name)
  for (const name of [...headers.keys()].filter((name) => name.startsWith('postern-'))) headers.delete(name)
  // The platform packs the content again, so it is as long as it then is.
  if (headers.has('Content-Encoding')) headers.delete('Content-Length')
  const location = headers.get('Location')
  if (location !== null) headers.set('Location', withoutOrigin(location, kestraOrigin))
  return headers
}

/** Where Kestra sends somebody to itself, the way there leads through Postern. */
function withoutOrigin(location: string, kestraOrigin: string): string {
  const url = URL.parse(location, kestraOrigin)
  return url?.origin === kestraOrigin ? `${url.pathname}${url.search}${url.hash}` : location
}
