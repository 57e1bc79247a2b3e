import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAdmin, expectJson, freshEdge } from '../support/edge.ts'
import { type Isolate, openIsolate, trafficOf } from '../support/isolates.ts'

const NOTHING = { reads: 0, writes: 0, gets: 0, puts: 0 }
const OTHER_KEY = btoa('another-master-key-another-maste')

let isolate: Isolate
beforeAll(freshEdge)
beforeEach(async () => {
  isolate = await openIsolate()
})

const ready = async (status: number, at = isolate) =>
  (await expectJson<{ checks: unknown }>(at.call('/ready'), status)).checks

describe('GET /health', () => {
  it('is answered without a look at anything, also when D1 is down', async () => {
    isolate.onBatch = () => Promise.reject(new Error('D1_ERROR: down'))
    expect(
      await trafficOf(isolate, async () => {
        expect(await expectJson(isolate.call('/health'))).toEqual({ status: 'up' })
      }),
    ).toEqual(NOTHING)
  })

  it('says no when the worker is not configured', async () => {
    const broken = await openIsolate({ MASTER_KEY: 'short' })
    expect(await expectJson(broken.call('/health'), 503)).toMatchObject({ code: 'not_configured' })
  })
})

describe('GET /ready', () => {
  const all = { storage: true, migrations: true, masterKey: true }

  it('says yes when all is as it should be', async () => {
    expect(await ready(200)).toEqual(all)
  })

  it('says no with a wrong MASTER_KEY, and yes while the right one is there as the one before', async () => {
    const wrong = await openIsolate({ MASTER_KEY: OTHER_KEY })
    expect(await ready(503, wrong)).toEqual({ ...all, masterKey: false })
    const both = await openIsolate({ MASTER_KEY: OTHER_KEY, MASTER_KEY_PREVIOUS: env.MASTER_KEY })
    expect(await ready(200, both)).toEqual(all)
  })

  it('says no when D1 fails, and when it never answers', async () => {
    for (const fail of [() => Promise.reject(new Error('D1_ERROR: down')), () => new Promise(() => {})]) {
      const broken = await openIsolate({ DB: { prepare: () => statementThat(fail) } })
      expect(await ready(503, broken)).toEqual({ storage: false, migrations: false, masterKey: false })
    }
  })

  it('tells a stranger nothing else', async () => {
    const admin = await createAdmin()
    const text = await (await isolate.call('/ready')).text()
    expect(text).toBe(await (await isolate.call('/ready', admin)).text())
    expect(text.length).toBeLessThan(100)
  })

  it('says yes before the set-up, when nothing hangs on a key', async () => {
    await reset()
    await applyD1Migrations(env.DB, env.MIGRATIONS)
    expect(await ready(200)).toEqual(all)
  })

  it('says no until all migrations are applied, and does not mind later ones', async () => {
    await env.DB.prepare("INSERT INTO d1_migrations (name) VALUES ('9999_later.sql')").run()
    expect(await ready(200)).toEqual(all)
    await env.DB.prepare("DELETE FROM d1_migrations WHERE name LIKE '%_lists.sql'").run()
    expect(await ready(503)).toEqual({ storage: true, migrations: false, masterKey: false })
    await reset()
    expect(await ready(503)).toEqual({ storage: true, migrations: false, masterKey: false })
  })
})

const statementThat = (fail: () => Promise<unknown>): object => ({
  bind: () => statementThat(fail),
  ...Object.fromEntries(['all', 'first', 'raw', 'run'].map((method) => [method, fail])),
})
