import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createIssuerKeys } from '../../../worker/federation/issuer-keys.ts'
import { openCopies } from '../../../worker/storage/copies.ts'

const URI = 'https://issuer.test/keys'
const NOW = 1_800_000_000_000
const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const key = (kid: string) => ({ kty: 'RSA', kid, n: 'AQAB', e: 'AQAB' })
const keySet = (...kids: string[]) => Response.json({ keys: kids.map(key) })

beforeEach(() => reset())

/** An isolate of its own, with a memory of its own; KV is everybody's. */
function start(respond: (init: RequestInit) => Response | Promise<Response>) {
  const send = vi.fn(async (_: unknown, init?: RequestInit) => respond(init ?? {}))
  const keys = createIssuerKeys(send as typeof fetch, openCopies(env.COPIES))
  const find = async (kid: string, now: number) => {
    const found = await keys.find(URI, kid, now)
    return found.ok ? found.value?.kid : found.error.code
  }
  return { send, find }
}

describe('find', () => {
  it('asks once and then knows', async () => {
    const { send, find } = start(() => keySet('a', 'b'))
    expect(await find('a', NOW)).toBe('a')
    expect(await find('b', NOW + MINUTE)).toBe('b')
    expect(send).toHaveBeenCalledTimes(1)
    expect(send).toHaveBeenCalledWith(URI, expect.objectContaining({ redirect: 'manual' }))
  })

  it('asks again for a key that it does not know, but not within thirty seconds (threat 16)', async () => {
    let kids = ['a']
    const { send, find } = start(() => keySet(...kids))
    await find('a', NOW)
    kids = ['a', 'b']
    expect(await find('b', NOW + 29 * SECOND)).toBeUndefined()
    expect(await find('b', NOW + 30 * SECOND)).toBe('b')
    expect(send).toHaveBeenCalledTimes(2)
  })

  it('asks again when its clock was put back', async () => {
    let kids = ['a']
    const { find } = start(() => keySet(...kids))
    await find('a', NOW + HOUR)
    kids = ['a', 'b']
    expect(await find('b', NOW)).toBe('b')
  })

  it('forgets a key that its issuer withdrew', async () => {
    let kids = ['a', 'b']
    const { find } = start(() => keySet(...kids))
    await find('a', NOW)
    kids = ['b']
    expect(await find('a', NOW + 9 * MINUTE)).toBe('a')
    expect(await find('a', NOW + 10 * MINUTE)).toBeUndefined()
  })

  it('uses what another isolate left in KV, for a day at most', async () => {
    await start(() => keySet('a')).find('a', NOW)
    const soon = start(() => keySet())
    expect(await soon.find('a', NOW + MINUTE)).toBe('a')
    expect(soon.send).not.toHaveBeenCalled()
    const down = start(() => new Response(null, { status: 500 }))
    expect(await down.find('a', NOW + 23 * HOUR)).toBe('a')
    expect(await down.find('a', NOW + 24 * HOUR)).toBe('issuer_unavailable')
  })

  it('serves a known key while its issuer is down, and says of an unknown one that it cannot know', async () => {
    let isUp = true
    const { find } = start(() => (isUp ? keySet('a') : new Response(null, { status: 503 })))
    await find('a', NOW)
    isUp = false
    expect(await find('a', NOW + HOUR)).toBe('a')
    expect(await find('b', NOW + 2 * HOUR)).toBe('issuer_unavailable')
    expect(await find('a', NOW + 25 * HOUR)).toBe('issuer_unavailable')
  })

  it('lets requests wait that come while it is asking, and gives them the same answer', async () => {
    const { send, find } = start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return keySet('a')
    })
    expect(await Promise.all(['a', 'a', 'b', 'a'].map((kid) => find(kid, NOW)))).toEqual([
      'a',
      'a',
      undefined,
      'a',
    ])
    expect(send).toHaveBeenCalledTimes(1)
  })

  const big = JSON.stringify({ keys: [key('a')], padding: 'x'.repeat(64 * 1024) })
  it.each<[string, (init: RequestInit) => Response | Promise<Response>]>([
    ['a redirect', () => new Response(null, { status: 302, headers: { Location: `${URI}2` } })],
    ['an error', () => Response.json({ keys: [key('a')] }, { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['no keys', () => Response.json({})],
    ['keys that are no list', () => Response.json({ keys: { a: key('a') } })],
    ['keys that are no objects', () => Response.json({ keys: ['a'] })],
    ['a hundred and one keys', () => Response.json({ keys: Array.from({ length: 101 }, () => key('a')) })],
    ['more than 64 KB', () => new Response(big)],
    ['no connection', () => Promise.reject(new TypeError('network'))],
    [
      'nothing until it is given up',
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    ],
  ])('takes %s for no answer (threats 15, 37)', async (_, respond) => {
    const { send, find } = start(respond)
    expect(await find('a', NOW)).toBe('issuer_unavailable')
    expect(await find('a', NOW + SECOND)).toBe('issuer_unavailable')
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('reads no more than it may of an endless answer (threat 16)', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(16 * 1024))
      },
    })
    const { find } = start(() => new Response(endless))
    expect(await find('a', NOW)).toBe('issuer_unavailable')
    expect(pulled).toBeLessThan(10)
  })
})
