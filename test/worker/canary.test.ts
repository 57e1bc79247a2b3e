/** No secret leaves but in the one answer that is made to carry it: not in another answer, not in the log. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { JWT_TYPE, TOKEN_EXCHANGE } from '../../shared/wire/oauth.ts'
import { holdsCredential } from '../support/credentials.ts'
import { forgeFor } from './support/attacks.ts'
import { ADMIN, asAdmin, basic, type Call, call, createAdmin, dumpTables, freshEdge } from './support/edge.ts'
import { filesOf, formOf } from './support/files.ts'
import { exchange, giveBack } from './support/oauth.ts'

const PASSWORD = 'Canary!Password1'
const WEAK = 'canary-without-rules'
/** A whole API token, its secret alone, a JWT, a stored password. */
const SECRETS = [/pst_[0-9A-Za-z]{12}_[0-9A-Za-z]{8}/, /eyJ[\w-]+\.eyJ/, /scrypt\$/, /canary/i]

const said: string[] = []
const spies = (['debug', 'error', 'info', 'log', 'trace', 'warn'] as const).map((method) =>
  vi.spyOn(console, method).mockImplementation((...args) => {
    said.push(args.map((arg) => (arg instanceof Error ? `${arg.stack}` : JSON.stringify(arg))).join(' '))
  }),
)
afterAll(() => {
  for (const spy of spies) spy.mockRestore()
})

/** Every answer but the two that are made to carry a secret. */
const heard: string[] = []
async function tell(path: string, request: Call = {}): Promise<Response> {
  const answer = await call(path, request)
  const text = new TextDecoder().decode(await answer.clone().arrayBuffer())
  heard.push(
    `${request.method ?? ''} ${path} ${answer.status} ${JSON.stringify([...answer.headers])} ${text}`,
  )
  return answer
}

const TENANT = '/api/v1/main'
let token: string
let secrets: string[]
let wholes: string[]

