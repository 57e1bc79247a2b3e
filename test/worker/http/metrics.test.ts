import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toOpenMetrics } from '../../../worker/telemetry/openmetrics.ts'
import { type Bot, createAdmin, createBot, createUser, freshEdge, mintToken } from '../support/edge.ts'
import { type Isolate, openIsolate, trafficOf } from '../support/isolates.ts'
import { parseOpenMetrics } from '../support/openmetrics.ts'

let admin: Bot
let collector: Bot
let isolate: Isolate
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  collector = await createBot(
    { SYSTEM_SETTINGS: ['VIEW'] },
    { namespace: null, name: 'collector', by: admin },
  )
})
beforeEach(async () => {
  isolate = await openIsolate()
})

async function scrape(at = isolate) {
  const answer = await at.call('/metrics', collector)
  expect(answer.headers.get('Content-Type')).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  )
  return parseOpenMetrics(await answer.text())
}

/** The value of the one sample with these labels, the isolate's aside. */
async function readingOf(name: string, labels: Record<string, string> = {}, at = isolate) {
  const { samples } = await scrape(at)
  const found = samples.filter((sample) => {
    const { isolate: _, ...rest } = sample.labels
    return sample.name === name && JSON.stringify(rest) === JSON.stringify(labels)
  })
  if (found.length > 1) throw new Error(`${name} is there ${found.length} times`)
  return found[0]?.value
}

describe('GET /metrics', () => {
  it('counts requests by declared route and status, and refusals by code', async () => {
    const strange = { method: '', route: '', status: '404' }
    for (let count = 0; count < 3; count++) await isolate.call('/api/v1/users/s3cret', admin)
    await isolate.call('/api/v1/users/s3cret', { token: 'pst_x' })
    const { samples } = await scrape()
    const requests = samples.filter(({ name }) => name === 'postern_requests_total')
    const ofUsers = { method: 'GET', route: '/api/v1/users/:id' }
    expect(requests.map(({ labels: { isolate: _, ...labels }, value }) => [labels, value])).toEqual([
      [strange, 1],
      [{ ...ofUsers, status: '404' }, 3],
      [{ ...ofUsers, status: '401' }, 1],
    ])
    expect(await readingOf('postern_refusals_total', { code: 'not_found' })).toBe(3)
    expect(await readingOf('postern_refusals_total', { code: 'token_malformed' })).toBe(1)
    expect(JSON.stringify(samples)).not.toContain('s3cret')
  })

  it('counts what goes to storage', async () => {
    const before = await readingOf('postern_d1_round_trips_total')
    const reads = await readingOf('postern_feed_reads_total')
    // The feed, the gauges, and for the first the note that the token was used.
    expect((await readingOf('postern_d1_round_trips_total')) ?? 0).toBeGreaterThan(before ?? 0)
    expect(await readingOf('postern_feed_reads_total')).toBe((reads ?? 0) + 2)
    await isolate.call('/.well-known/jwks.json')
    const hits = (await readingOf('postern_kv_reads_total', { result: 'hit' })) ?? 0
    await isolate.call('/.well-known/jwks.json')
    expect(await readingOf('postern_kv_reads_total', { result: 'hit' })).toBe(hits + 1)
  })

  it('keeps isolates apart', async () => {
    const names = new Set<string | undefined>()
    for (const at of [isolate, isolate, await openIsolate()]) {
      const { samples } = await scrape(at)
      names.add(samples.find(({ name }) => name === 'postern_kv_writes_total')?.labels.isolate)
    }
    expect(names.size).toBe(2)
  })

  it('tells how much there is, at the price of eight rows', async () => {
    const users = (await readingOf('postern_accounts', { kind: 'USER' })) ?? 0
    const tokens = (await readingOf('postern_tokens', { kind: 'API' })) ?? 0
    const user = await createUser(admin)
    await mintToken(collector.id, { by: admin })
    expect(await readingOf('postern_accounts', { kind: 'USER' })).toBe(users + 1)
    expect(await readingOf('postern_tokens', { kind: 'API' })).toBe(tokens + 2)
    // Also what goes with something else.
    await isolate.call(`/api/v1/users/${user.id}`, { ...admin, method: 'DELETE' })
    expect(await readingOf('postern_tokens', { kind: 'API' })).toBe(tokens + 1)
    expect(await readingOf('postern_tenants')).toBe(1)
    expect(await readingOf('postern_feed_position')).toBeGreaterThan(5)
    expect(await readingOf('postern_feed_age_seconds')).toBeLessThan(60)
    expect((await trafficOf(isolate, () => scrape())).reads).toBe(2)
  })

  it('is for who may see system settings in the first tenant, and superadmins', async () => {
    const other = await createBot({ TENANT_SETTINGS: ['VIEW'] }, { namespace: null, by: admin })
    expect((await isolate.call('/metrics', admin)).status).toBe(200)
    expect((await isolate.call('/metrics', other)).status).toBe(403)
    expect((await isolate.call('/metrics')).status).toBe(401)
  })
})

describe('toOpenMetrics', () => {
  it('escapes what would end a label or a line', () => {
    const value = 'a"b\\c\nd'
    const text = toOpenMetrics([
      { name: 'x', type: 'gauge', help: 'of "a\\b"\nand c', samples: [{ labels: { value }, value: 0.5 }] },
    ])
    expect(text).toBe(
      '# TYPE x gauge\n# HELP x of \\"a\\\\b\\"\\nand c\nx{value="a\\"b\\\\c\\nd"} 0.5\n# EOF\n',
    )
    expect(parseOpenMetrics(text).samples).toEqual([{ name: 'x', labels: { value }, value: 0.5 }])
  })
})
