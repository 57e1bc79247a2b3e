/**
 * Stands in for Cloudflare's API with one empty account: as much of it as wrangler asks when it deploys. What a request is
 * for is told by the end of its path; what no line below knows is answered with an empty success.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Cloudflare {
  /** For CLOUDFLARE_API_BASE_URL. */
  readonly url: string
  readonly databases: { uuid: string; name: string; primary_location_hint?: string }[]
  readonly namespaces: { id: string; title: string }[]
  readonly buckets: { name: string }[]
  /** Names of the migrations in the database. */
  readonly migrations: string[]
  /** What was uploaded, the newest last. */
  readonly uploads: { worker: string; bindings: Binding[] }[]
  stop(): void
}

interface Binding {
  readonly name: string
  readonly type: string
  readonly text?: string
  readonly namespace_id?: string
}

interface Failure {
  readonly status: number
  readonly code: number
}

export async function startCloudflare(): Promise<Cloudflare> {
  const databases: Cloudflare['databases'] = []
  const namespaces: Cloudflare['namespaces'] = []
  const buckets: Cloudflare['buckets'] = []
  const migrations: string[] = []
  const uploads: Cloudflare['uploads'] = []

  const bindings = () => uploads.flatMap((upload) => upload.bindings)
  const onceUploaded = (result: () => unknown) =>
    uploads.length > 0 ? result() : ({ status: 404, code: 10007 } satisfies Failure)
  const found = (result: unknown, code: number) => result ?? ({ status: 404, code } satisfies Failure)

  const ANSWERS: readonly (readonly [RegExp, (body: string, name: string) => unknown])[] = [
    [
      /^GET .*\/(?:accounts|memberships)$/,
      () => [{ id: 'acme', name: 'Acme', account: { id: 'acme', name: 'Acme' } }],
    ],
    [/^GET .*\/d1\/database$/, () => databases],
    [
      /^POST .*\/d1\/database$/,
      (body) => {
        databases.push({ uuid: crypto.randomUUID(), ...JSON.parse(body) })
        return databases.at(-1)
      },
    ],
    [
      /^GET .*\/d1\/database\/([^/]+)$/,
      (_, name) =>
        found(
          databases.find((one) => one.name === name || one.uuid === name),
          7404,
        ),
    ],
    [
      /^POST .*\/(?:query|raw)$/,
      (body) => {
        for (const [, name = ''] of body.matchAll(/values \('([^']+\.sql)'\)/gi)) migrations.push(name)
        const applied = migrations.map((name, id) => ({ id, name }))
        return [{ success: true, meta: {}, results: /AS accounts/.test(body) ? [{ accounts: 0 }] : applied }]
      },
    ],
    [/^GET .*\/kv\/namespaces$/, () => namespaces],
    [
      /^POST .*\/kv\/namespaces$/,
      (body) => {
        namespaces.push({ id: 'f'.repeat(32), ...JSON.parse(body) })
        return namespaces.at(-1)
      },
    ],
    [/^GET .*\/r2\/buckets$/, () => ({ buckets })],
    [
      /^GET .*\/r2\/buckets\/([^/]+)$/,
      (_, name) =>
        found(
          buckets.find((one) => one.name === name),
          10006,
        ),
    ],
    [/^POST .*\/r2\/buckets$/, (body) => buckets.push(JSON.parse(body)) && buckets.at(-1)],
    [/^GET .*\/secrets$/, () => onceUploaded(() => bindings().filter(({ type }) => type === 'secret_text'))],
    [
      /^GET .*\/services\/[^/]+$/,
      () => onceUploaded(() => ({ default_environment: { script: { tag: 'a' } } })),
    ],
    [/^GET .*\/settings$/, () => onceUploaded(() => ({ bindings: bindings(), tags: [] }))],
    [/^GET .*\/workers\/subdomain$/, () => ({ subdomain: 'acme' })],
    [/^GET .*\/workers\/workers\/[^/]+$/, () => ({ subdomain: { enabled: true, previews_enabled: true } })],
    [/ .*\/scripts\/[^/]+\/subdomain$/, () => ({ enabled: true, previews_enabled: true })],
    [/^GET .*\/deployments$/, () => ({ deployments: [] })],
    [
      /^(?:PUT .*\/scripts\/([^/]+)|POST .*\/scripts\/([^/]+)\/versions)$/,
      (body, worker) => {
        // The part of the form that says what comes with the code.
        const [, metadata = ''] = /name="metadata".*?\r\n\r\n(.*?)\r\n--/s.exec(body) ?? []
        uploads.push({ worker, bindings: JSON.parse(metadata).bindings })
        const id = `${uploads.length}`.repeat(32)
        return { id, deployment_id: id, startup_time_ms: 1, resources: { script: { etag: 'a' } } }
      },
    ],
  ]

  const answer = (request: string, body: string): unknown => {
    for (const [pattern, give] of ANSWERS) {
      const match = pattern.exec(request)
      if (match) return give(body, match.slice(1).find((name) => name !== undefined) ?? '')
    }
    return {}
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api')
    const body = await text(request)
    const isBeyond = Number(searchParams.get('page') ?? 1) > 1
    const result = isBeyond ? [] : answer(`${request.method} ${pathname}`, body)
    const { status = 200, code } = result as Partial<Failure>
    const errors = status === 200 ? [] : [{ code, message: 'There is none.' }]
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(
      JSON.stringify({ success: status === 200, errors, messages: [], result, result_info: { page: 1 } }),
    )
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, databases, namespaces, buckets, migrations, uploads, stop: () => server.close() }
}
