/** Postern's own code: a route as it declares them, and the whole worker as a proxy asks it. */

import { Hono } from 'hono'
import * as v from 'valibot'
import { NamespaceId, TenantId } from '../../shared/names.ts'
import { drawToken } from '../../shared/token-format.ts'
import { createApp } from '../../worker/app.ts'
import { json } from '../../worker/http/answer.ts'
import { permit, route } from '../../worker/http/route.ts'
import { type HonoEnv, serve } from '../../worker/http/serve.ts'
import { openEdge } from '../../worker/index.ts'
import type { BenchEnv } from './index.ts'
import { type Context, eachOnce, ORIGIN, type Row } from './row.ts'

const ADMIN = { username: 'admin@bench.test', password: 'Bench!Password1' }
const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
}

/** Like the peers' handler, in the form of the routes of the API: a tenant, a namespace, and a right there. */
const measured = route({
  method: 'GET',
  path: '/api/:tenant/:namespace/x',
  summary: 'Answers the same as all',
  access: permit('FLOW:VIEW'),
  params: v.object({ tenant: TenantId, namespace: NamespaceId }),
  answers: { 200: v.object({ ok: v.boolean() }) },
  handle: async () => json(200, { ok: true }),
  // Of a reading route, wherever routes say so.
  ...({ consistency: 'bounded' } as object),
})

/**
 * @param env the worker's own bindings
 * @param fresh how many credentials of each kind to have that were never used
 */
export async function posternRows(env: BenchEnv, fresh: number, context: Context): Promise<Row[]> {
  const edge = await openEdge(env)
  const whole = createApp(edge)
  const single = new Hono<HonoEnv>()
  single.on(measured.method, measured.path, serve(measured))

  const call = async <T>(path: string, body: unknown, authorization?: string): Promise<T> => {
    const isForm = body instanceof URLSearchParams
    const request = new Request(`${ORIGIN}${path}`, {
      method: 'POST',
      headers: {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(isForm ? {} : { 'Content-Type': 'application/json' }),
      },
      body: isForm ? body : JSON.stringify(body),
    })
    const answer = await whole.fetch(request, edge, context)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json<T>()
  }
  await call('/api/v1/setup', { ...ADMIN, setupToken: env.SETUP_TOKEN })
  const basic = `Basic ${btoa(`${ADMIN.username}:${ADMIN.password}`)}`
  const main = '/api/v1/main'
  const { id } = await call<{ id: string }>(`${main}/service-accounts`, { name: 'bot' }, basic)
  const role = {
    name: 'Viewer of flows',
    permissions: { FLOW: ['VIEW', 'EXECUTE'], NAMESPACE: ['VIEW', 'MANAGE_FILES'] },
  }
  const { id: roleId } = await call<{ id: string }>(`${main}/roles`, role, basic)
  await call(`${main}/bindings`, { type: 'USER', externalId: id, roleId, namespaceId: 'prod' }, basic)
  const superior = { name: 'root', superAdmin: true, tenants: ['main'] }
  const { id: rootId } = await call<{ id: string }>('/api/v1/service-accounts', superior, basic)
  const mint = async (account: string, authorization: string) =>
    (
      await call<{ fullToken: string }>(
        `${main}/service-accounts/${account}/api-tokens`,
        { name: 'bench' },
        authorization,
      )
    ).fullToken
  // By token: each password would cost what it is meant to cost.
  const root = `Bearer ${await mint(rootId, basic)}`
  const warm = await mint(id, root)
  const cold = await times(fresh, () => mint(id, root))
  const lateCold = await times(fresh, () => mint(id, root))
  const exchange = () =>
    call<{ access_token: string }>('/oauth/token', new URLSearchParams({ ...EXCHANGE, subject_token: warm }))
  const seen = (await exchange()).access_token
  const unseen = await times(fresh, async () => (await exchange()).access_token)
  const head = seen.slice(0, seen.lastIndexOf('.') + 1)
  const signatureLength = seen.length - head.length

  const path = '/api/main/prod/x'
  const own = (name: string, credential: () => string, more: Partial<Row> = {}): Row => ({
    name: `Postern, ${name}`,
    group: 'postern',
    path,
    credential,
    fetch: (request, context) => single.fetch(request, edge, context),
    ...more,
  })
  const draw = () => drawToken('API', (length) => crypto.getRandomValues(new Uint8Array(length))).token
  return [
    own('API token, warm', () => warm),
    // As in an isolate that has just begun, or has slept: it asks D1 for the feed anyway.
    own('API token, cold', eachOnce(cold), { limit: fresh, headers: { 'Postern-Consistency': 'strict' } }),
    own('API token, cold, the feed known', eachOnce(lateCold), { limit: fresh }),
    own('access token, seen before', () => seen),
    own('access token, first sight', eachOnce(unseen), { limit: fresh }),
    own('garbage', () => `pst_${numbered(62)}`, { status: 401 }),
    own('an access token with a made-up signature', () => head + numbered(signatureLength), {
      status: 401,
    }),
    own('a token that nobody minted', draw, { status: 401 }),
    own('the whole worker at /verify', () => warm, {
      path: '/verify?permission=FLOW:VIEW&namespace=prod',
      fetch: (request, context) => whole.fetch(request, edge, context),
    }),
  ]
}

let numbers = 0
/** Another text each time, at next to no cost. */
const numbered = (length: number): string => (numbers++).toString(36).padStart(length, 'A')

async function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  while (made.length < count) made.push(await make())
  return made
}
