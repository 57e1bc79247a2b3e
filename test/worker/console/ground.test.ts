/** What holds for every page of the console and every form of it, tried as an attacker would. */

import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { pages } from '../../../worker/console/pages.ts'
import { ownPath } from '../../../worker/console/visit.ts'
import {
  cookieFrom,
  createVisitor,
  look,
  send,
  sendAlone,
  type Visitor,
  wordsOf,
} from '../support/console.ts'
import {
  type Bot,
  call,
  createAdmin,
  createBot,
  createUser,
  csrfOf,
  expectJson,
  freshEdge,
  inventory,
  ORIGIN,
  PASSWORD,
  RECORDS,
  signIn,
} from '../support/edge.ts'

const SIGN_IN = '/ui/sign-in'
const NEW = '/ui/main/iam/service-accounts/new'

let admin: Bot
let bot: Bot
let root: Visitor
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  bot = await createBot({ ROLE: ['VIEW'] }, { by: admin, namespace: null })
  root = await createVisitor(admin, undefined, { superAdmin: true })
})

/** Every page that can be looked at, with something of each kind in its address. */
const addresses = (): string[] =>
  pages
    .filter(({ show }) => show)
    .map(
      ({ path }) =>
        `/ui${path
          .replace('/users/:id', `/users/${root.id}`)
          .replace('/service-accounts/:id', `/service-accounts/${bot.id}`)
          .replaceAll(':tenant', 'main')
          .replace(/:\w+/g, 'nothing')}`,
    )

const rowsOfAccounts = async () =>
  JSON.stringify((await env.DB.prepare('SELECT * FROM accounts ORDER BY id').all()).results)

