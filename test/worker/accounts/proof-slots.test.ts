/** However many doors lead to a password: no more than four are hashed at once. Who comes from outside is told to come again. */

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ADMIN,
  type Bot,
  type Call,
  createAdmin,
  createUser,
  expectJson,
  freshEdge,
  inventory,
  PASSWORD,
  type Person,
  RECORDS,
} from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'

const AT_ONCE = 12
const SLOTS = 4
const NEW_TOKEN = 'set-anew-for-this-recovery'

let admin: Bot
let user: Person
let link: string
let isolate: Isolate
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  user = await createUser(admin)
})
beforeEach(async () => {
  isolate = await openIsolate({ SETUP_TOKEN: NEW_TOKEN })
  const json = { email: `${crypto.randomUUID()}@example.com` }
  const invited = isolate.call('/api/v1/main/invitations', { ...admin, json })
  link = String((await expectJson<{ link: string }>(invited, 201)).link.split('/').at(-1))
})

const form = (fields: Record<string, string>): Call => ({ body: new URLSearchParams(fields) })

/** What is sent to each door, so that it hashes. */
const DOORS: Record<string, (index: number) => readonly [path: string, request: Call]> = {
  'an invitation’s link': () => ['/api/v1/invitations/accept', { json: { token: link, password: PASSWORD } }],
  'an invitation’s page': () => [`/ui/invitations/${link}`, form({ password: PASSWORD })],
  'one’s own new password': () => [
    '/api/v1/me/password',
    { ...user, method: 'PUT', json: { oldPassword: 'Wrong!1234', newPassword: PASSWORD } },
  ],
  recovery: () => ['/api/v1/recovery/administrator', { json: { ...ADMIN, setupToken: NEW_TOKEN } }],
}

/** The same of who may change accounts. */
const MANAGED: typeof DOORS = {
  'a new user': (index) => [
    '/api/v1/users',
    { ...admin, json: { email: `new${index}@example.com`, password: PASSWORD } },
  ],
  'a user’s new password': () => [
    `/api/v1/users/${user.id}/password`,
    { ...admin, method: 'PATCH', json: { password: PASSWORD } },
  ],
}

const send = (door: string, index: number) => {
  const [path, request] = { ...DOORS, ...MANAGED }[door]?.(index) ?? ['', {}]
  return isolate.call(path, request)
}

const sendAtOnce = (door: string) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(door, index)))
const signInAtOnce = () =>
  Array.from({ length: SLOTS }, (_, index) =>
    isolate.call('/login', { json: { username: `nobody${index}@example.com`, password: PASSWORD } }),
  )

describe.each(Object.keys(DOORS))('%s', (door) => {
  it('is opened four times at once: the others are told to wait', async () => {
    const answers = await sendAtOnce(door)
    expect(answers.filter(({ status }) => status === 429).length).toBe(AT_ONCE - SLOTS)
  })

  it('hashes nothing while four sign in, and leaves nothing behind', async () => {
    const before = await inventory({ except: RECORDS })
    const signIns = signInAtOnce()
    const answer = await send(door, AT_ONCE)
    expect([answer.status, (await Promise.all(signIns)).map(({ status }) => status)]).toEqual([
      429,
      Array(SLOTS).fill(401),
    ])
    expect(await inventory({ except: RECORDS })).toBe(before)
  })
})

describe.each(Object.keys(MANAGED))('%s', (door) => {
  it('waits for its turn, also while four sign in', async () => {
    const signIns = signInAtOnce()
    const answers = await sendAtOnce(door)
    expect(new Set(answers.map(({ ok }) => ok))).toEqual(new Set([true]))
    await Promise.all(signIns)
  })
})

it('a user without a password waits for nobody', async () => {
  const users = Array.from({ length: AT_ONCE }, (_, index) =>
    isolate.call('/api/v1/users', { ...admin, json: { email: `bare${index}@example.com` } }),
  )
  expect(new Set((await Promise.all(users)).map(({ status }) => status))).toEqual(new Set([201]))
})
