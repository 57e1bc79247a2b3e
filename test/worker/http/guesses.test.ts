/** Whoever tries credentials that do not exist is stopped before D1 is. */

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drawToken } from '../../../shared/token-format.ts'
import { forgeFor, unknownToken } from '../support/attacks.ts'
import { MINUTE, stopClock } from '../support/clock.ts'
import {
  type Bot,
  type Call,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  mintToken,
  PASSWORD,
} from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { exchange } from '../support/oauth.ts'

const BOUNDED = '/api/v1/main/namespaces/prod/files?path=/folder/'
const LIMIT = 20

const later = stopClock()
let admin: Bot
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { namespace: null, by: admin })
})

const from = (ipAddress: string) => ({ headers: { 'CF-Connecting-IP': ipAddress } })
let subnet = 0
/** The platform counts for all tests of this file together. */
const newNetwork = () => `192.0.2.${++subnet}`

describe.each<[string, Record<string, unknown>]>([
  ['with the platform’s limit', {}],
  ['without the platform’s limit', { GUESSES: undefined }],
])('guessing %s', (_, settings) => {
  let isolate: Isolate
  let network: string
  beforeEach(async () => {
    isolate = await openIsolate(settings)
    network = newNetwork()
  })
  const visit = (request: Call) => isolate.call(BOUNDED, { ...from(network), ...request })
  const guess = async (times: number) => {
    const statuses: number[] = []
    for (let index = 0; index < times; index++) statuses.push((await visit({ token: unknownToken() })).status)
    return statuses
  }

  it('ends at the limit, ten thousand times or not (threat 4)', async () => {
    const statuses = await guess(10_000)
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(LIMIT + 1)
    expect(new Set(statuses.slice(LIMIT + 1))).toEqual(new Set([429]))
    expect(isolate.traffic.reads).toBeLessThanOrEqual(LIMIT + 1)
  })

  it('is answered the same, whatever else is the matter, with when to come again', async () => {
    await guess(LIMIT + 1)
    const { fullToken } = await mintToken(bot.id, { by: admin })
    const answers = await Promise.all([unknownToken(), fullToken].map((token) => visit({ token })))
    const bodies = await Promise.all(answers.map((answer) => answer.json<Record<string, unknown>>()))
    expect(bodies.map(({ requestId, ...rest }) => rest)).toEqual(
      Array(2).fill({
        message: 'Too Many Requests',
        code: 'too_many_attempts',
        detail: expect.any(String),
        _links: expect.anything(),
      }),
    )
    expect(answers.map((answer) => answer.headers.get('Retry-After'))).toEqual(['60', '60'])
  })

  it('stops nobody who is known, nobody elsewhere, and nobody for longer than a minute', async () => {
    expect((await visit(bot)).status).toBe(404)
    await guess(LIMIT + 1)
    expect((await visit(bot)).status).toBe(404)
    const { fullToken: token } = await mintToken(bot.id, { by: admin })
    expect((await visit({ token })).status).toBe(429)
    expect((await visit({ token, ...from(newNetwork()) })).status).toBe(404)
    await later(MINUTE + 1, async () => expect((await visit({ token })).status).toBe(404))
  })

  it('is not what many good tokens from one address do', async () => {
    for (let index = 0; index <= LIMIT; index++) {
      const { fullToken: token } = await mintToken(bot.id, { by: admin })
      expect((await visit({ token })).status).toBe(404)
    }
  })
})

describe('an invitation’s link', () => {
  const guessLink = () =>
    drawToken('INVITATION', (bytes) => crypto.getRandomValues(new Uint8Array(bytes))).token
  const doors: Record<string, (link: string) => readonly [path: string, request: Call]> = {
    'its page': (link) => [`/ui/invitations/${link}`, {}],
    'the page’s form': (link) => [
      `/ui/invitations/${link}`,
      { body: new URLSearchParams({ password: PASSWORD }) },
    ],
    'the API': (token) => ['/api/v1/invitations/accept', { json: { token, password: PASSWORD } }],
  }

  it.each(Object.keys(doors))('is guessed at like a token, and together with tokens: %s', async (door) => {
    const isolate = await openIsolate()
    const network = newNetwork()
    const send = (link: string, ipAddress = network) => {
      const [path, request] = doors[door]?.(link) ?? ['', {}]
      return isolate.call(path, { ...request, ...from(ipAddress) })
    }
    const invited = call('/api/v1/main/invitations', {
      ...admin,
      json: { email: `${crypto.randomUUID()}@example.com` },
    })
    const { link: whole } = await expectJson<{ link: string }>(invited, 201)
    const link = whole.split('/').at(-1) ?? ''
    for (let index = 0; index < LIMIT + 5; index++) expect((await send('psv_malformed')).status).not.toBe(429)
    // That there is such an id makes it no better.
    const forged = forgeFor(link)
    const statuses: number[] = []
    for (let index = 0; index < 3 * LIMIT; index++) {
      statuses.push((await send(index % 2 ? forged : guessLink())).status)
    }
    expect(statuses.filter((status) => status === 404).length).toBeLessThanOrEqual(LIMIT + 1)
    expect(new Set(statuses.slice(LIMIT + 1))).toEqual(new Set([429]))
    const token = { token: unknownToken(), ...from(network) }
    expect([(await isolate.call(BOUNDED, token)).status, (await send(link)).status]).toEqual([429, 429])
    expect((await send(link, newNetwork())).status).toBeLessThan(400)
  })
})

describe('POST /oauth/token', () => {
  it('limits nobody where no address is known', async () => {
    for (let index = 0; index < LIMIT + 5; index++) {
      expect((await exchange(unknownToken())).status).toBe(400)
    }
  })
})

describe('POST /oauth/introspect', () => {
  it('is not blinded for good tokens by bad ones that others have sent to who asks', async () => {
    const isolate = await openIsolate()
    const ask = async (token: string) => {
      const body = new URLSearchParams({ token })
      const headers = { 'CF-Connecting-IP': '192.0.2.77' }
      const answer = await isolate.call('/oauth/introspect', { token: admin.token, body, headers })
      return ((await answer.json()) as { active: boolean }).active
    }
    for (let index = 0; index < LIMIT + 5; index++) expect(await ask(unknownToken())).toBe(false)
    const { fullToken } = await mintToken(bot.id, { by: admin })
    expect(await ask(fullToken)).toBe(true)
  })
})
