import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { unknownToken } from '../support/attacks.ts'
import { HOUR, later } from '../support/clock.ts'
import {
  asAdmin,
  type Bot,
  basic,
  bind,
  call,
  createBot,
  expectJson,
  freshEdge,
  mintToken,
} from '../support/edge.ts'
import { accessTokenFor } from '../support/oauth.ts'
import { costOf } from '../support/round-trips.ts'

/** May run and read flows in `prod`. */
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ FLOW: ['EXECUTE', 'VIEW'] }, { name: 'runner' })
})

const QUESTION = '/verify?permission=FLOW:EXECUTE&namespace=prod&tenant=main'

const identityIn = (answer: Response) =>
  Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('postern-')))

/** As nginx asks, or with what headers else. */
const kestra = (target: string, { method = 'GET', token = bot.token, headers = {} } = {}) =>
  call('/verify/kestra', {
    token,
    headers: { 'X-Original-Method': method, 'X-Original-URI': target, ...headers },
  })

describe('/verify', () => {
  it('lets through who has the right, and says who that is', async () => {
    const answer = await call(QUESTION, bot)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
    expect(identityIn(answer)).toEqual({
      'postern-account': 'runner',
      'postern-account-id': bot.id,
      'postern-account-kind': 'SERVICE_ACCOUNT',
      'postern-tenant': 'main',
      'postern-namespace': 'prod',
      'postern-staleness': expect.stringMatching(/^\d+$/),
    })
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('answers the same to %s', async (method) => {
    expect((await call(QUESTION, { ...bot, method })).status).toBe(200)
    expect((await call(QUESTION.replace('prod', 'other'), { ...bot, method })).status).toBe(403)
    expect((await call(QUESTION, { method })).status).toBe(401)
  })

  it.each([
    ['another permission', '/verify?permission=FLOW:DELETE&namespace=prod'],
    ['a namespace that only begins alike', '/verify?permission=FLOW:EXECUTE&namespace=production'],
    ['the whole tenant', '/verify?permission=FLOW:EXECUTE'],
    ['another tenant', '/verify?permission=FLOW:EXECUTE&namespace=prod&tenant=acme'],
  ])('refuses who lacks %s, with a challenge', async (_, path) => {
    const answer = await call(path, bot)
    expect(await expectJson(answer, 403)).toMatchObject({ message: 'Forbidden', code: 'permission_missing' })
    const [, permission] = /permission=([\w:]+)/.exec(path) ?? []
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      `Bearer realm="postern", error="insufficient_scope", scope="${permission}"`,
    )
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(identityIn(answer)).toEqual({})
  })

  it('is on the side of a namespace below', async () => {
    expect((await call('/verify?permission=FLOW:EXECUTE&namespace=prod.etl', bot)).status).toBe(200)
  })

  it.each([
    ['no question', '/verify', 400],
    ['a permission that does not exist', '/verify?permission=FLOW:FLY', 422],
    ['a word that is inherited by every object', '/verify?permission=constructor', 422],
    ['what cannot be a namespace', '/verify?permission=FLOW:VIEW&namespace=a/b', 422],
    ['what cannot be a tenant', '/verify?permission=FLOW:VIEW&tenant=A%20B', 422],
  ])('calls a configuration with %s wrong, so that it is noticed', async (_, path, status) => {
    expect((await call(path, bot)).status).toBe(status)
    expect((await call(path, { ...bot, method: 'POST' })).status).toBe(status)
  })

  it('challenges who shows nothing, or nothing good', async () => {
    const bare = await call(QUESTION)
    expect(bare.status).toBe(401)
    expect(bare.headers.get('WWW-Authenticate')).toBe('Bearer realm="postern", Basic realm="postern"')
    const unknown = await call(QUESTION, { token: unknownToken() })
    expect(unknown.status).toBe(401)
    expect(unknown.headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
    expect(unknown.headers.get('Cache-Control')).toBe('no-store')
  })

  it('refuses a token that expired, and one that was revoked', async () => {
    const brief = await mintToken(bot.id, { maxAge: 'PT1H' })
    const token = brief.fullToken
    expect((await call(QUESTION, { token })).status).toBe(200)
    await later(HOUR, async () => expect((await call(QUESTION, { token })).status).toBe(401))
    await call('/oauth/revoke', { body: new URLSearchParams({ token }) })
    expect((await call(QUESTION, { token })).status).toBe(401)
  })

  it('takes access tokens, and the password of a user', async () => {
    expect((await call(QUESTION, { token: await accessTokenFor(bot.token) })).status).toBe(200)
    const answer = await call('/verify?permission=ROLE:VIEW', asAdmin)
    expect(identityIn(answer)).toMatchObject({
      'postern-account': 'admin@example.com',
      'postern-account-kind': 'USER',
    })
  })

  it('writes a name that no header can carry in an encoding that can be undone', async () => {
    const email = 'o’neil%41@example.com'
    const user = await expectJson<{ id: string }>(
      call('/api/v1/users', { ...asAdmin, json: { email, password: 'Some!Pass1' } }),
      201,
    )
    await bind(user.id, 'viewer_main', asAdmin)
    const answer = await call('/verify?permission=FLOW:VIEW', { authorization: basic(email, 'Some!Pass1') })
    expect(answer.status).toBe(200)
    const name = answer.headers.get('Postern-Account') ?? ''
    expect(name).toMatch(/^[\x20-\x7e]+$/)
    expect(decodeURIComponent(name)).toBe(email)
  })

  it('believes nothing that the request says of itself (threat 18)', async () => {
    const spoofed = {
      'Postern-Account': 'admin@example.com',
      'Postern-Tenant': 'acme',
      'X-Postern-Account': 'admin@example.com',
      'Remote-User': 'admin@example.com',
      'X-Forwarded-User': 'admin@example.com',
    }
    const answer = await call(QUESTION, { ...bot, headers: spoofed })
    expect(identityIn(answer)).toMatchObject({ 'postern-account': 'runner', 'postern-tenant': 'main' })
    expect((await call(QUESTION, { headers: spoofed })).status).toBe(401)
  })

  it('costs nothing once the token is known, and one round trip to D1 where it asks for this moment', async () => {
    await call(QUESTION, bot)
    expect(await costOf(() => call(QUESTION, bot))).toMatchObject({ roundTrips: 0 })
    const strict = { ...bot, headers: { 'Postern-Consistency': 'strict' } }
    expect(await costOf(() => call(QUESTION, strict))).toMatchObject({ roundTrips: 1 })
  })
})

describe('POST /verify', () => {
  const ask = (questions: unknown, token = bot.token) => call('/verify', { token, json: { questions } })

  it('answers many questions in their order, from one verification', async () => {
    const questions = [
      { permission: 'FLOW:EXECUTE', namespace: 'prod' },
      { permission: 'FLOW:EXECUTE', namespace: 'other' },
      { permission: 'FLOW:VIEW', namespace: 'prod', tenant: 'acme' },
      { permission: 'FLOW:VIEW', namespace: 'prod.x' },
    ]
    expect(await expectJson(ask(questions))).toEqual({
      account: { id: bot.id, name: 'runner' },
      verdicts: [true, false, false, true].map((allowed, index) => ({
        tenant: 'main',
        ...questions[index],
        allowed,
      })),
    })
    const hundred = Array.from({ length: 100 }, (_, index) => ({
      permission: 'FLOW:VIEW',
      namespace: `n${index}`,
    }))
    expect(await costOf(() => ask(hundred))).toMatchObject({ roundTrips: 1 })
  })

  it('refuses more than a hundred, and what is no question', async () => {
    const many = Array.from({ length: 101 }, () => ({ permission: 'FLOW:VIEW' }))
    for (const questions of [many, [{ permission: 'FLOW:FLY' }], [{}], {}, undefined]) {
      expect((await ask(questions)).status).toBe(422)
    }
  })

  it('answers the question in the URL and not the body where there is one', async () => {
    const answer = await call('/verify?permission=FLOW:DELETE', {
      ...bot,
      json: { questions: [{ permission: 'FLOW:VIEW', namespace: 'prod' }] },
    })
    expect(answer.status).toBe(403)
  })
})

describe('/verify/kestra', () => {
  it('judges the request that the proxy names', async () => {
    const answer = await kestra('/api/v1/main/executions/prod/hello?wait=true', { method: 'POST' })
    expect(answer.status).toBe(200)
    expect(identityIn(answer)).toMatchObject({ 'postern-tenant': 'main', 'postern-namespace': 'prod' })
    expect((await kestra('/api/v1/main/flows/prod/hello')).status).toBe(200)
    expect(
      await expectJson(kestra('/api/v1/main/flows/prod/hello', { method: 'DELETE' }), 403),
    ).toMatchObject({
      code: 'permission_missing',
    })
    expect((await kestra('/api/v1/main/flows/other/hello')).status).toBe(403)
  })

  it('reads the pair of Traefik and Caddy as well', async () => {
    const answer = await call('/verify/kestra', {
      ...bot,
      headers: { 'X-Forwarded-Method': 'GET', 'X-Forwarded-Uri': '/api/v1/main/flows/prod/hello' },
    })
    expect(answer.status).toBe(200)
  })

  it('challenges before it says anything about a route', async () => {
    const answer = await call('/verify/kestra', { headers: { 'X-Original-URI': '/nowhere' } })
    expect(answer.status).toBe(401)
  })

  it.each<[string, Record<string, string>]>([
    ['one header of the other pair', { 'X-Forwarded-Uri': '/api/v1/main/flows/prod/hello' }],
    ['both of the other pair', { 'X-Forwarded-Method': 'GET', 'X-Forwarded-Uri': '/ui/' }],
    ['an empty header of the other pair', { 'X-Forwarded-Method': '' }],
    ['two URIs', { 'X-Original-URI': '/api/v1/main/flows/prod/hello, /api/v1/main/flows/other/hello' }],
    ['two methods', { 'X-Original-Method': 'GET, DELETE' }],
    ['an empty URI', { 'X-Original-URI': '' }],
  ])('refuses %s', async (_, headers) => {
    const answer = await kestra('/api/v1/main/flows/prod/hello', { headers })
    expect(await expectJson(answer, 403)).toMatchObject({ code: 'request_ambiguous' })
  })

  it('calls a proxy that names no request wrong, so that it is noticed', async () => {
    expect(await expectJson(call('/verify/kestra', bot), 400)).toMatchObject({
      code: 'original_request_missing',
    })
    const half = await call('/verify/kestra', { ...bot, headers: { 'X-Original-URI': '/ui/' } })
    expect(half.status).toBe(400)
  })

  it('refuses a route that it does not know, and logs what is missing without what may be secret (threat 29)', async () => {
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const secret = 'k'.repeat(41)
    const answer = await kestra(`/api/v1/main/novelty/${secret}?token=${secret}`)
    expect(await expectJson(answer, 403)).toMatchObject({ code: 'kestra_route_unknown' })
    const line = String(logged.mock.calls[0]?.[0])
    logged.mockRestore()
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', path: '/api/v1/main/novelty/…' })
    expect(line).not.toContain(secret)
  })

  it('costs nothing for who reads and is known, and one round trip to D1 for who writes', async () => {
    await kestra('/api/v1/main/flows/prod/hello')
    expect(await costOf(() => kestra('/api/v1/main/flows/prod/hello'))).toMatchObject({ roundTrips: 0 })
    const write = () => kestra('/api/v1/main/executions/prod/hello', { method: 'POST' })
    expect(await costOf(write)).toMatchObject({ roundTrips: 1 })
  })
})

describe('when D1 does not answer', () => {
  it('is not let through, and not told that its credential is bad (threat 37)', async () => {
    const broken = vi.spyOn(env.DB, 'batch').mockRejectedValue(new Error('D1_ERROR: gone'))
    const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1'))
    const spies = ['all', 'first', 'raw', 'run'].map((method) =>
      vi.spyOn(statement, method as never).mockRejectedValue(new Error('D1_ERROR: gone') as never),
    )
    try {
      const strict = { ...bot, headers: { 'Postern-Consistency': 'strict' } }
      for (const answer of [
        await call(QUESTION, strict),
        await kestra('/api/v1/main/flows', { method: 'POST' }),
      ]) {
        expect(answer.status).toBe(503)
        expect(answer.headers.get('Retry-After')).not.toBeNull()
      }
    } finally {
      for (const spy of [broken, ...spies]) spy.mockRestore()
    }
  })
})
