import { administer, createServiceAccount } from '../people.ts'
import type { GalleryView } from './view.ts'

const iam = '/ui/main/iam'

interface Made {
  readonly id: string
}

const create = (what: string, json: object) => administer<Made>('POST', `/api/v1/main/${what}`, json)
const bind = (type: 'USER' | 'GROUP', externalId: string, roleId: string, namespaceId?: string) =>
  create('bindings', { type, externalId, roleId, namespaceId })

/** A group with a member and a role, an account with two roles, a role of one's own: made once, looked at by all. */
const scene = () => {
  made ??= (async () => {
    const { id: account } = await createServiceAccount('gallery-deployer', { description: 'Deploys flows' })
    const { id: other } = await createServiceAccount('gallery-observer')
    const { id: group } = await create('groups', {
      name: 'gallery-ci',
      description: 'All pipelines',
      membersId: [account, other],
    })
    await administer('PUT', `/api/v1/main/groups/${group}/members/membership/${account}?membership=OWNER`)
    const { id: role } = await create('roles', {
      name: 'Gallery deployer',
      description: 'Deploys flows and their files',
      permissions: { FLOW: ['CREATE', 'READ', 'UPDATE'], EXECUTION: ['VIEW', 'UPDATE'], SETTING: ['READ'] },
    })
    const { id: binding } = await bind('USER', account, role, 'company.prod')
    await bind('USER', other, 'viewer_main')
    await bind('GROUP', group, 'launcher_main', 'company')
    await administer('POST', '/api/v1/main/namespaces', { id: 'company.prod' })
    return { account, group, role, binding }
  })()
  return made
}
let made: Promise<Record<'account' | 'group' | 'role' | 'binding', string>> | undefined

const of = (address: (ids: Awaited<ReturnType<typeof scene>>) => string) => async () =>
  `${iam}/${address(await scene())}`

export const accessViews: readonly GalleryView[] = [
  { name: 'groups', path: of(() => 'groups') },
  { name: 'groups-nothing-found', path: of(() => 'groups?q=nothing-like-this') },
  { name: 'group-new', path: of(() => 'groups/new') },
  {
    name: 'group-new-refused',
    path: of(() => 'groups/new'),
    prepare: async (page) => {
      await page.getByLabel('Name').fill('gallery-ci')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'group', path: of(({ group }) => `groups/${group}`) },
  { name: 'group-add-members', path: of(({ group }) => `groups/${group}/members/new`) },
  { name: 'group-member', path: of(({ group, account }) => `groups/${group}/members/${account}`) },
  { name: 'group-access', path: of(({ group }) => `groups/${group}/access`) },
  { name: 'group-settings', path: of(({ group }) => `groups/${group}/settings`) },
  { name: 'group-delete', path: of(({ group }) => `groups/${group}/delete`) },

  { name: 'roles', path: of(() => 'roles') },
  { name: 'role-new', path: of(() => 'roles/new') },
  {
    name: 'role-new-refused',
    path: of(() => 'roles/new'),
    prepare: async (page) => {
      await page.getByRole('textbox', { name: 'Name' }).fill('Without any permission')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'role-narrowed',
    path: of(() => 'roles/new'),
    prepare: async (page) => {
      await page.getByRole('searchbox', { name: 'Resource' }).fill('namespace')
      await page.getByText(/^\d+ of \d+$/).waitFor()
    },
  },
  { name: 'role-managed', path: of(() => 'roles/developer_main') },
  { name: 'role-copy', path: of(() => 'roles/new?copy=developer_main') },
  { name: 'role', path: of(({ role }) => `roles/${role}`) },
  { name: 'role-edit', path: of(({ role }) => `roles/${role}/edit`) },
  { name: 'role-holders', path: of(({ role }) => `roles/${role}/holders`) },
  { name: 'role-delete', path: of(({ role }) => `roles/${role}/delete`) },

  { name: 'bindings', path: of(() => 'bindings') },
  { name: 'bindings-of-a-group', path: of(({ group }) => `bindings?subject=GROUP.${group}`) },
  { name: 'bindings-search', path: of(() => 'bindings?q=gallery') },
  { name: 'binding-whom', path: of(() => 'bindings/new') },
  {
    name: 'binding-preview',
    path: of(({ account, role }) => `bindings/new?subject=USER.${account}&role=${role}&namespace=company`),
  },
  { name: 'binding', path: of(({ binding }) => `bindings/${binding}`) },
  { name: 'binding-replace', path: of(({ binding }) => `bindings/${binding}/replace`) },
  { name: 'binding-delete', path: of(({ binding }) => `bindings/${binding}/delete`) },

  { name: 'account-access', path: of(({ account }) => `service-accounts/${account}/access`) },
  {
    name: 'account-access-empty',
    path: async () => `${iam}/service-accounts/${(await createServiceAccount('gallery-idle')).id}/access`,
  },
  { name: 'account-groups', path: of(({ account }) => `service-accounts/${account}/groups`) },
  {
    name: 'account-join-groups',
    path: async () => {
      await create('groups', { name: 'gallery-others' })
      return of(({ account }) => `service-accounts/${account}/groups/new`)()
    },
  },

  { name: 'explorer', path: of(() => 'access') },
  {
    name: 'explorer-allowed',
    path: of(
      ({ account }) => `access?account=${account}&permission=FLOW:EXECUTE&namespace=company.prod.team`,
    ),
  },
  {
    name: 'explorer-denied',
    path: of(({ account }) => `access?account=${account}&permission=FLOW:DELETE&namespace=company`),
  },
  {
    name: 'explorer-elsewhere',
    path: of(({ account }) => `access?account=${account}&permission=FLOW:CREATE&namespace=company.staging`),
  },
  { name: 'explorer-unknown', path: of(() => 'access?account=gallery-dep') },
]
