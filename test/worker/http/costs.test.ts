/** What a verification costs, counted at the bindings. */

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgeFor, unknownToken } from '../support/attacks.ts'
import { MINUTE, stopClock } from '../support/clock.ts'
import {
  ADMIN,
  asAdmin,
  type Bot,
  basic,
  type Call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  mintToken,
} from '../support/edge.ts'
import { type Isolate, openIsolate, trafficOf } from '../support/isolates.ts'
import { accessTokenFor, giveBack } from '../support/oauth.ts'
import { watchProofs } from '../support/proofs.ts'

/** A folder is no file: bounded, and answered without a look at anything but the credential. */
const BOUNDED = '/api/v1/main/namespaces/prod/files?path=/folder/'
/** A role that is not there: strict, and one look. */
const STRICT = '/api/v1/main/roles/none'
const SEARCH = '/api/v1/main/namespaces/prod/files/search'
const NOTHING = { reads: 0, writes: 0, gets: 0, puts: 0 }

const later = stopClock()
let admin: Bot
let bot: Bot
let isolate: Isolate
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'], ROLE: ['VIEW'] }, { namespace: null, by: admin })
})
beforeEach(async () => {
  isolate = await openIsolate()
})

const visit = async (by: Call, status = 404, at = BOUNDED) => expectJson(isolate.call(at, by), status)
const costOf = (by: Call, status = 404, at = BOUNDED) => trafficOf(isolate, () => visit(by, status, at))

describe('an API token', () => {
  it('costs an isolate that knows nothing one round trip, and the note that it was used', async () => {
    expect(await costOf(bot)).toEqual({ ...NOTHING, reads: 1, writes: 1 })
  })

  it('costs nothing once it is known', async () => {
    await visit(bot)
    expect(await costOf(bot)).toEqual(NOTHING)
  })

  it('is proved by its MAC once, and held against what was proved from then on', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    await visit(bot)
    expect(verify).toHaveBeenCalledOnce()
    for (let index = 0; index < 3; index++) {
      await visit(bot)
      await visit({ token: forgeFor(bot.token) }, 401)
    }
    expect(verify).toHaveBeenCalledOnce()
    verify.mockRestore()
  })

  it('costs nothing for a superadmin either, whose tenant has to be there', async () => {
    await visit(admin)
    expect(await costOf(admin)).toEqual(NOTHING)
  })

  it('is noted as used at most once a minute', async () => {
    await visit(bot)
    const hour = await trafficOf(isolate, async () => {
      for (let second = 1; second <= 300; second += 7) await later(second * 1000, () => visit(bot))
    })
    expect(hour.writes).toBe(4)
  })

  it('has the feed read before it is older than the bound, while nobody waits', async () => {
    await visit(bot)
    expect(await later(5_000, () => costOf(bot))).toEqual(NOTHING)
    expect(await later(5_001, () => costOf(bot))).toEqual({ ...NOTHING, reads: 1, puts: 1 })
    expect(await later(10_000, () => costOf(bot))).toEqual(NOTHING)
  })

  it('has the feed read once for any number of requests', async () => {
    await visit(bot)
    const cost = await later(6_000, () =>
      trafficOf(isolate, () => Promise.all(Array.from({ length: 50 }, () => visit(bot)))),
    )
    expect(cost).toEqual({ ...NOTHING, reads: 1, puts: 1 })
  })

  it('costs one read of the feed after a long sleep, and none of itself', async () => {
    await visit(bot)
    expect(await later(50_000, () => costOf(bot))).toEqual({ ...NOTHING, reads: 1 })
  })

  it('costs a strict route one read of the feed', async () => {
    await visit(bot, 404, STRICT)
    // The other one is the route's own look for the role.
    expect(await costOf(bot, 404, STRICT)).toEqual({ ...NOTHING, reads: 2 })
    const asked = { ...bot, headers: { 'Postern-Consistency': 'strict' } }
    expect(await costOf(asked)).toEqual({ ...NOTHING, reads: 1 })
  })
})

