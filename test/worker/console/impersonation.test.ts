/** Acting as somebody else in the console: how it begins, what it cannot do, and the ways back. */

import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOUR, later, MINUTE } from '../support/clock.ts'
import {
  ADMIN,
  auditOf,
  type Bot,
  call,
  createAdmin,
  createBot,
  createUser,
  expectJson,
  freshEdge,
  PASSWORD,
  signIn,
  toRequest,
} from '../support/edge.ts'

const list = '/ui/main/iam/service-accounts'

let admin: Bot
let target: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  // What it may do to others does not matter here: it acts for somebody.
  const all = ['LIST', 'VIEW', 'CREATE', 'UPDATE', 'DELETE']
  target = await createBot({ SERVICE_ACCOUNT: all }, { name: 'target', namespace: null, by: admin })
})

/** Keeps cookies as a browser does. */
function createJar(...first: string[]) {
  const jar = new Map<string, string>()
  const keep = (cookie: string) => {
    const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? []
    if (value === '') jar.delete(name)
    else jar.set(name, value)
  }
  for (const cookie of first) keep(cookie)
  const go = async (path: string, body?: URLSearchParams) => {
    const headers = { Cookie: [...jar].map((pair) => pair.join('=')).join('; ') }
    const request = toRequest(path, body ? { headers, body } : { headers })
    const answer = await exports.default.fetch(new Request(request, { redirect: 'manual' }))
    for (const cookie of answer.headers.getSetCookie()) keep(cookie)
    return answer
  }
  const csrf = async () => /name="csrf" value="([^"]*)"/.exec(await (await go('/ui/')).text())?.[1] ?? ''
  return {
    jar,
    look: (path: string) => go(path),
    send: async (path: string, fields: Record<string, string> = {}) =>
      go(path, new URLSearchParams({ csrf: await csrf(), ...fields })),
  }
}

const asRoot = async () => createJar(await signIn(ADMIN.username, ADMIN.password))
const impersonate = (id: string) => `${list}/${id}/impersonate`
const START = { reason: 'Ticket 7', minutes: '15' }
const exit = '/ui/impersonation/exit'
const rowsOf = async (id: string) =>
  (await env.DB.prepare('SELECT id FROM tokens WHERE id = ?').bind(id).all()).results.length
const idIn = (token = '') => token.slice(4, 16)

