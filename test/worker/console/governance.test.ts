import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createUser,
  csrfOf,
  expectJson,
  freshEdge,
  inventory,
  RECORDS,
  signIn,
} from '../support/edge.ts'

let admin: Bot
let viewer: string
let outsider: string
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  const role = await expectJson<{ id: string }>(
    call('/api/v1/main/roles', {
      ...admin,
      json: {
        name: 'looker',
        permissions: { AUDITLOG: ['READ'], NAMESPACE: ['READ'], NAMESPACE_FILE: ['READ'] },
      },
    }),
  )
  const user = await createUser(admin)
  await bind(user.id, role.id, admin)
  viewer = await signIn(user.email)
  outsider = await signIn((await createUser(admin)).email)
})

const look = (cookie: string, path: string) => call(path, { headers: { Cookie: cookie } })
async function send(cookie: string, path: string, fields: Record<string, string>): Promise<Response> {
  const csrf = (await csrfOf(cookie))['X-CSRF-TOKEN']
  return call(path, { headers: { Cookie: cookie }, body: new URLSearchParams({ ...fields, csrf }) })
}

const PAGES = [
  '/ui/main/iam/audit',
  '/ui/main/namespaces',
  '/ui/main/namespaces/prod',
  '/ui/main/namespaces/prod/deployments',
]

describe('pages', () => {
  it.each(PAGES)('%s shows who may see it, and tells others what it takes', async (path) => {
    expect((await look(viewer, path)).status).toBe(200)
    const refused = await look(outsider, path)
    expect(refused.status).toBe(403)
    expect(await refused.text()).toMatch(/This takes (AUDITLOG|NAMESPACE|NAMESPACE_FILE):LIST/)
  })

  it.each([
    '/ui/settings',
    '/ui/audit',
    '/ui/settings/tenants',
    '/ui/settings/tenants/main',
    '/ui/settings/issuers/new',
  ])('%s is for superadmins', async (path) => {
    const refused = await look(viewer, path)
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain('This takes a superadmin.')
  })
})

const FORMS: ReadonlyArray<readonly [string, Record<string, string>]> = [
  ['/ui/settings/signing-keys/rotate', { how: 'drop' }],
  ['/ui/settings/master-key/reseal', {}],
  ['/ui/settings/issuers/new', { issuer: 'https://token.actions.githubusercontent.com', enabled: 'on' }],
  ['/ui/settings/tenants/new', { id: 'other', name: 'Other' }],
  ['/ui/settings/tenants/main', { name: 'Other' }],
  ['/ui/settings/tenants/main/delete', { typed: 'main' }],
  ['/ui/main/namespaces/new', { id: 'prod' }],
  ['/ui/main/namespaces/prod/deployments/none/roll-back', { typed: 'prod' }],
]

describe('forms', () => {
  it.each(FORMS)('%s is refused to who may not, and does nothing', async (path, fields) => {
    const before = await inventory({ except: RECORDS })
    expect((await send(viewer, path, fields)).status).toBe(403)
    expect(await inventory({ except: RECORDS })).toBe(before)
  })
})
