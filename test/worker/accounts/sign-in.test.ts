import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { networkOf } from '../../../worker/tokens/network-of.ts'
import { later, MINUTE } from '../support/clock.ts'
import {
  auditOf,
  type Bot,
  basic,
  call,
  createAdmin,
  createUser,
  dumpTables,
  expectJson,
  freshEdge,
  PASSWORD,
  type Person,
  signIn,
} from '../support/edge.ts'
import { watchProofs } from '../support/proofs.ts'
import { costOf } from '../support/round-trips.ts'

const WRONG = 'Wrong!1234'

const proofs = watchProofs()
const triesOf = proofs.tries

let admin: Bot
let user: Person
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  user = await createUser(admin)
})
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM sign_in_attempts').run()
  proofs.forget()
})

const address = (ip: string) => ({ headers: { 'CF-Connecting-IP': ip } })

interface From {
  readonly ip?: string
}

const login = (username: string, password: string, { ip }: From = {}) =>
  call('/login', { json: { username, password }, ...(ip === undefined ? {} : address(ip)) })
const byBasic = (username: string, password: string, { ip }: From = {}) =>
  call('/api/v1/me', { authorization: basic(username, password), ...(ip === undefined ? {} : address(ip)) })

async function fail(times: number, username = user.email, from: From = {}) {
  for (let i = 0; i < times; i++) expect((await login(username, WRONG, from)).status).toBe(401)
}

/** As if so many had failed by now: a real one costs a scrypt. */
const pretend = (count: number) => env.DB.prepare('UPDATE sign_in_attempts SET count = ?').bind(count).run()

async function hold(username = user.email) {
  await fail(1, username)
  await pretend(9)
  await fail(1, username)
}

/** Everything of an answer but what differs with each request. */
async function bytesOf(answer: Response): Promise<string> {
  const { requestId, ...body } = await answer.json<Record<string, unknown>>()
  const headers = [...answer.headers].filter(([name]) => name !== 'x-request-id')
  return JSON.stringify({ status: answer.status, headers, body, isNamed: typeof requestId })
}

describe('a password that is tried too often', () => {
  it.each<[string, typeof byBasic]>([
    ['/login', login],
    ['Basic', byBasic],
  ])('is held after ten failures, the right one too, and is not even tried: %s', async (_, enter) => {
    for (let i = 0; i < 9; i++) await enter(user.email, WRONG)
    expect((await enter(user.email, PASSWORD)).status).toBe(200)
    expect((await enter(user.email, WRONG)).status).toBe(401)
    proofs.forget()
    for (const password of [WRONG, PASSWORD]) expect((await enter(user.email, password)).status).toBe(401)
    expect(triesOf()).toBe(0)
  })

  it('counts /login and Basic together, and the name in any case', async () => {
    await fail(5)
    for (let i = 0; i < 5; i++) await byBasic(user.email.toUpperCase(), WRONG)
    expect((await login(user.email, PASSWORD)).status).toBe(401)
  })

  it('answers exactly like a wrong one', async () => {
    const wrong = await bytesOf(await login(user.email, WRONG))
    await hold()
    expect(await bytesOf(await login(user.email, PASSWORD))).toBe(wrong)
    expect(await bytesOf(await login(user.email, WRONG))).toBe(wrong)
    expect(await bytesOf(await login('nobody@example.com', WRONG))).toBe(wrong)
  })

  it('is free again after thirty minutes, not before', async () => {
    await hold()
    expect((await later(29 * MINUTE, () => login(user.email, PASSWORD))).status).toBe(401)
    expect((await later(31 * MINUTE, () => login(user.email, PASSWORD))).status).toBe(200)
  })

  it('is not held by failures that lie five minutes back', async () => {
    await fail(1)
    await pretend(9)
    await later(6 * MINUTE, () => fail(2))
    expect((await later(6 * MINUTE, () => login(user.email, PASSWORD))).status).toBe(200)
  })

  it('is free again with a new password from an administrator', async () => {
    const other = await createUser(admin)
    await hold(other.email)
    const path = `/api/v1/users/${other.id}/password`
    await expectJson(call(path, { ...admin, method: 'PATCH', json: { password: 'NewPass!9876' } }))
    expect((await login(other.email, 'NewPass!9876')).status).toBe(200)
  })

  it('keeps nobody from tokens and sessions', async () => {
    const cookie = await signIn(user.email)
    await hold()
    await expectJson(call('/api/v1/me', user))
    await expectJson(call('/api/v1/me', { headers: { Cookie: cookie } }))
  })

  it('is held for that user alone', async () => {
    const other = await createUser(admin)
    await hold()
    expect((await login(other.email, PASSWORD)).status).toBe(200)
  })

  it('is not counted when it is right', async () => {
    await fail(1)
    await pretend(9)
    for (const enter of [byBasic, login]) expect((await enter(user.email, PASSWORD)).status).toBe(200)
    expect(await env.DB.prepare('SELECT count FROM sign_in_attempts').first('count')).toBe(9)
  })

  it('is tried ten times at most when a hundred come, four at once (threat 26)', async () => {
    for (let i = 0; i < 100; i += 4) {
      const answers = await Promise.all([0, 1, 2, 3].map((j) => login(user.email, `${WRONG}${i + j}`)))
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    }
    expect(triesOf()).toBe(10)
  })
})

