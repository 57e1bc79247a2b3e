/** What gets through the gateway is what `decide` lets through: over the whole table, for roles drawn by chance. */

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { actionsOf, resourceNames } from '../../../shared/permissions.ts'
import { decideKestra } from '../../../worker/access/decide-kestra.ts'
import { compileGrants } from '../../../worker/access/grants.ts'
import { demandOf, type KestraRoute, kestraRoutes } from '../../../worker/access/kestra-demand.ts'
import type { Principal } from '../../../worker/access/principal.ts'
import { bind, createAdmin, createBot, expectJson, freshEdge } from '../support/edge.ts'
import { type Isolate, openIsolate } from '../support/isolates.ts'
import { createRandom, seedsOf } from '../support/random.ts'

const KESTRA = 'http://kestra.test:8080'
const CREDENTIAL = `Basic ${btoa('kestra@example.com:Canary-kestra1')}`

let isolate: Isolate
let admin: { id: string; token: string }
/** What has come to Kestra, as `GET /path`. */
let arrived: string[]

beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  isolate = await openIsolate({ KESTRA_URL: KESTRA, KESTRA_AUTHORIZATION: CREDENTIAL })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init as RequestInit)
    if (!request.url.startsWith(KESTRA)) throw new Error(`${request.url} is not Kestra`)
    if (request.headers.get('Authorization') !== CREDENTIAL) throw new Error('not with Kestra’s credential')
    arrived.push(`${request.method} ${request.url.slice(KESTRA.length)}`)
    return new Response('{}', { headers: { 'Content-Type': 'application/json' } })
  })
  arrived = []
})
afterEach(() => {
  arrived = []
})

/** Who holds some of all permissions, drawn by chance, in `prod`, as the API and as `decide` know it. */
async function drawBot(seed: number): Promise<{ token: string; principal: Principal }> {
  const { chance } = createRandom(seed)
  const permissions: Record<string, string[]> = {}
  for (const resource of resourceNames) {
    const actions = actionsOf(resource).filter(() => chance(0.7))
    if (actions.length > 0) permissions[resource] = [...actions]
  }
  const { id, token } = await createBot(permissions, { name: `bot-${seed}` })
  const principal: Principal = {
    accountId: id,
    kind: 'SERVICE_ACCOUNT',
    name: `bot-${seed}`,
    isSuperadmin: false,
    grants: compileGrants([{ tenantId: 'main', namespace: 'prod', permissions }]),
    requestId: 'r',
    now: Date.now(),
  }
  return { token, principal }
}

const pathOf = ({ segments }: KestraRoute, namespace: string): string =>
  `/${segments
    .map((segment) =>
      segment === '{tenant}'
        ? 'main'
        : segment === '{namespace}'
          ? namespace
          : /^\{|^\*\*$/.test(segment)
            ? 'zz'
            : segment,
    )
    .join('/')}`

/** Postern answers these itself; pages are for sessions. */
const isOfPostern = ({ path }: KestraRoute): boolean =>
  /^\/api\/v1\/(configs\/login|license-info)$/.test(path)
const isOfApi = ({ path }: KestraRoute): boolean => path.startsWith('/api/v1/')

