/** From a declared route to an answer: authenticate, permit, validate, handle, in this order and nowhere else. */

import type { Context } from 'hono'
import * as v from 'valibot'
import { actionsOf, type Permission } from '../../shared/permissions.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { decide, placesOf } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import { tenantExists } from '../storage/accounts.ts'
import { refuse } from './answer.ts'
import { authenticate, contextOf } from './authenticate.ts'
import { readBody } from './body.ts'
import { type EdgeError, IS_REQUIRED, type Problem } from './refusal.ts'
import type { Access, Route } from './route.ts'

export interface HonoEnv {
  Bindings: Edge
  Variables: { requestId: string }
}

/** Of requests that name no tenant to a route that has one: older clients leave the segment out. */
const FALLBACK_TENANT = 'main'

export function serve(route: Route): (c: Context<HonoEnv>) => Promise<Response> {
  return async (c) => {
    const url = new URL(c.req.url)
    const outcome = await run(route, c, url)
    return outcome instanceof Response
      ? outcome
      : refuse(outcome, {
          pathname: url.pathname,
          requestId: c.var.requestId,
          isGuarded: route.access.kind !== 'public',
        })
  }
}

async function run(route: Route, c: Context<HonoEnv>, url: URL): Promise<Response | EdgeError> {
  const edge = c.env
  const context = contextOf(c.req.raw, c.var.requestId, Date.now())
  const { access } = route

  const authenticated =
    access.kind === 'public' ? ok(undefined) : await authenticate(edge, c.req.raw, url.origin, context)
  if (!authenticated.ok) return authenticated.error
  const principal = authenticated.value

  const fallback = route.path.includes('/:tenant/') ? { tenant: FALLBACK_TENANT } : {}
  const params = validate(route.params, { ...fallback, ...c.req.param() })
  if (!params.ok) return params.error
  const refusal = principal && (await refuseAccess(edge, access, principal, params.value))
  if (refusal) return refusal

  const query = readQuery(route.query, url)
  if (!query.ok) return query.error
  const headers = validate(route.headers, Object.fromEntries(c.req.raw.headers))
  if (!headers.ok) return headers.error
  const content = route.body ? await readBody(c.req.raw, route.body) : ok(undefined)
  if (!content.ok) return content.error
  const body = route.body?.schema ? validate(route.body.schema, content.value) : content
  if (!body.ok) return body.error
  const late = principal && refuseBody(access, principal, params.value, body.value)
  if (late) return late

  return route.handle({
    edge,
    // The declaration's types say which of these there are, and what the schemas made of them.
    principal: principal as undefined,
    params: params.value,
    query: query.value,
    headers: headers.value,
    body: body.value as undefined,
    origin: url.origin,
    context,
    now: context.now,
  })
}

async function refuseAccess(
  edge: Edge,
  access: Access,
  principal: Principal,
  params: unknown,
): Promise<EdgeError | undefined> {
  switch (access.kind) {
    case 'public':
    case 'signed-in':
      return undefined
    case 'user':
      return principal.kind === 'USER' ? undefined : { code: 'users_only' }
    case 'superadmin':
      return principal.isSuperadmin ? undefined : { code: 'superadmin_required' }
    case 'resource': {
      const { tenant } = params as { tenant: string }
      const { resource } = access
      const isHeld = actionsOf(resource).some((action) =>
        decide(principal, { tenant, permission: `${resource}:${action}` }),
      )
      return isHeld
        ? refuseTenant(edge, principal, tenant)
        : { code: 'permission_missing', permission: `${resource}:VIEW` }
    }
    case 'permission': {
      const { permission, where, or } = access
      const { tenant, namespace } = params as Place
      const refusal =
        where === 'path'
          ? refusePlace(principal, permission, { tenant, namespace })
          : refuseEverywhere(principal, permission, tenant)
      const isExcepted = refusal !== undefined && (await or?.(edge, principal, params)) === true
      return refusal && !isExcepted ? refusal : refuseTenant(edge, principal, tenant)
    }
  }
}

/** A role in a tenant shows that it exists; a superadmin's flag shows nothing. */
async function refuseTenant(
  { db }: Edge,
  principal: Principal,
  tenant: string,
): Promise<EdgeError | undefined> {
  const isKnown = !principal.isSuperadmin || (await tenantExists(db, tenant))
  return isKnown ? undefined : { code: 'not_found', what: 'tenant', id: tenant }
}

interface Place {
  readonly tenant: string
  readonly namespace?: string | undefined
}

/** The second half of the question, where only the body says which namespace it is about. */
function refuseBody(
  access: Access,
  principal: Principal,
  params: unknown,
  body: unknown,
): EdgeError | undefined {
  if (access.kind !== 'permission' || access.where !== 'body') return undefined
  const { tenant } = params as Place
  const { id } = body as { id: string }
  return refusePlace(principal, access.permission, { tenant, namespace: id })
}

function refusePlace(
  principal: Principal,
  permission: Permission,
  { tenant, namespace }: Place,
): EdgeError | undefined {
  const place = namespace === undefined ? {} : { namespace }
  return decide(principal, { tenant, permission, ...place })
    ? undefined
    : { code: 'permission_missing', permission, ...place }
}

/** Who holds it nowhere in the tenant is refused before anything else of the request is looked at. */
const refuseEverywhere = (
  principal: Principal,
  permission: Permission,
  tenant: string,
): EdgeError | undefined =>
  placesOf(principal, tenant, permission).length > 0 ? undefined : { code: 'permission_missing', permission }

/** Kestra answers 400 where a parameter is missing or a list cannot be filtered so, 422 where one is wrong. */
function readQuery(schema: v.GenericSchema | undefined, url: URL): Result<unknown, EdgeError> {
  // Two names that are not UTF-8 would become one.
  if (!isUtf8(url.search)) return err({ code: 'query_malformed' })
  const query = validate(schema, queryOf(url.searchParams))
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
  try {
    decodeURIComponent(encoded.replace(/%(?![0-9a-f]{2})/gi, '%25'))
    return true
  } catch {
    return false
  }
}

function validate(schema: v.GenericSchema | undefined, value: unknown): Result<unknown, EdgeError> {
  if (!schema) return ok(undefined)
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
