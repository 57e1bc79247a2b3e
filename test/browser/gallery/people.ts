import { administer, createServiceAccount, createUser, invite } from '../people.ts'
import type { GalleryView } from './view.ts'

const list = '/ui/main/iam/users'

const of =
  (email: string, tab = '') =>
  async () =>
    `${list}/${(await createUser(email, { firstName: 'Maria', lastName: 'Lopez' })).id}${tab}`

const pathOf = (link: string) => new URL(link).pathname

/** Something of each kind to look at. */
async function prepareOverview(): Promise<string> {
  const mint = (id: string, name: string, maxAge?: string) =>
    administer('POST', `/api/v1/main/service-accounts/${id}/api-tokens`, { name, maxAge })
  const { id } = await createServiceAccount('gallery-overview')
  await mint(id, 'ends-soon', 'P3D')
  await mint(id, 'never-ends')
  await createServiceAccount('gallery-without-anything')
  return '/ui/'
}

export const peopleViews: readonly GalleryView[] = [
  { name: 'overview-with-concerns', path: prepareOverview },
  {
    name: 'users',
    path: async () => {
      await createUser('gallery.list@example.com', { firstName: 'Ada', lastName: 'Lovelace' })
      return list
    },
  },
  { name: 'me', path: '/ui/me' },
  { name: 'me-tokens', path: '/ui/me/tokens' },
  { name: 'me-token-new', path: '/ui/me/tokens/new' },
  {
    name: 'me-password-refused',
    path: '/ui/me/password',
    prepare: async (page) => {
      await page.getByLabel('Old password').fill('Wrong!1234')
      await page.getByLabel('New password').fill('Another!234')
      await page.getByRole('button', { name: 'Change password' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'users-nothing-found', path: `${list}?q=nobody-like-this` },
  { name: 'user-new', path: `${list}/new` },
  { name: 'user', path: of('gallery.user@example.com') },
  { name: 'user-tokens', path: of('gallery.tokens@example.com', '/tokens') },
  { name: 'user-token-new', path: of('gallery.token-new@example.com', '/tokens/new') },
  { name: 'user-access', path: of('gallery.access@example.com', '/access') },
  { name: 'user-groups', path: of('gallery.groups@example.com', '/groups') },
  { name: 'user-activity', path: of('gallery.activity@example.com', '/audit') },
  { name: 'user-impersonate', path: of('gallery.impersonate@example.com', '/impersonate') },
  { name: 'user-settings', path: of('gallery.settings@example.com', '/settings') },
  { name: 'user-password', path: of('gallery.password@example.com', '/password') },
  { name: 'user-disable', path: of('gallery.disable@example.com', '/disable') },
  { name: 'user-remove', path: of('gallery.remove@example.com', '/remove') },
  {
    name: 'user-delete-refused',
    path: of('gallery.delete@example.com', '/delete'),
    prepare: async (page) => {
      await page.locator('form[data-guard]').evaluate((form) => form.setAttribute('novalidate', ''))
      await page.getByLabel(/^Type/).fill('somebody.else@example.com')
      await page.getByRole('button', { name: 'Delete user' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'invitations',
    path: async () => {
      await invite('gallery.invited@example.com')
      return `${list}/invitations`
    },
  },
  {
    name: 'invite',
    path: async () => {
      await administer('POST', '/api/v1/main/groups', { name: 'gallery-data-team', description: 'Analysts' })
      return `${list}/invite`
    },
  },
  {
    name: 'invite-ready',
    path: `${list}/invite`,
    prepare: async (page) => {
      await page.getByLabel('E-mail address').fill('gallery.ready@example.com')
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      await page.getByLabel('Invitation link').waitFor()
    },
  },
  {
    name: 'invitation-withdraw',
    path: async () => `${list}/invitations/${(await invite('gallery.withdrawn@example.com')).id}/withdraw`,
  },
  {
    name: 'invitation',
    isSignedOut: true,
    path: async () => pathOf((await invite('gallery.welcome@example.com')).link),
  },
  {
    name: 'invitation-of-somebody-else',
    path: async () => pathOf((await invite('gallery.other@example.com')).link),
  },
  { name: 'invitation-unknown', isSignedOut: true, path: '/ui/invitations/psv_nothing', status: 404 },
]
