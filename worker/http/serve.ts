/** From a declared route to an answer: authenticate, permit, validate, handle, in this order and nowhere else. */

import type { Context } from 'hono'
import * as v from 'valibot'
import { err, ok, type Result } from '../../shared/result.ts'
import { decide } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import { signIn } from '../accounts/sign-in.ts'
import type { Edge } from '../edge.ts'
import { tenantExists } from '../storage/accounts.ts'
import { verifyBearer } from '../tokens/bearer.ts'
import { refuse } from './answer.ts'
import { readBody } from './body.ts'
import { readCredential } from './credentials.ts'
import type { EdgeError, Problem } from './refusal.ts'
import type { Access, Route } from './route.ts'

export interface HonoEnv {
  Bindings: Edge
  Variables: { requestId: string }
}

export function serve(route: Route): (c: Context<HonoEnv>) => Promise<Response> {
  return async (c) => {
    const url = new URL(c.req.url)
    const outcome = await run(route, c, url)
    return outcome instanceof Response
      ? outcome
      : refuse(outcome, { pathname: url.pathname, requestId: c.var.requestId })
  }
}

async function run(route: Route, c: Context<HonoEnv>, url: URL): Promise<Response | EdgeError> {
  const edge = c.env
  const now = Date.now()
  const { access } = route

  const authenticated =
    access.kind === 'public' ? ok(undefined) : await authenticate(edge, c.req.raw, url.origin, now)
  if (!authenticated.ok) return authenticated.error
  const principal = authenticated.value

  const params = validate(route.params, c.req.param())
  if (!params.ok) return params.error
  const refusal = principal && (await refuseAccess(edge, access, principal, params.value))
  if (refusal) return refusal

  const query = validate(route.query, Object.fromEntries(url.searchParams))
  if (!query.ok) return query.error
  const headers = validate(route.headers, Object.fromEntries(c.req.raw.headers))
  if (!headers.ok) return headers.error
  const content = route.body ? await readBody(c.req.raw, route.body) : ok(undefined)
  if (!content.ok) return content.error
  const body = route.body?.schema ? validate(route.body.schema, content.value) : content
  if (!body.ok) return body.error

  return route.handle({
    edge,
    // The declaration's types say which of these there are, and what the schemas made of them.
    principal: principal as undefined,
    params: params.value,
    query: query.value,
    headers: headers.value,
    body: body.value as undefined,
    origin: url.origin,
    now,
  })
}

async function authenticate(
  { db, keys }: Edge,
  request: Request,
  origin: string,
  now: number,
): Promise<Result<Principal, EdgeError>> {
  const credential = readCredential(request.headers)
  if (!credential.ok) return credential
  if (!credential.value) return err({ code: 'credentials_missing' })
  return credential.value.kind === 'bearer'
    ? verifyBearer(db, keys, credential.value.token, origin, now)
    : signIn(db, credential.value.username, credential.value.password)
}

async function refuseAccess(
  { db }: Edge,
  access: Access,
  principal: Principal,
  params: unknown,
): Promise<EdgeError | undefined> {
  switch (access.kind) {
    case 'public':
      return undefined
    case 'superadmin':
      return principal.isSuperadmin ? undefined : { code: 'superadmin_required' }
    case 'permission': {
      const { tenant, namespace } = params as { tenant: string; namespace?: string }
      const place = namespace === undefined ? {} : { namespace }
      const { permission } = access
      if (!decide(principal, { tenant, permission, ...place }))
        return { code: 'permission_missing', permission, ...place }
      // A role in a tenant shows that it exists; a superadmin's flag shows nothing.
      const isKnown = !principal.isSuperadmin || (await tenantExists(db, tenant))
      return isKnown ? undefined : { code: 'not_found', what: 'tenant', id: tenant }
    }
  }
}

function validate(schema: v.GenericSchema | undefined, value: unknown): Result<unknown, EdgeError> {
  if (!schema) return ok(undefined)
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return ok(parsed.output)
  return err({ code: 'invalid_entity', problems: parsed.issues.map(toProblem) })
}

/** Values are left out of the message: what was sent may be a secret. Our own schemas' messages hold none. */
function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const path = v.getDotPath(issue)
  const message = issue.message.startsWith('Invalid ') ? describeMismatch(issue) : issue.message
  return path === null ? { message } : { path, message }
}

const describeMismatch = ({ received, expected }: v.BaseIssue<unknown>): string =>
  received === 'undefined' ? 'is required' : `must be of type ${expected}`
