/** What use leaves behind: when a token was used last, and how much longer an extended one lives. */

import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase, write } from '../../../worker/storage/database.ts'
import { touchTokens } from '../../../worker/storage/tokens.ts'
import { HOUR, MINUTE } from '../support/clock.ts'
import { type Bot, call, createAdmin, createBot, expectJson, freshEdge } from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { accessTokenFor, exchange } from '../support/oauth.ts'

const BOUNDED = '/api/v1/main/namespaces/prod/files?path=/folder/'

let admin: Bot
let bot: Bot
let start: number
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { namespace: null, by: admin })
})
beforeEach(() => {
  start = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: start })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Row {
  readonly last_used_at: number | null
  readonly expires_at: number | null
}
const rowOf = (id: string) =>
  env.DB.prepare('SELECT last_used_at, expires_at FROM tokens WHERE id = ?').bind(id).first<Row>()
const mint = (maxAge: string, extended: boolean) =>
  expectJson<{ id: string; fullToken: string }>(
    call(`/api/v1/main/service-accounts/${bot.id}/api-tokens`, {
      ...admin,
      json: { name: 'ci', maxAge, extended },
    }),
  )
const visit = (isolate: Isolate, token: string, ms: number) => {
  vi.setSystemTime(start + ms)
  return isolate.call(BOUNDED, { token })
}

describe('the last use of a token', () => {
  it('is written down to the minute, by itself or by an access token made from it', async () => {
    const { id, fullToken } = await mint('P1D', false)
    const isolate = await openIsolate()
    expect((await rowOf(id))?.last_used_at).toBe(null)
    await visit(isolate, fullToken, 0)
    await visit(isolate, fullToken, 59_000)
    expect((await rowOf(id))?.last_used_at).toBe(start)
    const jwt = await accessTokenFor(fullToken)
    await visit(isolate, jwt, 61_000)
    expect((await rowOf(id))?.last_used_at).toBe(start + 61_000)
  })

  it('never goes back, whichever isolate is late', async () => {
    const { id, fullToken } = await mint('P1D', false)
    await visit(await openIsolate(), fullToken, HOUR)
    await visit(await openIsolate(), fullToken, 0)
    expect((await rowOf(id))?.last_used_at).toBe(start + HOUR)
  })

  it('is no use of a token that was refused', async () => {
    const { id, fullToken } = await mint('PT1H', true)
    const isolate = await openIsolate()
    expect((await visit(isolate, fullToken, HOUR)).status).toBe(401)
    expect(await rowOf(id)).toEqual({ last_used_at: null, expires_at: start + HOUR })
  })

  it('fails without anybody hearing of it', async () => {
    const { fullToken } = await mint('P1D', false)
    const isolate = await openIsolate()
    await visit(isolate, admin.token, 0)
    isolate.onBatch = async (run) => {
      if (isolate.traffic.writes > 1) throw new Error('D1_ERROR: down')
      return run()
    }
    expect((await visit(isolate, fullToken, 0)).status).toBe(404)
  })
})

describe('an extended token', () => {
  it('lives on while it is used, in isolates that do not know of one another', async () => {
    const { fullToken } = await mint('PT1H', true)
    const isolates = [await openIsolate(), await openIsolate()]
    for (let minutes = 50; minutes <= 500; minutes += 50) {
      // Each of them has a record in which the token's end is long past.
      for (const isolate of isolates) {
        expect((await visit(isolate, fullToken, minutes * MINUTE)).status).toBe(404)
      }
    }
    expect((await visit(isolates[0] as Isolate, fullToken, 500 * MINUTE + HOUR)).status).toBe(401)
  })

  it('dies when nobody uses it, and asks D1 about that once', async () => {
    const { fullToken } = await mint('PT1H', true)
    const isolate = await openIsolate()
    expect((await visit(isolate, fullToken, 0)).status).toBe(404)
    expect((await visit(isolate, fullToken, HOUR)).status).toBe(401)
    const { reads } = isolate.traffic
    for (let index = 0; index < 5; index++) {
      expect((await visit(isolate, fullToken, HOUR + 1_000)).status).toBe(401)
    }
    expect(isolate.traffic.reads).toBe(reads)
  })

  it('lives on by being exchanged', async () => {
    const { id, fullToken } = await mint('PT1H', true)
    vi.setSystemTime(start + HOUR / 2)
    await expectJson(exchange(fullToken))
    await vi.waitFor(async () => expect((await rowOf(id))?.expires_at).toBe(start + HOUR / 2 + HOUR))
  })

  it('is neither shortened nor revived by a note that comes late (threat 7)', async () => {
    const db = openDatabase(env.DB)
    const touch = async (id: string, now: number) => {
      await write(db, [touchTokens(new Map([[id, now]]), MINUTE)])
      return rowOf(id)
    }
    const { id } = await mint('PT1H', true)
    expect(await touch(id, start + MINUTE)).toEqual({
      last_used_at: start + MINUTE,
      expires_at: start + MINUTE + HOUR,
    })
    expect(await touch(id, start)).toEqual({
      last_used_at: start + MINUTE,
      expires_at: start + MINUTE + HOUR,
    })
    // At its end, and after it.
    for (const late of [MINUTE + HOUR, 2 * HOUR]) {
      expect((await touch(id, start + late))?.expires_at).toBe(start + MINUTE + HOUR)
    }
    await env.DB.prepare('DELETE FROM tokens WHERE id = ?').bind(id).run()
    expect(await touch(id, start)).toBe(null)
  })

  it('is the only kind that use prolongs', async () => {
    const { id, fullToken } = await mint('PT1H', false)
    await visit(await openIsolate(), fullToken, HOUR / 2)
    expect(await rowOf(id)).toEqual({ last_used_at: start + HOUR / 2, expires_at: start + HOUR })
  })
})
