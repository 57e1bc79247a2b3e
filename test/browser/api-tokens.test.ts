import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser, type View } from './browser.ts'
import { goBy, WAYS } from './hands.ts'
import { administer, createServiceAccount, sessionOf } from './people.ts'

const TOKEN = /^pst_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/
const DAY = 86_400_000

let browser: TestBrowser
let session: string
beforeAll(async () => {
  if (!hasBrowser) return
  browser = await startBrowser()
  session = await sessionOf()
})
afterAll(() => browser?.close())

let count = 0
interface Wire {
  readonly id: string
  readonly name: string
  readonly iat: string
  readonly exp?: string
  readonly extended: boolean
}
const api = '/api/v1/main/service-accounts'
const tokensOf = async (id: string) =>
  (await administer<{ results: Wire[] }>('GET', `${api}/${id}/api-tokens`)).results

/** An account's own page, in a window of its own. */
async function openAccount(view: View = {}) {
  const { id, name } = await createServiceAccount(`tokens-${count++}`)
  const opened = await browser.open({ session, ...view })
  await opened.page.goto(`/ui/main/iam/service-accounts/${id}`)
  return { id, name, address: `/ui/main/iam/service-accounts/${id}`, ...opened }
}

const pathOf = (page: Page) => new URL(page.url()).pathname

