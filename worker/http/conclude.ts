/**
 * What is told of a request once it is over: one line of JSON to the log, and a count. Of its address only the declared
 * route is told, of a token its public id, of a body nothing.
 */

import type { Context } from 'hono'
import type { HonoEnv, Question, Trace } from './trace.ts'

/** Of what fits no route. */
const NOWHERE = { method: '', path: '' }

/**
 * Every refusal is logged, and so is all that was changed, asked for strictly or by somebody as somebody else. What is let
 * in by what is known comes so often that only one in so many is: the line then says of how many.
 */
export function conclude(c: Context<HonoEnv>): void {
  const { telemetry } = c.env
  const trace = c.get('trace')
  const { status } = c.res
  const code = trace === undefined ? 'route_not_found' : trace.error?.code
  telemetry.count(trace?.route ?? NOWHERE, status, code)
  if (telemetry.dataset) telemetry.dataset.writeDataPoint(toDataPoint(trace, c.req.method, status, code))
  const isRoutine = trace?.isRoutine === true && status < 400
  if (isRoutine && !telemetry.isSampled()) return
  const every = isRoutine && telemetry.logEvery > 1 ? { every: telemetry.logEvery } : {}
  console.log(JSON.stringify({ ...describe(c, trace, status, code), ...every }))
}

/** Members that are undefined are not written. */
function describe(c: Context<HonoEnv>, trace: Trace | undefined, status: number, code: string | undefined) {
  const { principal, verdicts, stalenessMs } = trace ?? {}
  return {
    level: status < 500 ? 'info' : 'error',
    event: 'request',
    requestId: c.get('requestId'),
    ray: c.req.header('CF-Ray'),
    method: c.req.method,
    route: trace?.route.path,
    status,
    decision: status < 400 ? 'allowed' : status < 500 ? 'refused' : 'failed',
    code,
    account: principal?.accountId,
    kind: principal?.kind,
    impersonator: principal?.impersonator?.accountId,
    token: principal?.tokenId,
    ...(trace && whereabouts(trace)),
    verdicts,
    stalenessMs,
    ip: c.req.header('CF-Connecting-IP'),
  }
}

function whereabouts({ place, question, error }: Trace): Question {
  const { permission, namespace } = { ...question, ...(error as Question | undefined) }
  return {
    tenant: question?.tenant ?? place?.tenant,
    namespace: namespace ?? place?.namespace,
    ...(typeof permission === 'string' ? { permission } : {}),
  }
}

function toDataPoint(trace: Trace | undefined, method: string, status: number, code = '') {
  const { accountId = '', kind = '' } = trace?.principal ?? {}
  const { tenant = '', namespace = '', permission = '' } = trace ? whereabouts(trace) : {}
  const path = trace?.route.path ?? ''
  return {
    // What Analytics Engine samples by, once there is too much: so that rare routes are not lost.
    indexes: [path] as [string],
    blobs: [method, path, code, accountId, kind, tenant, namespace, permission],
    doubles: [status],
  }
}
