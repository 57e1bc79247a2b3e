import type { Page } from 'playwright-core'
import { administer, createServiceAccount } from '../people.ts'
import type { GalleryView } from './view.ts'

const list = '/ui/main/iam/service-accounts'
const api = '/api/v1/main/service-accounts'

/** An enterprise's own: that of all of GitHub belongs to `account.test.ts`. */
const issuer = 'https://token.actions.githubusercontent.com/gallery'

/** An account with a role, a group, tokens and a federated credential: made once. */
let filled: Promise<string> | undefined
const account = () => {
  filled ??= makeAccount()
  return filled
}

async function makeAccount(): Promise<string> {
  const group = await administer<{ id: string }>('POST', '/api/v1/main/groups', { name: 'gallery-ci-cd' })
  const { id } = await createServiceAccount('gallery-filled', {
    description: 'Applies the platform stack from the infra repository',
    groups: [{ id: group.id }],
  })
  const binding = { type: 'USER', externalId: id, roleId: 'developer_main', namespaceId: 'company.prod' }
  await administer('POST', '/api/v1/main/bindings', binding)
  for (const token of [
    { name: 'terraform-apply', maxAge: 'P12D', description: 'In the CI of infra' },
    { name: 'terraform-plan', maxAge: 'P55D', extended: true, tenant: 'main', namespaces: ['company.prod'] },
    { name: 'break-glass' },
  ]) {
    await administer('POST', `${api}/${id}/api-tokens`, token)
  }
  await administer('POST', '/api/v1/issuers', { issuer, jwksUri: `${issuer}/.well-known/jwks` })
  await administer('POST', `${api}/${id}/federated-credentials`, {
    name: 'web-main',
    issuer,
    match: {
      repository_owner_id: '123456',
      repository_id: '789012',
      ref: ['refs/heads/main', 'refs/tags/v*'],
    },
  })
  return id
}

const at = (rest: string) => async () => `${list}/${await account()}${rest}`
const first = (kind: string, rest: string) => async () => {
  const id = await account()
  const { results } = await administer<{ results: { id: string }[] }>('GET', `${api}/${id}/${kind}`)
  const path = kind === 'api-tokens' ? 'tokens' : 'federation'
  return `${list}/${id}/${path}/${results[kind === 'api-tokens' ? 1 : 0]?.id}${rest}`
}
const sendWith = (name: string, fields: Readonly<Record<string, string>>) => async (page: Page) => {
  await page.locator('form[data-guard]').evaluate((form) => form.setAttribute('novalidate', ''))
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).first().fill(text)
  await page.getByRole('button', { name }).click()
}
const untilRefused = (send: (page: Page) => Promise<void>) => async (page: Page) => {
  await send(page)
  await page.getByRole('alert').waitFor()
}

/** The session of the administrator who acts as the account. */
async function impersonate(): Promise<string> {
  const { token } = await administer<{ token: string }>(
    'POST',
    `/api/v1/users/${await account()}/impersonate`,
    {
      reason: 'To see what it sees',
    },
  )
  return `JWT=${token}`
}

/** Above every page, first of all. */
const untilMasked = (page: Page) => page.getByRole('complementary', { name: 'Impersonation' }).waitFor()

export const accountViews: readonly GalleryView[] = [
  { name: 'account-tokens', path: at('') },
  { name: 'account-token-new', path: at('/tokens/new') },
  {
    name: 'account-token-new-refused',
    path: at('/tokens/new'),
    prepare: untilRefused(sendWith('Generate', { Name: 'My Token' })),
  },
  {
    name: 'account-token-ready',
    path: at('/tokens/new'),
    prepare: async (page) => {
      await sendWith('Generate', { Name: 'deploy-prod' })(page)
      await page.getByRole('heading', { name: 'is ready' }).waitFor()
    },
  },
  { name: 'account-token', path: first('api-tokens', '') },
  { name: 'account-token-revoke', path: first('api-tokens', '/revoke') },
  { name: 'account-token-rotate', path: first('api-tokens', '/rotate') },
  { name: 'account-settings', path: at('/settings') },
  { name: 'account-disable', path: at('/disable') },
  { name: 'account-enable', path: at('/enable') },
  { name: 'account-delete', path: at('/delete') },
  {
    name: 'account-delete-refused',
    path: at('/delete'),
    prepare: untilRefused(sendWith('Delete account', { 'Type gallery-filled': 'gallery' })),
  },
  { name: 'account-keyless', path: at('/federation') },
  {
    name: 'account-keyless-empty',
    path: async () => `${list}/${(await createServiceAccount('gallery-keyless')).id}/federation`,
  },
  { name: 'account-keyless-new', path: at('/federation/new') },
  {
    name: 'account-keyless-new-refused',
    path: at('/federation/new'),
    prepare: untilRefused(sendWith('Create', { 'Repository id': 'acme/web' })),
  },
  { name: 'account-keyless-edit', path: first('federated-credentials', '') },
  { name: 'account-keyless-delete', path: first('federated-credentials', '/delete') },
  { name: 'account-impersonate', path: at('/impersonate') },
  { name: 'impersonating', session: impersonate, path: '/ui/', prepare: untilMasked },
  {
    name: 'impersonating-refused',
    session: impersonate,
    path: '/ui/main/iam/users',
    status: 403,
    prepare: untilMasked,
  },
]