describe('every page', () => {
  it('is kept by nobody, framed by nobody and loads what is ours alone, whatever it answers (threats 30, 41)', async () => {
    const csp =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
      "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'"
    for (const path of [...addresses(), '/ui', '/ui/main/nothing/at/all']) {
      for (const answer of [
        await look(root.cookie, path),
        await call(path),
        await call(path, { method: 'POST', body: 'x', headers: { Cookie: root.cookie } }),
      ]) {
        expect(answer.status, path).toBeLessThan(500)
        expect(Object.fromEntries(answer.headers), path).toMatchObject({
          'content-security-policy': csp,
          'cache-control': 'no-store',
          'referrer-policy': 'same-origin',
          'x-frame-options': 'DENY',
          'x-content-type-options': 'nosniff',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'strict-transport-security': 'max-age=31536000',
        })
      }
    }
  })

  it('has no script and no style of its own, which its policy would refuse', async () => {
    for (const path of addresses()) {
      const markup = await (await look(root.cookie, path)).text()
      expect(markup, path).not.toMatch(/<script(?! type="module" src="\/_postern\/)|<style| style=| on\w+=/)
    }
  })

  it('changes nothing by being looked at', async () => {
    const before = [await inventory({ except: RECORDS }), await rowsOfAccounts()]
    for (const path of addresses()) await look(root.cookie, path)
    expect([await inventory({ except: RECORDS }), await rowsOfAccounts()]).toEqual(before)
  })

  it('asks who is not signed in to sign in, and leads back', async () => {
    for (const { path, access } of pages.filter(({ show }) => show)) {
      if (access.kind === 'public') continue
      const address = `/ui${path.replaceAll(':tenant', 'main').replace(/:\w+/g, 'nothing')}`
      const answer = await call(address)
      expect([answer.status, answer.headers.get('Location')], path).toEqual([
        303,
        `${SIGN_IN}?next=${encodeURIComponent(address)}`,
      ])
    }
  })
})

describe('a form', () => {
  const name = () => `bot-${crypto.randomUUID().slice(0, 8)}`
  const fields = async (cookie: string) => ({ name: name(), csrf: (await csrfOf(cookie))['X-CSRF-TOKEN'] })
  const post = (cookie: string, sent: Record<string, string>, headers: Record<string, string> = {}) =>
    call(NEW, { headers: { Cookie: cookie, ...headers }, body: new URLSearchParams(sent) })

  it.each<[string, Record<string, string>]>([
    ['another site', { Origin: 'https://evil.test' }],
    ['a site whose name begins like ours', { Origin: `${ORIGIN}.evil.test` }],
    ['another port of our host', { Origin: `${ORIGIN}:8443` }],
    ['nowhere that it would tell', { Origin: 'null' }],
    ['a page that the browser calls another site’s', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('from %s does nothing, even with the session’s token (threat 41)', async (_, headers) => {
    const before = await inventory({ except: RECORDS })
    const answer = await post(root.cookie, await fields(root.cookie), headers)
    expect(answer.status).toBe(403)
    expect(await wordsOf(answer)).toContain('This form was not sent from a page of this session')
    expect(await inventory({ except: RECORDS })).toBe(before)
  })

  it('does nothing without the token of the very session (threat 41)', async () => {
    const own = (await csrfOf(root.cookie))['X-CSRF-TOKEN']
    const ofAnother = (await csrfOf(await signIn(root.email)))['X-CSRF-TOKEN']
    const before = await inventory({ except: RECORDS })
    for (const csrf of ['', 'rubbish', ofAnother, own.slice(1), `${own},${own}`]) {
      expect((await post(root.cookie, { name: name(), csrf })).status, csrf).toBe(403)
    }
    expect((await post(root.cookie, { name: name() })).status).toBe(403)
    const twice = new URLSearchParams([...Object.entries({ name: name(), csrf: own }), ['csrf', own]])
    expect((await call(NEW, { headers: { Cookie: root.cookie }, body: twice })).status).toBe(403)
    expect(await inventory({ except: RECORDS })).toBe(before)
    expect((await post(root.cookie, { name: name(), csrf: own })).status).toBe(303)
  })

  it('does nothing in a coding that a form of another kind could have', async () => {
    const sent = await fields(root.cookie)
    const multipart = new FormData()
    for (const [key, value] of Object.entries(sent)) multipart.set(key, value)
    const headers = { Cookie: root.cookie }
    const before = await inventory({ except: RECORDS })
    for (const request of [
      { json: sent },
      { body: new URLSearchParams(sent).toString(), headers: { 'Content-Type': 'text/plain' } },
      { body: multipart },
    ]) {
      const answer = await call(NEW, { ...request, headers: { ...headers, ...request.headers } })
      expect(answer.status).toBe(415)
    }
    expect(await inventory({ except: RECORDS })).toBe(before)
  })

  it('is read up to a megabyte, also where nobody says how long it is', async () => {
    const huge = new TextEncoder().encode(`name=${'x'.repeat(8 * 1024 * 1024)}`)
    const headers = { Cookie: root.cookie, 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await call(NEW, { headers, body: huge })).status).toBe(413)
    expect((await call(NEW, { headers, body: new Blob([huge]).stream() })).status).toBe(413)
  })

  it('of a session that has ended does nothing', async () => {
    const cookie = await signIn(root.email)
    const sent = await fields(cookie)
    await send(cookie, '/ui/sign-out')
    const before = await inventory({ except: RECORDS })
    const answer = await post(cookie, sent)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, SIGN_IN])
    expect(await inventory({ except: RECORDS })).toBe(before)
  })
})

describe('signing in', () => {
  const credentials = () => ({ username: root.email, password: PASSWORD })

  it('gives a cookie that no script reads and that other sites’ forms do not bring', async () => {
    const answer = await sendAlone(SIGN_IN, credentials(), { Origin: ORIGIN })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/ui/'])
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^JWT=psu_\w{62}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      // Nobody else's session is left to come back to.
      expect.stringMatching(/^own=; Max-Age=0;/),
    ])
    const cookie = cookieFrom(answer, 'JWT') ?? ''
    for (const set of (await look(cookie, '/ui/')).headers.getSetCookie()) {
      expect(set).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    }
  })

  it('does without Secure on plain http, where a browser would drop the cookie', async () => {
    const answer = await exports.default.fetch(
      new Request(`http://127.0.0.1:8787${SIGN_IN}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(credentials()),
      }),
    )
    expect(answer.headers.get('Set-Cookie')).toMatch(/; HttpOnly; SameSite=Lax$/)
  })

  it('always starts a session of its own', async () => {
    const planted = await signIn((await createUser(admin)).email)
    const csrf = (await csrfOf(planted))['X-CSRF-TOKEN']
    const answer = await sendAlone(SIGN_IN, { ...credentials(), csrf }, { Cookie: planted })
    const cookie = cookieFrom(answer, 'JWT') ?? ''
    expect(cookie).toMatch(/^JWT=psu_/)
    expect(cookie).not.toBe(planted)
    const me = (Cookie: string) => expectJson(call('/api/v1/me', { headers: { Cookie } }))
    expect(await me(planted)).not.toMatchObject({ id: root.id })
    expect(await me(cookie)).toMatchObject({ id: root.id })
  })

  it('of nobody knows which of two cookies is theirs', async () => {
    const other = await signIn((await createUser(admin)).email)
    expect((await look(`${root.cookie}; ${other}`, NEW)).status).toBe(303)
  })

  it.each(['https://evil.test', 'null', 'https://postern.test:8443'])(
    'is not done for its visitor by a page of %s',
    async (Origin) => {
      const answer = await sendAlone(SIGN_IN, credentials(), { Origin })
      expect([answer.status, cookieFrom(answer, 'JWT')]).toEqual([403, undefined])
    },
  )

  it('is for people: a service account is told so, be there one of that name or not', async () => {
    const answers = []
    for (const sent of [
      { username: 'deploy-bot', password: 'Wrong!1234' },
      { username: 'no-such-bot', password: 'Wrong!1234' },
      { username: 'deploy-bot', password: bot.token },
      { username: bot.token, password: '' },
      { username: root.email, password: bot.token },
    ]) {
      const answer = await sendAlone(SIGN_IN, sent)
      expect([answer.status, cookieFrom(answer, 'JWT')]).toEqual([403, undefined])
      const words = await wordsOf(answer)
      expect(words).not.toContain(bot.token)
      answers.push(/Service accounts have.*?\./.exec(words)?.[0])
    }
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toBeDefined()
  })

  it('shows a wrong password nowhere, and what was typed as text', async () => {
    const username = '"><img src=x onerror=alert(1)>@example.com'
    const answer = await sendAlone(SIGN_IN, {
      username,
      password: 'Wrong!<b>1',
      next: '"><script>alert(1)</script>',
    })
    expect(answer.status).toBe(401)
    const markup = await answer.text()
    expect(markup).not.toMatch(/<img|<script>|Wrong!/)
    expect(markup).toContain('value="&quot;&gt;&lt;img src=x')
  })

  it.each<[string, string]>([
    ['/ui/main/iam/users?q=a%20b&page=2', '/ui/main/iam/users?q=a%20b&page=2'],
    ['', '/ui/'],
    ['https://evil.test/ui/', '/ui/'],
    ['//evil.test/ui/', '/ui/'],
    ['/\\evil.test', '/ui/'],
    ['\\\\evil.test', '/ui/'],
    ['/ui/\\evil.test', '/ui/'],
    ['/ui//evil.test', '/ui/'],
    ['/ui/../../evil', '/ui/'],
    ['/ui/%2e%2e/login', '/ui/'],
    ['/ui/..//evil.test', '/ui/'],
    ['/uievil', '/ui/'],
    ['/\t/evil.test', '/ui/'],
    ['javascript:alert(1)', '/ui/'],
    ['/ui/x\r\nSet-Cookie: a=b', '/ui/xSet-Cookie:%20a=b'],
  ])('leads to a page of the console and nowhere else: %j', async (next, to) => {
    const shown = await look(root.cookie, `${SIGN_IN}?next=${encodeURIComponent(next)}`)
    expect(shown.headers.get('Location')).toBe(to)
    const themed = await send(root.cookie, '/ui/preferences/theme', { theme: 'dark', back: next })
    expect(themed.headers.get('Location')).toBe(to)
    expect(themed.headers.getSetCookie()).toHaveLength(1)
  })

  it('leads nowhere else where the console is at the top', () => {
    for (const path of ['//evil.test', '/.//evil.test', '/..//evil.test', '/%2e//evil.test']) {
      expect(ownPath({ base: '' }, path)).toBe('/')
    }
  })
})

describe('a credential that is no session', () => {
  it.each<[string, () => string]>([
    ['an API token', () => `Bearer ${admin.token}`],
    ['a token that is none', () => 'Bearer rubbish'],
    ['a password', () => `Basic ${btoa(`${root.email}:${PASSWORD}`)}`],
  ])('is refused as an Authorization (threat 41): %s', async (_, Authorization) => {
    for (const cookie of ['', root.cookie]) {
      const answer = await call('/ui/', { headers: { Authorization: Authorization(), Cookie: cookie } })
      expect(answer.status).toBe(403)
    }
    const csrf = (await csrfOf(root.cookie))['X-CSRF-TOKEN']
    const before = await inventory({ except: RECORDS })
    const sent = await call(NEW, {
      headers: { Authorization: Authorization(), Cookie: root.cookie },
      body: new URLSearchParams({ name: 'made', csrf }),
    })
    expect(sent.status).toBe(403)
    expect(await inventory({ except: RECORDS })).toBe(before)
  })

  it('opens nothing as a cookie', async () => {
    for (const token of [admin.token, bot.token, root.token, 'rubbish']) {
      expect((await look(`JWT=${token}`, NEW)).status).toBe(303)
    }
  })
})

describe('a cookie that somebody planted', () => {
  it.each([
    'rubbish',
    '[]',
    '["welcome"]',
    '["__proto__",[]]',
    '["constructor",["x"]]',
    '["welcome",[1]]',
    '{"code":"welcome","names":["x"]}',
    JSON.stringify(['welcome', ['x'.repeat(301)]]),
    '%E0%A4%A',
  ])('says nothing as a flash that the console did not write: %s', async (text) => {
    const flash = text.startsWith('%') ? text : encodeURIComponent(text)
    const answer = await look(`${root.cookie}; flash=${flash}`, '/ui/')
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('<div role="status" class="word"></div>')
  })

  it('is text in a sentence of ours, once', async () => {
    const planted = encodeURIComponent(JSON.stringify(['welcome', ['<img src=x onerror=alert(1)>']]))
    const answer = await look(`${root.cookie}; flash=${planted}`, '/ui/')
    expect(answer.headers.getSetCookie()).toContainEqual(expect.stringMatching(/^flash=; Max-Age=0; /))
    const markup = await answer.text()
    expect(markup).toContain('Welcome, &lt;img src=x onerror=alert(1)&gt;.')
    expect(markup).not.toContain('<img')
    const bare = encodeURIComponent('["user_let_in",[]]')
    expect((await look(`${root.cookie}; flash=${bare}`, '/ui/')).status).toBe(200)
  })

  it.each(['Europe/Nowhere', '<img src=x>', 'x'.repeat(2000), '%00', '%E0%A4%A'])(
    'does not upset a page: %s',
    async (text) => {
      for (const name of ['tz', 'theme', 'tenant', 'csrfToken']) {
        const answer = await look(`${root.cookie}; ${name}=${text}`, `/ui/main/iam/users/${root.id}`)
        expect(answer.status, name).toBe(200)
        const markup = await answer.text()
        expect(markup, name).not.toContain('<img')
        expect(markup, name).not.toContain('data-theme')
      }
      expect((await look(`${root.cookie}; tenant=${text}`, '/ui/')).status).toBe(200)
    },
  )

  it('says in which zone the times are, where it names one', async () => {
    const path = `/ui/main/iam/users/${root.id}`
    expect(await (await look(`${root.cookie}; tz=Asia%2FTokyo`, path)).text()).toContain('GMT+9')
    expect(await (await look(`${root.cookie}; tz=Nowhere`, path)).text()).toContain('UTC')
  })
})

describe('text from an address', () => {
  const hostile = '"><img src=x onerror=alert(1)>'

  it.each([
    '/ui/main/iam/users?q=',
    '/ui/main/iam/service-accounts?q=',
    '/ui/main/iam/users?of=',
    '/ui/?tenant=',
  ])('is text on the page: %s', async (path) => {
    const answer = await look(root.cookie, `${path}${encodeURIComponent(hostile)}`)
    expect(answer.status).toBeLessThan(400)
    expect(await answer.text()).not.toContain('<img')
  })

  it.each(['page=0', 'page=-1', 'page=x', 'page=9999999', 'sort=password:asc', 'sort=name', 'size=100000'])(
    'that makes no sense falls back to the first page: %s',
    async (query) => {
      expect((await look(root.cookie, `/ui/main/iam/users?${query}`)).status).toBe(200)
    },
  )
})

describe('a page that breaks', () => {
  it('says so as a page, with the request to ask about, and nothing of why', async () => {
    await env.DB.exec('ALTER TABLE audit_logs RENAME TO gone')
    try {
      const answer = await look(root.cookie, '/ui/audit')
      const text = await answer.text()
      expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
      expect(text).toContain(answer.headers.get('X-Request-Id') ?? '-')
      expect(text).not.toContain('audit_logs')
      expect([500, 503]).toContain(answer.status)
    } finally {
      await env.DB.exec('ALTER TABLE gone RENAME TO audit_logs')
    }
  })
})
