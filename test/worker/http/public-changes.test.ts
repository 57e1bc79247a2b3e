/**
 * Routes that ask for no credential and change something all the same: what they change they record, or do not do. The
 * guarded ones are walked through in `denials.test.ts`.
 */

import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { routes } from '../../../worker/app.ts'
import {
  ADMIN,
  type Call,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { exchange } from '../support/oauth.ts'

/** Whoever sends what they like to them has changed nothing. */
const READING = ['/validate-password', '/forgotten-password', '/reset-password']

/** These open or fill an instance as a whole, and have a file for that: that they are recorded is said there. */
const DRILLED = ['POST /api/v1/recovery/restore', 'POST /api/v1/backup']

const SETUP_TOKEN = 'set-anew-for-this-recovery'

interface Change {
  /** Makes what it takes, and says what to send. */
  readonly prepare: () => Promise<Call>
  /** Whether verdicts may depend on it. */
  readonly isFed: boolean
}

const createToken = async () => {
  const admin = await createAdmin()
  return { admin, ...(await createBot({ ROLE: ['VIEW'] }, { by: admin })) }
}
const form = (fields: Record<string, string>): Call => ({ body: new URLSearchParams(fields) })
const signIn = async (): Promise<Call> => ({ json: ADMIN })

const CHANGES: Record<string, Change> = {
  'POST /oauth/token': {
    prepare: async () => {
      const { token } = await createToken()
      // The first one of all makes a signing key.
      await expectJson(exchange(token))
      return form({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      })
    },
    isFed: false,
  },
  'POST /oauth/revoke': {
    prepare: async () => form({ token: (await createToken()).token }),
    isFed: true,
  },
  'POST /leaks': {
    prepare: async () => ({ json: [{ token: (await createToken()).token, type: 'postern_api_token' }] }),
    isFed: true,
  },
  'POST /api/v1/setup': {
    prepare: async () => {
      await reset()
      await applyD1Migrations(env.DB, env.MIGRATIONS)
      return { json: { ...ADMIN, setupToken: SETUP_TOKEN } }
    },
    isFed: true,
  },
  'POST /api/v1/recovery/administrator': {
    prepare: async () => ({
      json: { username: 'new@example.com', password: 'Recovered!1', setupToken: SETUP_TOKEN },
    }),
    isFed: true,
  },
  'POST /login': { prepare: signIn, isFed: false },
  'POST /api/v1/login': { prepare: signIn, isFed: false },
  'POST /api/v1/invitations/accept': {
    prepare: async () => {
      const admin = await createAdmin()
      const { link } = await expectJson<{ link: string }>(
        call('/api/v1/main/invitations', { ...admin, json: { email: 'new@example.com' } }),
        201,
      )
      return { json: { token: link.split('/').at(-1), password: 'InitialPass!1' } }
    },
    isFed: true,
  },
}

const changing = routes.filter(
  ({ method, path, access }) =>
    access.kind === 'public' && method !== 'GET' && !READING.some((end) => path.endsWith(end)),
)

it('has a request for every public route that changes something', () => {
  const named = changing.map(({ method, path }) => `${method} ${path}`)
  expect([...Object.keys(CHANGES), ...DRILLED].sort()).toEqual(named.sort())
})

const countOf = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0

describe.each(Object.entries(CHANGES))('%s', (name, { prepare, isFed }) => {
  const path = name.slice('POST '.length)
  const expected = ['audit_logs', ...(isFed ? ['changes'] : [])]
  let isolate: Isolate
  let request: Call
  beforeEach(async () => {
    await freshEdge()
    isolate = await openIsolate({ SETUP_TOKEN })
    request = await prepare()
  })

  it(`leaves ${expected.join(' and ')} (threat 35)`, async () => {
    const tables = ['audit_logs', 'changes']
    const before = await Promise.all(tables.map(countOf))
    expect((await isolate.call(path, request)).status).toBe(200)
    const after = await Promise.all(tables.map(countOf))
    expect(tables.filter((_, index) => after[index] !== before[index])).toEqual(expected)
  })

  it('does nothing at all when its records cannot be written (threat 35)', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const table of expected) {
      await env.DB.prepare(
        `CREATE TRIGGER broken AFTER INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END`,
      ).run()
      // A password that is tried is counted before.
      const before = await inventory({ except: ['sign_in_attempts'] })
      expect((await isolate.call(path, request)).status).toBe(503)
      expect(await inventory({ except: ['sign_in_attempts'] })).toBe(before)
      await env.DB.prepare('DROP TRIGGER broken').run()
    }
    log.mockRestore()
    // The same request is as good as it was.
    expect((await isolate.call(path, request)).status).toBe(200)
  })
})
