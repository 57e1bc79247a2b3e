/** One line for a request: who asked for what, where, and what came of it; nothing that a stranger could use. */

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTelemetry } from '../../../worker/telemetry/telemetry.ts'
import { type Bot, type Call, createAdmin, createBot, createUser, freshEdge } from '../support/edge.ts'
import { type Isolate, openIsolate, trafficOf } from '../support/isolates.ts'
import { logOf } from '../support/log.ts'

let admin: Bot
let bot: Bot
let isolate: Isolate
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ NAMESPACE_FILE: ['VIEW'] }, { by: admin })
})
beforeEach(async () => {
  isolate = await openIsolate()
})

const linesOf = (path: string, request: Call = {}) => logOf(() => isolate.call(path, request))

describe('the log of a request', () => {
  it('tells who changed what kind of thing, from where, and that it was allowed', async () => {
    const headers = { 'CF-Ray': '8a1b2c3d4e5f-FRA', 'CF-Connecting-IP': '192.0.2.7' }
    const lines = await linesOf('/api/v1/main/roles', {
      ...admin,
      headers,
      json: { name: 'secret plan', permissions: { FLOW: ['VIEW'] } },
    })
    expect(lines).toEqual([
      {
        level: 'info',
        event: 'request',
        requestId: expect.any(String),
        ray: '8a1b2c3d4e5f-FRA',
        method: 'POST',
        route: '/api/v1/:tenant/roles',
        status: 200,
        decision: 'allowed',
        account: admin.id,
        kind: 'SERVICE_ACCOUNT',
        token: admin.tokenId,
        tenant: 'main',
        ip: '192.0.2.7',
      },
    ])
  })

  it('tells whom it refused, and what they lack where', async () => {
    expect(await linesOf('/api/v1/main/namespaces/other/files?path=/a', bot)).toMatchObject([
      {
        status: 403,
        decision: 'refused',
        code: 'permission_missing',
        account: bot.id,
        tenant: 'main',
        namespace: 'other',
        permission: 'NAMESPACE_FILE:VIEW',
      },
    ])
  })

  it.each<[string, string, Call, object]>([
    ['without a credential', '/api/v1/me', {}, { status: 401, code: 'credentials_missing' }],
    ['with a bad token', '/api/v1/me', { token: 'pst_x' }, { status: 401, code: 'token_malformed' }],
    ['that fits no route', '/nothing/s3cret', {}, { status: 404, code: 'route_not_found' }],
    [
      'that makes no sense',
      '/oauth/token',
      { body: new URLSearchParams({ grant_type: 's3cret' }) },
      { status: 400, code: 'invalid_entity' },
    ],
  ])('tells of a request %s', async (_, path, request, told) => {
    const lines = await linesOf(path, request)
    expect(lines).toMatchObject([{ ...told, decision: 'refused' }])
    expect(JSON.stringify(lines)).not.toContain('s3cret')
    expect(lines[0]).not.toHaveProperty('account')
  })

  it('holds no query, no path but the declared one, and no part of a body (threat 29)', async () => {
    const lines = await linesOf('/api/v1/users/s3cret?s3cret=s3cret', {
      ...admin,
      method: 'PUT',
      json: { email: 's3cret@example.com', password: 's3cret!S3CRET' },
    })
    expect(lines).toMatchObject([{ route: '/api/v1/users/:id', status: 404, code: 'not_found' }])
    expect(JSON.stringify(lines)).not.toMatch(/s3cret/i)
  })

  it('names who acts beside whom they act as', async () => {
    const user = await createUser(admin, { tenants: ['main'] })
    expect(
      await linesOf('/api/v1/me', { ...admin, headers: { 'X-Kestra-Impersonate': user.id } }),
    ).toMatchObject([{ account: user.id, kind: 'USER', impersonator: admin.id }])
  })

  it('tells of what went wrong that it failed, under the id that the error is logged with', async () => {
    isolate.onBatch = () => Promise.reject(new Error('D1_ERROR: down'))
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const lines = await linesOf('/api/v1/me', admin)
    expect(lines).toMatchObject([
      { level: 'error', status: 503, decision: 'failed', code: 'storage_unavailable' },
    ])
    expect(JSON.parse(String(error.mock.calls[0]?.[0])).requestId).toBe(lines[0]?.requestId)
    error.mockRestore()
  })
})

