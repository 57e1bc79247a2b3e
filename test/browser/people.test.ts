import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser, type TestPage, type View } from './browser.ts'
import { goBy, type Hands, WAYS, WITH_SCRIPT } from './hands.ts'
import { administer, createServiceAccount, createUser, sessionOf } from './people.ts'

const USERS = '/ui/main/iam/users'
const PASSWORD = 'InitialPass!1'
const NEW_PASSWORD = 'Another!234'

let browser: TestBrowser
let session: string
beforeAll(async () => {
  if (!hasBrowser) return
  browser = await startBrowser()
  session = await sessionOf()
})
afterAll(() => browser?.close())

/** Each waits until the page is there: a click returns before. */
const isAt = (page: Page, heading: string) =>
  page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
const says = (page: Page, text: string) => page.getByRole('status').getByText(text).waitFor()
const complains = (page: Page, text: string) => page.getByRole('alert').getByText(text).waitFor()
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const link = (page: Page, name: string): Locator => page.getByRole('link', { name, exact: true })

/** A window of somebody who is not signed in, and one of an administrator. */
const outside = (view: View = {}): Promise<TestPage> => browser.open(view)
const inside = (view: View = {}): Promise<TestPage> => browser.open({ ...view, session })

async function signIn(page: Page, hands: Hands, username: string, password: string): Promise<void> {
  await page.goto('/ui/')
  await hands.type(page.getByLabel('E-mail address'), username)
  await hands.type(page.getByLabel('Password'), password)
  await hands.press(button(page, 'Sign in'))
}