describe('the gateway', () => {
  it.each(seedsOf(3))('lets through exactly what is decided (seed %i)', async (seed) => {
    const { token, principal } = await drawBot(seed)
    const random = createRandom(seed + 1000)
    const sample = kestraRoutes.filter((row) => isOfApi(row) && !isOfPostern(row) && random.chance(0.25))
    const verdicts = { passed: 0, refused: 0 }
    for (const row of sample) {
      const path = pathOf(row, random.pick(['prod', 'prod', 'prod.web', 'production', 'other']))
      const demand = demandOf(row.method, path)
      const isAllowed = demand.ok && !demand.value.isAboutAccounts && decideKestra(principal, demand.value).ok
      arrived = []
      await isolate.call(path, { method: row.method, token })
      expect([`${row.method} ${path}`, arrived]).toEqual([
        `${row.method} ${path}`,
        isAllowed ? [`${row.method} ${path}`] : [],
      ])
      verdicts[isAllowed ? 'passed' : 'refused']++
    }
    expect(verdicts.passed).toBeGreaterThan(0)
    expect(verdicts.refused).toBeGreaterThan(0)
  })

  it('hands nobody the accounts of Kestra, nor the one that Postern signs in with', async () => {
    const aboutAccounts = kestraRoutes.filter((row) => row.isAboutAccounts && isOfApi(row))
    expect(aboutAccounts.length).toBeGreaterThan(100)
    const handWritten = [
      'POST /api/v1/me/api-tokens',
      'PUT /api/v1/me/password',
      'POST /api/v1/main/basicAuth',
      'POST /api/v1/basicAuth',
      'GET /api/v1/basicAuthValidationErrors',
      'POST /api/v1/login',
      'POST /api/v1/users',
      'POST /api/v1/service-accounts/zz/api-tokens',
      'POST /api/v1/main/bindings',
      'PATCH /api/v1/users/zz/superadmin',
      'GET /logout',
      'POST /login',
    ]
    const requests = [...aboutAccounts.map((row) => `${row.method} ${pathOf(row, 'prod')}`), ...handWritten]
    for (const request of requests) {
      const [method = '', path = ''] = request.split(' ')
      await isolate.call(path, { method, token: admin.token })
    }
    expect(arrived).toEqual([])
  })

  it('sends nothing for another tenant than the one that Kestra has', async () => {
    await expectJson(
      isolate.call('/api/v1/tenants', { json: { id: 'acme', name: 'Acme' }, token: admin.token }),
    )
    await bind(admin.id, 'admin_acme', admin, undefined, 'acme')
    const path = '/api/v1/acme/flows/prod/hello'
    expect(await expectJson(isolate.call(path, { token: admin.token }), 404)).toMatchObject({
      code: 'not_found',
      message: "Not Found: Tenant 'acme' was not found.",
    })
    expect(arrived).toEqual([])
  })

  it('refuses a route that the table does not know, and logs what is missing', async () => {
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const answer = isolate.call('/api/v1/main/novelty', { token: admin.token })
    expect(await expectJson(answer, 403)).toMatchObject({ code: 'kestra_route_unknown' })
    const line = JSON.parse(String(logged.mock.calls[0]?.[0]))
    logged.mockRestore()
    expect(line).toMatchObject({ path: '/api/v1/main/novelty', needs: expect.stringContaining('a row') })
    expect(arrived).toEqual([])
  })

  it('leaves to Postern what is Postern’s', async () => {
    for (const path of [
      '/api/v1/me',
      '/api/v1/main/groups/search',
      '/api/v1/service-accounts',
      '/openapi.json',
    ]) {
      expect([path, (await isolate.call(path, { token: admin.token })).status]).toEqual([path, 200])
    }
    expect(arrived).toEqual([])
  })

  it('describes what it serves: no protocol for folders, no namespaces of its own', async () => {
    const { paths } = await expectJson<{ paths: object }>(isolate.call('/openapi.json'))
    expect(Object.keys(paths).filter((path) => path.includes('{namespace}'))).toEqual([])
    expect(Object.keys(paths)).toContain('/api/v1/{tenant}/groups/search')
  })

  it('judges a reader by the last seconds, at no cost, and a writer or a webhook by this moment', async () => {
    const { token } = await createBot({ FLOW: ['VIEW', 'UPDATE', 'EXECUTE'] }, { name: 'runner' })
    const cost = async (path: string, method = 'GET') => {
      isolate.traffic.reads = 0
      expect((await isolate.call(path, { method, token })).status).toBe(200)
      return isolate.traffic.reads
    }
    await cost('/api/v1/main/flows/prod/hello')
    expect(await cost('/api/v1/main/flows/prod/hello')).toBe(0)
    expect(await cost('/api/v1/main/executions/webhook/prod/hello/key')).toBe(1)
    expect(await cost('/api/v1/main/flows/prod/hello', 'PUT')).toBe(1)
  })
})
