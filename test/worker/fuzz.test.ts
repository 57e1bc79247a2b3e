/**
 * Two thousand requests from the OpenAPI document, fitting and not: none is an error of ours, every refusal has the
 * contract's shape, and what is answered is what the document says. The seed is in the title; a failure prints how to
 * repeat it.
 */

import fc from 'fast-check'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiError, OauthError } from '../../shared/wire/error.ts'
import { routes } from '../../worker/app.ts'
import type { OpenApi } from '../../worker/http/openapi.ts'
import { call, createAdmin, createTenant, expectJson, freshEdge, mintToken } from './support/edge.ts'
import { writeFile } from './support/files.ts'
import { type FuzzedRequest, requestTo, targetsOf, type Vocabulary } from './support/fuzz.ts'

const REQUESTS = 2_000
const SEED = crypto.getRandomValues(new Int32Array(1))[0] ?? 0

let document: OpenApi
let token: string
let words: Vocabulary

beforeAll(async () => {
  await freshEdge()
  const admin = await createAdmin()
  token = admin.token
  await createTenant('acme')
  document = await expectJson<OpenApi>(call('/openapi.json'))
  const create = async (path: string, json: object, status = 200) =>
    (await expectJson<{ id: string }>(call(path, { token, json }), status)).id
  const accounts = await Promise.all(
    ['bot', 'other'].map((name) => create('/api/v1/main/service-accounts', { name })),
  )
  const minted = await Promise.all(accounts.map((id) => mintToken(id, { by: admin })))
  const user = await create('/api/v1/users', { email: 'user@example.com' }, 201)
  const role = await create('/api/v1/main/roles', { name: 'role', permissions: { FLOW: ['READ'] } })
  await create('/api/v1/main/namespaces', { id: 'prod', variables: { a: 1 } })
  await writeFile('prod', 'a.txt', 'a', admin)
  words = {
    tenant: ['main'],
    namespace: ['prod', 'prod.new', 'system'],
    // Tenants are called by an id too; `main` is not among them, or nothing would be left to ask.
    id: [...accounts, user, role, 'acme', 'viewer_main', 'nothing', 'prod.made'],
    account: accounts,
    externalId: [...accounts, user],
    roleId: [role, 'viewer_main', 'admin_main'],
    token: [...minted.map(({ id }) => id), 'nothing'],
    tenants: [['main'], ['acme'], []],
    permissions: [{ FLOW: ['READ'] }, { NAMESPACE: ['VIEW', 'LIST'], ROLE: [] }],
    email: ['one@example.com', 'two@example.com', 'not an address'],
    password: ['weak', null],
    name: ['bot', 'a', 'my-name', 'Name with spaces'],
    type: ['USER', 'CREATE', 'GROUP'],
    maxAge: ['P1D', 'PT1H', '', 'P1Y'],
    namespaceId: ['prod', '', null],
    page: [1, 2, 999_999],
    size: [1, 10, 10_000],
    path: ['a.txt', '/a.txt', '/dir/b.txt', '/'],
    root: ['/', '/dir'],
    sha256: ['2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'],
    'if-match': ['"0"', '"1"'],
    'idempotency-key': ['key-number-1', 'key-number-2'],
    sort: ['name:asc', 'id:desc', 'date:asc'],
    startDate: ['2026-01-01T00:00:00Z'],
    endDate: ['2099-01-01T00:00:00Z'],
    resource: ['ROLE', 'FLOW'],
    grant_type: ['urn:ietf:params:oauth:grant-type:token-exchange'],
    subject_token: ['pst_nothing'],
  }
})

/** What is wrong with an answer, if anything. */
async function faultOf({ target, path }: FuzzedRequest, answer: Response): Promise<string | undefined> {
  const { status } = answer
  const text = new TextDecoder().decode(await answer.arrayBuffer())
  const type = answer.headers.get('Content-Type')?.split(';')[0] ?? ''
  // Nobody outside answers here, such as GitHub with the keys that its reports are signed by.
  if (status === 503 && text.includes('"issuer_unavailable"')) return undefined
  if (status >= 500) return `${status}: ${text}`
  const isDeclared = String(status) in target.operation.responses
  if (status >= 400 && !isDeclared) {
    const shape = path.startsWith('/oauth/') ? OauthError : ApiError
    if (type !== 'application/json') return `a refusal of type ${type}`
    return v.is(shape, JSON.parse(text)) ? undefined : `a refusal of another shape: ${text}`
  }
  if (!isDeclared) return `${status} is not declared`
  const declared = routes.find(
    (route) => route.method === target.method && route.path.replace(/:(\w+)/g, '{$1}') === target.path,
  )?.answers[status]
  if (declared === undefined || declared === null) return text === '' ? undefined : `not empty: ${text}`
  if (typeof declared === 'string') return type === declared ? undefined : `of type ${type}, not ${declared}`
  if (type !== 'application/json') return `of type ${type}, not JSON`
  const parsed = v.safeParse(declared, JSON.parse(text))
  return parsed.success ? undefined : `${v.summarize(parsed.issues)} in ${text}`
}

describe('any request', () => {
  it(`is answered as the document says, or refused in the contract’s shape (seed ${SEED})`, async () => {
    const statuses = new Map<number, number>()
    const request = fc
      .constantFrom(...targetsOf(document))
      .chain((target) => requestTo(target, document, words))
    const credential = fc.oneof(
      { weight: 20, arbitrary: fc.constant({ token }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          {},
          { token: 'x' },
          { authorization: 'Basic Og==' },
          { authorization: ',' },
        ),
      },
    )
    await fc.assert(
      fc.asyncProperty(request, credential, async (sent, by) => {
        const answer = await call(sent.path, { ...sent, ...by })
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        expect(await faultOf(sent, answer)).toBeUndefined()
      }),
      { seed: SEED, numRuns: REQUESTS, endOnFailure: true },
    )
    // It is no use to be refused two thousand times for one reason.
    const share = (from: number, to: number) =>
      [...statuses].reduce((sum, [status, n]) => (status >= from && status < to ? sum + n : sum), 0) /
      REQUESTS
    expect(share(200, 300)).toBeGreaterThan(0.1)
    for (const status of [400, 401, 403, 404, 415, 422]) expect(statuses.get(status)).toBeGreaterThan(0)
  }, 600_000)

  it('with ten megabytes of JSON is refused or read, whatever it is sent to', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const files = Array.from({ length: 90_000 }, (_, at) => ({
      path: `${at}`,
      sha256: 'f'.repeat(64),
      size: 1,
    }))
    const body = JSON.stringify({ name: 'x', files, plan: { files } })
    expect(body.length).toBeGreaterThan(10_000_000)
    const takesJson = targetsOf(document).filter(
      ({ operation }) => operation.requestBody?.content['application/json'],
    )
    for (const target of takesJson) {
      const path = target.path.replace(/\{(\w+)\}/g, (_, name) => String(words[name]?.[0]))
      const sent = {
        target,
        path,
        method: target.method,
        body,
        headers: { ...headers, 'If-Match': '"0"', 'Idempotency-Key': 'ten-megabytes' },
      }
      const answer = await call(path, { ...sent, token })
      // A service account asks, and what is for users refuses it before it reads anything.
      const refusals = target.operation.description === 'Open to every user.' ? [403] : [405, 413, 422]
      expect([target.path, answer.status]).toEqual([target.path, expect.toBeOneOf(refusals)])
      expect(await faultOf(sent, answer)).toBeUndefined()
    }
  })
})
