import { beforeAll, describe, expect, it } from 'vitest'
import { cookieFrom, createVisitor, look, send, type Visitor, wordsOf } from '../support/console.ts'
import {
  auditOf,
  type Bot,
  call,
  createAdmin,
  createBot,
  csrfOf,
  dumpTables,
  expectJson,
  freshEdge,
  PASSWORD,
  signIn,
} from '../support/edge.ts'
import { costOf } from '../support/round-trips.ts'

const NEW_PASSWORD = 'Another!234'

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

const isSignedIn = async (cookie: string) => (await look(cookie, '/ui/me')).status === 200
const meOf = (cookie: string) => expectJson(call('/api/v1/me', { headers: { Cookie: cookie } }))
const sessionIdOf = (cookie: string) => cookie.slice('JWT=psu_'.length).split('_')[0] ?? ''

async function impersonate(target: Visitor): Promise<string> {
  const root = await createVisitor(admin, undefined, { superAdmin: true })
  const { token } = await expectJson<{ token: string }>(
    call(`/api/v1/users/${target.id}/impersonate`, { token: root.token, json: { reason: 'to see' } }),
  )
  return `JWT=${token}`
}

describe('the profile', () => {
  it('changes names and e-mail address, and nothing else', async () => {
    const { cookie, id } = await createVisitor(admin)
    const email = `${crypto.randomUUID()}@example.com`
    const fields = { email, firstName: '<b>Ada</b>', lastName: '', superadmin: 'on', isSuperadmin: 'on' }
    const answer = await send(cookie, '/ui/me', fields)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/ui/me'])
    expect(await meOf(cookie)).toMatchObject({
      id,
      superAdmin: false,
      profile: { email, firstName: '<b>Ada</b>' },
    })
    expect(await (await look(cookie, '/ui/me')).text()).toContain('<bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi>')
  })

  it('refuses an address that somebody has, and keeps what was typed', async () => {
    const [one, other] = [await createVisitor(admin), await createVisitor(admin)]
    const answer = await send(one.cookie, '/ui/me', { email: other.email, firstName: 'Grace' })
    expect(answer.status).toBe(409)
    const markup = await answer.text()
    expect(markup).toContain('value="Grace"')
    expect(markup).toContain('>A user with this e-mail address exists.<')
  })
})

describe('a change of one’s own password', () => {
  it('ends all sessions, and leaves whoever made it signed in with a new one', async () => {
    const { cookie, email } = await createVisitor(admin)
    const other = await signIn(email)
    const answer = await send(cookie, '/ui/me/password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/ui/me'])
    const renewed = cookieFrom(answer, 'JWT') ?? ''
    expect(renewed).toMatch(/^JWT=psu_/)
    expect([await isSignedIn(cookie), await isSignedIn(other), await isSignedIn(renewed)]).toEqual([
      false,
      false,
      true,
    ])
    await signIn(email, NEW_PASSWORD)
    expect(await dumpTables()).not.toContain(NEW_PASSWORD)
  })

  it('takes the old one, and says so at its field', async () => {
    const { cookie, email } = await createVisitor(admin)
    const answer = await send(cookie, '/ui/me/password', {
      oldPassword: 'Wrong!1234',
      newPassword: NEW_PASSWORD,
    })
    expect([answer.status, cookieFrom(answer, 'JWT')]).toEqual([422, undefined])
    const markup = await answer.text()
    expect(markup).toContain('<a href="#oldPassword">The old password is wrong.</a>')
    expect(markup).not.toMatch(/Wrong!1234|Another!234/)
    await signIn(email)
    const weak = await send(cookie, '/ui/me/password', { oldPassword: PASSWORD, newPassword: 'weak' })
    expect(await weak.text()).toContain('New password must have at least 8 characters')
  })

  it('is nobody’s who acts as somebody else, nor is the rest', async () => {
    const target = await createVisitor(admin)
    const mask = await impersonate(target)
    for (const [path, fields] of [
      ['/ui/me', { email: 'taken@example.com' }],
      ['/ui/me/password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD }],
      ['/ui/me/sessions/end-others', {}],
      [`/ui/me/sessions/${sessionIdOf(target.cookie)}/end`, {}],
    ] as const) {
      expect((await send(mask, path, fields)).status, path).toBe(403)
    }
    expect(await meOf(target.cookie)).toMatchObject({ profile: { email: target.email } })
    await signIn(target.email)
  })
})

describe('one’s own sessions', () => {
  it('are ended one by one, or all others at once', async () => {
    const { cookie, email } = await createVisitor(admin)
    const [second, third, fourth] = [await signIn(email), await signIn(email), await signIn(email)]
    expect(await wordsOf(await look(cookie, '/ui/me'))).toContain('This one')
    expect((await send(cookie, `/ui/me/sessions/${sessionIdOf(second)}/end`)).status).toBe(303)
    expect([await isSignedIn(second), await isSignedIn(third)]).toEqual([false, true])
    expect((await send(cookie, '/ui/me/sessions/end-others')).status).toBe(303)
    expect([await isSignedIn(third), await isSignedIn(fourth), await isSignedIn(cookie)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('end with whatever one acts as somebody else with, in one transaction however many they are', async () => {
    const { id, token, cookie, email } = await createVisitor(admin, undefined, { superAdmin: true })
    const target = await createVisitor(admin)
    const endOthers = async () => {
      const headers = await csrfOf(cookie)
      return costOf(() => send(cookie, '/ui/me/sessions/end-others', {}, headers['X-CSRF-TOKEN']))
    }
    const alone = await endOthers()
    const minted = call(`/api/v1/users/${target.id}/impersonate`, { token, json: { reason: 'to see' } })
    const mask = `JWT=${(await expectJson<{ token: string }>(minted)).token}`
    const others = [mask, await signIn(email), await signIn(email), await signIn(email)]
    expect(await Promise.all(others.map(isSignedIn))).toEqual([true, true, true, true])
    expect(await endOthers()).toEqual(alone)
    expect(await Promise.all(others.map(isSignedIn))).toEqual([false, false, false, false])
    expect([await isSignedIn(cookie), await isSignedIn(target.cookie)]).toEqual([true, true])
    await expectJson(call('/api/v1/me', { token }))
    const own = (await auditOf('LOGOUT')).filter((log) => log.actor_id === id)
    expect(own).toHaveLength(2)
  })

  it('are nobody else’s to see or to end, and no API token is one', async () => {
    const [one, other] = [await createVisitor(admin), await createVisitor(admin)]
    const id = sessionIdOf(other.cookie)
    expect(await (await look(one.cookie, '/ui/me')).text()).not.toContain(id)
    expect((await send(one.cookie, `/ui/me/sessions/${id}/end`)).status).toBe(404)
    expect((await send(one.cookie, `/ui/me/sessions/${one.tokenId}/end`)).status).toBe(404)
    expect(await isSignedIn(other.cookie)).toBe(true)
    await expectJson(call('/api/v1/me', one))
  })

  it('do nothing without the token of the session', async () => {
    const { cookie, email } = await createVisitor(admin)
    const other = await signIn(email)
    for (const path of ['/ui/me/sessions/end-others', `/ui/me/sessions/${sessionIdOf(other)}/end`]) {
      expect((await send(cookie, path, {}, 'A'.repeat(43))).status).toBe(403)
    }
    expect(await isSignedIn(other)).toBe(true)
  })

  it('no service account has', async () => {
    const bot = await createBot({ ROLE: ['VIEW'] }, { by: admin, namespace: null })
    expect((await look(`JWT=${bot.token}`, '/ui/me')).status).toBe(303)
  })
})
