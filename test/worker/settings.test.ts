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

  it('is /console where /ui is Kestra’s, and never there', () => {
    const kestra = { KESTRA_URL: 'https://kestra.test' }
    expect([read({}).consolePath, read(kestra).consolePath]).toEqual(['/ui', '/console'])
    for (const path of ['/ui', '/ui/postern'])
      expect(() => read({ ...kestra, CONSOLE_PATH: path })).toThrow(
        'CONSOLE_PATH must leave /ui to the Kestra',
      )
    expect(read({ ...kestra, CONSOLE_PATH: '/uis' }).consolePath).toBe('/uis')
  })

  it.each(['/api', '/api/v1/ui', '/oauth/ui', '/verify', '/login', '/docs'])(
    'cannot hide the API: %s',
    (path) =>
      expect(() => read({ CONSOLE_PATH: path })).toThrow('CONSOLE_PATH must not lie where the API is'),
  )
})

describe('the settings of a Kestra behind', () => {
  it('are nothing without its URL', () => {
    expect(read({ KESTRA_AUTHORIZATION: 'Bearer x' }).kestra).toBeUndefined()
  })

  it('say where it is, as whom to come, and how long to wait', () => {
    const KESTRA_URL = 'http://kestra.test:8080/'
    expect(
      read({ KESTRA_URL, KESTRA_AUTHORIZATION: 'Basic eDp5', KESTRA_TIMEOUT_SECONDS: '600' }).kestra,
    ).toEqual({
      origin: 'http://kestra.test:8080',
      authorization: 'Basic eDp5',
      timeoutMs: 600_000,
    })
    expect(read({ KESTRA_URL }).kestra).toMatchObject({ authorization: undefined, timeoutMs: 60_000 })
  })

  it.each([
    '',
    'kestra.test',
    'ftp://kestra.test',
    'https://kestra.test/path',
    'https://kestra.test/?x',
    'https://user:password@kestra.test',
    'https://kestra.test/#x',
    ' https://kestra.test',
  ])('name no Kestra by %j', (text) => {
    expect(() => read({ KESTRA_URL: text })).toThrow('KESTRA_URL must be an origin')
  })

  it('keep the credential out of the message when it is wrong', () => {
    for (const text of ['canary', 'Basic canary\r\nX: y', 'Digest canary', 'Basic ', '']) {
      const wrong = () => read({ KESTRA_URL: 'https://kestra.test', KESTRA_AUTHORIZATION: text })
      expect(wrong).toThrow(/KESTRA_AUTHORIZATION must be "Basic …" or "Bearer …"$/)
    }
  })

  it.each(['0', '601', '1.5', '-1', 'soon', ''])('wait no %j seconds', (text) => {
    expect(() => read({ KESTRA_TIMEOUT_SECONDS: text })).toThrow('KESTRA_TIMEOUT_SECONDS must be')
  })
})
