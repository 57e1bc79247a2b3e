/** From a declared route to an answer: admit, validate, handle, in this order and nowhere else. */

import type { Context } from 'hono'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Verification } from '../tokens/verifier.ts'
import { Address } from './address.ts'
import { admit } from './admit.ts'
import { finish, headOf, isError, type Outcome, refuse } from './answer.ts'
import { contextOf, IMPERSONATE_HEADER, type Presented } from './authenticate.ts'
import { type Body, readBody, type Signed } from './body.ts'
import { type EdgeError, IS_REQUIRED, type Problem } from './refusal.ts'
import { refuseBody } from './refuse-access.ts'
import type { Route } from './route.ts'
import type { HonoEnv, Trace } from './trace.ts'

export type { HonoEnv }

/** Of requests that name no tenant to a route that has one: older clients leave the segment out. */
const FALLBACK_TENANT = 'main'

export function serve(route: Route): (c: Context<HonoEnv>) => Promise<Response> {
  return async (c) => {
    const { raw: request } = c.req
    const { headers } = request
    const ipAddress = headers.get('CF-Connecting-IP') ?? undefined
    const impersonated = headers.get(IMPERSONATE_HEADER)
    const { consistency = 'strict' } = route
    const isBounded = (typeof consistency === 'function' ? consistency(request) : consistency) === 'bounded'
    const isStrict =
      !isBounded ||
      headers.get(CONSISTENCY) === 'strict' ||
      // It leaves a record: nobody is to be admitted, and recorded, at a second try.
      impersonated !== null
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
    const verification = c.env.verifier.begin({ isStrict, waitUntil, ipAddress })
    const trace: Trace = { route, isRoutine: !isStrict }
    c.set('trace', trace)
    const address = new Address(request.url)
    const sent = { request, address, impersonated }
    let outcome = await run(route, c, sent, verification, trace)
    const { records } = verification
    // What was granted a moment ago must not be refused for being read earlier, whether at the door or by the handler.
    if (!isStrict && mayHaveChanged(outcome) && !request.bodyUsed && records.insist()) {
      outcome = await run(route, c, sent, verification, trace)
    }
    if (!isBounded && route.method !== 'GET') records.outdate()
    if (!isStrict) trace.stalenessMs = records.stalenessMs()
    const { stalenessMs } = trace
    const requestId = c.get('requestId')
    if (records.isStretched) logStretched(stalenessMs, requestId)
    const head = headOf(requestId)
    c.set('hasHead', true)
    if (isError(outcome)) {
      trace.error = outcome
      const isGuarded = route.access.kind !== 'public'
      return refuse(outcome, { pathname: address.pathname, requestId, isGuarded }).toResponse(head)
    }
    if (stalenessMs !== undefined) head[STALENESS] = String(Math.ceil(stalenessMs / 1000))
    if (records.isStretched) head[STALE_IF_ERROR] = 'storage_unavailable'
    return finish(outcome, head)
  }
}

const mayHaveChanged = (outcome: Outcome): boolean =>
  isError(outcome) && ['permission_missing', 'account_disabled'].includes(outcome.code)

/** `strict` asks of a route that may lag behind changes not to. */
const CONSISTENCY = 'Postern-Consistency'
/** How far behind it may be, in seconds. */
const STALENESS = 'Postern-Staleness'
/** Why it is further behind than it may be. */
const STALE_IF_ERROR = 'Postern-Stale-If-Error'

/** That the bound on revocations does not hold now is for everybody to see. */
function logStretched(stalenessMs: number | undefined, requestId: string): void {
  console.warn(JSON.stringify({ level: 'warn', requestId, code: 'stale_if_error', stalenessMs }))
}

