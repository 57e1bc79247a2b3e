import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { drawToken, parseToken } from '../../../shared/token-format.ts'
import { forgeFor } from '../support/attacks.ts'
import { HOUR, later, MINUTE } from '../support/clock.ts'
import {
  auditOf,
  type Bot,
  basic,
  bind,
  type Call,
  call,
  createAdmin,
  createBot,
  createUser,
  csrfOf,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
  ORIGIN,
  PASSWORD,
  type Person,
  signIn,
} from '../support/edge.ts'

const ME = '/api/v1/me'
const LOGOUT = { method: 'POST' }

let admin: Bot
let user: Person
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  user = await createUser(admin)
  bot = await createBot({ ROLE: ['VIEW'] }, { by: admin, namespace: null })
})

const login = (json: object, rest: Call = {}) => call('/login', { ...rest, json })
const withCookie = (Cookie: string): Call => ({ headers: { Cookie } })
const tokenIn = (cookie: string) => cookie.slice('JWT='.length)

describe('POST /login', () => {
  it.each(['/login', '/api/v1/login'])(
    '%s sets a cookie that no script and no other site gets',
    async (path) => {
      const answer = await call(path, { json: { username: user.email, password: PASSWORD } })
      expect(answer.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^JWT=psu_[0-9A-Za-z_]{62}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
        expect.stringMatching(/^own=; Max-Age=0; Path=\/; HttpOnly/),
      ])
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
      expect(await expectJson(answer)).toEqual({ id: user.id, username: user.email })
    },
  )

  it('takes a form as well', async () => {
    const body = new URLSearchParams({ username: user.email.toUpperCase(), password: PASSWORD })
    expect(await expectJson(call('/login', { body }))).toEqual({ id: user.id, username: user.email })
  })

  it('does without Secure on plain http, where a browser would drop the cookie', async () => {
    const answer = await exports.default.fetch(
      new Request('http://127.0.0.1:8787/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: user.email, password: PASSWORD }),
      }),
    )
    expect(answer.headers.get('Set-Cookie')).toMatch(/; HttpOnly; SameSite=Lax$/)
  })

  it.each<[string, () => object]>([
    ['a wrong password', () => ({ username: user.email, password: 'Wrong!1234' })],
    ['nobody', () => ({ username: 'nobody@example.com', password: PASSWORD })],
    ['a service account by its name', () => ({ username: 'deploy-bot', password: bot.token })],
    ['a service account by its id', () => ({ username: bot.id, password: bot.token })],
    ['an API token of a user', () => ({ username: user.email, password: user.token })],
  ])('lets nobody in with %s', async (_, json) => {
    const answer = await login(json())
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    expect(await expectJson(answer, 401)).toMatchObject({
      message: 'Unauthorized',
      code: 'credentials_wrong',
    })
  })

  it.each(['https://evil.test', 'https://postern.test.evil.test', 'null'])(
    'lets no page of another site sign its visitor in (threat 41): %j',
    async (Origin) => {
      const body = new URLSearchParams({ username: user.email, password: PASSWORD })
      const answer = await call('/login', { body, headers: { Origin } })
      expect(answer.headers.get('Set-Cookie')).toBeNull()
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'csrf_failed' })
    },
  )

  it.each(['https://postern.test', 'http://postern.test'])('serves its own pages: %s', async (Origin) => {
    await expectJson(login({ username: user.email, password: PASSWORD }, { headers: { Origin } }))
  })

  it.each([{}, { username: 'a@example.com' }, { username: 1, password: 'x' }])('refuses %j', async (json) => {
    await expectJson(login(json), 422)
  })

  it('never goes on with a session that somebody brought along', async () => {
    const planted = await signIn((await createUser(admin)).email)
    const json = { username: user.email, password: PASSWORD }
    const answer = await login(json, withCookie(planted))
    const cookie = answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
    expect(cookie).not.toBe(planted)
    expect(await expectJson(call(ME, withCookie(planted)))).not.toMatchObject({ id: user.id })
    expect(await expectJson(call(ME, withCookie(cookie)))).toMatchObject({ id: user.id })
    // Nor with an id that somebody thought of.
    const invented = `JWT=${drawToken('SESSION', (n) => crypto.getRandomValues(new Uint8Array(n))).token}`
    await login(json, withCookie(invented))
    await expectJson(call(ME, withCookie(invented)), 401)
  })

  it('is recorded, and its secret is stored nowhere', async () => {
    const token = tokenIn(await signIn(user.email))
    expect((await auditOf('LOGIN')).at(-1)).toMatchObject({
      resource: 'USER',
      resource_id: user.id,
      actor_name: user.email,
      token_id: parseToken(token)?.id,
    })
    expect(await dumpTables()).not.toContain(token)
  })
})

