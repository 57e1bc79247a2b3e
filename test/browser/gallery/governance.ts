import { inject } from 'vitest'
import { administer } from '../people.ts'
import type { GalleryView } from './view.ts'

const cursor = (way: object) =>
  Buffer.from(JSON.stringify({ number: 1, first: 0, sweptBefore: 0, ...way })).toString('base64url')

const HOSTILE = '<b>&quot; .txt'

/** A namespace with files, put there one by one. @returns its page */
async function createFiles(namespace: string): Promise<string> {
  const { url, username, password } = inject('console')
  for (const [path, text] of [
    ['/scripts/main.py', 'print("hello")\n'],
    ['/scripts/a/b/deep.sh', '#!/bin/sh\necho "<b>bold</b>"\n'],
    [`/${HOSTILE}`, '<script>alert(1)</script>'],
  ] as const) {
    const body = new FormData()
    body.set('fileContent', new Blob([text]), 'file')
    const target = `${url}/api/v1/main/namespaces/${namespace}/files?path=${encodeURIComponent(path)}`
    const response = await fetch(target, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      body,
    })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  }
  return `/ui/main/namespaces/${namespace}`
}

/** A namespace with one deployment of one file. */
export async function createDeployment(namespace: string, text = 'print("deployed")\n'): Promise<string> {
  const { url, username, password } = inject('console')
  const bytes = new TextEncoder().encode(text)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const base = `/api/v1/main/namespaces/${namespace}/files`
  const manifest = {
    root: '/scripts',
    delete: true,
    files: [{ path: 'main.py', sha256, size: bytes.length }],
  }
  const plan = await administer<{ etag: string }>('POST', `${base}/plan`, manifest)
  const body = new FormData()
  body.append('blob', new Blob([bytes]), sha256)
  const headers = { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  const sent = await fetch(`${url}${base}/blobs`, { method: 'POST', headers, body })
  if (!sent.ok) throw new Error(`${sent.status} ${await sent.text()}`)
  const source = { repository: 'acme/platform', repositoryId: 1, sha: 'a'.repeat(40), ref: 'refs/heads/main' }
  const committed = await fetch(`${url}${base}/commit`, {
    method: 'POST',
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      'If-Match': plan.etag,
      'Idempotency-Key': crypto.randomUUID(),
    },
    body: JSON.stringify({ plan: manifest, source }),
  })
  if (!committed.ok) throw new Error(`${committed.status} ${await committed.text()}`)
  const { id } = (await committed.json()) as { id: string }
  return `/ui/main/namespaces/${namespace}/deployments/${id}`
}

export const governanceViews: readonly GalleryView[] = [
  { name: 'audit', path: '/ui/main/iam/audit' },
  { name: 'audit-filtered', path: '/ui/main/iam/audit?type=CREATE&resources=ROLE&startDate=2020-01-01' },
  { name: 'audit-nothing', path: '/ui/main/iam/audit?details=nothing' },
  { name: 'audit-of-all-tenants', path: '/ui/audit' },
  { name: 'audit-integrity', path: '/ui/audit/integrity' },
  // Whoever writes the cursor deceives only themselves: this one speaks of another first seal, and of one before it.
  { name: 'audit-integrity-faults', path: `/ui/audit/integrity?cursor=${cursor({ digest: 'x' })}` },
  {
    name: 'audit-record',
    path: '/ui/main/iam/audit',
    prepare: async (page) => {
      await page.getByRole('table').getByRole('link').first().click()
      await page.getByRole('heading', { name: 'What changed' }).waitFor()
    },
  },
  { name: 'settings', path: '/ui/settings' },
  { name: 'signing-keys-rotate', path: '/ui/settings/signing-keys/rotate' },
  { name: 'issuer-new', path: '/ui/settings/issuers/new' },
  {
    name: 'issuer-refused',
    path: '/ui/settings/issuers/new',
    prepare: async (page) => {
      await page.getByLabel('Issuer').fill('http://localhost/')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'tenants', path: '/ui/settings/tenants' },
  { name: 'tenant-new', path: '/ui/settings/tenants/new' },
  { name: 'tenant', path: '/ui/settings/tenants/main' },
  { name: 'tenant-delete', path: '/ui/settings/tenants/main/delete' },
  { name: 'namespaces', path: '/ui/main/namespaces' },
  { name: 'namespace-new', path: '/ui/main/namespaces/new' },
  { name: 'files-none', path: '/ui/main/namespaces/gallery.none' },
  { name: 'files', path: () => createFiles('gallery.files') },
  { name: 'file', path: async () => `${await createFiles('gallery.file')}?path=%2Fscripts%2Fmain.py` },
  {
    name: 'deployments',
    path: async () => (await createDeployment('gallery.deployments')).replace(/\/[^/]+$/, ''),
  },
  { name: 'deployment', path: () => createDeployment('gallery.deployment') },
  {
    name: 'difference',
    path: async () => {
      await createDeployment('gallery.difference', 'one\ntwo\n<b>three</b>\n')
      return `${await createDeployment('gallery.difference', 'one\n2\n<b>three</b>\n')}/difference?path=main.py`
    },
  },
  {
    name: 'deployment-roll-back',
    path: async () => `${await createDeployment('gallery.rollback')}/roll-back`,
  },
]
