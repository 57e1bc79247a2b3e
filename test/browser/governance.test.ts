import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser } from './browser.ts'
import { createDeployment } from './gallery/governance.ts'
import { goBy, WAYS, WITH_SCRIPT } from './hands.ts'
import { administer, createServiceAccount, sessionOf } from './people.ts'

let browser: TestBrowser
let session: string
beforeAll(async () => {
  if (!hasBrowser) return
  browser = await startBrowser()
  session = await sessionOf()
})
afterAll(() => browser?.close())

describe.skipIf(!hasBrowser)('an administrator', () => {
  it.each(WAYS)('rolls a deployment back, with $by', async ({ id, isScriptless, handsOf }) => {
    const namespace = `rolled.by.${id}`
    const first = await createDeployment(namespace, 'one\n')
    await createDeployment(namespace, 'two\n')
    const { page, close } = await browser.open({ session, isScriptless })
    const hands = handsOf(page)
    await page.goto(first)
    await hands.press(page.getByRole('link', { name: 'Roll back to this' }))
    await page.locator('form[data-guard]').evaluate((form) => form.setAttribute('novalidate', ''))
    await hands.type(page.getByLabel(`Type ${namespace} to go on`), 'another.namespace')
    await hands.press(page.getByRole('button', { name: 'Roll back' }))
    expect(await page.getByRole('alert').textContent()).toContain(`Typed must be ${namespace}`)
    await hands.type(page.getByLabel(`Type ${namespace} to go on`), namespace)
    await goBy(hands, page)(page.getByRole('button', { name: 'Roll back' }))
    expect(await page.getByRole('status').textContent()).toMatch(/^Rolled back/)
    await page.goto(`/ui/main/namespaces/${namespace}?path=%2Fscripts%2Fmain.py`)
    expect(await page.getByRole('region', { name: 'Content of /scripts/main.py' }).textContent()).toBe(
      'one\n',
    )
    await close()
  })

  it.each(WAYS)('finds what was done to an account, with $by', async ({ id, isScriptless, handsOf }) => {
    const account = await createServiceAccount(`looked-up-by-${id}`)
    const { page, close } = await browser.open({ session, isScriptless })
    const hands = handsOf(page)
    await page.goto('/ui/main/iam/audit')
    await hands.press(page.getByText('Filter', { exact: true }).first())
    await hands.choose(page.getByLabel('Action'), 'Created')
    await hands.type(page.getByLabel('Id of the object'), account.id)
    await hands.press(page.getByRole('button', { name: 'Filter' }))
    await page.waitForURL(/details=/)
    expect(await page.getByRole('row').count()).toBe(2)
    const href = await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href')
    const lines = (await (await page.request.get(href ?? '')).text()).trim().split('\r\n')
    expect(lines.length).toBe(2)
    expect(lines[1]).toContain(account.id)
    const other = await page.getByRole('link', { name: 'Export as NDJSON' }).getAttribute('href')
    expect(await (await page.request.get(other ?? '')).json()).toMatchObject({ resourceId: account.id })
    await hands.press(page.getByRole('table').getByRole('link').first())
    await page.getByRole('row', { name: new RegExp(`name.*looked-up-by-${id}`) }).waitFor()
    await close()
  })

  it.each(WITH_SCRIPT)('rotates the signing key, with $by', async ({ isScriptless, handsOf }) => {
    const before = await administer<{ results: { kid: string }[] }>('GET', '/api/v1/signing-keys')
    const { page, close } = await browser.open({ session, isScriptless })
    const hands = handsOf(page)
    await page.goto('/ui/settings')
    await hands.press(page.getByRole('link', { name: 'Rotate' }))
    await hands.press(page.getByRole('radio', { name: /^At once, and drop/ }))
    await goBy(hands, page)(page.getByRole('button', { name: 'Rotate' }))
    expect(await page.getByRole('status').textContent()).toBe('The signing keys took a step.')
    const after = await administer<{ results: { kid: string }[] }>('GET', '/api/v1/signing-keys')
    const known = before.results.map(({ kid }) => kid)
    expect(after.results.filter(({ kid }) => known.includes(kid))).toEqual([])
    await close()
  })
})
