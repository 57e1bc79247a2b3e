/** How Postern does, for Prometheus and whoever else reads OpenMetrics. */

import * as v from 'valibot'
import { readInventory } from '../../storage/inventory.ts'
import { countersOf, gaugesOf, OPENMETRICS, toOpenMetrics } from '../../telemetry/openmetrics.ts'
import { text } from '../answer.ts'
import { permit, route } from '../route.ts'

export const metricsRoutes = [
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'Counters of the isolate that answers, and how much there is, as OpenMetrics',
    // The instance's own business, which Kestra keeps in its first tenant. A collector needs no superadmin's token.
    access: permit('SYSTEM_SETTINGS:VIEW', { or: (_, { isSuperadmin }) => isSuperadmin }),
    params: v.object({ tenant: v.optional(v.literal('main'), 'main') }),
    answers: { 200: OPENMETRICS },
    handle: async ({ edge, now }) =>
      text(
        toOpenMetrics([...countersOf(edge.telemetry), ...gaugesOf(await readInventory(edge.db), now)]),
        `${OPENMETRICS}; version=1.0.0; charset=utf-8`,
      ),
  }),
]