beforeAll(async () => {
  await freshEdge()
  const admin = await createAdmin()
  token = admin.token
  const by = { token }

  const user = { email: 'user@example.com', password: PASSWORD, superAdmin: true }
  const { id: userId } = await (await tell('/api/v1/users', { ...by, json: user })).json<{ id: string }>()
  await tell('/api/v1/users', { ...by, json: user })
  await tell('/api/v1/users', { ...by, json: { ...user, password: WEAK } })
  await tell(`/api/v1/users/${userId}/password`, { ...by, method: 'PATCH', json: { password: WEAK } })
  await tell(`/api/v1/users/${userId}/password`, {
    ...by,
    method: 'PATCH',
    json: { password: `${PASSWORD}2` },
  })
  await tell(`/api/v1/users/${userId}`, { authorization: basic(user.email, `${PASSWORD}2`) })
  await tell(`/api/v1/users/${userId}`, { authorization: basic(user.email, PASSWORD) })
  await tell('/api/v1/setup', { json: { ...ADMIN, password: PASSWORD, setupToken: 'canary-setup-token' } })

  const accounts = `${TENANT}/service-accounts`
  const { id } = await (await tell(accounts, { ...by, json: { name: 'bot' } })).json<{ id: string }>()
  const minted = await call(`${accounts}/${id}/api-tokens`, { ...by, json: { name: 'ci' } })
  const { fullToken } = await minted.json<{ fullToken: string }>()
  await tell(`${accounts}/${id}/api-tokens`, { ...by, json: { name: fullToken } })
  await tell(`${accounts}/${id}/api-tokens`, { ...by, json: { name: 'ci', maxAge: fullToken } })
  await tell(`${accounts}/${id}/api-tokens`, by)
  await tell(accounts, by)
  const exchanged = await exchange(fullToken)
  const { access_token } = await exchanged.json<{ access_token: string }>()
  wholes = [token, fullToken, access_token]
  secrets = wholes.map((secret) => secret.slice(-20))

  for (const credential of [fullToken, access_token]) {
    await tell(accounts, { token: credential, json: { name: 'x' } })
    await tell(accounts, { token: credential.slice(0, -1) })
    await tell(accounts, { token: `${credential}x` })
    await tell(accounts, { authorization: `Token ${credential}` })
    await tell(accounts, { authorization: credential })
    await tell(accounts, { authorization: basic('bot', credential) })
    await tell('/oauth/token', { body: new URLSearchParams({ subject_token: credential }) })
    const asAssertion = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: credential,
      subject_token_type: JWT_TYPE,
    }
    await tell('/oauth/token', { body: new URLSearchParams(asAssertion) })
    await tell('/oauth/introspect', { ...by, body: new URLSearchParams({ token: credential }) })
    await tell('/oauth/introspect', { body: new URLSearchParams({ token: credential }) })
    await tell(`${TENANT}/nothing`, { token: credential })
  }
  await tell(accounts, { token: forgeFor(fullToken) })
  await tell('/oauth/token', { json: { subject_token: fullToken } })
  await tell('/oauth/token', {
    body: new URLSearchParams({ grant_type: fullToken, subject_token: fullToken }),
  })

  const files = filesOf('prod')
  await tell(`${files}?path=a.txt`, { ...by, body: formOf('plain') })
  await tell(`${files}?path=a.txt`, by)
  await tell(`${files}/search`, by)
  await tell(`${files}/plan`, { ...by, json: { files: [] } })
  await tell(`${files}/commit`, { ...by, json: { plan: { files: [] } } })
  await tell(`${TENANT}/roles`, { ...by, body: '{"name', headers: { 'Content-Type': 'application/json' } })
  await tell(`${TENANT}/roles/admin_main`, by)

  await giveBack(access_token)
  await giveBack(fullToken)
  for (const credential of [fullToken, access_token]) await tell(accounts, { token: credential })
  await tell('/oauth/token', { body: new URLSearchParams({ subject_token: fullToken }) })

  // What goes wrong unexpectedly is logged.
  const { env } = await import('cloudflare:workers')
  await env.DB.prepare('DROP TABLE tenant_access').run()
  await tell('/api/v1/users', {
    ...by,
    json: { email: 'canary@example.com', password: PASSWORD, tenants: ['main'] },
  })
  await tell(accounts, { ...by, json: { name: 'bot', description: 'canary' } })
  await env.DB.prepare('DROP TABLE roles').run()
  await tell(accounts, asAdmin)
  await tell(accounts, by)
})

describe('a secret', () => {
  it('is in no other answer, body or header (threat 29)', () => {
    expect(new Set(heard.map((line) => / (\d{3}) /.exec(line)?.[1]))).toEqual(
      new Set(['200', '201', '400', '401', '403', '404', '405', '409', '415', '422', '503']),
    )
    for (const line of heard) {
      for (const secret of SECRETS) expect(line).not.toMatch(secret)
      for (const secret of secrets) expect(line).not.toContain(secret)
    }
  })

  it('is in no line of the log (threat 29)', () => {
    expect(said.length).toBeGreaterThan(0)
    for (const line of said) {
      for (const secret of SECRETS) expect(line).not.toMatch(secret)
      for (const secret of secrets) expect(line).not.toContain(secret)
    }
  })

  it('would be seen in any line that any test has the worker write (threat 29)', () => {
    for (const whole of wholes) {
      for (const line of [whole, `{"token":"${whole}"}`, `GET /x?token=${whole}&y`, `Bearer ${whole}`]) {
        expect(holdsCredential(line)).toBe(true)
      }
    }
    expect(said.filter(holdsCredential)).toEqual([])
  })

  it('is in no table, and neither is its plain hash (threat 1)', async () => {
    const stored = await dumpTables()
    for (const secret of secrets) expect(stored).not.toContain(secret)
    for (const whole of wholes) {
      const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(whole))
      expect(stored).not.toContain(JSON.stringify(String.fromCharCode(...new Uint8Array(hash))).slice(1, -1))
    }
    expect(stored).not.toContain(PASSWORD)
  })
})
