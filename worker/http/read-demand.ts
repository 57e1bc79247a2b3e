/** What a request to Kestra takes. One that no row of the table speaks of is logged, for whoever keeps the table. */

import type { Result } from '../../shared/result.ts'
import type { KestraRouteUnknown, RequestAmbiguous } from '../access/errors.ts'
import { type Demand, demandOf } from '../access/kestra-demand.ts'
import { shownPath } from './shown-path.ts'

export function readDemand(
  method: string,
  target: string,
  requestId: string,
): Result<Demand, RequestAmbiguous | KestraRouteUnknown> {
  const demand = demandOf(method, target)
  if (!demand.ok && demand.error.code === 'kestra_route_unknown') logUnknown(demand.error, requestId)
  return demand
}

function logUnknown({ method, path }: { method: string; path: string }, requestId: string): void {
  const needs = 'a row in the table of Kestra’s routes'
  console.warn(
    JSON.stringify({
      level: 'warn',
      requestId,
      code: 'kestra_route_unknown',
      method,
      path: shownPath(path),
      needs,
    }),
  )
}