describe('the log of forward auth', () => {
  const of = (question: string) => `/verify?${question}`
  const may = of('permission=NAMESPACE_FILE:VIEW&namespace=prod')

  it('tells what was asked about, and the verdict', async () => {
    expect(await linesOf(may, bot)).toMatchObject([
      { route: '/verify', decision: 'allowed', permission: 'NAMESPACE_FILE:VIEW', namespace: 'prod' },
    ])
    expect(await linesOf(of('permission=FLOW:VIEW&namespace=prod'), bot)).toMatchObject([
      { decision: 'refused', code: 'permission_missing', permission: 'FLOW:VIEW', namespace: 'prod' },
    ])
    const headers = { 'X-Original-Method': 'DELETE', 'X-Original-URI': '/api/v1/main/flows/prod/secret-flow' }
    const [line] = await linesOf('/verify/kestra', { ...bot, headers })
    expect(line).toMatchObject({ decision: 'refused', tenant: 'main', namespace: 'prod' })
    expect(JSON.stringify(line)).not.toContain('secret-flow')
  })

  it('counts the verdicts of many questions', async () => {
    const ask = (namespace: string) => ({ permission: 'NAMESPACE_FILE:VIEW', namespace })
    const json = { questions: [ask('prod'), ask('prod.web'), ask('other')] }
    expect(await linesOf('/verify', { ...bot, json })).toMatchObject([
      { status: 200, verdicts: { allowed: 2, refused: 1 } },
    ])
  })

  it('tells one in a hundred of those that are let in by what is known, and says so', async () => {
    const lines = await logOf(async () => {
      for (let count = 0; count < 101; count++) await isolate.call(may, bot)
    })
    expect(lines.map(({ every }) => every)).toEqual([100, 100])
  })

  it('tells every one when it is to, and at any rate what is refused, strict, or done as somebody else', async () => {
    const all = await openIsolate({ LOG_EVERY: '1' })
    const lines = await logOf(async () => {
      for (let count = 0; count < 5; count++) await all.call(may, bot)
    })
    expect(lines.map(({ every }) => every)).toEqual(Array(5).fill(undefined))
    await isolate.call(may, bot)
    const strict = { 'Postern-Consistency': 'strict' }
    for (const [path, request] of [
      [of('permission=FLOW:VIEW'), bot],
      [may, { ...bot, headers: strict }],
      [may, { ...admin, headers: { 'X-Kestra-Impersonate': bot.id } }],
      [may, { ...bot, method: 'PUT' }],
    ] as const) {
      for (let count = 0; count < 3; count++) expect(await linesOf(path, request)).toHaveLength(1)
    }
  })

  it('costs a known token no I/O', async () => {
    await isolate.call(may, bot)
    const cost = await trafficOf(isolate, () => isolate.call(may, bot))
    expect(cost).toEqual({ reads: 0, writes: 0, gets: 0, puts: 0 })
  })
})

describe('a dataset of Analytics Engine', () => {
  it('gets a point for every request where one is bound, and no secret', async () => {
    const points: unknown[] = []
    const bound = await openIsolate({ METRICS: { writeDataPoint: (point: unknown) => points.push(point) } })
    points.length = 0
    await bound.call('/verify?permission=NAMESPACE_FILE:VIEW&namespace=prod', bot)
    await bound.call('/verify?permission=FLOW:VIEW', { token: 'pst_s3cret' })
    expect(points).toEqual([
      {
        indexes: ['/verify'],
        blobs: ['GET', '/verify', '', bot.id, 'SERVICE_ACCOUNT', 'main', 'prod', 'NAMESPACE_FILE:VIEW'],
        doubles: [200],
      },
      {
        indexes: ['/verify'],
        blobs: ['GET', '/verify', 'token_malformed', '', '', '', '', ''],
        doubles: [401],
      },
    ])
  })
})

describe('createTelemetry', () => {
  it('samples the first and then one in so many', () => {
    const { isSampled } = createTelemetry(3)
    expect(Array.from({ length: 7 }, isSampled)).toEqual([true, false, false, true, false, false, true])
  })
})
