/** What pages of others can do to somebody who is signed in, as a browser has it. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { hasBrowser, startBrowser, type TestBrowser } from './browser.ts'
import { administer, sessionOf } from './people.ts'

let browser: TestBrowser
let session: string
let elsewhere: Server
/** What the other site shows at every address. */
let markup = ''
beforeAll(async () => {
  if (!hasBrowser) return
  elsewhere = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html')
    answer.end(`<!doctype html><title>Elsewhere</title>${markup}`)
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  browser = await startBrowser()
  session = await sessionOf()
})
afterAll(async () => {
  elsewhere?.close()
  await browser?.close()
})

const SITES = [
  ['another port of the same host', '127.0.0.1'],
  ['another site', 'localhost'],
] as const
const addressAt = (host: string) => `http://${host}:${(elsewhere.address() as AddressInfo).port}/`

const formTo = (path: string, fields: Record<string, string>) =>
  `<form method="post" action="${inject('console').url}${path}">${Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join('')}<button>Win a prize</button></form>`

describe.skipIf(!hasBrowser)('a page of', () => {
  it.each(SITES)('%s creates nothing in its visitor’s name (threat 41)', async (_, host) => {
    const { page, close } = await browser.open({ session })
    markup = formTo('/ui/main/iam/service-accounts/new', { name: 'made-elsewhere' })
    await page.goto(addressAt(host))
    await page.getByRole('button').click()
    await page.getByRole('heading', { level: 1, name: 'You may not do this' }).waitFor()
    const { total } = await administer<{ total: number }>(
      'GET',
      '/api/v1/main/service-accounts?q=made-elsewhere',
    )
    expect(total).toBe(0)
    await close()
  })

  it.each(SITES)('%s signs nobody in (threat 41)', async (_, host) => {
    const { page, context, close } = await browser.open()
    const { username, password } = inject('console')
    markup = formTo('/ui/sign-in', { username, password })
    await page.goto(addressAt(host))
    await page.getByRole('button').click()
    await page.getByRole('heading', { level: 1, name: 'You may not do this' }).waitFor()
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('JWT')
    await close()
  })

  it.each(SITES)('%s shows no page of ours in a frame (threat 41)', async (_, host) => {
    const { page, complaints, close } = await browser.open({ session })
    markup = `<iframe src="${inject('console').url}/ui/"></iframe>`
    await page.goto(addressAt(host), { waitUntil: 'load' })
    const [, frame] = page.frames()
    expect(await frame?.content()).not.toContain('Postern')
    expect(complaints.splice(0).join()).toMatch(/frame-ancestors|X-Frame-Options|ERR_BLOCKED_BY_RESPONSE/)
    await close()
  })
})
