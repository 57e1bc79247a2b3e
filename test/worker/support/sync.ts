/** The bulk protocol, as the Action speaks it. */

import type { CommitInput, Deployment, Plan } from '../../../shared/wire/sync.ts'
import { type Call, call, expectJson } from './edge.ts'
import { filesOf, pathsOf, readFile } from './files.ts'

type Manifest = CommitInput['plan']

export const deploymentsOf = (namespace: string) => `/api/v1/main/namespaces/${namespace}/deployments`
/** Contents by path. */
export type Tree = Readonly<Record<string, string>>

export async function sha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export async function manifestOf(tree: Tree, options: Omit<Manifest, 'files'> = {}): Promise<Manifest> {
  const files = Object.entries(tree).map(async ([path, content]) => ({
    path,
    sha256: await sha256(content),
    size: new TextEncoder().encode(content).length,
  }))
  return { ...options, files: await Promise.all(files) }
}

export async function uploadOf(...contents: ReadonlyArray<string | Uint8Array>): Promise<FormData> {
  const form = new FormData()
  for (const content of contents) form.append('blob', new File([content], await sha256(content)))
  return form
}

export const sendPlan = (namespace: string, manifest: unknown, by: Call) =>
  call(`${filesOf(namespace)}/plan`, { ...by, json: manifest })

export const sendBlobs = (namespace: string, body: FormData, by: Call) =>
  call(`${filesOf(namespace)}/blobs`, { ...by, body })

export const sendCommit = (
  namespace: string,
  commit: CommitInput,
  etag: string,
  by: Call,
  key: string = crypto.randomUUID(),
) =>
  call(`${filesOf(namespace)}/commit`, {
    ...by,
    json: commit,
    headers: { 'If-Match': etag, 'Idempotency-Key': key },
  })

export const planOf = (namespace: string, manifest: Manifest, by: Call) =>
  expectJson<Plan>(sendPlan(namespace, manifest, by))

/** Plan, missing contents, commit: a folder becomes the tree. */
export async function deploy(
  namespace: string,
  tree: Tree,
  by: Call,
  options: Omit<Manifest, 'files'> = {},
): Promise<Deployment> {
  const manifest = await manifestOf(tree, options)
  const { etag, missing } = await planOf(namespace, manifest, by)
  if (missing.length > 0) await expectJson(sendBlobs(namespace, await uploadOf(...Object.values(tree)), by))
  return expectJson<Deployment>(sendCommit(namespace, { plan: manifest }, etag, by))
}

/** All that a namespace holds. */
export async function treeOf(namespace: string, by: Call): Promise<Tree> {
  const entries = (await pathsOf(namespace, by)).map(async (path) => {
    const { body } = await readFile(namespace, path, by)
    return [path.slice(1), await new Response(body).text()] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

export const rollBack = (
  namespace: string,
  id: string | undefined,
  by: Call,
  headers: Record<string, string> = {},
) => call(`${deploymentsOf(namespace)}/${id}/rollback`, { ...by, method: 'POST', headers })