describe('a session', () => {
  it('ends after twelve hours, used or not', async () => {
    const cookie = await signIn(user.email)
    await later(12 * HOUR - MINUTE, () => expectJson(call(ME, withCookie(cookie))))
    const answer = await later(12 * HOUR, () => expectJson(call(ME, withCookie(cookie)), 401))
    expect(answer).toMatchObject({ code: 'token_expired' })
  })

  it('is forgotten when its user signs in after its end', async () => {
    const person = await createUser(admin)
    await signIn(person.email)
    await later(13 * HOUR, () => signIn(person.email))
    const count = env.DB.prepare("SELECT count(*) AS n FROM tokens WHERE kind = 'SESSION' AND account_id = ?")
    expect(await count.bind(person.id).first('n')).toBe(1)
  })

  it('is worth nothing as a Bearer token, at the token endpoint, or forged', async () => {
    const token = tokenIn(await signIn(user.email))
    await expectJson(call(ME, { token }), 401)
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    }
    expect((await call('/oauth/token', { body: new URLSearchParams(form) })).status).toBe(400)
    await expectJson(call(ME, withCookie(`JWT=${forgeFor(token)}`)), 401)
  })

  it.each<[string, () => string]>([
    ['an API token', () => user.token],
    ['rubbish', () => 'rubbish'],
    ['a JWT of somebody else', () => `${btoa('{"alg":"none"}').replaceAll('=', '')}.e30.`],
  ])('is not what a cookie with %s is', async (_, value) => {
    expect(await expectJson(call(ME, withCookie(`JWT=${value()}`)), 401)).toMatchObject({
      message: 'Unauthorized',
      code: 'token_malformed',
    })
  })

  it('is not guessed when a neighbouring host planted a second cookie', async () => {
    const [mine, planted] = [await signIn(user.email), await signIn((await createUser(admin)).email)]
    for (const cookies of [`${mine}; ${planted}`, `${planted}; ${mine}`])
      await expectJson(call(ME, withCookie(cookies)), 401)
    expect(await expectJson(call(ME, withCookie(`a=b; ${mine}; c=d`)))).toMatchObject({ id: user.id })
  })

  it('acts with the roles of its user', async () => {
    const person = await createUser(admin)
    const cookie = await signIn(person.email)
    await expectJson(call('/api/v1/main/roles/viewer_main', withCookie(cookie)), 403)
    await bind(person.id, 'admin_main', admin)
    await expectJson(call('/api/v1/main/roles/viewer_main', withCookie(cookie)))
  })
})

describe('of several credentials', () => {
  it.each<[string, (cookie: string) => Call, () => string]>([
    ['a Bearer token beats a session', () => ({ token: bot.token }), () => bot.id],
    [
      'a session beats Basic',
      () => ({ authorization: basic('admin@example.com', 'Root!1234') }),
      () => user.id,
    ],
    ['a session beats a wrong Basic', () => ({ authorization: basic('x', 'y') }), () => user.id],
    ['a session beats the empty Basic of Terraform', () => ({ authorization: 'Basic Og==' }), () => user.id],
  ])('%s', async (_, also, id) => {
    const cookie = await signIn(user.email)
    expect(await expectJson(call(ME, { ...also(cookie), headers: { Cookie: cookie } }))).toMatchObject({
      id: id(),
    })
  })

  it('an empty cookie is as good as none', async () => {
    const also = { headers: { Cookie: 'JWT=; other=1' } }
    await expectJson(call(ME, { authorization: basic(user.email, PASSWORD), ...also }))
    expect(await expectJson(call(ME, also), 401)).toMatchObject({ code: 'credentials_missing' })
  })
})