describe('an address that tries too often', () => {
  const ip = '198.51.100.7'
  /** A failure for each name, of fifty from there. */
  const spray = async () => {
    await fail(1, 'spray1@example.com', { ip })
    await pretend(49)
    await fail(1, 'spray2@example.com', { ip })
  }

  it('is let try what is left of fifty and no more, whomever it names: a hundred names, one password (threat 26)', async () => {
    await fail(1, 'spray0@example.com', { ip })
    await pretend(44)
    proofs.forget()
    for (let i = 0; i < 100; i += 4) {
      const names = [0, 1, 2, 3].map((j) => `sprayed${i + j}@example.com`)
      const answers = await Promise.all(names.map((name) => login(name, PASSWORD, { ip })))
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    }
    expect(triesOf()).toBe(6)
  })

  it('is held after fifty failures, whomever it names (threat 26)', async () => {
    await spray()
    proofs.forget()
    expect((await login(user.email, PASSWORD, { ip })).status).toBe(401)
    expect(triesOf()).toBe(0)
    expect((await login(user.email, PASSWORD, { ip: '198.51.100.8' })).status).toBe(200)
    expect((await auditOf('ACCOUNT_LOCKED')).at(-1)).toMatchObject({
      ip_address: ip,
      after: expect.stringContaining('"by":"address"'),
    })
  })

  it('is not told the right password by what somebody elsewhere has proved just now', async () => {
    expect((await byBasic(user.email, PASSWORD, { ip: '198.51.100.8' })).status).toBe(200)
    await spray()
    expect((await byBasic(user.email, PASSWORD, { ip })).status).toBe(401)
    expect((await byBasic(user.email, PASSWORD, { ip: '198.51.100.8' })).status).toBe(200)
  })

  it('keeps nobody there from tokens', async () => {
    await spray()
    await expectJson(call('/api/v1/me', { token: user.token, ...address(ip) }))
  })

  it('is not counted for a user who is held already: that would hold whoever shares the address', async () => {
    await fail(1, user.email, { ip })
    await pretend(10)
    await fail(50, user.email, { ip })
    const other = await createUser(admin)
    expect((await login(other.email, PASSWORD, { ip })).status).toBe(200)
  })

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:0001:2::6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['fe80::', 'fe80:0:0:0'],
  ])('is known by its network: %s is in %s', (ipAddress, network) => {
    expect(networkOf(ipAddress)).toBe(network)
  })
})

describe('who exists', () => {
  it('is not told by work, by queries or by a single byte (threat 25)', async () => {
    await createUser(admin, { password: null, email: 'without@example.com' })
    const disabled = await createUser(admin)
    await env.DB.prepare('UPDATE accounts SET disabled_at = 1 WHERE id = ?').bind(disabled.id).run()
    const observed = []
    for (const [username, password] of [
      [user.email, WRONG],
      ['nobody@example.com', WRONG],
      ['without@example.com', WRONG],
      [disabled.email, PASSWORD],
      ['deploy-bot', WRONG],
      [admin.id, admin.token],
    ] as const) {
      proofs.forget()
      let bytes = ''
      const cost = await costOf(async () => {
        bytes = await bytesOf(await login(username, password))
      })
      observed.push({ cost, bytes, tries: triesOf() })
    }
    expect(new Set(observed.map((one) => JSON.stringify(one))).size).toBe(1)
    // The feed, beside the two that trying takes: D1 may have been put back.
    expect(observed[0]).toMatchObject({ cost: { roundTrips: 3 }, tries: 1 })
  })

  it('is not told by a lock: an unknown name is held like a known one (threat 25)', async () => {
    for (const username of [user.email, 'ghost@example.com']) {
      await hold(username)
      proofs.forget()
      expect(await costOf(() => login(username, WRONG))).toMatchObject({ roundTrips: 2 })
      expect(triesOf()).toBe(0)
    }
  })
})

describe('what is kept of failures', () => {
  it('is a record each, one more when an account is held, and nothing beyond', async () => {
    const other = await createUser(admin)
    await fail(12, other.email)
    const of = async (type: string) => (await auditOf(type)).filter((log) => log.resource_id === other.id)
    const failures = await of('LOGIN_FAILURE')
    expect(failures).toHaveLength(10)
    expect(failures[0]).toMatchObject({ resource: 'USER', actor_id: other.id, actor_name: other.email })
    expect(await of('ACCOUNT_LOCKED')).toMatchObject([{ after: expect.stringContaining('"by":"username"') }])
  })

  it('holds neither passwords nor what was typed for a name', async () => {
    await fail(1, 'MyPassword!1')
    await login(user.email, 'canary!Secret1')
    const stored = await dumpTables()
    for (const typed of ['MyPassword!1', 'mypassword!1', 'canary!Secret1', WRONG])
      expect(stored).not.toContain(typed)
  })

  it('goes away by itself', async () => {
    for (const username of ['gone1@example.com', 'gone2@example.com']) await fail(1, username)
    await later(6 * MINUTE, () => fail(1))
    const left = await env.DB.prepare('SELECT count(*) AS n FROM sign_in_attempts').first('n')
    expect(left).toBe(1)
  })
})