describe.skipIf(!hasBrowser)('people', () => {
  it.each(WAYS)(
    'are invited, make an account and sign in, with $by',
    async ({ id: who, isScriptless, handsOf }) => {
      const email = `invited-by-${who}@example.com`
      const { page, close } = await inside({ isScriptless })
      const hands = handsOf(page)
      await page.goto(USERS)
      await hands.press(link(page, 'Invite'))
      await hands.type(page.getByLabel('E-mail address'), email)
      await hands.press(page.getByRole('checkbox', { name: 'Viewer' }))
      await hands.press(button(page, 'Invite'))
      const invitation = await page.getByLabel('Invitation link').inputValue()
      expect(invitation).toMatch(/\/ui\/invitations\/psv_\w{62}$/)
      // The page has no address of its own: with a script, the one that it shows is that of the list.
      if (!isScriptless) expect(new URL(page.url()).pathname).toBe(`${USERS}/invitations`)
      await hands.press(link(page, 'I have copied it'))
      await page.getByRole('row', { name: new RegExp(`${email}.*Pending`) }).waitFor()
      expect(await page.content()).not.toContain('psv_')
      await close()

      const guest = await outside({ isScriptless })
      const guestHands = handsOf(guest.page)
      await guest.page.goto(invitation)
      await guestHands.type(guest.page.getByLabel('First name'), 'Ada')
      await guestHands.type(guest.page.getByLabel('Password'), PASSWORD)
      await guestHands.press(button(guest.page, 'Create account'))
      await says(guest.page, 'Welcome, Ada.')
      await goBy(guestHands, guest.page)(button(guest.page, 'Sign out'))
      await signIn(guest.page, guestHands, email, PASSWORD)
      await isAt(guest.page, 'Overview')
      await guest.page.goto(invitation)
      await isAt(guest.page, 'This invitation was taken up')
      await guest.close()
    },
  )

  it('get a link that neither reload nor Back shows again', async () => {
    const { page, close } = await inside()
    await page.goto(`${USERS}/invite`)
    await page.getByLabel('E-mail address').fill('shown-once@example.com')
    await button(page, 'Invite').click()
    await page.getByLabel('Invitation link').waitFor()
    page.once('dialog', (dialog) => dialog.accept())
    await page.reload()
    await isAt(page, 'Invitations')
    expect(await page.content()).not.toContain('psv_')
    await page.goBack()
    expect(await page.content()).not.toContain('psv_')
    await close()
  })

  it('are told at the form when there is an invitation already', async () => {
    const { page, close } = await inside({ isScriptless: true })
    for (const isFirst of [true, false]) {
      await page.goto(`${USERS}/invite`)
      await page.getByLabel('E-mail address').fill('asked-twice@example.com')
      await button(page, 'Invite').click()
      if (isFirst) await page.getByLabel('Invitation link').waitFor()
    }
    await complains(page, 'There is an invitation for this e-mail address')
    expect(await page.title()).toBe('Error: Invite · Postern')
    await close()
  })

  it.each(WITH_SCRIPT)(
    'are created, given a password and sign in with it, with $by',
    async ({ id: who, handsOf }) => {
      const email = `created-by-${who}@example.com`
      const { page, close } = await inside()
      const hands = handsOf(page)
      await page.goto(USERS)
      await hands.press(link(page, 'Create user'))
      await hands.type(page.getByLabel('E-mail address'), email)
      await hands.type(page.getByLabel('First name'), 'Grace')
      await hands.press(button(page, 'Save'))
      await says(page, `User ${email} created.`)
      await hands.press(link(page, 'Settings').last())
      await hands.press(link(page, 'Set password'))
      await hands.type(page.getByLabel('Password'), PASSWORD)
      await hands.press(button(page, 'Set password'))
      await says(page, `The password of ${email} is set. All earlier sessions have ended.`)
      await close()

      const own = await outside()
      await signIn(own.page, handsOf(own.page), email, PASSWORD)
      await own.page.getByRole('link', { name: /Grace/ }).waitFor()
      await own.close()
    },
  )

  it.each(WAYS)('change their own password, with $by', async ({ id: who, isScriptless, handsOf }) => {
    const email = `changes-with-${who}@example.com`
    await createUser(email, { password: PASSWORD })
    const { page, close } = await outside({ isScriptless })
    const hands = handsOf(page)
    await signIn(page, hands, email, PASSWORD)
    await hands.press(page.getByRole('link', { name: new RegExp(email) }))
    await hands.press(link(page, 'Change password'))
    await hands.type(page.getByLabel('Old password'), 'Wrong!1234')
    await hands.type(page.getByLabel('New password'), NEW_PASSWORD)
    await hands.press(button(page, 'Change password'))
    await complains(page, 'The old password is wrong.')
    await hands.type(page.getByLabel('Old password'), PASSWORD)
    await hands.type(page.getByLabel('New password'), NEW_PASSWORD)
    await hands.press(button(page, 'Change password'))
    await says(page, 'Your password is changed. All your other sessions have ended.')
    await goBy(hands, page)(button(page, 'Sign out'))
    await signIn(page, hands, email, PASSWORD)
    await complains(page, 'password is wrong')
    await signIn(page, hands, email, NEW_PASSWORD)
    await isAt(page, 'Overview')
    await close()
  })

  it.each(WITH_SCRIPT)('are disabled, enabled and deleted, with $by', async ({ id: who, handsOf }) => {
    const email = `leaves-by-${who}@example.com`
    const { id } = await createUser(email, { password: PASSWORD })
    const theirs = await browser.open({ session: await sessionOf(email, PASSWORD) })
    const { page, close } = await inside()
    const hands = handsOf(page)
    await page.goto(`${USERS}/${id}/settings`)
    await hands.press(page.getByRole('main').getByRole('link', { name: 'Disable' }).last())
    await hands.press(button(page, 'Disable user'))
    await says(page, `${email} is disabled.`)
    await theirs.page.goto('/ui/me')
    await isAt(theirs.page, 'Sign in')
    await signIn(theirs.page, handsOf(theirs.page), email, PASSWORD)
    await complains(theirs.page, 'password is wrong')
    await theirs.close()
    await page.goto(`${USERS}/${id}/enable`)
    await hands.press(button(page, 'Enable user'))
    await says(page, `${email} is enabled again.`)

    await page.goto(`${USERS}/${id}/delete`)
    await hands.type(page.getByLabel(/^Type/), 'somebody@example.com')
    await hands.press(button(page, 'Delete user'))
    // The browser itself does not send what does not fit.
    await isAt(page, email)
    await hands.type(page.getByLabel(/^Type/), email)
    await hands.press(button(page, 'Delete user'))
    await says(page, `${email} deleted.`)
    expect(await page.getByRole('row', { name: new RegExp(email) }).count()).toBe(0)
    await close()
  })

  it('who are none do not sign in: a service account is told so', async () => {
    const { id, name } = await createServiceAccount('people-bot')
    const { fullToken } = await administer<{ fullToken: string }>(
      'POST',
      `/api/v1/main/service-accounts/${id}/api-tokens`,
      { name: 'ci' },
    )
    const { page, close } = await outside()
    for (const [username, password] of [
      [name, fullToken],
      ['somebody@example.com', fullToken],
    ] as const) {
      await page.goto('/ui/')
      await page.locator('form').evaluate((form) => form.setAttribute('novalidate', ''))
      await page.getByLabel('E-mail address').fill(username)
      await page.getByLabel('Password').fill(password)
      await button(page, 'Sign in').click()
      await complains(page, 'Service accounts have no')
      expect(await page.content()).not.toContain(fullToken)
    }
    expect(await page.context().cookies()).not.toContainEqual(expect.objectContaining({ name: 'JWT' }))
    await close()
  })
})

describe.skipIf(!hasBrowser)('the overview', () => {
  it.each(WITH_SCRIPT)('leads to what needs attention, with $by', async ({ id: who, handsOf }) => {
    const name = `attention-${who}`
    const { id } = await createServiceAccount(name)
    const mint = (token: string, maxAge: string) =>
      administer('POST', `/api/v1/main/service-accounts/${id}/api-tokens`, { name: token, maxAge })
    await mint(`${who}-near`, 'P13D')
    await mint(`${who}-far`, 'P15D')
    const { page, close } = await inside()
    await page.goto('/ui/')
    const list = page.getByRole('region', { name: 'Needs attention' })
    await list.getByText(`${who}-near`).waitFor()
    expect(await list.getByText(`${who}-far`).count()).toBe(0)
    const row = list.getByRole('listitem').filter({ hasText: `${who}-near` })
    await handsOf(page).press(row.getByRole('link', { name }))
    await isAt(page, name)
    await close()
  })
})