describe('the second tier', () => {
  it('spares D1 a token that another isolate has read', async () => {
    const other = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { namespace: null, by: admin, name: 'other' })
    await visit(bot)
    // The feed is fresh: a look for a copy, in vain, then D1.
    expect(await costOf(other)).toEqual({ ...NOTHING, reads: 1, writes: 1, gets: 1 })
    // Whoever has the feed read ahead makes the copy, once: a token that is used once has none.
    expect(await later(6_000, () => costOf(other))).toEqual({ ...NOTHING, reads: 1, puts: 1 })
    expect(await later(12_000, () => costOf(other))).toEqual({ ...NOTHING, reads: 1 })
    isolate = await openIsolate()
    await visit(bot)
    expect(await costOf(other)).toEqual({ ...NOTHING, writes: 1, gets: 1 })
    expect(await costOf(other)).toEqual(NOTHING)
  })
})

describe('an access token', () => {
  it('costs one round trip, then nothing', async () => {
    const token = await accessTokenFor(bot.token)
    expect(await costOf({ token })).toEqual({ ...NOTHING, reads: 1, writes: 1 })
    expect(await costOf({ token })).toEqual(NOTHING)
  })

  it('costs nothing at first sight, where its key and what it was made from are known', async () => {
    const [first, second] = [await accessTokenFor(bot.token), await accessTokenFor(bot.token)]
    await visit({ token: first })
    expect(await costOf({ token: second })).toEqual(NOTHING)
  })

  it('costs one round trip at first sight, where the feed says that it was given back', async () => {
    const [first, second] = [await accessTokenFor(bot.token), await accessTokenFor(bot.token)]
    await giveBack(second)
    await visit({ token: first })
    expect(await costOf({ token: second }, 401)).toEqual({ ...NOTHING, reads: 1 })
    expect(await costOf({ token: second }, 401)).toEqual(NOTHING)
  })

  it('costs nothing when no key that is known has signed it', async () => {
    const token = await accessTokenFor(bot.token)
    await visit({ token })
    for (const end of ['A', 'B', 'Z']) {
      const forged = `${token.slice(0, -9)}${end}${token.slice(-8)}`
      expect(await costOf({ token: forged }, 401)).toEqual(NOTHING)
    }
  })
})

describe('a credential that is none', () => {
  it('costs nothing when it is malformed, ten thousand times (threat 3)', async () => {
    const cost = await trafficOf(isolate, async () => {
      for (let index = 0; index < 10_000; index++) {
        const token = bot.token.slice(0, 20) + index + bot.token.slice(20 + String(index).length)
        // Where the token happens to have these very digits there, it is not malformed.
        if (token === bot.token) continue
        const answer = await isolate.call(BOUNDED, { token })
        if (answer.status !== 401) throw new Error(`${token} was answered ${answer.status}`)
      }
    })
    expect(cost).toEqual(NOTHING)
  })

  it('costs one round trip when it is unknown, then nothing, be the route strict or not', async () => {
    const token = unknownToken()
    expect(await costOf({ token }, 401)).toEqual({ ...NOTHING, reads: 1 })
    expect(await costOf({ token }, 401)).toEqual(NOTHING)
    expect(await costOf({ token }, 401, STRICT)).toEqual(NOTHING)
    expect(await later(10_001, () => costOf({ token }, 401))).toEqual({ ...NOTHING, reads: 1 })
  })

  it('costs nothing more once it was revoked and that is known', async () => {
    const { fullToken: token } = await mintToken(bot.id, { by: admin })
    await visit({ token })
    await giveBack(token)
    await visit({ token }, 401, STRICT)
    for (const path of [BOUNDED, STRICT]) expect(await costOf({ token }, 401, path)).toEqual(NOTHING)
  })

  it('is refused at once by the isolate that has revoked it', async () => {
    const { fullToken: token } = await mintToken(bot.id, { by: admin })
    await visit({ token })
    await isolate.call('/oauth/revoke', { body: new URLSearchParams({ token }) })
    await visit({ token }, 401)
  })

  it('costs nothing when only its id is that of a token which is known', async () => {
    await visit(bot)
    const forged = { token: forgeFor(bot.token) }
    expect(await costOf(forged, 401)).toEqual(NOTHING)
    expect(await costOf(forged, 401, STRICT)).toEqual(NOTHING)
  })

  it('never stands in the way of a token that is minted later', async () => {
    for (let index = 0; index < 5; index++) {
      await visit({ token: unknownToken() }, 401)
      const { fullToken } = await mintToken(bot.id, { by: admin })
      await visit({ token: fullToken })
    }
  })
})

