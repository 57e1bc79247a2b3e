import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser, type TestPage } from './browser.ts'
import { type Hands, KEYBOARD, MOUSE, SCRIPTLESS, type Way } from './hands.ts'
import { administer, createServiceAccount, sessionOf } from './people.ts'

const IAM = '/ui/main/iam'

let browser: TestBrowser
let session: string
beforeAll(async () => {
  if (!hasBrowser) return
  browser = await startBrowser()
  session = await sessionOf()
})
afterAll(() => browser?.close())

/** A window of the administrator, worked in one of the ways. */
async function open({ isScriptless, handsOf }: Way): Promise<TestPage & { readonly hands: Hands }> {
  const opened = await browser.open({ isScriptless, session })
  return { ...opened, hands: handsOf(opened.page) }
}

interface Made {
  readonly id: string
}
const create = (what: string, json: object) => administer<Made>('POST', `/api/v1/main/${what}`, json)
const createRole = (name: string, permissions: object) => create('roles', { name, permissions })

/** What a real request with a token of the account is answered. */
async function asker(accountId: string): Promise<(path: string) => Promise<number>> {
  const { fullToken } = await administer<{ fullToken: string }>(
    'POST',
    `/api/v1/main/service-accounts/${accountId}/api-tokens`,
    { name: 'ci' },
  )
  return async (path) =>
    (await fetch(inject('console').url + path, { headers: { Authorization: `Bearer ${fullToken}` } })).status
}

/** What was done is said on the page after it, which may still be on its way. */
const hear = (page: Page, words: string) =>
  page.getByRole('status').getByText(words, { exact: true }).waitFor()

/** Follows a link to where the same words may stand once more. */
async function follow(page: Page, hands: Hands, link: Locator, to: RegExp): Promise<void> {
  await hands.press(link)
  await page.waitForURL(to)
}

async function search(page: Page, hands: Hands, text: string): Promise<void> {
  await hands.type(page.getByRole('searchbox'), text)
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=/)
}

