/** A Postern of one folder in each namespace, all empty at first: as much of the contract as the Action meets. */

import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { diffFolder, type ManifestFile } from '../../shared/folder-diff.ts'
import { API_TOKEN, apiError, type Received, sendJson } from './fixtures.ts'

export const ACCESS_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.canary-access-token.c2lnbmF0dXJl'

export interface PosternStandIn {
  /** Answers in place of the stand-in where it returns true. */
  intercept: (request: Received, response: ServerResponse) => boolean
  /** Why an identity token is refused; by default it is not. */
  distrust: (claims: Record<string, unknown>) => { code: string; failing_claim?: string } | undefined
  /** The forms that the token endpoint got. */
  readonly exchanges: Record<string, string>[]
  readonly revoked: string[]
  answer(request: Received, response: ServerResponse): Promise<void>
}

export function createPostern(): PosternStandIn {
  const folders = new Map<string, ManifestFile[]>()
  const stored = new Set<string>()
  const spent = new Set<unknown>()

  function exchange(form: Record<string, string>): [status: number, body: object] {
    postern.exchanges.push(form)
    const { subject_token = '', subject_token_type = '' } = form
    const isAssertion = subject_token_type === 'urn:ietf:params:oauth:token-type:jwt'
    if (!isAssertion && subject_token !== API_TOKEN) return [400, {}]
    if (isAssertion) {
      const claims = JSON.parse(Buffer.from(subject_token.split('.')[1] ?? '', 'base64url').toString())
      const refusal = spent.has(claims.jti) ? { code: 'assertion_replayed' } : postern.distrust(claims)
      spent.add(claims.jti)
      const error = { error: 'invalid_grant', error_description: 'Refused.', requestId: 'req-1' }
      if (refusal) return [400, { ...error, ...refusal }]
    }
    const answer = {
      access_token: ACCESS_TOKEN,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 600,
    }
    const trusted = { account: { id: 'a1', name: 'deploy-bot' }, policy: { id: 'p1', name: 'main-branch' } }
    return [200, isAssertion ? { ...answer, ...trusted } : answer]
  }

  async function storeForm({ headers, body }: Received, response: ServerResponse): Promise<void> {
    const type = { headers: { 'Content-Type': headers['content-type'] ?? '' } }
    const parts = (await new Response(new Uint8Array(body), type).formData()).getAll('blob') as File[]
    for (const part of parts) {
      const hash = createHash('sha256')
        .update(await part.bytes())
        .digest('hex')
      if (hash !== part.name) return sendJson(response, 422, apiError('hash_mismatch', 'Not its hash.'))
      stored.add(hash)
    }
    sendJson(response, 200, { stored: [...stored] })
  }

  const postern: PosternStandIn = {
    intercept: () => false,
    distrust: () => undefined,
    exchanges: [],
    revoked: [],
    async answer(request, response) {
      if (postern.intercept(request, response)) return
      const { path, headers, body } = request
      const form = () => Object.fromEntries(new URLSearchParams(String(body)))
      if (path === '/oauth/token') return sendJson(response, ...exchange(form()))
      if (path === '/oauth/revoke') {
        postern.revoked.push(form().token ?? '')
        return void response.end()
      }
      if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
        return sendJson(response, 401, apiError('token_unknown', 'No such token.'))
      }
      const [, namespace = '', endpoint] =
        /^\/api\/v1\/main\/namespaces\/([\w.]+)\/files\/(plan|blobs|commit)$/.exec(path) ?? []
      if (endpoint === 'blobs') return storeForm(request, response)
      const json = JSON.parse(String(body))
      const manifest = endpoint === 'commit' ? json.plan : json
      const folder = `${namespace}:${manifest.root}`
      const current = folders.get(folder) ?? []
      const { changes, unchanged } = diffFolder(current, manifest.files, manifest.delete === 'all')
      if (endpoint === 'plan') {
        const missing = manifest.files
          .map((file: ManifestFile) => file.sha256)
          .filter((one: string) => !stored.has(one))
        return sendJson(response, 200, { etag: '"1"', changes, unchanged, missing })
      }
      folders.set(folder, manifest.files)
      const counts = { created: changes.length, updated: 0, deleted: 0, unchanged }
      sendJson(response, 200, { id: `deployment-${folders.size}`, etag: '"2"', ...counts })
    },
  }
  return postern
}
