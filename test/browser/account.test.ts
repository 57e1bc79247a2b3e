import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { GITHUB } from '../../shared/wire/federation.ts'
import { hasBrowser, startBrowser, type TestBrowser } from './browser.ts'
import { goBy, WAYS, type Way } from './hands.ts'
import { administer, createServiceAccount, sessionOf } from './people.ts'

let browser: TestBrowser
beforeAll(async () => {
  if (hasBrowser) browser = await startBrowser()
})
afterAll(() => browser?.close())

let count = 0
/** A service account with a token, and a window on its page. Sessions differ: each acts as somebody for a while. */
async function openAccount(isScriptless: boolean, handsOf: Way['handsOf']) {
  const { id, name } = await createServiceAccount(`account-${count++}`)
  const { fullToken } = await administer<{ fullToken: string }>(
    'POST',
    `/api/v1/main/service-accounts/${id}/api-tokens`,
    { name: 'ci' },
  )
  const { page, close } = await browser.open({ session: await sessionOf(), isScriptless })
  await page.goto(`/ui/main/iam/service-accounts/${id}`)
  const hands = handsOf(page)
  const isAccepted = async () => {
    const headers = { Authorization: `Bearer ${fullToken}` }
    return (await fetch(`${inject('console').url}/api/v1/me`, { headers })).status === 200
  }
  return { id, name, page, close, hands, go: goBy(hands, page), isAccepted }
}

/** As it is at first. No other file of tests trusts it: they share the edge. */
async function distrustGithub() {
  const path = '/api/v1/issuers'
  const { results } = await administer<{ results: { id: string; issuer: string }[] }>('GET', path)
  const id = results.find((one) => one.issuer === GITHUB.issuer)?.id
  if (id !== undefined) await administer('DELETE', `${path}/${id}`)
}

describe.skipIf(!hasBrowser)('a service account', () => {
  it.each(WAYS)(
    'is disabled, enabled and deleted by its name alone, with $by',
    async ({ isScriptless, handsOf }) => {
      const { name, page, close, hands, go, isAccepted } = await openAccount(isScriptless, handsOf)
      const status = page.getByRole('status')
      const settings = page.getByRole('navigation', { name }).getByRole('link', { name: 'Settings' })
      await go(settings)
      await go(page.getByRole('link', { name: 'Disable', exact: true }).last())
      await page.getByText('1 API token and 0 federated credentials stop working.').waitFor()
      await go(page.getByRole('button', { name: 'Disable account' }))
      expect(await status.textContent()).toContain(`${name} is disabled.`)
      expect(await isAccepted()).toBe(false)
      await go(settings)
      await go(page.getByRole('link', { name: 'Enable', exact: true }).last())
      await go(page.getByRole('button', { name: 'Enable account' }))
      expect(await isAccepted()).toBe(true)

      await go(settings)
      await go(page.getByRole('link', { name: 'Delete', exact: true }).last())
      const field = page.getByLabel(`Type ${name}`)
      await hands.type(field, 'another')
      await hands.press(page.getByRole('button', { name: 'Delete account' }))
      // The browser itself refuses: nothing was sent.
      expect(await field.evaluate((input) => input.matches(':invalid'))).toBe(true)
      expect(await isAccepted()).toBe(true)
      await hands.type(field, name)
      await go(page.getByRole('button', { name: 'Delete account' }))
      expect(await status.textContent()).toBe(`${name} deleted.`)
      expect(await isAccepted()).toBe(false)
      await close()
    },
  )

  it.each(WAYS)('is acted as, and left again, with $by', async ({ isScriptless, handsOf }) => {
    const { id, name, page, close, hands, go } = await openAccount(isScriptless, handsOf)
    await go(page.getByRole('link', { name: 'Impersonate' }))
    await hands.type(page.getByLabel('Reason'), 'To see what it sees')
    await hands.press(page.getByRole('radio', { name: '30 minutes' }))
    await go(page.getByRole('button', { name: 'Start' }))
    const mask = page.getByRole('complementary', { name: 'Impersonation' })
    expect(await mask.textContent()).toContain(`You are impersonating ${name}`)
    expect(await page.title()).toContain(`(as ${name})`)

    await page.goto(`/ui/main/iam/service-accounts/${id}`)
    await page.getByText('SERVICE_ACCOUNT:VIEW').waitFor()
    expect(await mask.count()).toBe(1)
    await go(mask.getByRole('button', { name: 'Exit' }))
    expect(await page.getByRole('status').textContent()).toBe('You are yourself again.')
    expect(await mask.count()).toBe(0)
    await page.goto(`/ui/main/iam/service-accounts/${id}`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(name)
    await close()
  })

  it.each(WAYS)('lets workflow runs in without a secret, with $by', async ({ isScriptless, handsOf }) => {
    const { id, name, page, close, hands, go } = await openAccount(isScriptless, handsOf)
    await distrustGithub()
    await go(page.getByRole('link', { name: 'Keyless' }))
    await go(page.getByRole('button', { name: 'Trust GitHub Actions' }))
    await page.getByText(`service-account: ${name}`).waitFor()
    await go(page.getByRole('link', { name: 'Create federated credential' }))
    await hands.type(page.getByLabel('Name', { exact: true }), 'web-main')
    await hands.type(page.getByLabel('Repository id'), 'acme/web')
    await hands.type(page.getByLabel('Owner id'), '123456')
    await hands.type(page.getByLabel('Environment'), 'production')
    await go(page.getByRole('button', { name: 'Create' }))
    await page.getByRole('alert').getByText('Repository id must be a numeric id').waitFor()
    await hands.type(page.getByLabel('Repository id'), '789012')
    await go(page.getByRole('button', { name: 'Create' }))
    const path = `/api/v1/main/service-accounts/${id}/federated-credentials`
    const match = {
      repository_id: '789012',
      repository_owner_id: '123456',
      ref: 'refs/heads/main',
      environment: 'production',
      event_name: ['push', 'workflow_dispatch'],
    }
    expect((await administer<{ results: object[] }>('GET', path)).results).toMatchObject([
      { name: 'web-main', match, enabled: true, version: 1 },
    ])
    await go(page.getByRole('link', { name: 'web-main' }))
    await hands.press(page.getByRole('switch', { name: 'Enabled' }))
    await go(page.getByRole('button', { name: 'Save' }))
    expect((await administer<{ results: object[] }>('GET', path)).results).toMatchObject([
      { match, enabled: false, version: 2 },
    ])
    await go(page.getByRole('link', { name: 'web-main' }))
    await go(page.getByRole('link', { name: 'Delete', exact: true }).last())
    await go(page.getByRole('button', { name: 'Delete federated credential' }))
    expect((await administer<{ results: object[] }>('GET', path)).results).toEqual([])
    await close()
  })
})