describe('a password', () => {
  it('is proved once, however often it comes (threat 27)', async () => {
    const proofs = watchProofs()
    await visit(asAdmin)
    expect(await costOf(asAdmin)).toEqual({ ...NOTHING, reads: 1 })
    const cost = await trafficOf(isolate, async () => {
      for (let index = 0; index < 1_000; index++) await visit(asAdmin)
    })
    expect(cost).toEqual(NOTHING)
    expect(proofs.tries()).toBe(1)
    expect((await later(11_000, () => costOf(asAdmin))).reads).toBeGreaterThan(0)
    expect(proofs.tries()).toBe(2)
    proofs.stop()
  })

  it('is proved again when the bound is over or the account has changed', async () => {
    const user = { email: 'often@example.com', password: 'Often!1234', superAdmin: true }
    const { id } = await expectJson<{ id: string }>(
      isolate.call('/api/v1/users', { ...admin, json: user }),
      201,
    )
    const authorization = basic(user.email, user.password)
    const path = `/api/v1/users/${id}`
    await expectJson(isolate.call(path, { authorization }))
    const change = { method: 'PATCH', json: { password: 'Other!1234' } }
    await expectJson(isolate.call(`${path}/password`, { ...admin, ...change }))
    await visit({ authorization }, 401, path)
    await expectJson(isolate.call(path, { authorization: basic(user.email, 'Other!1234') }))
  })

  it('is not proved more than four times at once: the others are told to wait (threat 27)', async () => {
    const tries = Array.from({ length: 12 }, (_, index) =>
      isolate.call(STRICT, { authorization: basic(ADMIN.username, `Wrong!${index}`) }),
    )
    const answers = await Promise.all(tries)
    const waiting = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 401).length).toBe(4)
    expect(waiting.map((answer) => answer.headers.get('Retry-After'))).toEqual(Array(8).fill('2'))
  })

  it('is not proved more often at once by a second door: signing in takes of the same four (threat 27)', async () => {
    const wrong = (index: number) => ({ username: `nobody${index}@example.com`, password: 'Wrong!1234' })
    const tries = Array.from({ length: 6 }, (_, index) => [
      isolate.call(STRICT, { authorization: basic(wrong(index).username, wrong(index).password) }),
      isolate.call('/login', { json: wrong(index) }),
    ])
    const statuses = (await Promise.all(tries.flat())).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401).length).toBe(4)
    expect(statuses.filter((status) => status === 429).length).toBe(8)
    await expectJson(isolate.call('/login', { json: ADMIN }))
  })
})

describe('a bound of nothing', () => {
  it('has every route read the feed', async () => {
    isolate = await openIsolate({ MAX_STALENESS_SECONDS: '0' })
    await visit(bot)
    expect(await costOf(bot)).toEqual({ ...NOTHING, reads: 1 })
    expect(await later(MINUTE / 2, () => costOf(bot))).toEqual({ ...NOTHING, reads: 1 })
  })

  it.each(['61', '-1', 'ten', '1.5', ''])('cannot be set to %j', async (seconds) => {
    isolate = await openIsolate({ MAX_STALENESS_SECONDS: seconds })
    expect(await expectJson(isolate.call(BOUNDED, bot), 503)).toMatchObject({ code: 'not_configured' })
  })
})

describe('Postern-Staleness', () => {
  const stalenessOf = async (ms: number, headers = {}) =>
    (await later(ms, () => isolate.call(SEARCH, { ...admin, headers }))).headers.get('Postern-Staleness')

  it('says how old the knowledge is that a bounded route decides by, in whole seconds', async () => {
    await stalenessOf(0)
    expect(await stalenessOf(4_000)).toBe('4')
    expect(await stalenessOf(20_000)).toBe('0')
    expect(await stalenessOf(0, { 'Postern-Consistency': 'strict' })).toBe(null)
  })
})
