/**
 * A real browser: Debian's Chromium, or the one that CHROMIUM names. Whatever it complains of while a page is open (an
 * error of a script, a breach of the page's policy, a request that fails) fails the test.
 */

import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser) {
  console.warn(
    `There is no browser at ${CHROMIUM}: the tests of the console in one are skipped. On Debian run scripts/install-test-programs.sh, elsewhere name one with CHROMIUM.`,
  )
}

const FLAGS = (
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync'
).split(' ')

export interface View {
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly isScriptless?: boolean
  readonly timeZone?: string
  /** A cookie of somebody who is signed in: `JWT=…`. */
  readonly session?: string
}

export interface TestBrowser {
  /** A window with nothing remembered of any other. */
  open(view?: View): Promise<TestPage>
  close(): Promise<void>
}

export interface TestPage {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser complained of. */
  readonly complaints: string[]
  close(): Promise<void>
}

export async function startBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  return {
    open: (view) => openPage(browser, view),
    close: () => browser.close(),
  }
}

async function openPage(
  browser: Browser,
  { theme = 'light', width = 1280, isScriptless = false, timeZone = 'Europe/Paris', session }: View = {},
): Promise<TestPage> {
  const { url } = inject('console')
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: theme,
    viewport: { width, height: 900 },
    javaScriptEnabled: !isScriptless,
    timezoneId: timeZone,
    locale: 'en-US',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(20_000)
  if (session !== undefined) {
    const [name = '', value = ''] = session.split('=')
    await context.addCookies([{ name, value, url, httpOnly: true }])
  }
  const page = await context.newPage()
  const complaints = watch(page)
  return {
    page,
    context,
    complaints,
    close: async () => {
      await context.close()
      expect(complaints).toEqual([])
    },
  }
}

function watch(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A page that is refused on purpose is a resource too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(`console: ${message.text()}`)
    }
  })
  page.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {}
    if (errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${errorText}`)
  })
  return complaints
}
