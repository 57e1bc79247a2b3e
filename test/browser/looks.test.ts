/**
 * Every page, looked at: by axe at both widths and in both themes, which differ in nothing but colours, and by rules that axe
 * does not have. With SCREENSHOTS naming a folder (`npm run screenshots`) a picture of each is left there.
 */

import { mkdir } from 'node:fs/promises'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser, type TestPage } from './browser.ts'
import { views } from './gallery/index.ts'
import { sessionOf } from './people.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What axe says of colours. */
const COLOURS = ['color-contrast', 'link-in-text-block']
const { SCREENSHOTS } = process.env
const EVERYTHING: axe.RunOnly = { type: 'tag', values: TAGS }
const MAX_BYTES = 100 * 1024

let browser: TestBrowser
let inside: TestPage
let outside: TestPage
beforeAll(async () => {
  if (!hasBrowser) return
  if (SCREENSHOTS) await mkdir(SCREENSHOTS, { recursive: true })
  browser = await startBrowser()
  inside = await browser.open({ session: await sessionOf() })
  outside = await browser.open()
})
afterAll(() => browser?.close())

describe.skipIf(!hasBrowser)('the page', () => {
  it.each(views)(
    '$name is for everybody',
    async ({ name, isSignedOut, session, path, status = 200, prepare }) => {
      const other = session && (await browser.open({ session: await session() }))
      const { page, complaints } = other ?? (isSignedOut ? outside : inside)
      complaints.length = 0
      await page.setViewportSize({ width: 1280, height: 900 })
      const answer = await page.goto(typeof path === 'string' ? path : await path())
      expect(answer?.status()).toBe(status)
      expect((await answer?.body())?.length ?? 0).toBeLessThan(MAX_BYTES)
      await prepare?.(page)
      await page.evaluate(axe.source)
      expect(await page.title()).toMatch(/.+ · Postern$/)
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      expect(await page.getByRole('main').count()).toBe(1)
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 900 })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          const rules: axe.RunOnly = colorScheme === 'light' ? EVERYTHING : { type: 'rule', values: COLOURS }
          expect(await findFaults(page, rules), `${colorScheme} at ${width} pixels`).toEqual([])
          if (SCREENSHOTS) {
            await page.screenshot({
              path: `${SCREENSHOTS}/${name}-${colorScheme}-${width}.png`,
              fullPage: true,
            })
          }
        }
      }
      for (const width of [320, 768]) {
        await page.setViewportSize({ width, height: 900 })
        expect(await overflow(page), `overflow at ${width} pixels`).toBeLessThanOrEqual(0)
      }
      expect(complaints).toEqual([])
      await other?.close()
    },
  )

  it('is found wanting where it is: the check can fail', async () => {
    const { page } = outside
    await page.goto('/ui/')
    await page.locator('h1').evaluate((heading) => {
      heading.insertAdjacentElement('afterend', document.createElement('input'))
    })
    await page.evaluate(axe.source)
    expect(await findFaults(page, EVERYTHING)).not.toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('h1').evaluate((heading) => {
      heading.style.color = '#777'
      heading.style.background = '#888'
    })
    expect(await findFaults(page, { type: 'rule', values: COLOURS })).not.toEqual([])
  })
})

interface Faults {
  readonly violations: ReadonlyArray<{
    readonly id: string
    readonly nodes: ReadonlyArray<{ readonly html: string }>
  }>
}

async function findFaults(page: Page, runOnly: axe.RunOnly): Promise<string[]> {
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`,
  )) as Faults
  const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  const over = await overflow(page)
  return over > 0 ? [...faults, `${over} pixels too wide`] : faults
}

/** How much wider than the window the page is. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