describe.skipIf(!hasBrowser)('an administrator', () => {
  it.each([MOUSE, KEYBOARD, SCRIPTLESS])(
    'adds roles to an account and removes them, with $by',
    async (way) => {
      const { page, hands, close } = await open(way)
      const account = await createServiceAccount(`granted-by-${way.id}`)
      const wide = await createRole(`Wide ${way.id}`, { FLOW: ['READ'] })
      await createRole(`Narrow ${way.id}`, { FLOW: ['READ', 'UPDATE'] })
      await page.goto(`${IAM}/service-accounts/${account.id}/access`)

      // In a namespace, with a look at it first.
      await follow(page, hands, page.getByRole('link', { name: 'Add role' }), /bindings\/new/)
      await search(page, hands, way.id)
      await hands.press(page.getByRole('radio', { name: `Narrow ${way.id}` }))
      await hands.type(page.getByLabel('Namespace'), 'company.prod')
      await hands.press(page.getByRole('button', { name: 'Preview' }))
      await page.getByText('Adds FLOW:VIEW and 10 more on company.prod and below.').waitFor()
      await hands.press(page.getByRole('button', { name: 'Add role' }))
      await hear(page, `Narrow ${way.id} granted on company.prod and below.`)

      // In the whole tenant, without a look.
      await follow(page, hands, page.getByRole('link', { name: 'Add role' }), /bindings\/new/)
      await search(page, hands, way.id)
      await hands.press(page.getByRole('radio', { name: `Wide ${way.id}` }))
      await hands.press(page.getByRole('button', { name: 'Add role' }))
      await hear(page, `Wide ${way.id} granted in the whole tenant.`)

      // What else is held is counted in when one is removed.
      await hands.press(page.getByRole('link', { name: `Remove Narrow ${way.id}` }))
      await page.getByText(/^Lost: FLOW:UPDATE and 5 more on company.prod and below/).waitFor()
      await page
        .getByText(`Still allowed: FLOW:VIEW and 4 more, through Wide ${way.id} in the whole tenant.`)
        .waitFor()
      await hands.press(page.getByRole('button', { name: 'Remove role' }))
      await hear(page, `${account.name} no longer holds Narrow ${way.id} on company.prod and below.`)
      const { results } = await administer<{ results: Array<{ role: Made }> }>(
        'GET',
        `/api/v1/main/bindings/search?type=USER&id=${account.id}`,
      )
      expect(results.map(({ role }) => role.id)).toEqual([wide.id])
      await close()
    },
  )

  it.each([MOUSE, KEYBOARD, SCRIPTLESS])(
    'makes a group whose members may what it may, with $by',
    async (way) => {
      const { page, hands, close } = await open(way)
      const account = await createServiceAccount(`member-by-${way.id}`)
      const ask = await asker(account.id)
      const { id: role } = await createRole(`Roles ${way.id}`, { ROLE: ['READ'] })
      await page.goto(`${IAM}/groups`)
      await follow(page, hands, page.getByRole('link', { name: 'Create' }), /\/new/)
      await hands.type(page.getByLabel('Name'), `Group by ${way.id}`)
      await hands.press(page.getByRole('button', { name: 'Save' }))
      await hear(page, `Group Group by ${way.id} created.`)
      const group = page.url().split('/').at(-1) ?? ''
      await create('bindings', { type: 'GROUP', externalId: group, roleId: role })
      expect(await ask('/api/v1/main/roles/search')).toBe(403)

      await follow(page, hands, page.getByRole('link', { name: 'Add members' }), /members\/new/)
      await search(page, hands, `member-by-${way.id}`)
      await hands.press(page.getByRole('checkbox', { name: account.name }))
      await hands.press(page.getByRole('button', { name: 'Add members' }))
      await hear(page, `One account added to Group by ${way.id}.`)
      expect(await ask('/api/v1/main/roles/search')).toBe(200)

      await hands.press(page.getByRole('row').getByRole('link', { name: account.name }))
      await page.getByText('Lost: ROLE:VIEW and 1 more in the whole tenant.').waitFor()
      await hands.press(page.getByRole('button', { name: 'Make an owner' }))
      await hear(page, `${account.name} is an owner of Group by ${way.id}.`)
      await hands.press(page.getByRole('row').getByRole('link', { name: account.name }))
      await hands.press(page.getByRole('button', { name: 'Remove from group' }))
      await hear(page, `${account.name} is no longer in Group by ${way.id}.`)
      expect(await ask('/api/v1/main/roles/search')).toBe(403)

      // The same from the account.
      await page.goto(`${IAM}/service-accounts/${account.id}/groups`)
      await follow(page, hands, page.getByRole('link', { name: 'Add to groups' }), /groups\/new/)
      await hands.press(page.getByRole('checkbox', { name: `Group by ${way.id}` }))
      await hands.press(page.getByRole('button', { name: 'Add to groups' }))
      await hear(page, `${account.name} added to one group.`)
      expect(await ask('/api/v1/main/roles/search')).toBe(200)

      await page.goto(`${IAM}/groups/${group}/delete`)
      await hands.type(page.getByLabel(/to go on/), `Group by ${way.id}`)
      await hands.press(page.getByRole('button', { name: 'Delete group' }))
      await hear(page, `Group Group by ${way.id} deleted, with all its bindings.`)
      expect(await ask('/api/v1/main/roles/search')).toBe(403)
      await close()
    },
  )

  it.each([MOUSE, KEYBOARD])('ticks the permissions of a role, with $by', async (way) => {
    const { page, hands, close } = await open(way)
    await page.goto(`${IAM}/roles`)
    await follow(page, hands, page.getByRole('link', { name: 'Create' }), /\/new/)
    await hands.type(page.getByRole('textbox', { name: 'Name' }), `Ticked by ${way.id}`)
    for (const name of ['FLOW, read', 'FLOW, update', 'EXECUTION, create']) {
      await hands.press(page.getByRole('checkbox', { name, exact: true }))
    }
    await hands.press(page.getByText('8 single actions of TRIGGER'))
    await hands.press(page.getByRole('checkbox', { name: 'TRIGGER, unlock', exact: true }))
    await hands.press(page.getByRole('checkbox', { name: 'NAMESPACE_FILE, delete', exact: true }))
    await hands.press(page.getByRole('button', { name: 'Save' }))
    await hear(page, `Role Ticked by ${way.id} created.`)
    const id = page.url().split('/').at(-1) ?? ''
    const roleOf = () =>
      administer<{ permissions: object; isDefault: boolean }>('GET', `/api/v1/main/roles/${id}`)
    const permissions = {
      FLOW: ['READ', 'UPDATE'],
      EXECUTION: ['CREATE'],
      TRIGGER: ['UNLOCK'],
      NAMESPACE_FILE: ['DELETE'],
    }
    expect(await roleOf()).toMatchObject({ permissions, isDefault: false })

    await hands.press(page.getByRole('link', { name: 'Edit' }))
    await hands.press(page.getByRole('checkbox', { name: 'FLOW, update', exact: true }))
    await hands.press(page.getByRole('checkbox', { name: 'FLOW, create', exact: true }))
    await hands.press(page.getByRole('button', { name: 'Save' }))
    await hear(page, 'Saved.')
    expect((await roleOf()).permissions).toEqual({ ...permissions, FLOW: ['READ', 'CREATE'] })

    await hands.press(page.getByRole('link', { name: 'Delete' }))
    await hands.type(page.getByLabel(/to go on/), `Ticked by ${way.id}`)
    await hands.press(page.getByRole('button', { name: 'Delete role' }))
    await hear(page, `Role Ticked by ${way.id} deleted, with all its bindings.`)
    await close()
  })

  it.each([MOUSE, KEYBOARD])(
    'finds a resource among all, and keeps what is ticked in others, with $by',
    async (way) => {
      const { page, hands, close } = await open(way)
      const find = async (text: string, section: string, resource: string) => {
        await hands.type(page.getByRole('searchbox', { name: 'Resource' }), text)
        const shown = () => page.getByRole('rowheader').allTextContents()
        await expect.poll(shown).toEqual([section, resource])
      }
      await page.goto(`${IAM}/roles/new`)
      await find('audit', 'People and access', 'AUDITLOG')
      // What was looked for is nothing to lose.
      await page.goto(`${IAM}/roles/new`)
      await hands.type(page.getByRole('textbox', { name: 'Name' }), `Found by ${way.id}`)
      await find('namespace f', 'Work', 'NAMESPACE_FILE')
      await page.keyboard.press('Enter')
      await hands.press(page.getByRole('checkbox', { name: 'NAMESPACE_FILE, read', exact: true }))
      await find('trigger', 'Work', 'TRIGGER')
      await hands.press(page.getByRole('checkbox', { name: 'TRIGGER, read', exact: true }))
      await hands.press(page.getByRole('button', { name: 'Save' }))
      await hear(page, `Role Found by ${way.id} created.`)
      const id = page.url().split('/').at(-1) ?? ''
      const { permissions } = await administer<{ permissions: object }>('GET', `/api/v1/main/roles/${id}`)
      expect(permissions).toEqual({ NAMESPACE_FILE: ['READ'], TRIGGER: ['READ'] })
      await find('kv', 'Work', 'KVSTORE')
      await close()
    },
  )

  it.each([MOUSE, KEYBOARD])('copies a managed role, which cannot be changed, with $by', async (way) => {
    const { page, hands, close } = await open(way)
    await page.goto(`${IAM}/roles`)
    await hands.press(page.getByRole('row').getByRole('link', { name: 'Launcher', exact: true }))
    await page.getByText('cannot be changed').waitFor()
    for (const name of ['Edit', 'Delete']) expect(await page.getByRole('link', { name }).count()).toBe(0)
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await hands.press(page.getByRole('link', { name: 'Copy to a new role' }))
    await hands.type(page.getByRole('textbox', { name: 'Name' }), `Launcher by ${way.id}`)
    await hands.press(page.getByRole('button', { name: 'Save' }))
    await hear(page, `Role Launcher by ${way.id} created.`)
    const id = page.url().split('/').at(-1) ?? ''
    const [copy, original] = await Promise.all(
      [id, 'launcher_main'].map((one) =>
        administer<{ permissions: Record<string, string[]> }>('GET', `/api/v1/main/roles/${one}`),
      ),
    )
    const sorted = (role: typeof copy) =>
      Object.entries(role?.permissions ?? {}).map(([resource, actions]) => [resource, actions.toSorted()])
    expect(Object.fromEntries(sorted(copy))).toEqual(Object.fromEntries(sorted(original)))
    await close()
  })

  it.each([MOUSE, KEYBOARD])(
    'makes a binding, puts another in its place and deletes it, with $by',
    async (way) => {
      const { page, hands, close } = await open(way)
      const account = await createServiceAccount(`bound-by-${way.id}`)
      await page.goto(`${IAM}/bindings`)
      await follow(page, hands, page.getByRole('link', { name: 'Create' }), /\/new/)
      await search(page, hands, account.name)
      await follow(page, hands, page.getByRole('link', { name: account.name }), /subject=/)
      await hands.press(page.getByRole('radio', { name: 'Viewer' }))
      await hands.press(page.getByRole('button', { name: 'Add role' }))
      await hear(page, 'Viewer granted in the whole tenant.')

      await search(page, hands, account.name)
      await follow(
        page,
        hands,
        page.getByRole('navigation', { name: 'Whose bindings?' }).getByRole('link'),
        /subject=/,
      )
      await hands.press(page.getByRole('row').getByRole('link', { name: account.name }))
      await hands.press(page.getByRole('link', { name: 'Delete and create a changed copy' }))
      await hands.type(page.getByRole('combobox', { name: 'Namespace' }), 'company.staging')
      await hands.press(page.getByRole('button', { name: 'Delete and create' }))
      await hear(page, 'Viewer granted on company.staging and below.')
      const ofIt = () =>
        administer<{ results: Array<{ namespace?: string }> }>(
          'GET',
          `/api/v1/main/bindings/search?type=USER&id=${account.id}`,
        )
      expect((await ofIt()).results.map(({ namespace }) => namespace)).toEqual(['company.staging'])

      await hands.press(page.getByRole('link', { name: 'Delete', exact: true }))
      await hands.press(page.getByRole('button', { name: 'Remove role' }))
      await hear(page, `${account.name} no longer holds Viewer on company.staging and below.`)
      expect((await ofIt()).results).toEqual([])
      await close()
    },
  )

  it.each([MOUSE, KEYBOARD, SCRIPTLESS])('asks what an account may do, and why, with $by', async (way) => {
    const { page, hands, close } = await open(way)
    const account = await createServiceAccount(`explained-by-${way.id}`)
    const { id: group } = await create('groups', { name: `Explained ${way.id}`, membersId: [account.id] })
    await create('bindings', {
      type: 'GROUP',
      externalId: group,
      roleId: 'launcher_main',
      namespaceId: 'company',
    })
    await page.goto(`${IAM}/access`)
    await hands.type(page.getByRole('textbox', { name: 'Who' }), account.name)
    await hands.choose(page.getByLabel('Permission'), 'FLOW:EXECUTE')
    await hands.type(page.getByLabel('Namespace'), 'company.prod')
    await hands.press(page.getByRole('button', { name: 'Ask' }))
    await page.getByRole('heading', { name: 'Allowed' }).waitFor()
    const chain = await page.getByRole('listitem').filter({ hasText: 'binding since' }).textContent()
    for (const part of [`member of Explained ${way.id}`, 'role Launcher', 'which covers company.prod']) {
      expect(chain).toContain(part)
    }

    // A cell of the matrix is a question, and the address is the answer's.
    await hands.press(page.getByRole('row', { name: 'SECRET' }).getByRole('link', { name: 'VIEW' }))
    await page.getByRole('heading', { name: 'Denied' }).waitFor()
    await page.getByText('No role of it gives this permission anywhere in the tenant.').waitFor()
    const address = page.url()
    await hands.type(page.getByLabel('Namespace'), 'elsewhere')
    await hands.choose(page.getByLabel('Permission'), 'FLOW:EXECUTE')
    await hands.press(page.getByRole('button', { name: 'Ask' }))
    await page.getByText('only on company and below').waitFor()
    await page.goto(address)
    await page.getByRole('heading', { name: 'Denied' }).waitFor()
    await close()
  })
})