describe('an impersonation', () => {
  it('shows on every page who acts, keeps one’s own session aside, and gives it back under a new id', async () => {
    const browser = await asRoot()
    const own = browser.jar.get('JWT')
    const started = await browser.send(impersonate(target.id), START)
    expect([started.status, started.headers.get('Location')]).toEqual([303, '/ui/'])
    const mask = browser.jar.get('JWT')
    expect([mask?.slice(0, 4), browser.jar.get('own')]).toEqual(['psi_', own])
    const cookies = started.headers.getSetCookie().filter((cookie) => /^(JWT|own)=/.test(cookie))
    expect(cookies).toHaveLength(2)
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax$/)

    const page = await (await browser.look('/ui/')).text()
    expect(page).toContain('You are impersonating')
    expect(page).toMatch(/<title>\(as target\) /)
    expect((await auditOf('IMPERSONATE')).at(-1)).toMatchObject({
      actor_name: ADMIN.username,
      resource_id: target.id,
      after: expect.stringContaining('Ticket 7'),
    })

    const ended = await browser.send(exit)
    expect(ended.headers.get('Location')).toBe('/ui/')
    const back = browser.jar.get('JWT')
    expect(back).toMatch(/^psu_/)
    expect(back).not.toBe(own)
    expect(browser.jar.has('own')).toBe(false)
    expect(await Promise.all([mask, own, back].map((token) => rowsOf(idIn(token))))).toEqual([0, 0, 1])
    const word = await (await browser.look('/ui/')).text()
    expect(word).toContain('You are yourself again.')
    expect(word).toContain(ADMIN.username)
    expect((await auditOf('LOGOUT')).at(-1)).toMatchObject({
      resource: 'SERVICE_ACCOUNT',
      actor_name: 'target',
      impersonator_name: ADMIN.username,
    })
  })

  it('ends in so many minutes as were asked for, and then leads back by one button', async () => {
    const browser = await asRoot()
    await browser.send(impersonate(target.id), START)
    await later(14 * MINUTE, async () =>
      expect((await browser.look(`${list}/${target.id}`)).status).toBe(200),
    )
    await later(16 * MINUTE, async () => {
      const refused = await browser.look(`${list}/${target.id}`)
      expect(refused.headers.get('Location')).toMatch(/^\/ui\/sign-in\?next=/)
      expect(await (await browser.look('/ui/sign-in')).text()).toContain('The impersonation is over.')
      await browser.send(exit)
      expect(await (await browser.look('/ui/')).text()).toContain('You are yourself again.')
    })
    expect(browser.jar.get('JWT')).toMatch(/^psu_/)
  })

  it('leads to the sign-in where one’s own session is over as well', async () => {
    const browser = await asRoot()
    await browser.send(impersonate(target.id), START)
    await later(13 * HOUR, async () => {
      await browser.send(exit)
      const page = await (await browser.look('/ui/')).text()
      expect(page).toContain('Sign in again.')
      expect(page).not.toContain('Continue as yourself')
    })
    expect(browser.jar.has('JWT')).toBe(false)
  })

  it('mints nothing, rotates nothing and goes no further, and pages say so', async () => {
    const browser = await asRoot()
    await browser.send(impersonate(target.id), START)
    const nonce = crypto.randomUUID()
    for (const [deed, fields] of [
      ['tokens/new', { nonce, name: 'made', maxAge: '90' }],
      [`tokens/${target.tokenId}/rotate`, { nonce, grace: 'none' }],
    ] as const) {
      for (const answer of [
        await browser.look(`${list}/${target.id}/${deed}`),
        await browser.send(`${list}/${target.id}/${deed}`, fields),
      ]) {
        expect([deed, answer.status]).toEqual([deed, 403])
        expect(await answer.text()).toContain('Not while acting as somebody else.')
      }
    }
    expect((await browser.send(impersonate(admin.id), START)).status).toBe(403)
    const page = await (await browser.look(`${list}/${target.id}`)).text()
    expect(page).not.toContain('Create API token')
    expect((await browser.look('/ui/main/iam/roles')).status).not.toBe(200)
    expect(await rowsOf(target.tokenId)).toBe(1)
  })

  it('makes nobody a superadmin, not even as one', async () => {
    const browser = await asRoot()
    await browser.send(impersonate(admin.id), START)
    const answer = await browser.send(`${list}/${target.id}/settings`, {
      name: 'target',
      isSuperadmin: 'on',
    })
    expect(answer.status).toBe(403)
    expect((await browser.send(`${list}/${target.id}/settings`, { name: 'target' })).status).toBe(303)
    const flag = 'SELECT is_superadmin AS flag FROM accounts WHERE id = ?'
    expect(await env.DB.prepare(flag).bind(target.id).first('flag')).toBe(0)
  })

  it('wants a reason and a length that is offered, and a superadmin', async () => {
    const browser = await asRoot()
    for (const fields of [{ minutes: '15' }, { ...START, reason: ' ' }, { ...START, minutes: '600' }]) {
      expect((await browser.send(impersonate(target.id), fields as Record<string, string>)).status).toBe(422)
    }
    expect(browser.jar.get('JWT')).toMatch(/^psu_/)
    const user = await createUser(admin, { tenants: ['main'] })
    const other = createJar(await signIn(user.email, PASSWORD))
    expect((await other.send(impersonate(target.id), START)).status).toBe(403)
  })

  it('ends with both sessions when one signs out', async () => {
    const browser = await asRoot()
    const own = browser.jar.get('JWT')
    await browser.send(impersonate(target.id), START)
    const mask = browser.jar.get('JWT')
    await browser.send('/ui/sign-out')
    expect([...browser.jar.keys()].filter((name) => ['JWT', 'own'].includes(name))).toEqual([])
    expect([await rowsOf(idIn(own)), await rowsOf(idIn(mask))]).toEqual([0, 0])
  })

  it('takes for one’s own session nothing but a session that is good', async () => {
    for (const planted of ['rubbish', target.token]) {
      const browser = await asRoot()
      await browser.send(impersonate(target.id), START)
      browser.jar.set('own', planted)
      await browser.send(exit)
      expect([...browser.jar.keys()].filter((name) => ['JWT', 'own'].includes(name))).toEqual([])
    }
  })

  it('leaves nobody’s session waiting where somebody else comes in by whatever page', async () => {
    const user = await createUser(admin, { tenants: ['main'] })
    const invited = call('/api/v1/main/invitations', { ...admin, json: { email: 'came@example.com' } })
    const { link } = await expectJson<{ link: string }>(invited, 201)
    const doors: ReadonlyArray<readonly [path: string, fields: Record<string, string>, first?: string]> = [
      ['/ui/sign-in', { username: user.email, password: PASSWORD }],
      [new URL(link).pathname, { password: PASSWORD }],
      ['/ui/me/password', { oldPassword: PASSWORD, newPassword: 'Changed!1234' }, user.email],
    ]
    for (const [path, fields, first] of doors) {
      const browser = createJar(...(first === undefined ? [] : [await signIn(first)]))
      browser.jar.set('own', 'psu_planted')
      expect([path, (await browser.send(path, fields)).status]).toEqual([path, 303])
      expect([path, browser.jar.get('JWT')?.slice(0, 4), browser.jar.has('own')]).toEqual([
        path,
        'psu_',
        false,
      ])
    }
  })

  it('leaves alone whoever presses Exit twice', async () => {
    const browser = await asRoot()
    const own = browser.jar.get('JWT')
    expect((await browser.send(exit)).status).toBe(303)
    expect(browser.jar.get('JWT')).toBe(own)
    expect((await call(exit, { method: 'POST' })).status).toBe(415)
  })
})