async function run(
  route: Route,
  c: Context<HonoEnv>,
  { request, address, impersonated }: Omit<Presented, 'context'>,
  verification: Verification,
  trace: Trace,
): Promise<Outcome> {
  const edge = c.env
  const context = contextOf(verification.ipAddress, c.get('requestId'), Date.now())
  const { access } = route

  const params = route.params ? validate(route.params, paramsOf(route, c)) : ok(undefined)
  if (params.ok) trace.place = params.value as Trace['place']
  const admission = { access, params, request, address, context, impersonated, trace }
  const admitted = await admit(edge, verification, admission)
  if (!admitted.ok) return admitted.error
  const principal = admitted.value
  if (!params.ok) return params.error

  const query = readQuery(route.query, address)
  if (!query.ok) return query.error
  const headers = route.headers ? validate(route.headers, Object.fromEntries(request.headers)) : ok(undefined)
  if (!headers.ok) return headers.error
  const content = route.body ? await readBody(request, route.body) : ok(undefined)
  if (!content.ok) return content.error
  const isLeftOut = route.body?.isOptional === true && content.value === undefined
  const body = route.body && !isLeftOut ? validateBody(route.body, content.value) : content
  if (!body.ok) return body.error
  const late = principal && refuseBody(access, principal, params.value, body.value)
  if (late) return late

  return route.handle({
    edge,
    verification,
    trace,
    // The declaration's types say which of these there are, and what the schemas made of them.
    principal: principal as undefined,
    params: params.value,
    query: query.value,
    headers: headers.value,
    body: body.value as undefined,
    request,
    address,
    context,
    now: context.now,
  })
}

function paramsOf(route: Route, c: Context<HonoEnv>): Record<string, string> {
  const params = c.req.param()
  if (params.tenant === undefined && route.path.includes('/:tenant/')) params.tenant = FALLBACK_TENANT
  return params
}

/** Kestra answers 400 where a parameter is missing or a list cannot be filtered so, 422 where one is wrong. */
function readQuery(schema: v.GenericSchema | undefined, address: Address): Result<unknown, EdgeError> {
  // Two names that are not UTF-8 would become one.
  if (!isUtf8(address.rawQuery)) return err({ code: 'query_malformed' })
  const query = schema ? validate(schema, queryOf(address.query)) : ok(undefined)
  if (query.ok || query.error.code !== 'invalid_entity') return query
  const { problems } = query.error
  if (problems.some(({ path = '' }) => path.startsWith('filters'))) {
    return err({ code: 'filters_invalid', reason: problems.map(({ message }) => message).join('; ') })
  }
  const names = problems.filter(({ message }) => message === IS_REQUIRED).map(({ path = '' }) => path)
  return names.length > 0 ? err({ code: 'parameters_missing', names }) : query
}

const FILTER = /^filters\[([^\]]*)\]\[([^\]]*)\](?:\[([^\]]*)\])?$/

/** Of a parameter that comes twice the last one counts, but for `sort`, which may be repeated, and for filters. */
function queryOf(params: URLSearchParams): Record<string, unknown> {
  const filters = []
  for (const [name, value] of params) {
    const [, field, operator, key] = FILTER.exec(name) ?? []
    if (field !== undefined)
      filters.push({ field, operator, value: key === undefined ? value : `${key}:${value}` })
  }
  return {
    ...Object.fromEntries(params),
    ...(params.has('sort') ? { sort: params.getAll('sort').join() } : {}),
    ...(filters.length > 0 ? { filters } : {}),
  }
}

/** A `%` that encodes nothing stands for itself in a query. */
function isUtf8(encoded: string): boolean {
  if (!encoded.includes('%')) return true
  try {
    decodeURIComponent(encoded.replace(/%(?![0-9a-f]{2})/gi, '%25'))
    return true
  } catch {
    return false
  }
}

function validateBody({ schema, keepsBytes }: Body, content: unknown): Result<unknown, EdgeError> {
  if (!schema) return ok(content)
  if (!keepsBytes) return validate(schema, content)
  const { bytes, value } = content as Signed<unknown>
  const validated = validate(schema, value)
  return validated.ok ? ok({ bytes, value: validated.value }) : validated
}

export function validate(schema: v.GenericSchema, value: unknown): Result<unknown, EdgeError> {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return ok(parsed.output)
  return err({ code: 'invalid_entity', problems: parsed.issues.slice(0, MAX_PROBLEMS).map(toProblem) })
}

/** More would not help anybody, and an answer must not grow beyond its request. */
const MAX_PROBLEMS = 20

/** Valibot's own messages quote what was sent, which may be a secret; ours quote nothing but paths of files. */
function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const path = v.getDotPath(issue)
  const message = messageOf(issue)
  return path === null ? { message } : { path, message }
}

function messageOf({ received, expected, message }: v.BaseIssue<unknown>): string {
  if (received === 'undefined') return IS_REQUIRED
  return message.startsWith('Invalid ') ? `must be of type ${expected}` : message
}