describe('a request that another site makes a browser send', () => {
  const mint = (headers: Record<string, string>) =>
    call(`${ME}/api-tokens`, { headers, json: { name: 'stolen' } })

  it('looks, but changes nothing (threat 41)', async () => {
    const cookie = await signIn(user.email)
    const own = await csrfOf(cookie)
    const token = own['X-CSRF-TOKEN']
    const other = await csrfOf(await signIn(user.email))
    const forged = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA')
    const attempts: Record<string, string>[] = [
      { Cookie: cookie },
      { Cookie: own.Cookie },
      { Cookie: cookie, 'X-CSRF-TOKEN': token },
      { Cookie: `${cookie}; csrfToken=`, 'X-CSRF-TOKEN': '' },
      // A token of another session, of the same user even.
      { Cookie: `${cookie}; csrfToken=${other['X-CSRF-TOKEN']}`, 'X-CSRF-TOKEN': other['X-CSRF-TOKEN'] },
      // Header and cookie agree, as who can plant a cookie can make them.
      { Cookie: `${cookie}; csrfToken=${forged}`, 'X-CSRF-TOKEN': forged },
      { Cookie: `${cookie}; csrfToken=!!`, 'X-CSRF-TOKEN': '!!' },
      { Cookie: `${own.Cookie}; csrfToken=${forged}`, 'X-CSRF-TOKEN': token },
      { ...own, Origin: 'https://evil.test' },
    ]
    const before = await inventory()
    for (const headers of attempts) {
      const answer = await expectJson(mint(headers), 403)
      expect(answer).toMatchObject({ message: 'Forbidden', code: 'csrf_failed' })
    }
    expect(await inventory()).toBe(before)
    await expectJson(call(ME, withCookie(cookie)))
    await expectJson(mint({ ...own, Origin: ORIGIN }))
  })

  it('changes nothing with any method', async () => {
    const cookie = await signIn(user.email)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const paths = { POST: '/api/v1/logout', PUT: `${ME}/password`, PATCH: ME, DELETE: `${ME}/api-tokens/x` }
      const path = paths[method as keyof typeof paths]
      expect(await expectJson(call(path, { method, ...withCookie(cookie) }), 403)).toMatchObject({
        code: 'csrf_failed',
      })
    }
  })

  it('needs no such token beside a credential that browsers do not send unasked', async () => {
    const answer = await call(`${ME}/api-tokens`, {
      token: bot.token,
      ...withCookie(await signIn(user.email)),
      json: { name: 'fine' },
    })
    expect(answer.status).toBe(200)
  })
})

describe('GET /ui/', () => {
  it('tells a session its token, in the page and in a cookie, always the same one', async () => {
    const cookie = await signIn(user.email)
    const answer = await call('/ui/', withCookie(cookie))
    const [, token] = /<meta name="csrf-token" content="([\w-]{43})">/.exec(await answer.text()) ?? []
    expect(answer.headers.get('Set-Cookie')).toBe(
      `csrfToken=${token}; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Lax`,
    )
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
    expect(await csrfOf(cookie)).toMatchObject({ 'X-CSRF-TOKEN': token })
  })

  it.each(['', 'JWT=rubbish'])('tells nobody else one: %j', async (cookie) => {
    const answer = await call('/ui/', withCookie(cookie))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    expect(await answer.text()).not.toContain('csrf-token')
  })
})

describe('POST /api/v1/logout', () => {
  it('ends the session at once, and no other', async () => {
    const [cookie, other] = [await signIn(user.email), await signIn(user.email)]
    const answer = await call('/api/v1/logout', { ...LOGOUT, headers: await csrfOf(cookie) })
    expect([answer.status, await answer.json()]).toEqual([200, {}])
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^JWT=; Max-Age=0; Path=\/; HttpOnly/),
      expect.stringMatching(/^csrfToken=; Max-Age=0; Path=\/; HttpOnly/),
    ])
    await expectJson(call(ME, withCookie(cookie)), 401)
    await expectJson(call(ME, withCookie(other)))
    const id = parseToken(tokenIn(cookie))?.id
    expect((await auditOf('LOGOUT')).at(-1)).toMatchObject({ resource_id: user.id, token_id: id })
    const ended = env.DB.prepare("SELECT count(*) AS n FROM changes WHERE kind = 'token' AND ref = ?")
    expect(await ended.bind(id).first('n')).toBe(1)
  })

  it('does not revoke an API token', async () => {
    const before = await inventory()
    expect((await call('/api/v1/logout', { ...LOGOUT, token: user.token })).status).toBe(200)
    expect(await inventory()).toBe(before)
    await expectJson(call(ME, user))
  })
})