describe.skipIf(!hasBrowser)('an API token', () => {
  it.each(WAYS)('is created for as long as is chosen, with $by', async ({ isScriptless, handsOf }) => {
    const { id, page, close } = await openAccount({ isScriptless })
    const hands = handsOf(page)
    const go = goBy(hands, page)
    for (const [index, [age, days]] of (
      [
        ['7 days', 7],
        ['1 year', 365],
        ['Custom', undefined],
        ['Never', undefined],
      ] as const
    ).entries()) {
      await go(page.getByRole('link', { name: 'Create API token' }))
      await hands.type(page.getByLabel('Name', { exact: true }), `age-${index}`)
      await hands.press(page.getByRole('radio', { name: age }))
      const until = page.getByLabel('Until', { exact: true })
      expect(await until.isVisible()).toBe(age === 'Custom')
      const extended = page.getByRole('switch', { name: 'Extended' })
      expect(await extended.isVisible()).toBe(age !== 'Never')
      if (age === 'Custom') await until.fill('2099-12-31')
      if (age === '7 days') await hands.press(extended)
      if (age === 'Never') await page.getByText('good until somebody revokes it').waitFor()
      await go(page.getByRole('button', { name: 'Generate' }))
      expect(await page.getByLabel('Token', { exact: true }).inputValue()).toMatch(TOKEN)
      await go(page.getByRole('link', { name: 'I have stored it' }))
      const token = (await tokensOf(id)).at(-1)
      expect(token).toMatchObject({ name: `age-${index}`, extended: age === '7 days' })
      if (days) expect(Date.parse(token?.exp ?? '') - Date.parse(token?.iat ?? '')).toBe(days * DAY)
      // Paris, in winter: without a script nobody says so.
      if (age === 'Custom' && !isScriptless) expect(token?.exp).toMatch(/^2099-12-31T22:59:59/)
      if (age === 'Never') expect(token?.exp).toBeUndefined()
    }
    await page.getByText('↻ 7 days').waitFor()
    await close()
  })

  it.each([
    { with: 'a script', isScriptless: false },
    { with: 'no script', isScriptless: true },
  ])(
    'is shown once with $with: not after reload, Back, forward or in a second tab',
    async ({ isScriptless }) => {
      const { id, address, page, context, close } = await openAccount({ isScriptless })
      const bodies: Promise<string>[] = []
      context.on('response', (response) => {
        const status = response.status()
        if (status < 300 && response.request().isNavigationRequest()) {
          bodies.push(response.text().catch(() => ''))
        }
      })
      await page.getByRole('link', { name: 'Create API token' }).click()
      await page.getByLabel('Name', { exact: true }).fill('once')
      await page.getByRole('button', { name: 'Generate' }).click()
      const field = page.getByLabel('Token', { exact: true })
      const token = await field.inputValue()
      page.on('dialog', (dialog) => dialog.accept())

      await page.reload()
      if (isScriptless) {
        expect(await page.getByRole('status').textContent()).toBe(
          'This token was created earlier. Its value cannot be shown again.',
        )
      }
      expect(pathOf(page)).toBe(address)
      expect(await field.count()).toBe(0)
      await page.getByRole('link', { name: 'Keyless' }).click()
      await page.getByRole('heading', { name: 'Federated credentials' }).waitFor()
      for (const step of ['goBack', 'goBack', 'goForward', 'goForward'] as const) {
        await page[step]()
        expect(await page.content()).not.toContain(token)
      }
      const tab = await context.newPage()
      await tab.goto(address)
      expect(await tab.content()).not.toContain(token)
      expect(await tokensOf(id)).toHaveLength(1)
      expect((await context.cookies()).map(({ value }) => value).join()).not.toContain(token)
      expect((await Promise.all(bodies)).filter((body) => body.includes(token)).length).toBeLessThanOrEqual(1)
      await close()
    },
  )

  it('is copied and downloaded, and goes into no snippet, of which that for curl works', async () => {
    const { name, id, page, context, close } = await openAccount()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await administer('POST', '/api/v1/main/bindings', {
      type: 'USER',
      externalId: id,
      roleId: 'viewer_main',
    })
    await page.getByRole('link', { name: 'Create API token' }).click()
    await page.getByLabel('Name', { exact: true }).fill('kept')
    await page.getByRole('button', { name: 'Generate' }).click()
    const token = await page.getByLabel('Token', { exact: true }).inputValue()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Token kept is ready')

    await page.getByRole('button', { name: 'Copy' }).first().click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token)
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: '.env file' }).click()
    expect((await download).suggestedFilename()).toBe('kept.env')
    expect(await readFile(await (await download).path(), 'utf8')).toBe(`KESTRA_API_TOKEN=${token}\n`)

    for (const kind of ['GitHub Actions', 'Terraform', 'Command line', 'curl']) {
      await page.getByRole('radio', { name: kind }).check()
      const shown = page.locator('pre:visible')
      expect(await shown.count()).toBe(1)
      const text = (await shown.textContent()) ?? ''
      expect(text).toContain('KESTRA_API_TOKEN')
      expect(text).toContain(inject('console').url)
      expect(text).not.toContain(token)
      if (kind === 'curl') {
        const [, address = ''] = /'(http[^']+)'/.exec(text) ?? []
        const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` } })
        expect([name, answer.status]).toEqual([name, 200])
      }
    }
    await page.getByRole('link', { name: 'I have stored it' }).click()
    await close()
  })

  it('asks before one leaves without it', async () => {
    const { page, close } = await openAccount()
    await page.getByRole('link', { name: 'Create API token' }).click()
    await page.getByLabel('Name', { exact: true }).fill('forgotten')
    await page.getByRole('button', { name: 'Generate' }).click()
    const dialog = page.waitForEvent('dialog')
    await page.getByLabel('Token', { exact: true }).click()
    const left = page.getByRole('link', { name: 'Keyless' }).click()
    const asked = await dialog
    expect(asked.type()).toBe('beforeunload')
    await asked.accept()
    await left
    await close()
  })

  it.each(WAYS)('is rotated and revoked, with $by', async ({ isScriptless, handsOf }) => {
    const { id, page, close } = await openAccount({ isScriptless })
    const old = await administer<{ fullToken: string }>('POST', `${api}/${id}/api-tokens`, { name: 'old' })
    const hands = handsOf(page)
    const go = goBy(hands, page)
    await page.reload()
    await go(page.getByRole('link', { name: 'old', exact: true }))
    await go(page.getByRole('link', { name: 'Rotate' }))
    await hands.press(page.getByRole('radio', { name: 'Not at all' }))
    await go(page.getByRole('button', { name: 'Rotate token' }))
    const token = await page.getByLabel('Token', { exact: true }).inputValue()
    const me = async (one: string) =>
      (await fetch(`${inject('console').url}/api/v1/me`, { headers: { Authorization: `Bearer ${one}` } }))
        .status
    expect([await me(old.fullToken), await me(token)]).toEqual([401, 200])
    await go(page.getByRole('link', { name: 'I have stored it' }))
    await go(page.getByRole('link', { name: 'Revoke token old' }))
    await page.getByText('Writes stop at once; reads within 10 seconds.').waitFor()
    await go(page.getByRole('button', { name: 'Revoke token' }))
    expect(await page.getByRole('status').textContent()).toBe('old is revoked.')
    expect(await me(token)).toBe(401)
    expect(await tokensOf(id)).toEqual([])
    await close()
  })
})
