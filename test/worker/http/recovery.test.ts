/** A superadmin when nobody can sign in: with a SETUP_TOKEN that was set for it, and with nothing else. */

import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  ADMIN,
  asAdmin,
  auditOf,
  basic,
  createUser,
  expectJson,
  freshEdge,
  inventory,
  signIn,
} from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'

const NEW_TOKEN = 'set-anew-for-this-recovery'
const PATH = '/api/v1/recovery/administrator'
const NEW = { username: 'rescue@example.com', password: 'Rescue!Password1' }

let isolate: Isolate
beforeEach(async () => {
  await freshEdge()
  isolate = await openIsolate({ SETUP_TOKEN: NEW_TOKEN })
})

const recover = (json: object, to = isolate) => to.call(PATH, { json: { setupToken: NEW_TOKEN, ...json } })
const enters = async ({ username, password }: typeof ADMIN) =>
  (await isolate.call('/api/v1/users', { authorization: basic(username, password) })).status

describe('POST /api/v1/recovery/administrator', () => {
  it('makes a superadmin, once for each SETUP_TOKEN', async () => {
    expect(await expectJson(recover(NEW))).toMatchObject({ username: NEW.username, superAdmin: true })
    expect(await enters(NEW)).toBe(200)
    const before = await inventory()
    const again = await recover({ ...NEW, username: 'second@example.com' })
    expect(await expectJson(again, 403)).toMatchObject({ code: 'setup_refused' })
    expect(await inventory()).toBe(before)
    const other = await openIsolate({ SETUP_TOKEN: 'set-anew-once-more' })
    const next = { ...NEW, username: 'second@example.com', setupToken: 'set-anew-once-more' }
    expect((await recover(next, other)).status).toBe(200)
  })

  it('gives a user who is there a new password, the flag, and entrance; sessions end', async () => {
    const user = await createUser(asAdmin)
    const session = await signIn(user.email)
    await env.DB.prepare('UPDATE accounts SET disabled_at = 1 WHERE id = ?').bind(user.id).run()
    const renewed = { username: user.email.toUpperCase(), password: NEW.password }
    expect(await expectJson(recover(renewed))).toMatchObject({ id: user.id, superAdmin: true })
    expect(await enters(renewed)).toBe(200)
    expect((await isolate.call('/api/v1/me', { headers: { Cookie: session } })).status).toBe(401)
  })

  it('lets in who was held for failing too often', async () => {
    for (let count = 0; count < 10; count++) await enters({ ...ADMIN, password: 'Wrong!Password1' })
    expect(await enters(ADMIN)).toBe(401)
    const renewed = { ...ADMIN, password: NEW.password }
    await expectJson(recover(renewed))
    expect(await enters(renewed)).toBe(200)
  })

  it('helps when MASTER_KEY is lost, and no stored password or token can be checked any more', async () => {
    const MASTER_KEY = btoa('another-master-key-another-maste')
    isolate = await openIsolate({ MASTER_KEY, SETUP_TOKEN: NEW_TOKEN })
    expect(await enters(ADMIN)).toBe(401)
    await expectJson(recover(ADMIN))
    expect(await enters(ADMIN)).toBe(200)
    expect((await isolate.call('/ready')).status).toBe(503)
    const authorization = basic(ADMIN.username, ADMIN.password)
    await expectJson(isolate.call('/api/v1/signing-keys/rotate', { authorization, json: { drop: true } }))
    expect((await isolate.call('/ready')).status).toBe(200)
  })

  it('is recorded, with nobody’s name and no secret', async () => {
    await expectJson(recover(NEW))
    const records = await auditOf('CREATE')
    expect(records.at(-1)).toMatchObject({ actor_id: 'recovery', resource: 'USER' })
    expect(JSON.stringify(records.at(-1))).not.toMatch(/set-anew|Rescue!|scrypt/)
  })

  it.each<[string, Record<string, unknown>, object]>([
    ['with another token', {}, { setupToken: 'set-anew-for-another-one' }],
    ['with the token of the set-up', { SETUP_TOKEN: env.SETUP_TOKEN }, { setupToken: env.SETUP_TOKEN }],
    ['where none is set', { SETUP_TOKEN: undefined }, {}],
    ['where set-up is open and no token set', { SETUP: 'open', SETUP_TOKEN: undefined }, { setupToken: '' }],
  ])('is refused %s', async (_, settings, changes) => {
    const at = await openIsolate({ SETUP_TOKEN: NEW_TOKEN, ...settings })
    const before = await inventory()
    expect(await expectJson(recover({ ...NEW, ...changes }, at), 403)).toMatchObject({
      code: 'setup_refused',
    })
    expect(await inventory()).toBe(before)
  })

  it('is refused a weak password, and before there is anybody', async () => {
    expect((await recover({ ...NEW, password: 'weak' })).status).toBe(422)
    await env.DB.prepare('DELETE FROM accounts').run()
    expect((await recover(NEW)).status).toBe(403)
  })
})
