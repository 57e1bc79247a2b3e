/**
 * Forward auth: a proxy asks whether a request may pass, and whose it is. It sends the request's headers without its
 * body; 200 lets it through, 401 and 403 do not. All is decided from the one verification of the credential.
 */

import { OneQuestion, Question, VerifyRequest, VerifyResponse } from '../../../shared/wire/verify.ts'
import { decide } from '../../access/decide.ts'
import { decideKestra } from '../../access/decide-kestra.ts'
import type { Principal } from '../../access/principal.ts'
import { empty, json, type Outcome } from '../answer.ts'
import { optionalJsonBody } from '../body.ts'
import { identityOf } from '../identity.ts'
import { OriginalRequestHeaders, readOriginalRequest } from '../original-request.ts'
import { readDemand } from '../read-demand.ts'
import { type Consistency, route, signedIn } from '../route.ts'
import type { Trace } from '../trace.ts'

/** Envoy asks with the method of the request that it asks about, the others with GET. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export const verifyRoutes = [
  ...METHODS.filter((method) => method !== 'POST').map((method) =>
    route({
      method,
      path: '/verify',
      summary: 'May the bearer do what the query asks? For any HTTP service behind a proxy',
      access: signedIn,
      consistency: method === 'GET' ? 'bounded' : 'strict',
      query: Question,
      answers: { 200: null },
      handle: async ({ principal, query, trace }) => answerOne(principal, query, trace),
    }),
  ),
  route({
    method: 'POST',
    path: '/verify',
    summary: 'The same, or up to 100 questions in a body, each with its verdict',
    access: signedIn,
    query: OneQuestion,
    body: optionalJsonBody(VerifyRequest),
    answers: { 200: VerifyResponse },
    handle: async ({ principal, query, body, trace }) => {
      const { permission, ...place } = query
      // A question in the URL is the proxy's own, and then the body is none of ours.
      if (permission !== undefined) return answerOne(principal, { permission, ...place }, trace)
      if (!body) return { code: 'parameters_missing', names: ['permission'] }
      const verdicts = body.questions.map((question) => ({
        ...question,
        allowed: decide(principal, question),
      }))
      const allowed = verdicts.filter((verdict) => verdict.allowed).length
      trace.verdicts = { allowed, refused: verdicts.length - allowed }
      return json(200, {
        account: { id: principal.accountId, name: principal.name },
        verdicts,
      } satisfies VerifyResponse)
    },
  }),
  ...METHODS.map((method) =>
    route({
      method,
      path: '/verify/kestra',
      summary: 'May the bearer send this request to Kestra? The proxy’s headers say which',
      access: signedIn,
      consistency: consistencyOf,
      headers: OriginalRequestHeaders,
      answers: { 200: null },
      handle: async ({ principal, headers, context, trace }) => {
        const original = readOriginalRequest(headers)
        if (!original.ok) return original.error
        const { method, target } = original.value
        const demand = readDemand(method, target, context.requestId)
        if (!demand.ok) return demand.error
        trace.question = demand.value
        const decided = decideKestra(principal, demand.value)
        return decided.ok ? empty(200, identityOf(principal, demand.value)) : decided.error
      },
    }),
  ),
]

/** By what is asked about: who writes is judged by this moment, who reads may be judged by the last seconds. */
function consistencyOf({ headers }: Request): Consistency {
  const method = headers.get('X-Original-Method') ?? headers.get('X-Forwarded-Method')
  return method === 'GET' || method === 'HEAD' ? 'bounded' : 'strict'
}

function answerOne(principal: Principal, question: Question, trace: Trace): Outcome {
  trace.question = question
  const { permission, namespace } = question
  if (decide(principal, question)) return empty(200, identityOf(principal, question))
  return { code: 'permission_missing', permission, ...(namespace === undefined ? {} : { namespace }) }
}
