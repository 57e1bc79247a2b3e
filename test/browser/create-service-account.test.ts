import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser } from './browser.ts'
import { goBy, type Hands, WAYS } from './hands.ts'

let browser: TestBrowser
beforeAll(async () => {
  if (hasBrowser) browser = await startBrowser()
})
afterAll(() => browser?.close())

describe.skipIf(!hasBrowser)('an administrator', () => {
  it.each(WAYS)('signs in and creates a service account, with $by', async ({ id, isScriptless, handsOf }) => {
    const { page, close } = await browser.open({ isScriptless })
    const hands: Hands = handsOf(page)
    const { username, password } = inject('console')
    const name = `made-by-${id}`
    await page.goto('/ui/')
    await hands.type(page.getByLabel('E-mail address'), username)
    await hands.type(page.getByLabel('Password'), password)
    await hands.press(page.getByRole('button', { name: 'Sign in' }))
    await hands.press(
      page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Service accounts' }),
    )
    await hands.press(page.getByRole('link', { name: 'Create', exact: true }))
    await hands.type(page.getByLabel('Name'), name)
    await hands.type(page.getByLabel('Description'), 'Deploys <b>scripts</b>')
    await goBy(hands, page)(page.getByRole('button', { name: 'Save' }))
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(name)
    expect(await page.getByRole('status').textContent()).toBe(`Service account ${name} created.`)
    await page.reload()
    expect(await page.getByRole('status').textContent()).toBe('')
    await hands.press(page.getByRole('link', { name: 'Service accounts' }).first())
    await hands.type(page.getByRole('searchbox', { name: 'Part of a name' }), name)
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: new RegExp(name) }).waitFor()
    await close()
  })
})
