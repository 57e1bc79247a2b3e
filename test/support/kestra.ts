/**
 * A stock Kestra, as its clients meet it: files one at a time, listings, errors in its own shape, and its traps. A part
 * named *.zip is unpacked, an empty path deletes all, and the last file of a folder takes the folder along.
 */

import { type Received, type StandIn, sendJson, startServer } from '../action/fixtures.ts'

export interface KestraStandIn extends StandIn {
  /** By path, with a leading slash. */
  readonly files: Map<string, Buffer>
  /** Paths of which the next answer breaks off in the middle. */
  readonly cuts: string[]
  /** Answers in place of the server where it returns a status; or does not answer, and hangs up. */
  fault: (request: Received) => number | 'hang up' | undefined
  /** `POST /a/b.txt`, `GET directory /a`, in order of arrival. */
  asked(): string[]
}

export const KESTRA_TOKEN = 'canary-kestra-token-1234567890'
export const KESTRA_USER = { user: 'admin@example.com', password: 'Canary:Pass:word1' }

const BASE = /^\/api\/v1\/main\/namespaces\/prod\/files(\/\w+)?\?path=([^&]*)$/

export async function startKestra(): Promise<KestraStandIn> {
  const files = new Map<string, Buffer>()
  const credentials = [
    `Bearer ${KESTRA_TOKEN}`,
    `Basic ${Buffer.from(`${KESTRA_USER.user}:${KESTRA_USER.password}`).toString('base64')}`,
  ]
  const server = await startServer(async (request, response) => {
    const { method, path: target, headers, body } = request
    const status = kestra.fault(request)
    if (status === 'hang up') return void response.destroy()
    if (status) return sendJson(response, status, { title: 'Error', status, detail: 'Told to fail.' })
    // The unauthorised get no body, and whoever asks for what is not there gets a page of Micronaut.
    if (!credentials.includes(headers.authorization ?? '')) return void response.writeHead(401).end()
    const [, door = '', encoded] = BASE.exec(target) ?? []
    if (encoded === undefined) return notFound(target)
    const path = normalise(decodeURIComponent(encoded.replaceAll('+', ' ')))
    if (door === '/directory' && method === 'GET') {
      const found = list(path)
      return found ? sendJson(response, 200, found) : notFound(path)
    }
    if (door !== '') return notFound(target)
    if (method === 'GET') {
      const content = files.get(path)
      if (content && kestra.cuts.includes(path)) {
        kestra.cuts.splice(kestra.cuts.indexOf(path), 1)
        response.writeHead(200, { 'Content-Length': content.length })
        return void response.write(content.subarray(0, content.length / 2), () => response.destroy())
      }
      return content ? void response.writeHead(200).end(content) : notFound(path)
    }
    if (method === 'DELETE') {
      for (const one of files.keys())
        if (one === path || one.startsWith(path === '/' ? '/' : `${path}/`)) files.delete(one)
      return void response.end()
    }
    const type = { headers: { 'Content-Type': headers['content-type'] ?? '' } }
    const part = (await new Response(new Uint8Array(body), type).formData()).get('fileContent')
    if (!(part instanceof File)) return sendJson(response, 422, { message: 'Illegal argument: no file' })
    if (/\.zip$/i.test(part.name)) files.set('/exploded', Buffer.from('an archive was unpacked'))
    else files.set(path, Buffer.from(await part.arrayBuffer()))
    response.end()

    function notFound(what: string): void {
      const links = { _links: { self: [{ href: target, templated: false }] } }
      sendJson(response, 404, { message: `Not Found: ${what}`, ...links })
    }
  })

  function list(folder: string) {
    const prefix = folder === '/' ? '/' : `${folder}/`
    const entries = new Map<string, object>()
    const times = { creationTime: 1, lastModifiedTime: 1 }
    for (const [path, content] of files) {
      if (!path.startsWith(prefix)) continue
      const [name = '', ...rest] = path.slice(prefix.length).split('/')
      const file = { fileName: name, type: 'File', size: content.length, ...times }
      entries.set(name, rest.length === 0 ? file : { ...file, type: 'Directory', size: 0 })
    }
    return folder === '/' || entries.size > 0 ? [...entries.values()] : undefined
  }

  const kestra: KestraStandIn = {
    ...server,
    files,
    cuts: [],
    fault: () => undefined,
    asked: () =>
      server.received.map(({ method, path }) => {
        const [, door, encoded = ''] = BASE.exec(path) ?? []
        return [method, door?.slice(1), encoded ? decodeURIComponent(encoded) : path.replace(/^.*\//, '')]
          .filter(Boolean)
          .join(' ')
      }),
  }
  return kestra
}

const normalise = (path: string): string =>
  `/${path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')}`
