import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../worker/settings.ts'
import { openIsolate } from './support/isolates.ts'

const read = (settings: Record<string, string>) => readSettings({ MASTER_KEY: env.MASTER_KEY, ...settings })

describe('CONSOLE_PATH', () => {
  it('moves Postern’s own pages', async () => {
    const isolate = await openIsolate({ CONSOLE_PATH: '/console' })
    const page = await isolate.call('/console/')
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Sign in')])
    expect((await isolate.call('/ui/')).status).toBe(404)
  })

  it.each(['console', '/console/', '/', '', '/a//b', '/Console', '/../ui', '/a b', '/ui?x', '/:id', '/*'])(
    'cannot be %j',
    (path) => expect(() => read({ CONSOLE_PATH: path })).toThrow('CONSOLE_PATH must be a path'),
  )

  it.each(['/api', '/api/v1/ui', '/oauth/ui', '/verify', '/login', '/docs'])(
    'cannot hide the API: %s',
    (path) =>
      expect(() => read({ CONSOLE_PATH: path })).toThrow('CONSOLE_PATH must not lie where the API is'),
  )
})
